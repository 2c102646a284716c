// The closed world of one compilation: every function that is reachable from the entry, found by translating what is
// reached (a work list), with virtual methods compiled only when they are called and their type is constructed (RTA).

using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Mono.Cecil;
using Pride.Compiler.Emit;
using Pride.Compiler.Folding;
using Pride.Compiler.Import;
using Pride.Compiler.Intrinsics;
using Pride.Compiler.Metadata;
using Pride.Compiler.Plugs;
using Pride.Compiler.StaticConstructors;
using TypeSystem = Pride.Compiler.Metadata.TypeSystem;

namespace Pride.Compiler.Reachability;

/// <summary>Everything known about the program that is being compiled.</summary>
internal sealed partial class World
{
    public const string UnmanagedCallersOnly = "System.Runtime.InteropServices.UnmanagedCallersOnlyAttribute";

    public const string RuntimeAssembly = "Pride.Runtime";
    /// <summary>An image for an appliance has a few thousand; more means endless generic instantiation or a root that should be cut.</summary>
    private const int MaximumFunctions = 60000;

    /// <summary>Generic arguments within generic arguments; hand-written programs stay below ten.</summary>
    private const int MaximumGenericDepth = 40;

    private const string InlineAssemblyAttribute = "Pride.Machine.InlineAssemblyAttribute";

    private readonly Dictionary<object, Function>[] _functions = Array.ConvertAll(Enum.GetValues<FunctionKind>(), _ => new Dictionary<object, Function>());
    private readonly List<Function> _order = [];
    private readonly Dictionary<string, int> _symbols = [];
    private readonly Dictionary<Function, string> _quoted = [];
    private readonly Queue<Function> _queue = [];
    private readonly Dictionary<MethodDefinition, InlineAssembly?> _assembly = [];
    private readonly HashSet<Function> _addressTaken = [];
    private readonly Dictionary<string, Function> _indirectCallees = [];

    public World(CompilationRequest request, Target target, CompilationProfile profile, bool allowsFloatingPoint, TypeSystem types)
    {
        Request = request;
        Target = target;
        Profile = profile;
        AllowsFloatingPoint = allowsFloatingPoint;
        Types = types;
        Llvm = new LlvmTypes(target, allowsFloatingPoint);
        Data = new ImageData(this);
        Plugs = new PlugTable(this);
        Intrinsics = new IntrinsicTable(this);
        Constants = new ConstantMethods(this);
        Statics = new StaticConstructorTable(this);
    }

    public CompilationRequest Request { get; }

    public Target Target { get; }

    public CompilationProfile Profile { get; }

    public TypeSystem Types { get; }

    public LlvmTypes Llvm { get; }

    public ImageData Data { get; }

    public PlugTable Plugs { get; }

    public IntrinsicTable Intrinsics { get; }

    public StaticConstructorTable Statics { get; }

    /// <summary>Messages of the framework's exceptions.</summary>
    public ResourceTexts Resources { get; } = new();

    /// <summary>Methods whose result is known at compile time.</summary>
    public ConstantMethods Constants { get; }

    public DebugInfo.DebugMetadata? Debug { get; set; }

    /// <summary>The method is compiled as written, for a debugger.</summary>
    public bool KeepsVariables(MethodDesc method) =>
        Request.KeepVariables && method.Definition.Module == Types.Assemblies.Entry.MainModule && ExportName(method) == null;

    /// <summary>Exceptions exist; otherwise a throw is the end.</summary>
    public bool UsesExceptions => Profile == CompilationProfile.Managed;

    /// <summary>LLVM is told where an exception is pending and where none is.</summary>
    public bool TellsPending => UsesExceptions && Request.OptimizationLevel > 0;

    /// <summary>Null is tested before every access: low addresses are mapped (kernel), or the exception can be caught (managed).</summary>
    public bool ChecksNull => Profile != CompilationProfile.Driver;

    public bool AllowsFloatingPoint { get; }

    public IReadOnlyList<Function> Functions => _order;

    /// <summary>Translates until nothing new is reached.</summary>
    public void Explore()
    {
        while (_queue.TryDequeue(out Function? function))
        {
            switch (function.Kind)
            {
                case FunctionKind.Method:
                    MethodImporter.Import(this, function);
                    break;
                case FunctionKind.Unbox or FunctionKind.StaticDelegate or FunctionKind.DelegateInvoke:
                    Thunks.Write(this, function);
                    break;
            }
        }
    }

