// Calls: direct, virtual, constrained, through function pointers; object creation by constructors; method pointers.

using System.Collections.Generic;
using System.Linq;
using Mono.Cecil;
using Mono.Cecil.Cil;
using Pride.Compiler.Folding;
using Pride.Compiler.Metadata;
using Pride.Compiler.Plugs;
using Pride.Compiler.Profiles;
using Pride.Compiler.Reachability;

namespace Pride.Compiler.Import;

internal sealed partial class MethodImporter
{
    private const string DoesNotReturn = "System.Diagnostics.CodeAnalysis.DoesNotReturnAttribute";

    private bool ImportCallClass(Instruction instruction)
    {
        switch (instruction.OpCode.Code)
        {
            case Code.Call or Code.Callvirt:
                Call((MethodReference)instruction.Operand, instruction.OpCode.Code == Code.Callvirt);
                return true;
            case Code.Newobj:
                NewObject((MethodReference)instruction.Operand);
                return true;
            case Code.Ldftn:
                MethodDesc method = Types.Resolve((MethodReference)instruction.Operand, _method.Context);
                if (_constrained != null)
                {
                    method = VirtualResolution.Resolve(_constrained, method) ?? throw Missing(method);
                }

                Push(new StackValue(Types.IntPtr, "ptr", null) { Constant = method });
                return true;
            case Code.Ldvirtftn:
                MethodDesc declared = Types.Resolve((MethodReference)instruction.Operand, _method.Context);
                Push(new StackValue(Types.IntPtr, "ptr", null) { Constant = declared, Receiver = Pop() });
                return true;
            case Code.Calli:
                CallIndirect((CallSite)instruction.Operand);
                return true;
            case Code.Ret:
                Return();
                return true;
            default:
                return false;
        }
    }

    private CompilationException Missing(MethodDesc method) =>
        new(CompilationError.MissingMethod, $"{method.Display} has no body on {_constrained}\n{_world.ChainTo(_function)}");

    private void Call(MethodReference reference, bool isVirtual)
    {
        TypeDesc named = Types.Resolve(reference.DeclaringType, _method.Context);
        if (named.IsArray)
        {
            CallArrayMethod(reference, named);
            return;
        }

        MethodDesc method = Types.Resolve(reference, _method.Context);
        StackValue[] arguments = PopMany(method.Parameters.Length + (method.IsStatic ? 0 : 1));
        if (_constrained is { } constrained)
        {
            (method, isVirtual) = Constrain(constrained, method, arguments);
        }

        StackValue? result = Invoke(method, arguments, isVirtual);
        if (result != null && !_out.IsTerminated)
        {
            Push(result);
        }
    }

    // ECMA-335 III.2.1: a value type's own method is called in place, everything else on a box.
    private (MethodDesc Method, bool IsVirtual) Constrain(TypeDesc type, MethodDesc method, StackValue[] arguments)
    {
        if (method.IsStatic)
        {
            return (VirtualResolution.Resolve(type, method) ?? throw Missing(method), false);
        }

        if (type.IsReference)
        {
            arguments[0] = Load(Pointer(arguments[0]), type);
            return (method, true);
        }

        MethodDesc body = VirtualResolution.Resolve(type, method) ?? throw Missing(method);
        if (body.Owner.IsValueType)
        {
            return (body, false);
        }

        arguments[0] = new StackValue(type, "ptr", null) { Boxed = Load(Pointer(arguments[0]), type), IsExact = !type.IsNullable };
        return (body, false);
    }

    /// <summary>Emits a call, or what stands for it. The result is null for void methods.</summary>
    public StackValue? Invoke(MethodDesc method, StackValue[] arguments, bool isVirtual)
    {
        Refusals.Check(_world, method, arguments, _function);
        if (!_world.UsesExceptions && _world.IsFramework(method) && method.HasAttribute(DoesNotReturn))
        {
            Fail(_world.FailureOf(method), null);
            return null;
        }

        if (arguments.Length == 0 && _world.Constants.Value(method) is { } constant)
        {
            return AsType(_world.Llvm.Stack(method.ReturnType) == "i64" ? Int64(constant) : Int32(constant), method.ReturnType);
        }

        // An accessor of a virtual method calls it as virtual: a task's own way to run is its class's.
        if (UnsafeAccessors.Target(method) is { IsVirtual: true } accessed)
        {
            return Invoke(accessed, arguments, isVirtual: true);
        }

        if (_world.Intrinsics.TryEmit(this, method, arguments, out StackValue? result))
        {
            return result;
        }

        if (!(isVirtual && method.IsVirtual) && ConstantGetters.ValueOf(_world.Plugs.Replace(method)) is { } folded)
        {
            // A plug that answers for an object which is never made (tracing) is asked without it.
            if (isVirtual && !_world.Plugs.IsPlugged(method))
            {
                CheckNull(arguments[0], 0);
            }

            return Int32(folded);
        }

        if (isVirtual)
        {
            CheckNull(arguments[0], 0);
        }

        if (method.Owner.IsDelegate && method.Name == "Invoke")
        {
            return InvokeDelegate(method, arguments);
        }

        if (isVirtual && method.IsVirtual && !method.IsStatic)
        {
            return InvokeVirtual(method, arguments);
        }

        return InvokeDirect(method, arguments);
    }

