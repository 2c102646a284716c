// Static constructors: run at compile time where they are pure, else on first use (as CoreCLR would).

using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Linq;
using Mono.Cecil;
using Pride.Compiler.Emit;
using Pride.Compiler.Import;
using Pride.Compiler.Metadata;
using Pride.Compiler.Reachability;

namespace Pride.Compiler.StaticConstructors;

/// <summary>What is known about each type's static constructor.</summary>
internal sealed class StaticConstructorTable(World world)
{
    // States of a constructor that runs in the image.
    private const int NotRun = 0;
    private const int HasRun = 1;
    private const int HasFailed = 2;

    private readonly Dictionary<TypeDesc, State> _states = [];
    private readonly Dictionary<TypeDefinition, bool> _hasConstructor = [];
    private readonly Dictionary<FieldDesc, Blob> _initial = [];
    private readonly List<Blob> _objects = [];
    private readonly Dictionary<Blob, TypeDesc> _objectTypes = [];

    private sealed class State
    {
        /// <summary>The function that runs the constructor once; null when nothing has to run.</summary>
        public Function? Trigger { get; set; }

        /// <summary>Symbol of the byte that says whether the constructor has run.</summary>
        public string? Flag { get; set; }

        public bool IsInterpreted { get; set; }

        public bool IsRunning { get; set; }
    }

    /// <summary>Mutable objects that compile-time constructors made, which may come to hold references.</summary>
    public IReadOnlyList<Blob> Objects => _objects;

    /// <summary>The value that a static field has when the image starts; null means zero.</summary>
    public Blob? InitialValue(FieldDesc field) => _initial.GetValueOrDefault(field);

    /// <summary>Nobody writes the field in the image: it is read-only, and its constructor ran at compile time.</summary>
    public bool IsFrozen(FieldDesc field) =>
        field.Definition.IsInitOnly && _states.TryGetValue(field.Owner, out State? state) && state.IsInterpreted;

    /// <summary>The type's constructor is being interpreted at this moment.</summary>
    public bool IsRunning(TypeDesc type) => _states.TryGetValue(type, out State? state) && state.IsRunning;

    public void AddObject(Blob blob, TypeDesc type) => _objectTypes.Add(blob, type);

    public bool TryGetObjectType(Blob blob, [NotNullWhen(true)] out TypeDesc? type) => _objectTypes.TryGetValue(blob, out type);

    /// <summary>The function to call before a static member is used; null when there is nothing to run.</summary>
    public Function? TriggerFor(TypeDesc type, bool isMethod, Function cause)
    {
        if (type.Definition is not { } definition || !HasConstructor(definition))
        {
            return null;
        }

        // beforefieldinit: only field accesses matter (ECMA-335 II.10.5.3).
        if (isMethod && definition.IsBeforeFieldInit)
        {
            return null;
        }

        if (!_states.TryGetValue(type, out State? state))
        {
            state = new State();
            _states.Add(type, state);
            Decide(type, state, cause);
        }

        return state.Trigger;
    }

    /// <summary>An i1 of <paramref name="builder"/>'s code: the constructor that the trigger runs has run (or runs), and did not fail.</summary>
    public string HasRunFlag(Function trigger, FunctionBuilder builder) =>
        builder.Let($"icmp eq i8 {builder.Let($"load i8, ptr {_states[trigger.Type!].Flag}")}, {HasRun}");

    // Asked at each access to a static field, and CoreLib has types with hundreds of methods.
    private bool HasConstructor(TypeDefinition definition)
    {
        if (!_hasConstructor.TryGetValue(definition, out bool found))
        {
            found = definition.Methods.Any(m => m.Name == ".cctor");
            _hasConstructor.Add(definition, found);
        }

        return found;
    }

    /// <summary>The value of a read-only integer field whose constructor ran at compile time.</summary>
    public long? KnownConstant(FieldDesc field, Function cause)
    {
        if (!field.Definition.IsInitOnly || !_states.TryGetValue(field.Owner, out State? state) || !state.IsInterpreted
            || field.Type.IsStruct || field.Type.IsReference || field.Type.IsPointerLike || field.Type.IsFloat
            || Attributes.Has(field.Definition, "Pride.Machine.PatchedAttribute"))
        {
            return null;
        }

        return !_initial.TryGetValue(field, out Blob? value) ? 0 : value.Pointers.Count == 0 ? ReadInteger(value, field.Type) : null;

    }