    /// <summary>The function for a method; plugs are applied. A method without a body is an error that shows how it was reached.</summary>
    public Function Require(MethodDesc method, Function? cause)
    {
        method = Plugs.Replace(method);
        if (_functions[(int)FunctionKind.Method].TryGetValue(method, out Function? known))
        {
            return known;
        }

        if (ExternalSymbol(method) is { } external)
        {
            return Get(FunctionKind.External, method, external, SignatureOf(method), cause, method);
        }

        if (method.Name == "Invoke" && method.Owner.IsDelegate)
        {
            return Get(FunctionKind.DelegateInvoke, method, method.FullName, SignatureOf(method), cause, method);
        }

        if (!HasCode(method) && UnsafeAccessors.Target(method) is { } target)
        {
            return Require(target, cause);
        }

        if (!HasCode(method))
        {
            string what = InlineAssemblyOf(method, cause) != null ? "is inline assembly, whose address cannot be taken" : "has neither IL nor a plug nor an intrinsic";
            return Missing(method, $"{method.Display} [{method.Definition.Module.Name}] {what}{NeededBy(cause)}\n{ChainTo(cause)}", cause);
        }

        return Add(FunctionKind.Method, method, ExportName(method) ?? method.FullName, SignatureOf(method), cause, method);
    }

    /// <summary>A method of Pride.Runtime by type and name.</summary>
    public Function RequireRuntime(string typeName, string methodName, int parameters, Function? cause)
    {
        TypeDesc type = RuntimeType(typeName);
        MethodDesc method = Types.Find(type, methodName, parameters)
            ?? throw new CompilationException(CompilationError.BadRequest, $"{type.FullName} has no method {methodName} with {parameters} parameters");
        return Require(method, cause);
    }

    public TypeDesc RuntimeType(string typeName)
    {
        if (!Types.Assemblies.Contains(RuntimeAssembly))
        {
            throw new CompilationException(CompilationError.BadRequest, $"the {Profile} profile needs {RuntimeAssembly}, which the entry assembly does not reference");
        }

        TypeDefinition? definition = Types.Assemblies.Load(RuntimeAssembly).MainModule.GetType($"{RuntimeAssembly}.{typeName}");
        return definition != null ? Types.Instance(definition, [])
            : throw new CompilationException(CompilationError.BadRequest, $"{RuntimeAssembly} has no type {typeName}");
    }

    /// <summary>A struct's method as the target of a virtual call or delegate: takes the box.</summary>
    public Function RequireUnbox(MethodDesc method, Function? cause)
    {
        Signature signature = new(Llvm, method.ReturnType, [Types.Object, .. method.Parameters]);
        return Get(FunctionKind.Unbox, method, $"{method.FullName}[unbox]", signature, cause, method);
    }

    /// <summary>A static method as the target of a delegate: drops the first argument.</summary>
    public Function RequireStaticDelegate(MethodDesc method, Function? cause)
    {
        Signature signature = new(Llvm, method.ReturnType, [Types.Object, .. method.Parameters]);
        return Get(FunctionKind.StaticDelegate, method, $"{method.FullName}[delegate]", signature, cause, method);
    }

    /// <summary>A function that the compiler writes itself.</summary>
    public Function Synthesise(FunctionKind kind, object key, string symbol, Signature signature, Function? cause, TypeDesc? type = null) =>
        _functions[(int)kind].TryGetValue(key, out Function? known) ? known : Add(kind, key, symbol, signature, cause, null, type);

    public Signature SignatureOf(MethodDesc method) =>
        new(Llvm, method.ReturnType, method.IsStatic ? method.Parameters : [method.ThisType, .. method.Parameters]);

    public string Symbol(Function function)
    {
        if (!_quoted.TryGetValue(function, out string? quoted))
        {
            quoted = "@" + Quote(function.Symbol);
            _quoted.Add(function, quoted);
        }

        return quoted;
    }

