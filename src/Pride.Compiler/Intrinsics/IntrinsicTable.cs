// Methods that the compiler emits itself, by full name. Each handler emits code in place of the call, or declines (and
// the method's own IL is compiled). Tables by area stand in the other files of this folder.

using System.Collections.Generic;
using Mono.Cecil;
using Mono.Cecil.Cil;
using Pride.Compiler.Import;
using Pride.Compiler.Metadata;
using Pride.Compiler.Reachability;

namespace Pride.Compiler.Intrinsics;

/// <summary>One call that an intrinsic may replace.</summary>
internal sealed class IntrinsicCall(MethodImporter importer, MethodDesc method, StackValue[] arguments)
{
    public MethodImporter Importer { get; } = importer;

    public FunctionBuilder Out => Importer.Out;

    public World World => Importer.World;

    public MethodDesc Method { get; } = method;

    public StackValue[] Arguments { get; } = arguments;

    /// <summary>The value of the call; null for void.</summary>
    public StackValue? Result { get; set; }

    public string Pointer(int index) => Importer.Pointer(Arguments[index]);

    public string Coerce(int index, string llvm) => Importer.Coerce(Arguments[index], llvm);

    /// <summary>The method's first type argument.</summary>
    public TypeDesc T => Method.Arguments[0];
}

/// <summary>Emits the call and returns true, or returns false.</summary>
internal delegate bool IntrinsicHandler(IntrinsicCall call);

/// <summary>All intrinsics.</summary>
internal sealed partial class IntrinsicTable
{
    private const string BuildConstantAttribute = "Pride.Machine.BuildConstantAttribute";
    private const string IntrinsicAttribute = "System.Runtime.CompilerServices.IntrinsicAttribute";

    private readonly World _world;
    private readonly Dictionary<string, IntrinsicHandler> _handlers = [];
    private readonly Dictionary<MethodDefinition, IntrinsicHandler?> _byMethod = [];

    public IntrinsicTable(World world)
    {
        _world = world;
        AddUnsafe();
        AddMemory();
        AddNumbers();
        AddAtomics();
        AddTypes();
        AddComparers();
        AddFacts();
        AddVectors();
    }

    /// <summary>Some object is asked for its type, so every table has a type object.</summary>
    public bool UsesGetType { get; private set; }

    /// <summary>Emits the call if it is an intrinsic.</summary>
    public bool TryEmit(MethodImporter importer, MethodDesc method, StackValue[] arguments, out StackValue? result)
    {
        result = null;
        if (!_byMethod.TryGetValue(method.Definition, out IntrinsicHandler? handler))
        {
            handler = Find(method);
            _byMethod.Add(method.Definition, handler);
        }

        if (handler == null)
        {
            return false;
        }

        IntrinsicCall call = new(importer, method, arguments);
        if (handler(call))
        {
            result = call.Result;
            return true;
        }

        return false;
    }

    /// <summary>The method's IL is not what it does: a handler stands for it, or its body calls itself.</summary>
    public bool IsPlaceholder(MethodDesc method) =>
        _handlers.ContainsKey($"{TypeNames.MetadataName(method.Definition.DeclaringType)}::{method.Name}") || IsSelfRecursiveIntrinsic(method);

