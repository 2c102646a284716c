// A function of the output: a method, or one of the small functions that the compiler makes itself.

using System.Collections.Generic;
using System.Linq;
using Pride.Compiler.Emit;
using Pride.Compiler.Import;
using Pride.Compiler.Metadata;

namespace Pride.Compiler.Reachability;

/// <summary>What a function is made from.</summary>
internal enum FunctionKind
{
    /// <summary>A method's IL.</summary>
    Method,

    /// <summary>Chooses a virtual method's body by the object's type; written when the world is known.</summary>
    Dispatch,

    /// <summary>A struct's method as a virtual method: takes the box.</summary>
    Unbox,

    /// <summary>A static method as a delegate's target: drops the first argument.</summary>
    StaticDelegate,

    /// <summary>A delegate's Invoke as a method (the target of another delegate, or called through a pointer).</summary>
    DelegateInvoke,

    /// <summary>Calls every target of a multicast delegate.</summary>
    Multicast,

    /// <summary>Tests an object's type; written when the world is known.</summary>
    TypeTest,

    /// <summary>Runs a static constructor once.</summary>
    StaticConstructor,

    /// <summary>A method that nothing provides, in a compilation that lists what is missing.</summary>
    Missing,

    /// <summary>The entry of the image.</summary>
    Main,

    /// <summary>A symbol of an assembly source or of the linker.</summary>
    External,

    /// <summary>Stands for all that a call through a delegate or function pointer may reach.</summary>
    Indirect,
}

/// <summary>One place that allocates: what it makes, and its line ("file:line") where that is known.</summary>
internal sealed record AllocationSite(string What, string? Line);

/// <summary>One function, why it is there, and what it calls.</summary>
internal sealed class Function(FunctionKind kind, string symbol, Signature signature, Function? cause)
{
    private readonly HashSet<Function> _callees = [];
    private readonly HashSet<Function> _unguarded = [];

    public FunctionKind Kind { get; } = kind;

    public string Symbol { get; } = symbol;

    public Signature Signature { get; } = signature;

    /// <summary>The function that first needed this one.</summary>
    public Function? Cause { get; } = cause;

    public MethodDesc? Method { get; init; }

    /// <summary>The type that a type test or static constructor is about.</summary>
    public TypeDesc? Type { get; init; }

    public FunctionBuilder? Body { get; set; }

    /// <summary>Label of the first block.</summary>
    public string FirstLabel { get; set; } = "start";

    public IReadOnlyCollection<Function> Callees => _callees;

    /// <summary>Callees whose exceptions leave this function too: no clause around the call takes every exception.</summary>
    public IReadOnlyCollection<Function> UnguardedCallees => _unguarded;

    /// <summary>Shapes (<see cref="Signature.Shape"/>) of its calls through delegates and function pointers.</summary>
    public HashSet<string> IndirectCalls { get; } = [];

    /// <summary>Where it allocates.</summary>
    public List<AllocationSite> AllocationSites { get; } = [];

    /// <summary>Leaves an exception pending by itself, not through a callee.</summary>
    public bool Throws { get; set; }

    /// <summary>Allocates by itself.</summary>
    public bool Allocates => AllocationSites.Count > 0;

    /// <summary>Result of the no-throw pass.</summary>
    public bool MayThrow { get; set; }

    /// <summary>Visible to assembly sources and the linker.</summary>
    public bool IsExported { get; init; }

    /// <summary>Number of the DISubprogram in the metadata; -1 without debug information.</summary>
    public int DebugScope { get; set; } = -1;

    /// <summary>The name in messages.</summary>
    public string Display => Method != null && Kind == FunctionKind.Method ? Method.Display : $"{Symbol} ({Kind})";

    public void AddCallee(Function callee, bool isGuarded = false)
    {
        _callees.Add(callee);
        if (!isGuarded)
        {
            _unguarded.Add(callee);
        }
    }
}

/// <summary>How a function is called: LLVM types of parameters and result, and which of them are addresses of structs.</summary>
internal sealed class Signature
{
    public Signature(LlvmTypes types, TypeDesc returnType, IEnumerable<TypeDesc> parameters)
    {
        Return = returnType;
        ReturnsInMemory = types.IsInMemory(returnType);
        ReturnLlvm = ReturnsInMemory ? "void" : types.Storage(returnType);
        foreach (TypeDesc parameter in parameters)
        {
            bool inMemory = types.IsInMemory(parameter);
            Parameters.Add(new SignatureParameter(parameter, inMemory ? "ptr" : types.Storage(parameter), inMemory));
        }
    }

    public TypeDesc Return { get; }

    /// <summary>"void" also when the result is written to memory that the first parameter names.</summary>
    public string ReturnLlvm { get; }

    public bool ReturnsInMemory { get; }

    public List<SignatureParameter> Parameters { get; } = [];

    /// <summary>Two functions of one shape can be called through the same pointer.</summary>
    public string Shape => $"{ReturnLlvm}{(ReturnsInMemory ? "*" : "")}({string.Join(", ", Parameters.Select(p => p.Llvm))})";
}

/// <summary>One parameter; <c>this</c> is an ordinary first one.</summary>
internal sealed record SignatureParameter(TypeDesc Type, string Llvm, bool InMemory);
