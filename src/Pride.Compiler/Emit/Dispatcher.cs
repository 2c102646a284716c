// How virtual calls and type tests choose, decided when the world is complete.
//
// One body: a direct call. Few types: comparisons of the method table. Otherwise a code pointer in the method table, at
// a slot that no type needs for anything else (slots are coloured over the whole program, so interface methods and
// generic virtual methods cost the same as class virtuals). Type tests with many types use a slot in the same way: it
// holds the tested type's table.

using System.Collections.Generic;
using System.Linq;
using Pride.Compiler.Import;
using Pride.Compiler.Metadata;
using Pride.Compiler.Reachability;

namespace Pride.Compiler.Emit;

/// <summary>Slots, and the functions that use them.</summary>
internal sealed class Dispatcher(World world)
{
    /// <summary>Comparisons that are cheaper than an indirect call.</summary>
    private const int MaximumComparisons = 4;

    private readonly Dictionary<TypeDesc, List<string?>> _slots = [];
    private int _markerSlots;

    /// <summary>Contents of a type's slots; null for one that it does not use.</summary>
    public IReadOnlyList<string?> SlotsOf(TypeDesc type)
    {
        List<string?> slots = Slots(type);
        while (slots.Count < _markerSlots)
        {
            slots.Add(null);
        }

        return slots;
    }

    /// <summary>Writes the bodies of all dispatch and type-test functions.</summary>
    public void Write()
    {
        // Markers first: a test reads its slot in any object, so these slots exist in every table.
        foreach ((TypeDesc type, Function test) in world.TypeTests)
        {
            WriteTest(type, test);
        }

        foreach (VirtualMethod method in world.VirtualMethods)
        {
            WriteDispatch(method);
        }
    }

    private void WriteTest(TypeDesc tested, Function function)
    {
        FunctionBuilder builder = new();
        function.Body = builder;
        builder.Begin(function.FirstLabel);
        List<TypeDesc> types = [.. world.ConstructedTypes.Where(t => Matches(t, tested))];
        if (types.Count > MaximumComparisons)
        {
            int slot = Free(types);
            _markerSlots = int.Max(_markerSlots, slot + 1);
            string table = world.Data.MethodTable(tested, function);
            foreach (TypeDesc type in types)
            {
                Set(type, slot, table);
            }

            builder.Terminate($"ret i1 {builder.Let($"icmp eq ptr {LoadSlot(builder, "%a0", slot)}, {table}")}");
            return;
        }

        string result = "false";
        foreach (TypeDesc type in types)
        {
            string equal = builder.Let($"icmp eq ptr %a0, {world.Data.MethodTable(type, function)}");
            result = result == "false" ? equal : builder.Let($"or i1 {result}, {equal}");
        }

        builder.Terminate($"ret i1 {result}");
    }

    private static bool Matches(TypeDesc type, TypeDesc tested) =>
        tested.IsValueType ? type == tested : Assignability.IsAssignable(type, tested);

    private void WriteDispatch(VirtualMethod method)
    {
        Function function = method.Dispatch;
        FunctionBuilder builder = new();
        function.Body = builder;
        builder.Begin(function.FirstLabel);
        List<Function> bodies = [.. method.Bodies.Select(b => b.Body).Distinct()];
        if (bodies.Count == 0)
        {
            WriteNoTarget(function, builder);
            return;
        }

        if (bodies.Count == 1)
        {
            CallBody(function, builder, world.Symbol(bodies[0]));
            return;
        }

        string table = builder.Let("load ptr, ptr %a0");
        if (method.Bodies.Count <= MaximumComparisons)
        {
            Compare(method, function, builder, table);
            return;
        }

        int slot = Free(method.Bodies.Select(b => b.Type));
        foreach ((TypeDesc type, Function body) in method.Bodies)
        {
            Set(type, slot, world.Symbol(body));
        }

        CallBody(function, builder, LoadSlot(builder, table, slot));
    }

    private void Compare(VirtualMethod method, Function function, FunctionBuilder builder, string table)
    {
        // The last type needs no comparison: the world is closed.
        foreach ((TypeDesc type, Function body) in method.Bodies.SkipLast(1))
        {
            string yes = builder.NewName("d");
            string no = builder.NewName("d");
            builder.Branch(builder.Let($"icmp eq ptr {table}, {world.Data.MethodTable(type, function)}"), yes, no);
            builder.Begin(yes);
            CallBody(function, builder, world.Symbol(body));
            builder.Begin(no);
        }

        CallBody(function, builder, world.Symbol(method.Bodies[^1].Body));
    }

    private void WriteNoTarget(Function function, FunctionBuilder builder)
    {
        Function failure = world.RequireFailure(FailureReason.NoTarget, function);
        builder.Do($"call void {world.Symbol(failure)}({world.FailureArguments(FailureReason.NoTarget, null, function)})");
        if (world.UsesExceptions)
        {
            string type = function.Signature.ReturnLlvm;
            builder.Terminate(type == "void" ? "ret void" : $"ret {type} undef");
        }
        else
        {
            builder.Unreachable();
        }
    }

    private void CallBody(Function function, FunctionBuilder builder, string target)
    {
        List<string> arguments = [];
        Thunks.Forward(function, arguments, 0);
        Thunks.Call(world, builder, function.Signature, target, arguments);
    }

    private static string LoadSlot(FunctionBuilder builder, string table, int slot) =>
        builder.Let($"load ptr, ptr {builder.Let($"getelementptr inbounds i8, ptr {table}, i64 {ImageData.MethodTableSize + (slot * Target.PointerSize)}")}, !invariant.load !2");

    /// <summary>The lowest slot that none of the types uses.</summary>
    private int Free(IEnumerable<TypeDesc> types)
    {
        List<List<string?>> all = [.. types.Select(Slots)];
        int slot = 0;
        while (all.Any(s => slot < s.Count && s[slot] != null))
        {
            slot++;
        }

        return slot;
    }

    private void Set(TypeDesc type, int slot, string content)
    {
        List<string?> slots = Slots(type);
        while (slots.Count <= slot)
        {
            slots.Add(null);
        }

        slots[slot] = content;
    }

    private List<string?> Slots(TypeDesc type)
    {
        if (!_slots.TryGetValue(type, out List<string?>? slots))
        {
            _slots.Add(type, slots = []);
        }

        return slots;
    }
}