    public static string Quote(string name)
    {
        StringBuilder text = new("\"");
        foreach (char c in name)
        {
            text.Append(c is '"' or '\\' or < ' ' ? $"\\{(int)c:X2}" : c.ToString());
        }

        return text.Append('"').ToString();
    }

    /// <summary>Notes that <paramref name="function"/> can be the target of a delegate or function pointer.</summary>
    public void TakeAddress(Function function) => _addressTaken.Add(function);

    /// <summary>Stands for what a call through a delegate or function pointer of this signature may reach.</summary>
    public Function IndirectCallee(Signature signature)
    {
        string key = IndirectKey(signature);
        if (!_indirectCallees.TryGetValue(key, out Function? callee))
        {
            callee = new Function(FunctionKind.Indirect, $"indirect call of {signature.Shape}", signature, null);
            _indirectCallees.Add(key, callee);
        }

        return callee;
    }

    /// <summary>What delegates and function pointers may call.</summary>
    public IReadOnlyCollection<Function> AddressTaken => _addressTaken;

    /// <summary>Attributes of a call of <paramref name="function"/>. With exceptions a method that never returns does return: with one pending.</summary>
    public string CallAttributes(Function function) =>
        !UsesExceptions && function.Method is { } method && method.HasAttribute("System.Diagnostics.CodeAnalysis.DoesNotReturnAttribute") ? " #1" : "";

    public bool IsFramework(MethodDesc method)
    {
        string name = method.Definition.Module.Assembly.Name.Name;
        return name.StartsWith("System.", StringComparison.Ordinal) || name == "Microsoft.CSharp";
    }

    /// <summary>The [InlineAssembly] of the target's architecture; null for methods without the attribute, and where the C# body stands for it.</summary>
    public InlineAssembly? InlineAssemblyOf(MethodDesc method, Function? cause)
    {
        if (_assembly.TryGetValue(method.Definition, out InlineAssembly? known))
        {
            return known;
        }

        bool mustHave = false;
        foreach (CustomAttribute attribute in method.Definition.CustomAttributes)
        {
            if (attribute.AttributeType.FullName != InlineAssemblyAttribute)
            {
                continue;
            }

            mustHave |= !(Attributes.Property(attribute, "ElseBody") as bool? ?? false);
            if ((int)attribute.ConstructorArguments[0].Value == (int)Target.Architecture)
            {
                bool hasEffects = Attributes.Property(attribute, "HasSideEffects") as bool? ?? true;
                known = new InlineAssembly((string)attribute.ConstructorArguments[1].Value, (string)attribute.ConstructorArguments[2].Value, hasEffects);
            }
        }

        if (mustHave && known == null)
        {
            throw new CompilationException(
                CompilationError.MissingMethod, $"{method.Display} has inline assembly, but none for {Target.Architecture}\n{ChainTo(cause)}");
        }

        _assembly.Add(method.Definition, known);
        return known;
    }

    /// <summary>What was missing and became a failure at run time (only when the request lists what is missing).</summary>
    public List<string> MissingMethods { get; } = [];

    /// <summary>Refuses a program that needs a method which does not exist, or notes it.</summary>
    public Function Missing(MethodDesc method, string message, Function? cause)
    {
        if (!Request.ListMissing)
        {
            throw new CompilationException(CompilationError.MissingMethod, message);
        }

        if (_functions[(int)FunctionKind.Missing].TryGetValue(method, out Function? known))
        {
            return known;
        }

        MissingMethods.Add(message);
        Function function = Add(FunctionKind.Missing, method, method.FullName, SignatureOf(method), cause, method);
        function.Body = new FunctionBuilder();
        function.Body.Begin(function.FirstLabel);
        function.Body.Do("call void @llvm.trap()");
        function.Body.Unreachable();
        return function;
    }

    public static string? ExportName(MethodDesc method) =>
        Attributes.Find(method.Definition, UnmanagedCallersOnly) is { } attribute ? Attributes.Property(attribute, "EntryPoint") as string : null;

