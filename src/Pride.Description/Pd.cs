// A protection domain in the description. Pd<T> knows its class, so its fields are wired by typed expressions.

using System;
using System.Collections.Generic;
using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Pride.Machine;
using Pride.Microkit;

namespace Pride.Description;

/// <summary>How a PD is scheduled and how much memory it has. Times are in microseconds, sizes in bytes.</summary>
public sealed record PdOptions
{
    /// <summary>0..254; the highest runnable priority runs.</summary>
    public int Priority { get; init; }

    /// <summary>CPU time it may use in each period.</summary>
    public ulong BudgetMicroseconds { get; init; }

    /// <summary>Length of a period.</summary>
    public ulong PeriodMicroseconds { get; init; }

    /// <summary>Runs on its callers' time once Init is done.</summary>
    public bool Passive { get; init; }

    /// <summary>Stack size.</summary>
    public ulong StackSize { get; init; }

    /// <summary>Heap size; for drivers this is what Init may allocate.</summary>
    public ulong HeapSize { get; init; }

    /// <summary>The core it runs on.</summary>
    public int Core { get; init; }

    /// <summary>May make SMC calls.</summary>
    public bool MaySmc { get; init; }

    /// <summary>In whose turns of the domain schedule it runs (<see cref="SystemBuilder.DomainSchedule"/>).</summary>
    public int Domain { get; init; }

    /// <summary>Its parent is told when it has used up its budget, and lets it go on; else it just waits for the next period.</summary>
    public bool TimeoutFaults { get; init; }
}

/// <summary>A protection domain of any class.</summary>
public abstract class Pd
{
    private readonly List<Mapping> _mappings = [];
    private readonly List<ChannelEnd> _ends = [];
    private readonly List<InterruptBinding> _interrupts = [];
    private readonly List<ChildBinding> _children = [];
    private readonly List<SharedCap> _sharedCaps = [];
    private readonly Dictionary<string, WiredValue> _wiring = [];
    private readonly VirtualAddressPlan _addresses = new();

    private protected Pd(SystemBuilder system, string name, Type componentType, PdOptions options)
    {
        System = system;
        Name = name;
        ComponentType = componentType;
        Options = options;
        Profile = WiredField.ProfileOf(componentType);
        UsesFloatingPoint = WiredField.FloatingPointOf(componentType);
    }

    public string Name { get; }

    /// <summary>The PD's class; the compiler's entry.</summary>
    public Type ComponentType { get; }

    public PdOptions Options { get; }

    /// <summary>The rules the class is compiled under.</summary>
    public Profile Profile { get; }

    /// <summary>The kernel switches floating-point registers for this PD.</summary>
    public bool UsesFloatingPoint { get; }

    /// <summary>Who receives its faults; null: the monitor.</summary>
    public Pd? Parent { get; private set; }

    public IReadOnlyList<Mapping> Mappings => _mappings;

    public IReadOnlyList<ChannelEnd> Ends => _ends;

    public IReadOnlyList<InterruptBinding> Interrupts => _interrupts;

    public IReadOnlyList<ChildBinding> Children => _children;

    /// <summary>Caps to other PDs' objects that it was given beside its channels (Microkit's cspace).</summary>
    public IReadOnlyList<SharedCap> SharedCaps => _sharedCaps;

    /// <summary>Values of the wired fields, by field name.</summary>
    public IReadOnlyDictionary<string, WiredValue> Wiring => _wiring;

    internal SystemBuilder System { get; }

    /// <summary>Maps <paramref name="region"/> without telling a field; the result says where.</summary>
    /// <param name="region">What to map.</param>
    /// <param name="permissions">What the PD may do with it.</param>
    /// <param name="caching">Memory type; null: device registers uncached, memory cached.</param>
    /// <param name="at">Virtual address; null: the next free place, with a guard page on either side.</param>
    public Mapping Map(MemoryRegion region, Permissions permissions, Caching? caching = null, ulong? at = null)
    {
        Caching type = caching ?? (region.Kind == RegionKind.Device ? Caching.Device : Caching.Cached);
        ulong address = at ?? _addresses.Reserve(region.Size);
        Mapping mapping = new(region, address, permissions, type);
        _mappings.Add(mapping);
        return mapping;
    }

    /// <summary>A channel end of this PD that no wired field names (its id travels in a configuration).</summary>
    /// <param name="canNotify">This PD may notify the other end.</param>
    /// <param name="canCall">This PD may call the other end, which must have a higher priority.</param>
    /// <param name="id">0..61; null: the lowest free one.</param>
    public ChannelEnd End(bool canNotify = true, bool canCall = false, int? id = null)
    {
        ChannelEnd end = new(this, TakeId(id), canNotify, canCall);
        _ends.Add(end);
        return end;
    }

    /// <summary>Lets this PD handle interrupt <paramref name="number"/>; its id travels in a configuration.</summary>
    public InterruptBinding Interrupt(uint number, Trigger trigger = Trigger.Level, int? id = null)
    {
        InterruptBinding binding = new(number, TakeId(id), trigger);
        _interrupts.Add(binding);
        return binding;
    }

    /// <summary>Makes this PD the parent of <paramref name="child"/>: it receives its faults and may restart it.</summary>
    public ChildBinding Child(Pd child, int? id = null)
    {
        if (child.Parent is not null)
        {
            throw new SystemDescriptionException(
                "one-parent",
                $"PD '{child.Name}' was given a second parent, '{Name}'; its first is '{child.Parent.Name}'",
                "a PD has one parent: remove one of the two");
        }

        int number = id ?? LowestFree(_children.ConvertAll(c => c.Id), Limits.ChildIds, "child");
        ChildBinding binding = new(child, number);
        child.Parent = this;
        _children.Add(binding);
        return binding;
    }

