// Calls in the compile-time interpreter: methods with IL are run, a few of CoreLib's primitives are known here.

using System;
using System.Linq;
using Mono.Cecil;
using Mono.Cecil.Cil;
using Pride.Compiler.Emit;
using Pride.Compiler.Metadata;

namespace Pride.Compiler.StaticConstructors;

internal sealed partial class Frame
{
    private bool TryCall(Instruction instruction)
    {
        switch (instruction.OpCode.Code)
        {
            case Code.Constrained:
                _constrained = TypeOperand(instruction);
                return true;
            case Code.Call or Code.Callvirt:
                Call((MethodReference)instruction.Operand, instruction.OpCode.Code == Code.Callvirt);
                return true;
            case Code.Newobj:
                NewObject((MethodReference)instruction.Operand);
                return true;
            case Code.Throw:
                throw new NotPureException("throws an exception");
            default:
                return false;
        }
    }

    private InterpretedValue[] PopArguments(int count)
    {
        InterpretedValue[] arguments = new InterpretedValue[count];
        for (int i = count - 1; i >= 0; i--)
        {
            arguments[i] = Pop();
        }

        return arguments;
    }

    private void Call(MethodReference reference, bool isVirtual)
    {
        if (Types.Resolve(reference.DeclaringType, _method.Context).IsArray)
        {
            throw new NotPureException("uses a multi-dimensional array");
        }

        MethodDesc method = Types.Resolve(reference, _method.Context);
        InterpretedValue[] arguments = PopArguments(method.Parameters.Length + (method.IsStatic ? 0 : 1));
        if (_constrained is { } constrained)
        {
            _constrained = null;
            (method, isVirtual) = Constrain(constrained, method, arguments);
        }

        if (isVirtual && arguments[0].IsNull)
        {
            throw new NotPureException("throws a null-reference exception");
        }

        if (isVirtual && method.IsVirtual)
        {
            method = Devirtualise(method, arguments);
        }

        Invoke(method, arguments);
    }

    private static NotPureException NoBody(MethodDesc method) => new($"calls {method.Display}, which has no body here");

    private (MethodDesc Method, bool IsVirtual) Constrain(TypeDesc type, MethodDesc method, InterpretedValue[] arguments)
    {
        if (method.IsStatic)
        {
            return (VirtualResolution.Resolve(type, method) ?? throw NoBody(method), false);
        }

        if (type.IsReference)
        {
            (Blob blob, int offset) = _interpreter.Readable(arguments[0]);
            arguments[0] = InterpretedMemory.Load(blob, offset, type);
            return (method, true);
        }

        MethodDesc body = VirtualResolution.Resolve(type, method) ?? throw NoBody(method);
        return body.Owner.IsValueType ? (body, false) : throw new NotPureException("calls an inherited method of a struct");
    }

    private MethodDesc Devirtualise(MethodDesc method, InterpretedValue[] arguments)
    {
        TypeDesc type = _interpreter.TypeOf(arguments[0]);
        MethodDesc body = VirtualResolution.Resolve(type, method) ?? throw NoBody(method);
        if (body.Owner.IsValueType)
        {
            arguments[0] = AddOffset(arguments[0], Target.PointerSize);
        }

        return body;
    }

    private void Invoke(MethodDesc method, InterpretedValue[] arguments)
    {
        if (TryPrimitive(method, arguments))
        {
            return;
        }

        method = _interpreter.World.Plugs.Replace(method);
        if (method.Owner.IsDelegate)
        {
            throw new NotPureException("calls a delegate");
        }

        if (method.IsStatic)
        {
            _interpreter.RunConstructorOf(method.Owner, isMethod: true);
        }

        if (_interpreter.Run(method, arguments) is { } result)
        {
            Push(result);
        }
    }

    private void NewObject(MethodReference reference)
    {
        TypeDesc type = Types.Resolve(reference.DeclaringType, _method.Context);
        if (type.IsArray || type.IsDelegate || type == Types.String)
        {
            throw new NotPureException($"makes a {type.FullName} with `new`");
        }

        MethodDesc constructor = Types.Resolve(reference, _method.Context);
        InterpretedValue[] arguments = PopArguments(constructor.Parameters.Length);
        _interpreter.RunConstructorOf(type, isMethod: true);
        if (type.IsValueType)
        {
            Blob memory = _interpreter.NewVariable(type.VariableSize, type.VariableAlignment);
            Invoke(constructor, [InterpretedValue.To(memory), .. arguments]);
            Push(InterpretedMemory.Load(memory, 0, type));
            return;
        }

        InterpretedValue made = _interpreter.NewObject(type);
        Invoke(constructor, [made, .. arguments]);
        Push(made);
    }