    /// <summary>One exception edge for each call: may anything that this function calls leave an exception? (Fixpoint.)</summary>
    public void FindThrowers()
    {
        Dictionary<Function, List<Function>> callers = [];
        Queue<Function> queue = [];
        CompleteIndirectCalls();
        foreach (Function function in Functions.Concat(_indirectCallees.Values))
        {
            foreach (Function callee in function.UnguardedCallees)
            {
                if (!callers.TryGetValue(callee, out List<Function>? list))
                {
                    callers.Add(callee, list = []);
                }

                list.Add(function);
            }

            if (function.Throws)
            {
                function.MayThrow = true;
                queue.Enqueue(function);
            }
        }

        while (queue.TryDequeue(out Function? thrower))
        {
            foreach (Function caller in callers.GetValueOrDefault(thrower, []))
            {
                if (!caller.MayThrow)
                {
                    caller.MayThrow = true;
                    queue.Enqueue(caller);
                }
            }
        }
    }

    // What is called without its name throws what its possible targets throw; where none is known, anything.
    private void CompleteIndirectCalls()
    {
        foreach (Function target in _addressTaken)
        {
            if (_indirectCallees.TryGetValue(IndirectKey(target.Signature), out Function? callee))
            {
                callee.AddCallee(target);
            }
        }

        foreach (Function callee in _indirectCallees.Values)
        {
            callee.Throws = callee.Callees.Count == 0;
        }

        foreach (VirtualMethod method in _virtualOrder)
        {
            method.Dispatch.Throws = method.Bodies.Count == 0;
        }
    }

    // An address is passed like a number, and code may use either for what is the other at the target.
    private static string IndirectKey(Signature signature) => signature.Shape.Replace("ptr", "i64", StringComparison.Ordinal);

    private static bool HasCode(MethodDesc method) => method.Definition.HasBody && method.Definition.RVA != 0;

    private static string? ExternalSymbol(MethodDesc method)
    {
        MethodDefinition definition = method.Definition;
        return definition is { IsPInvokeImpl: true, PInvokeInfo: { } info } && info.Module.Name == "*" ? info.EntryPoint ?? definition.Name : null;
    }

    private Function Get(FunctionKind kind, object key, string symbol, Signature signature, Function? cause, MethodDesc method) =>
        _functions[(int)kind].TryGetValue(key, out Function? known) ? known : Add(kind, key, symbol, signature, cause, method);

    private Function Add(FunctionKind kind, object key, string symbol, Signature signature, Function? cause, MethodDesc? method, TypeDesc? type = null)
    {
        bool isExport = kind == FunctionKind.Main || (kind == FunctionKind.Method && ExportName(method!) != null);
        string unique = kind == FunctionKind.External || isExport ? symbol : Unique(symbol, method);
        Function function = new(kind, unique, signature, cause) { Method = method, Type = type, IsExported = isExport };
        _functions[(int)kind].Add(key, function);
        _order.Add(function);
        if (_order.Count > MaximumFunctions)
        {
            throw new CompilationException(CompilationError.Unsupported, $"more than {MaximumFunctions} functions are reachable; the last one:\n{ChainTo(function)}");
        }

        CheckDepth(function);
        _queue.Enqueue(function);
        return function;
    }

    // Full instantiation of generics does not end for one that names a larger instance of itself.
    private void CheckDepth(Function function)
    {
        if (function.Method is { } method && (method.Owner.GenericDepth > MaximumGenericDepth || method.Arguments.Any(a => a.GenericDepth > MaximumGenericDepth)))
        {
            throw new CompilationException(
                CompilationError.Unsupported,
                $"{method.Definition.DeclaringType.Name}.{method.Name} is instantiated with types that nest more than {MaximumGenericDepth} deep: a generic type or method that uses a larger instance of itself has no end{NeededBy(function.Cause)}");
        }
    }

    // The first function of the program's own on the way to what is missing.
    private string NeededBy(Function? cause)
    {
        for (Function? link = cause; link != null; link = link.Cause)
        {
            if (link.Method is { } method && !IsFramework(method))
            {
                return $"; needed by {method.Display}";
            }
        }

        return "";
    }

    private string Unique(string symbol, MethodDesc? method)
    {
        if (_symbols.TryAdd(symbol, 1))
        {
            return symbol;
        }

        if (method != null)
        {
            symbol += $"({string.Join(",", method.Parameters.Select(TypeNames.ShortName))})";
            if (_symbols.TryAdd(symbol, 1))
            {
                return symbol;
            }
        }

        return $"{symbol}~{_symbols[symbol]++}";
    }
}
