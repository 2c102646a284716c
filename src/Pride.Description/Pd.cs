// A protection domain in the description: what it maps, handles, calls and manages.

using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using Pride.Machine;

namespace Pride.Description;

/// <summary>A protection domain of any class.</summary>
public abstract class Pd
{
    private readonly List<Mapping> _mappings = [];
    private readonly List<ChannelEnd> _ends = [];
    private readonly List<InterruptBinding> _interrupts = [];
    private readonly List<ChildBinding> _children = [];
    private readonly List<SharedCap> _sharedCaps = [];
    private readonly List<IoPort> _ioPorts = [];
    private readonly List<PdVariable> _variables = [];
    private readonly Dictionary<string, WiredValue> _wiring = [];
    private readonly VirtualAddressPlan _addresses = new();

    private protected Pd(SystemBuilder system, string name, ProgramSource source, PdOptions options, bool usesFloatingPoint)
    {
        System = system;
        Name = name;
        Source = source;
        Options = options;
        Profile = ComponentType is { } type ? WiredField.ProfileOf(type) : Profile.Driver;
        UsesFloatingPoint = usesFloatingPoint;
    }

    public string Name { get; }

    /// <summary>Where its program comes from.</summary>
    public ProgramSource Source { get; }

    /// <summary>The PD's class, the compiler's entry; null: its program is not C#.</summary>
    public Type? ComponentType => (Source as ComponentSource)?.Type;

    /// <summary>Where it was written.</summary>
    public SourceLocation? Origin { get; init; }

    public PdOptions Options { get; }

    /// <summary>The rules the class is compiled under; a program that is not C# counts as a driver.</summary>
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

    /// <summary>x86 I/O ports that it may use.</summary>
    public IReadOnlyList<IoPort> IoPorts => _ioPorts;

    /// <summary>The virtual machine that it manages.</summary>
    public VirtualMachine? VirtualMachine { get; internal set; }

    /// <summary>Every word of its program that the image builder fills by name, in no particular order.</summary>
    public IEnumerable<PdVariable> Variables => _variables.Concat(ImpliedVariables());