    private StackValue? InvokeDirect(MethodDesc method, StackValue[] arguments)
    {
        if (method.IsStatic)
        {
            TriggerStaticConstructor(method.Owner, isMethod: true);
        }

        if (_world.InlineAssemblyOf(method, _function) is { } assembly)
        {
            return EmitAssembly(assembly, method, arguments);
        }

        if (method.Definition.RVA == 0 && UnsafeAccessors.Field(method) is { } field)
        {
            CheckNull(arguments[0], field.IsStatic ? 0 : field.Offset);
            return Address(method.ReturnType, field.IsStatic ? StaticAddress(field) : Offset(Pointer(arguments[0]), field.Offset));
        }

        if (!method.IsStatic && method.Owner.IsValueType && arguments[0].Boxed != null)
        {
            arguments[0] = Address(Types.ByRefOf(method.Owner), Offset(Pointer(arguments[0]), Target.PointerSize));
        }

        Function callee = _world.Require(method, _function);
        return callee.Signature.Parameters.Count == arguments.Length && callee.Signature.Return == method.ReturnType
            ? CallFunction(callee, arguments, method.HasAttribute(DoesNotReturn))
            : CallLoosePlug(method, callee, arguments);
    }

    // A plug of any signature takes as many of the arguments as it wants; one without a result stands for the default value.
    private StackValue? CallLoosePlug(MethodDesc method, Function callee, StackValue[] arguments)
    {
        StackValue? result = CallFunction(callee, arguments[..callee.Signature.Parameters.Count], callee.Method?.HasAttribute(DoesNotReturn) == true);
        if (method.ReturnType == Types.Void || _out.IsTerminated)
        {
            return null;
        }

        return result == null ? Zero(method.ReturnType) : new StackValue(method.ReturnType, result.Llvm, result.Operand) { InMemory = result.InMemory };
    }

    private StackValue? InvokeVirtual(MethodDesc method, StackValue[] arguments)
    {
        StackValue receiver = arguments[0];
        TypeDesc type = receiver.Type;
        if ((receiver.IsExact || receiver.Boxed != null || (type.IsReference && type.IsSealed && !type.IsArray)) && !type.IsNullable
            && VirtualResolution.Resolve(type, method) is { } body)
        {
            return _world.Intrinsics.TryEmit(this, body, arguments, out StackValue? result) ? result : InvokeDirect(body, arguments);
        }

        if (method.Definition.IsFinal && method.Owner.Kind != TypeKind.Interface)
        {
            return InvokeDirect(method, arguments);
        }

        return CallFunction(_world.RequireDispatch(method, _function), arguments);
    }

    /// <summary>The call itself: arguments in storage types, structs in memory by address, a test for an exception behind it.</summary>
    public StackValue? CallFunction(Function callee, StackValue[] arguments, bool neverReturns = false)
    {
        _function.AddCallee(callee, IsGuarded);
        StackValue? result = EmitCall(_world.Symbol(callee), callee.Signature, arguments, _world.CallAttributes(callee));
        FinishCall(callee, neverReturns);
        return result;
    }

    private void FinishCall(Function callee, bool neverReturns)
    {
        if (neverReturns)
        {
            if (_world.UsesExceptions)
            {
                _out.Branch(HandlerLabel(_index));
            }
            else
            {
                _out.Unreachable();
            }
        }
        else if (_world.UsesExceptions && callee.Kind != FunctionKind.External)
        {
            _out.TestException(callee, HandlerLabel(_index));
        }
    }

    private void FinishIndirectCall(Signature signature)
    {
        Function callee = _world.IndirectCallee(signature);
        _function.AddCallee(callee, IsGuarded);
        _function.IndirectCalls.Add(signature.Shape);
        FinishCall(callee, false);
    }