    /// <summary>The value of an intrinsic that is a constant of the target or of its type arguments.</summary>
    public long? ConstantOf(MethodDesc method)
    {
        string type = TypeNames.MetadataName(method.Definition.DeclaringType);
        if (VectorFact(type, method) is { } fact)
        {
            return fact;
        }

        if (method.Name == "get_IsSupported" && type == "System.Numerics.Vector`1")
        {
            return VectorShape.IsNumber(method.Owner.Arguments[0]) ? 1 : 0;
        }

        if (method.Name is "get_IsSupported" or "get_IsHardwareAccelerated"
            && (type.StartsWith("System.Runtime.Intrinsics.", System.StringComparison.Ordinal) || type.StartsWith("System.Numerics.Vector", System.StringComparison.Ordinal)))
        {
            return 0;
        }

        if (method.Name == "get_FrameRecordDistance" && type == "Pride.Runtime.ObjectModel.CompilerFacts")
        {
            return _world.Target.Architecture == TargetArchitecture.RiscV64 ? 2 * Target.PointerSize : 0;
        }

        if (method.Name == "get_Architecture" && type == "Pride.Runtime.ObjectModel.CompilerFacts")
        {
            return (long)_world.Target.Architecture;
        }

        if (method.Name == "get_HostedHeapBytes" && type == "Pride.Runtime.ObjectModel.CompilerFacts")
        {
            return _world.Request.HostedHeapBytes;
        }

        if (Attributes.Find(method.Definition, BuildConstantAttribute) is { } named && _world.Request.Constants.TryGetValue((string)named.ConstructorArguments[0].Value, out long given))
        {
            return given;
        }

        bool? value = $"{type}::{method.Name}" switch
        {
            "Pride.Runtime.ObjectModel.CompilerFacts::get_IsGuest" => true,
            "Pride.Runtime.ObjectModel.CompilerFacts::get_IsManaged" => _world.UsesExceptions,
            "Pride.Runtime.ObjectModel.CompilerFacts::get_IsHosted" => _world.Target.IsHosted,
            "Pride.Runtime.ObjectModel.CompilerFacts::get_IsHeapStressed" => _world.Request.StressHeap,
            RuntimeHelpersType + "::IsReferenceOrContainsReferences" => method.Arguments[0].ContainsReferences,
            RuntimeHelpersType + "::IsBitwiseEquatable" => IsBitwiseEquatable(method.Arguments[0]),
            _ => null,
        };
        return value is { } known ? known ? 1 : 0 : null;
    }

    private long? VectorFact(string type, MethodDesc method)
    {
        switch (type)
        {
            case VectorShape.Static128 or VectorShape.Static256 when method.Name == "get_IsHardwareAccelerated":
                return _world.Llvm.HasVectors && _world.Target.VectorBytes >= (type == VectorShape.Static128 ? 16 : 32) ? 1 : 0;
            default:
                // Every size can hold every number, in software if need be.
                return method.Owner.Arguments.Length == 1 && VectorShape.SizeOf(type) is > 0 and int bytes && VectorShape.IsNumber(method.Owner.Arguments[0])
                    ? method.Name switch { "get_IsSupported" => 1, "get_Count" => bytes / method.Owner.Arguments[0].VariableSize, _ => null }
                    : null;
        }
    }

    private IntrinsicHandler? Find(MethodDesc method)
    {
        string type = TypeNames.MetadataName(method.Definition.DeclaringType);
        if (_handlers.TryGetValue($"{type}::{method.Name}", out IntrinsicHandler? handler) || _handlers.TryGetValue($"{type}::*", out handler))
        {
            return handler;
        }

        if (method.HasAttribute("Pride.Machine.CompilerIntrinsicAttribute") || IsSelfRecursiveIntrinsic(method))
        {
            return static c => CallMissing(c);
        }

        return null;
    }

    private static bool CallMissing(IntrinsicCall call)
    {
        string message = $"{call.Method.Display} is an intrinsic that the compiler does not know (its body calls itself, or is for the host)\n{call.World.ChainTo(call.Importer.Function)}";
        call.Result = call.Importer.CallFunction(call.World.Missing(call.Method, message, call.Importer.Function), call.Arguments);
        return true;
    }

    private bool IsSelfRecursiveIntrinsic(MethodDesc method)
    {
        if (!method.HasAttribute(IntrinsicAttribute) || !method.Definition.HasBody || _world.Plugs.IsPlugged(method))
        {
            return false;
        }

        foreach (Instruction instruction in method.Definition.Body.Instructions)
        {
            if (instruction.OpCode.Code is Code.Call or Code.Callvirt && instruction.Operand is MethodReference called
                && called.Name == method.Name && called.Resolve() == method.Definition)
            {
                return true;
            }
        }

        return false;
    }

    private void Add(string type, string method, IntrinsicHandler handler) => _handlers.Add($"{type}::{method}", handler);

    private static bool Is(IntrinsicCall call, bool value)
    {
        call.Result = call.Importer.Boolean(value);
        return true;
    }
}