    /// <summary>Those that belong to no mapping, channel, interrupt, port or child.</summary>
    public IReadOnlyList<PdVariable> OwnVariables => _variables;

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
        Add(mapping);
        return mapping;
    }

    /// <summary>A channel end of this PD that no wired field names (its id travels in a configuration).</summary>
    /// <param name="canNotify">This PD may notify the other end.</param>
    /// <param name="canCall">This PD may call the other end, which must have a higher priority.</param>
    /// <param name="id">0..61; null: the lowest free one.</param>
    public ChannelEnd End(bool canNotify = true, bool canCall = false, int? id = null)
    {
        ChannelEnd end = new(this, TakeId(id), canNotify, canCall);
        Add(end);
        return end;
    }

    /// <summary>Lets this PD handle interrupt <paramref name="number"/>; its id travels in a configuration.</summary>
    public InterruptBinding Interrupt(uint number, Trigger trigger = Trigger.Level, int? id = null)
    {
        InterruptBinding binding = new(number, TakeId(id), trigger) { Source = SourceOf(number, trigger) };
        Add(binding);
        return binding;
    }

    /// <summary>Lets this PD handle the message that PCI function <paramref name="device"/> sends for <paramref name="vector"/>. Its driver tells the device what to write: X64Messages.</summary>
    /// <param name="device">The function.</param>
    /// <param name="vector">0..107; each message of a system has its own.</param>
    /// <param name="id">0..61; null: the lowest free one.</param>
    public InterruptBinding MessageInterrupt(PciAddress device, uint vector, int? id = null)
    {
        InterruptBinding binding = new(vector, TakeId(id), Trigger.Edge) { Source = new MessageSignalled(device, 0) };
        Add(binding);
        return binding;
    }

    // On a PC a board's interrupt is a pin. PCI's levels are low when active, the ISA bus's edges rise.
    private IoApicPin? SourceOf(uint number, Trigger trigger) => System.Board.Architecture == Architecture.X64
        ? new IoApicPin(0, number, trigger == Trigger.Level ? Polarity.Low : Polarity.High)
        : null;

    /// <summary>Lets this PD use the I/O ports of <paramref name="device"/>; their id travels in a configuration.</summary>
    /// <param name="device">The device.</param>
    /// <param name="idVariable">The program's word that takes the id; null: none.</param>
    /// <param name="addressVariable">Its word that takes the first port's number; null: none.</param>
    public IoPort Ports(BoardDevice device, string? idVariable = null, string? addressVariable = null)
    {
        int id = LowestFree(_ioPorts.ConvertAll(p => p.Id), Limits.IoPortIds, "I/O port");
        IoPort ports = new(id, device.Ports, device.PortCount) { IdVariable = idVariable, AddressVariable = addressVariable };
        Add(ports);
        return ports;
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
        Add(binding);
        return binding;
    }

    /// <summary>Makes this PD the manager of a virtual machine: it receives the faults of its CPUs, sets their registers, gives them interrupts. The board must be a hypervisor's.</summary>
    /// <param name="name">Unique among virtual machines.</param>
    /// <param name="priority">Of its CPUs; below the PD's, or the PD cannot take the CPU from them.</param>
    /// <param name="mappings">Its memory: what is mapped at which guest-physical address.</param>
    /// <param name="cpus">How many CPUs it has, with ids from 0.</param>
    /// <param name="budgetMicroseconds">CPU time that each may use in a period.</param>
    /// <param name="periodMicroseconds">Length of a period; null: as long as the budget.</param>
    public VirtualMachine Manage(
        string name, int priority, IReadOnlyList<Mapping> mappings, int cpus = 1, ulong budgetMicroseconds = SystemBuilder.DefaultBudgetMicroseconds, ulong? periodMicroseconds = null)
    {
        if (VirtualMachine is { } first)
        {
            throw new SystemDescriptionException(
                "one-machine", $"PD '{Name}' was given a second virtual machine, '{name}'; its first is '{first.Name}'", "let another PD manage one of the two");
        }

        VirtualMachine = new VirtualMachine(name, [.. Enumerable.Range(0, cpus).Select(id => new VirtualCpu(id, null))], mappings)
        {
            Options = new PdOptions { Priority = priority, BudgetMicroseconds = budgetMicroseconds, PeriodMicroseconds = periodMicroseconds ?? budgetMicroseconds },
        };
        return VirtualMachine;
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
        Add(cap);
        return cap.Pointer;
    }

    /// <summary>Writes <paramref name="value"/> to the word that the program calls <paramref name="symbol"/>.</summary>
    public void SetVariable(string symbol, ulong value) => Add(new PdVariable(symbol, VariableKind.Value, value, null, null));

    /// <summary>Writes the physical address of <paramref name="region"/> to the word that the program calls <paramref name="symbol"/>.</summary>
    public void SetVariable(string symbol, MemoryRegion region) => Add(new PdVariable(symbol, VariableKind.RegionAddress, 0, region, null));

    internal void Add(Mapping mapping) => _mappings.Add(mapping);

    internal void Add(ChannelEnd end) => _ends.Add(end);

    internal void Add(InterruptBinding interrupt) => _interrupts.Add(interrupt);

    internal void Add(SharedCap cap) => _sharedCaps.Add(cap);

    internal void Add(IoPort port) => _ioPorts.Add(port);

    internal void Add(PdVariable variable) => _variables.Add(variable);

    internal void Add(ChildBinding child)
    {
        child.Pd.Parent = this;
        _children.Add(child);
    }

    internal void Wire(FieldInfo field, WiredValue value)
    {
        if (!_wiring.TryAdd(field.Name, value))
        {
            throw new SystemDescriptionException(
                "wired-twice", $"{Source.Name}.{field.Name} of PD '{Name}' was given two values", "wire each field once");
        }
    }

    // What Microkit's setvar_ attributes name.
    private IEnumerable<PdVariable> ImpliedVariables()
    {
        IEnumerable<(string? Symbol, VariableKind Kind, ulong Value, MemoryRegion? Region, SourceLocation? Origin)> all =
        [
            .. _mappings.Select(m => (m.AddressVariable, VariableKind.Value, m.VirtualAddress, (MemoryRegion?)null, m.Origin)),
            .. _mappings.Select(m => (m.SizeVariable, VariableKind.RegionSize, 0UL, (MemoryRegion?)m.Region, m.Origin)),
            .. _mappings.Select(m => (m.PrefillSizeVariable, VariableKind.PrefillSize, 0UL, (MemoryRegion?)m.Region, m.Origin)),
            .. _interrupts.Select(i => (i.IdVariable, VariableKind.Value, (ulong)i.Id, (MemoryRegion?)null, i.Origin)),
            .. _ioPorts.Select(p => (p.IdVariable, VariableKind.Value, (ulong)p.Id, (MemoryRegion?)null, p.Origin)),
            .. _ioPorts.Select(p => (p.AddressVariable, VariableKind.Value, p.Address, (MemoryRegion?)null, p.Origin)),
            .. _ends.Select(e => (e.IdVariable, VariableKind.Value, (ulong)e.Id, (MemoryRegion?)null, e.Origin)),
            .. _children.Select(c => (c.IdVariable, VariableKind.Value, (ulong)c.Id, (MemoryRegion?)null, c.Pd.Origin)),
            .. VirtualMachine?.Cpus.Select(c => (c.IdVariable, VariableKind.Value, (ulong)c.Id, (MemoryRegion?)null, c.Origin)) ?? [],
        ];
        return all.Where(v => v.Symbol is not null).Select(v => new PdVariable(v.Symbol!, v.Kind, v.Value, v.Region, v.Origin));
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