    private StackValue? EmitCall(string target, Signature signature, StackValue[] arguments, string attributes)
    {
        List<string> list = [];
        string? resultMemory = null;
        if (signature.ReturnsInMemory)
        {
            resultMemory = TemporaryFor(signature.Return);
            list.Add($"ptr {resultMemory}");
        }

        for (int i = 0; i < arguments.Length; i++)
        {
            SignatureParameter parameter = signature.Parameters[i];
            string operand = parameter.InMemory ? Use(arguments[i]) : Coerce(arguments[i], parameter.Llvm);
            list.Add($"{parameter.Llvm} {operand}");
        }

        string call = $"call {signature.ReturnLlvm} {target}({string.Join(", ", list)}){attributes}";
        if (resultMemory != null)
        {
            _out.Do(call);
            return new StackValue(signature.Return, _world.Llvm.Memory(signature.Return), resultMemory) { InMemory = true };
        }

        if (signature.ReturnLlvm == "void")
        {
            _out.Do(call);
            return null;
        }

        return Widen(signature.Return, _out.Let(call));
    }

    private void CallIndirect(CallSite site)
    {
        List<TypeDesc> parameters = [.. site.Parameters.Select(p => Types.Resolve(p.ParameterType, _method.Context))];
        if (site.HasThis && !site.ExplicitThis)
        {
            parameters.Insert(0, Types.Object);
        }

        Signature signature = new(_world.Llvm, Types.Resolve(site.ReturnType, _method.Context), parameters);
        StackValue pointer = Pop();
        StackValue[] arguments = PopMany(parameters.Count);
        StackValue? result;
        if (pointer.Constant is MethodDesc known && pointer.Receiver == null)
        {
            result = Invoke(known, arguments, false);
        }
        else
        {
            result = EmitCall(Pointer(pointer), signature, arguments, "");
            FinishIndirectCall(signature);
        }

        if (result != null && !_out.IsTerminated)
        {
            Push(result);
        }
    }

    private string MethodPointer(MethodDesc method, StackValue? receiver)
    {
        bool isVirtual = receiver != null && method.IsVirtual && !method.Definition.IsFinal;
        Function target = isVirtual ? _world.RequireDispatch(method, _function) : _world.Require(method, _function);
        _world.TakeAddress(target);
        return _world.Symbol(target);
    }

    private void Return()
    {
        Signature signature = _function.Signature;
        if (signature.ReturnsInMemory)
        {
            CopyMemory("%result", Use(Pop()), signature.Return.VariableSize, signature.Return.VariableAlignment);
            _out.Terminate("ret void");
        }
        else
        {
            _out.Terminate(signature.ReturnLlvm == "void" ? "ret void" : $"ret {signature.ReturnLlvm} {Coerce(Pop(), signature.ReturnLlvm)}");
        }
    }

    private void NewObject(MethodReference reference)
    {
        TypeDesc type = Types.Resolve(reference.DeclaringType, _method.Context);
        if (type.IsArray)
        {
            CallArrayMethod(reference, type);
            return;
        }

        MethodDesc constructor = Types.Resolve(reference, _method.Context);
        StackValue[] arguments = PopMany(constructor.Parameters.Length);
        if (type.IsDelegate)
        {
            Push(NewDelegate(type, arguments[0], arguments[1]));
            return;
        }

        if (type == Types.String)
        {
            Push(NewString(constructor, arguments));
            return;
        }

        StackValue made;
        string? memory = null;
        if (type.IsValueType)
        {
            memory = TemporaryFor(type);
            ClearMemory(memory, type);
            made = Address(Types.ByRefOf(type), memory);
        }
        else
        {
            made = new StackValue(type, "ptr", Allocate(type)) { IsNotNull = true, IsExact = true };
        }

        Invoke(constructor, [made, .. arguments], false);
        if (!_out.IsTerminated)
        {
            Push(memory != null ? Load(memory, type) : made);
        }
    }

    // CoreLib's `Ctor` methods make the string that a `newobj` of String asks for.
    private StackValue NewString(MethodDesc constructor, StackValue[] arguments)
    {
        foreach (MethodDefinition candidate in Types.String.Definition!.Methods)
        {
            if (candidate.Name == "Ctor")
            {
                MethodDesc maker = Types.Method(Types.String, candidate);
                if (maker.Parameters.SequenceEqual(constructor.Parameters))
                {
                    return Invoke(maker, maker.IsStatic ? arguments : [Null(), .. arguments], false)!;
                }
            }
        }

        throw new CompilationException(CompilationError.MissingMethod, $"{constructor.Display} has no Ctor\n{_world.ChainTo(_function)}");
    }
}