    // What the compiler emits itself (Intrinsics/) and constructors use.
    private bool TryPrimitive(MethodDesc method, InterpretedValue[] arguments)
    {
        string name = $"{TypeNames.MetadataName(method.Owner.Definition!)}::{method.Name}";
        switch (name)
        {
            case "System.Object::.ctor":
                return true;
            case "System.Runtime.CompilerServices.RuntimeHelpers::InitializeArray":
                InitializeArray(arguments[0], arguments[1]);
                return true;
            case "System.Runtime.CompilerServices.RuntimeHelpers::CreateSpan":
                PushSpan(method, arguments[0]);
                return true;
            case "System.Runtime.CompilerServices.RuntimeHelpers::IsReferenceOrContainsReferences":
                Push(InterpretedValue.FromBoolean(method.Arguments[0].ContainsReferences));
                return true;
            case "System.Type::GetTypeFromHandle":
                Push(arguments[0]);
                return true;
            case "System.Type::op_Equality" or "System.Type::op_Inequality" when arguments.All(a => a.Kind == ValueKind.Type):
                Push(InterpretedValue.FromBoolean((arguments[0].Token == arguments[1].Token) == (method.Name == "op_Equality")));
                return true;
            case "System.String::get_Length":
                Push(InterpretedValue.FromInt32((int)ArrayLength(arguments[0])));
                return true;
            case "System.Diagnostics.Debug::Assert":
                return true;
            case "System.Array::get_Length":
                Push(InterpretedValue.FromInt32((int)ArrayLength(arguments[0])));
                return true;
            case "System.Runtime.CompilerServices.Unsafe::As" when arguments.Length == 1:
                Push(arguments[0]);
                return true;
            case "System.Runtime.CompilerServices.Unsafe::SizeOf":
                TypeDesc sized = method.Arguments[0];
                Push(InterpretedValue.FromInt32(sized.IsReference ? Target.PointerSize : sized.VariableSize));
                return true;
            case "Pride.Runtime.ObjectModel.CompilerFacts::get_IsGuest":
                Push(InterpretedValue.FromBoolean(true));
                return true;
            case "Pride.Runtime.ObjectModel.CompilerFacts::get_IsManaged":
                Push(InterpretedValue.FromBoolean(_interpreter.World.UsesExceptions));
                return true;
            case "Pride.Runtime.ObjectModel.CompilerFacts::get_IsHosted":
                Push(InterpretedValue.FromBoolean(_interpreter.World.Target.IsHosted));
                return true;
            default:
                break;
        }

        if (method.Name is "get_IsSupported" or "get_IsHardwareAccelerated"
            && (name.StartsWith("System.Runtime.Intrinsics.", StringComparison.Ordinal) || name.StartsWith("System.Numerics.Vector", StringComparison.Ordinal)))
        {
            Push(InterpretedValue.FromBoolean(false));
            return true;
        }

        // An [Intrinsic] whose body is a placeholder must not be run; one that has real IL may.
        return method.HasAttribute("System.Runtime.CompilerServices.IntrinsicAttribute") && _interpreter.World.Intrinsics.IsPlaceholder(method)
            ? throw new NotPureException($"calls {method.Display}, which only the compiler knows")
            : false;
    }

    private void InitializeArray(InterpretedValue array, InterpretedValue handle)
    {
        if (handle.Kind != ValueKind.Field)
        {
            throw new NotPureException("initialises an array from an unknown field");
        }

        byte[] data = ((FieldDesc)handle.Token!).Definition.InitialValue;
        (Blob blob, int offset) = _interpreter.Writable(array);
        TypeDesc type = _interpreter.TypeOf(array);
        long size = ArrayLength(array) * type.Element!.VariableSize;
        if (size > data.Length)
        {
            throw new NotPureException("initialises an array with too little data");
        }

        data.AsSpan(0, (int)size).CopyTo(blob.Bytes.AsSpan(offset + type.Layout.Size));
    }

    private void PushSpan(MethodDesc method, InterpretedValue handle)
    {
        if (handle.Kind != ValueKind.Field)
        {
            throw new NotPureException("makes a span of an unknown field");
        }

        FieldDesc field = (FieldDesc)handle.Token!;
        TypeDesc span = method.ReturnType;
        Blob value = new(span.VariableSize, 8);
        FieldDesc reference = span.InstanceFields.First(f => f.Type.Kind == TypeKind.ByRef);
        FieldDesc length = span.InstanceFields.First(f => f != reference);
        Store(value, reference.Offset, reference.Type, _interpreter.RvaData(field));
        value.Write32(length.Offset, (uint)(field.Definition.InitialValue.Length / method.Arguments[0].VariableSize));
        Push(InterpretedValue.OfStruct(value));
    }
}