    private static long ReadInteger(Blob blob, TypeDesc type)
    {
        long value = 0;
        for (int i = blob.Bytes.Length - 1; i >= 0; i--)
        {
            value = (value << 8) | blob.Bytes[i];
        }

        int unused = 64 - (8 * blob.Bytes.Length);
        return type.IsSigned ? value << unused >> unused : value;
    }

    private void Decide(TypeDesc type, State state, Function cause)
    {
        MethodDesc constructor = world.Types.Method(type, type.Definition!.Methods.First(m => m.Name == ".cctor"));
        constructor = world.Plugs.Replace(constructor);
        Interpreter interpreter = new(world, type, cause);
        state.IsRunning = true;
        bool isPure = interpreter.TryRun(constructor, out string reason);
        state.IsRunning = false;
        if (isPure)
        {
            state.IsInterpreted = true;
            foreach ((FieldDesc field, Blob value) in interpreter.Fields)
            {
                _initial[field] = value;
            }

            _objects.AddRange(interpreter.Roots);
            return;
        }

        if (world.Profile == CompilationProfile.Kernel)
        {
            world.Violation(cause, $"needs the static constructor of {type.FullName}, which cannot run at compile time: {reason}");
        }

        state.Flag = world.Data.Add(new Blob(1, 1), $"{type.FullName}[done]");
        state.Trigger = WriteTrigger(type, constructor, state.Flag, cause);
    }

    private Function WriteTrigger(TypeDesc type, MethodDesc constructor, string flag, Function cause)
    {
        Signature signature = new(world.Llvm, world.Types.Void, []);
        Function trigger = world.Synthesise(FunctionKind.StaticConstructor, type, $"{type.FullName}[static]", signature, cause, type);
        FunctionBuilder builder = new();
        trigger.Body = builder;
        Function target = world.Require(constructor, trigger);
        trigger.AddCallee(target);
        builder.Begin(trigger.FirstLabel);
        string state = builder.Let($"load i8, ptr {flag}");
        builder.Branch(builder.Let($"icmp eq i8 {state}, {NotRun}"), "run", world.UsesExceptions ? "ran" : "end");
        builder.Begin("run");

        // Set first: a constructor that uses its own type sees it as running, as on CoreCLR.
        builder.Do($"store i8 {HasRun}, ptr {flag}");
        builder.Do($"call void {world.Symbol(target)}()");
        if (world.UsesExceptions)
        {
            builder.TestException(target, "failed");
            builder.Branch("end");
            WriteFailure(type, trigger, flag, state);
        }

        builder.Begin("end");
        builder.Terminate("ret void");
        return trigger;
    }

    // The runtime throws for a constructor that has thrown. It is no callee in the no-throw pass: where the constructor
    // cannot throw, neither is reached.
    private void WriteFailure(TypeDesc type, Function trigger, string flag, string state)
    {
        FunctionBuilder builder = trigger.Body!;
        string table = world.Data.MethodTable(type, trigger);
        builder.Begin("ran");
        builder.Branch(builder.Let($"icmp eq i8 {state}, {HasFailed}"), "again", "end");
        builder.Begin("failed");
        builder.Do($"store i8 {HasFailed}, ptr {flag}");
        string exception = builder.Let("load ptr, ptr @pride_pending");
        builder.Do("store ptr null, ptr @pride_pending");
        builder.Do($"call void {world.Symbol(world.RequireRuntime("TypeInitialisation", "Fail", 2, trigger))}(ptr {table}, ptr {exception})");
        builder.Branch("end");
        builder.Begin("again");
        builder.Do($"call void {world.Symbol(world.RequireRuntime("TypeInitialisation", "FailAgain", 1, trigger))}(ptr {table})");
        builder.Branch("end");
    }
}