    /// <summary>Gives this PD a cap to an object of <paramref name="of"/>, which its code names by the returned cap pointer.</summary>
    /// <param name="kind">Which object.</param>
    /// <param name="of">Whose.</param>
    /// <param name="slot">1..63; null: the lowest free one.</param>
    public ulong Share(SharedCapKind kind, Pd of, int? slot = null)
    {
        List<int> taken = _sharedCaps.ConvertAll(c => c.Slot);
        taken.Add(0);
        int number = slot ?? LowestFree(taken, Limits.SharedCapSlots, "shared cap");
        SharedCap cap = new(number, kind, of);
        _sharedCaps.Add(cap);
        return cap.Pointer;
    }

    internal void Wire(FieldInfo field, WiredValue value)
    {
        if (!_wiring.TryAdd(field.Name, value))
        {
            throw new SystemDescriptionException(
                "wired-twice", $"{ComponentType.Name}.{field.Name} of PD '{Name}' was given two values", "wire each field once");
        }
    }

    private static int LowestFree(List<int> taken, int count, string what)
    {
        for (int id = 0; id < count; id++)
        {
            if (!taken.Contains(id))
            {
                return id;
            }
        }

        throw new SystemDescriptionException(
            "ids-exhausted", $"no free {what} id is left: all {count} are in use", "split the PD: each half then has ids of its own");
    }

    private int TakeId(int? id)
    {
        List<int> taken = _ends.ConvertAll(e => e.Id);
        taken.AddRange(_interrupts.ConvertAll(i => i.Id));
        return id ?? LowestFree(taken, Limits.ChannelIds, $"channel or interrupt (PD '{Name}')");
    }
}

/// <summary>A protection domain whose class is <typeparamref name="TPd"/>.</summary>
public sealed class Pd<TPd> : Pd
    where TPd : ProtectionDomain
{
    internal Pd(SystemBuilder system, string name, PdOptions options)
        : base(system, name, typeof(TPd), options)
    {
    }

    /// <summary>Maps <paramref name="region"/> and writes its address and length to <paramref name="field"/>.</summary>
    public Mapping Map(
        MemoryRegion region,
        Expression<Func<TPd, Region>> field,
        Permissions permissions,
        Caching? caching = null,
        ulong? at = null)
    {
        FieldInfo target = WiredField.Of(field);
        Mapping mapping = Map(region, permissions, caching, at);
        Wire(target, BytesOf(new Region((nuint)mapping.Address, mapping.Length)));
        return mapping;
    }

    /// <summary>A channel end whose id goes to <paramref name="field"/>. See <see cref="Pd.End(bool, bool, int?)"/>.</summary>
    public ChannelEnd End(Expression<Func<TPd, Channel>> field, bool canNotify = true, bool canCall = false, int? id = null)
    {
        FieldInfo target = WiredField.Of(field);
        ChannelEnd end = End(canNotify, canCall, id);
        Wire(target, BytesOf(new Channel((ulong)end.Id)));
        return end;
    }

    /// <summary>Lets this PD handle interrupt <paramref name="number"/>, by the id that goes to <paramref name="field"/>.</summary>
    public InterruptBinding Interrupt(Expression<Func<TPd, Irq>> field, uint number, Trigger trigger = Trigger.Level, int? id = null)
    {
        FieldInfo target = WiredField.Of(field);
        InterruptBinding binding = Interrupt(number, trigger, id);
        Wire(target, BytesOf(new Irq((ulong)binding.Id)));
        return binding;
    }

    /// <summary>Makes this PD the parent of <paramref name="child"/>, known by the id that goes to <paramref name="field"/>.</summary>
    public ChildBinding Child(Expression<Func<TPd, Child>> field, Pd child, int? id = null)
    {
        FieldInfo target = WiredField.Of(field);
        ChildBinding binding = Child(child, id);
        Wire(target, BytesOf(new Child((ulong)binding.Id)));
        return binding;
    }

    /// <summary>Writes the entry point of <paramref name="child"/> to <paramref name="field"/>: where its parent restarts it.</summary>
    public void EntryPoint(Expression<Func<TPd, ulong>> field, Pd child) =>
        Wire(WiredField.Of(field), new WiredEntryPoint(child));

    /// <summary>Writes <paramref name="value"/> to a wired field.</summary>
    public void Set<T>(Expression<Func<TPd, T>> field, T value)
        where T : unmanaged => Wire(WiredField.Of(field), BytesOf(value));

    /// <summary>Writes <paramref name="configuration"/> into the ELF section that its type names.</summary>
    public void Configure<T>(Expression<Func<TPd, Config<T>>> field, in T configuration)
        where T : unmanaged
    {
        byte[] bytes = MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in configuration)).ToArray();
        Wire(WiredField.Of(field), new WiredConfiguration(WiredField.SectionOf<T>(), bytes));
    }

    /// <summary>Says that an optional configuration is left out on purpose: its fields stay zero.</summary>
    public void ConfigureNothing<T>(Expression<Func<TPd, Config<T>>> field)
        where T : unmanaged => Configure(field, default(T));

    /// <summary>Lets this PD read the kernel's statistics page (CPU time and memory of every PD).</summary>
    public Mapping GrantStatistics(Expression<Func<TPd, Region>> field) =>
        Map(System.Statistics, field, Permissions.Read);

    private static WiredBytes BytesOf<T>(T value)
        where T : unmanaged
    {
        byte[] bytes = new byte[Unsafe.SizeOf<T>()];
        MemoryMarshal.Write(bytes, in value);
        return new WiredBytes(bytes);
    }
}
