// Delegates: an object, a code pointer that takes it first, and for multicast a list (CoreLib's own fields).
//
// _methodPtr always takes _target as its first argument. A static method gets a small function that drops it; a method
// of a struct one that unboxes it.

using System.Linq;
using Pride.Compiler.Metadata;
using Pride.Compiler.Reachability;

namespace Pride.Compiler.Import;

internal sealed partial class MethodImporter
{
    private FieldDesc DelegateField(string name)
    {
        TypeDesc owner = Types.Known("System.Delegate");
        return owner.InstanceFields.First(f => f.Name == name);
    }

    public StackValue NewDelegate(TypeDesc type, StackValue target, StackValue pointer)
    {
        string code;
        if (pointer.Constant is MethodDesc method)
        {
            MethodDesc invoke = Types.Method(type, type.Definition!.Methods.First(m => m.Name == "Invoke"));
            code = DelegateCode(method, invoke, pointer.Receiver != null || target.Boxed != null ? target : null);
        }
        else
        {
            code = Pointer(pointer);
        }

        string made = Allocate(type);
        Store(Offset(made, DelegateField("_target").Offset), Types.Object, target);
        _out.Do($"store ptr {code}, ptr {Offset(made, DelegateField("_methodPtr").Offset)}");
        return new StackValue(type, "ptr", made) { IsNotNull = true, IsExact = true };
    }

    private string DelegateCode(MethodDesc method, MethodDesc invoke, StackValue? receiver)
    {
        Function target;
        if (method.IsStatic)
        {
            // A static method with one parameter more is an extension method bound to its first argument.
            bool isBound = method.Parameters.Length == invoke.Parameters.Length + 1;
            target = isBound ? _world.Require(method, _function) : _world.RequireStaticDelegate(method, _function);
        }
        else if (method.Owner.IsValueType)
        {
            target = _world.RequireUnbox(method, _function);
        }
        else if (receiver != null && method.IsVirtual && !method.Definition.IsFinal)
        {
            target = _world.RequireDispatch(method, _function);
        }
        else
        {
            target = _world.Require(method, _function);
        }

        _world.TakeAddress(target);
        return _world.Symbol(target);
    }

    private StackValue? InvokeDelegate(MethodDesc invoke, StackValue[] arguments)
    {
        string self = Pointer(arguments[0]);
        StackValue target = Load(Offset(self, DelegateField("_target").Offset), Types.Object);
        string code = _out.Let($"load ptr, ptr {Offset(self, DelegateField("_methodPtr").Offset)}");
        Signature signature = new(_world.Llvm, invoke.ReturnType, [Types.Object, .. invoke.Parameters]);
        StackValue? result = EmitCall(code, signature, [target, .. arguments[1..]], "");
        FinishIndirectCall(signature);
        return result;
    }
}
