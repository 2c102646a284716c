// The description's API: what an ISystemDescription calls to say which PDs, regions and channels there are.
//
// Adding things checks only what cannot wait; Complete() runs every rule over the whole and reports all that is broken at once.

using System;
using System.Collections.Generic;
using System.Linq;
using Pride.Description.Checks;
using Pride.Description.Subsystems;
using Pride.Machine;
using Pride.Microkit;

namespace Pride.Description;

/// <summary>A turn of the domain schedule.</summary>
public readonly record struct DomainTurn(int Domain, ulong Microseconds);

/// <summary>Collects a system.</summary>
public sealed class SystemBuilder
{
    /// <summary>Microkit's default budget.</summary>
    public const ulong DefaultBudgetMicroseconds = 1000;

    private readonly List<Pd> _pds = [];
    private readonly List<MemoryRegion> _regions = [];
    private readonly List<ChannelLink> _links = [];
    private readonly List<IoAddressSpace> _ioAddressSpaces = [];
    private readonly List<(BoardDevice Device, MemoryRegion Region)> _reached = [];
    private readonly List<Violation> _warnings = [];
    private readonly List<Action> _finishers = [];
    private readonly DmaPlan _dma;

    public SystemBuilder(string name, Board board)
    {
        Name = name;
        Board = board;
        _dma = new DmaPlan(board);
        Statistics = new MemoryRegion("statistics", RegionKind.Statistics, Limits.PageSize, null, default)
        {
            Window = (0, Limits.PageSize),
        };
    }

    /// <summary>The system's name, for messages and files.</summary>
    public string Name { get; }

    public Board Board { get; }

    public IReadOnlyList<Pd> Pds => _pds;

    /// <summary>The turns of the domains, which repeat; empty: all PDs may always run.</summary>
    public IReadOnlyList<DomainTurn> Turns { get; private set; } = [];

    /// <summary>The PCI component, once a driver needs it.</summary>
    internal PciSystem? Pci { get; set; }

    /// <summary>The description's root, when it is a file.</summary>
    internal SourceLocation? Origin { get; init; }

    /// <summary>Where the turns were written.</summary>
    internal SourceLocation? ScheduleOrigin { get; set; }

    public IReadOnlyList<MemoryRegion> Regions => _regions;

    public IReadOnlyList<ChannelLink> Links => _links;

    /// <summary>What devices behind an IOMMU reach.</summary>
    public IReadOnlyList<IoAddressSpace> IoAddressSpaces => _ioAddressSpaces;

    /// <summary>What breaks no rule but is probably a mistake.</summary>
    public IReadOnlyList<Violation> Warnings => _warnings;

    /// <summary>The kernel's page of figures, which <see cref="Pd{TPd}.GrantStatistics"/> maps.</summary>
    public MemoryRegion Statistics { get; }

    /// <summary>Adds a PD of class <typeparamref name="TPd"/>.</summary>
    /// <param name="name">Unique, at most 63 bytes.</param>
    /// <param name="priority">0..254.</param>
    /// <param name="budgetMicroseconds">CPU time for each period.</param>
    /// <param name="periodMicroseconds">Null: as long as the budget (a time slice).</param>
    /// <param name="passive">Runs on its callers' time after Init.</param>
    /// <param name="stack">Bytes; null: 16 KiB for drivers, 64 KiB for managed PDs.</param>
    /// <param name="heap">Bytes; null: 64 KiB for drivers (used by Init alone), 4 MiB for managed PDs.</param>
    /// <param name="core">The core it runs on.</param>
    /// <param name="maySmc">May make SMC calls.</param>
    /// <param name="domain">In whose turns it runs (<see cref="DomainSchedule"/>).</param>
    /// <param name="timeoutFaults">Its parent is told when it has used up its budget.</param>
    public Pd<TPd> Add<TPd>(
        string name,
        int priority,
        ulong budgetMicroseconds = DefaultBudgetMicroseconds,
        ulong? periodMicroseconds = null,
        bool passive = false,
        ulong? stack = null,
        ulong? heap = null,
        int core = 0,
        bool maySmc = false,
        int domain = 0,
        bool timeoutFaults = false)
        where TPd : ProtectionDomain, new()
    {
        bool managed = WiredField.ProfileOf(typeof(TPd)) == Profile.Managed;
        PdOptions options = new()
        {
            Priority = priority,
            BudgetMicroseconds = budgetMicroseconds,
            PeriodMicroseconds = periodMicroseconds ?? budgetMicroseconds,
            Passive = passive,
            StackSize = stack ?? (managed ? 64.KiB() : 16.KiB()),
            HeapSize = heap ?? (managed ? 4.MiB() : 64.KiB()),
            Core = core,
            MaySmc = maySmc,
            Domain = domain,
            TimeoutFaults = timeoutFaults,
        };
        Pd<TPd> pd = new(this, name, options);
        _pds.Add(pd);
        return pd;
    }

    /// <summary>Adds a PD whose program is an ELF file or C.</summary>
    /// <param name="name">Unique, at most 63 bytes.</param>
    /// <param name="program">Its program.</param>
    /// <param name="options">Scheduling and sizes.</param>
    /// <param name="floatingPoint">It may use floating-point registers, as C compilers do unasked.</param>
    public ProgramPd AddProgram(string name, ProgramSource program, PdOptions options, bool floatingPoint = true)
    {
        ProgramPd pd = new(this, name, program, options, floatingPoint);
        _pds.Add(pd);
        return pd;
    }

    /// <summary>Divides time among domains: while a turn lasts, only PDs of its domain run, even if the processor idles. Signals to others wait for their turn.</summary>
    public void DomainSchedule(params DomainTurn[] turns) => Turns = turns;

    /// <summary>Zeroed memory of <paramref name="size"/> bytes (rounded up to pages), wherever the image builder puts it.</summary>
    public MemoryRegion Region(string name, ulong size) => Keep(Memory(name, size, default));

    /// <summary>Memory that holds <paramref name="content"/> at boot, then zeros up to <paramref name="size"/> bytes.</summary>
    public MemoryRegion PrefilledRegion(string name, ReadOnlyMemory<byte> content, ulong? size = null)
    {
        ulong length = size ?? (ulong)content.Length;
        if (length < (ulong)content.Length)
        {
            throw new SystemDescriptionException(
                "prefill-size",
                $"region '{name}' has {length} bytes but is to be filled with {content.Length}",
                $"give it at least {Sizes.RoundUp((ulong)content.Length, Limits.PageSize)} bytes, or leave the size out");
        }

        return Keep(Memory(name, length, content));
    }

    /// <summary>Contiguous zeroed memory whose physical address is known now, for devices.</summary>
    /// <param name="name">Unique.</param>
    /// <param name="size">In bytes, rounded up to pages.</param>
    /// <param name="device">Which device reaches it: behind an IOMMU a function of PCI reaches what was made for it, and nothing else.</param>
    public MemoryRegion DmaRegion(string name, ulong size, BoardDevice? device = null)
    {
        ulong length = Sizes.RoundUp(size, Limits.PageSize);
        MemoryRegion region = Keep(new MemoryRegion(name, RegionKind.Dma, length, _dma.Reserve(name, length), default)
        {
            Window = (0, length),
            IoDistance = Board.Iommu ? Board.Moved : 0,
        });
        if (device is not null)
        {
            _reached.Add((device, region));
        }

        return region;
    }

    /// <summary>The registers of <paramref name="device"/>: one region, also when a board lists them under two names, for two drivers.</summary>
    public MemoryRegion DeviceRegion(BoardDevice device) =>
        _regions.FirstOrDefault(r => r.Kind == RegionKind.Device && r.FixedPhysicalAddress + r.Window.Offset == device.Base && r.Window.Length == device.DriverSize)
        ?? DeviceRegion(device.Name, device.Base, device.DriverSize);

    /// <summary>Device registers at <paramref name="physicalAddress"/>; whole pages are mapped, the field gets the exact window.</summary>
    public MemoryRegion DeviceRegion(string name, ulong physicalAddress, ulong size)
    {
        ulong first = Sizes.RoundDown(physicalAddress, Limits.PageSize);
        ulong end = Sizes.RoundUp(physicalAddress + size, Limits.PageSize);
        return Keep(new MemoryRegion(name, RegionKind.Device, end - first, first, default)
        {
            Window = (physicalAddress - first, size),
        });
    }

    /// <summary>Lets PCI function <paramref name="device"/> reach <paramref name="regions"/>, each at its <see cref="MemoryRegion.IoAddress"/>, and nothing else: where an IOMMU stands before it.</summary>
    public IoAddressSpace IoAddressSpace(PciAddress device, params IEnumerable<MemoryRegion> regions)
    {
        List<IoMapping> mappings = [.. regions.Select(r => new IoMapping(r, r.IoAddress, Permissions.Read | Permissions.Write))];
        IoAddressSpace space = new(device.ToString(), device, (ulong)_ioAddressSpaces.Count + 1, mappings);
        Add(space);
        return space;
    }

    /// <summary>Connects two channel ends.</summary>
    public ChannelLink Connect(ChannelEnd first, ChannelEnd second)
    {
        foreach (ChannelEnd end in (ReadOnlySpan<ChannelEnd>)[first, second])
        {
            if (end.Link is not null)
            {
                throw new SystemDescriptionException(
                    "end-connected-twice",
                    $"channel {end.Id} of PD '{end.Pd.Name}' is connected twice",
                    "make a new end for each channel");
            }
        }

        ChannelLink link = new(first, second);
        first.Link = link;
        second.Link = link;
        _links.Add(link);
        return link;
    }

    /// <summary>Runs <paramref name="finish"/> when the description is whole: for configurations that list all clients of a server.</summary>
    public void WhenWhole(Action finish) => _finishers.Add(finish);

    /// <summary>Finishes what waits for the whole description, then checks every rule.</summary>
    /// <exception cref="SystemDescriptionException">At least one is broken; the exception lists all.</exception>
    public void Complete()
    {
        _finishers.ForEach(finish => finish());
        _finishers.Clear();
        ConfineDevices();
        List<Violation> violations = Rules.All.SelectMany(rule => rule(this)).ToList();
        if (violations.Count > 0)
        {
            throw new SystemDescriptionException(violations);
        }
    }

    internal void Add(ProgramPd pd) => _pds.Add(pd);

    internal void Add(IoAddressSpace space) => _ioAddressSpaces.Add(space);

    internal void Warn(Violation warning) => _warnings.Add(warning);

    private void ConfineDevices()
    {
        foreach (var reached in _reached.Where(r => Board.Iommu && r.Device.Pci is not null).GroupBy(r => r.Device.Pci!, r => r.Region))
        {
            IoAddressSpace(new PciAddress(reached.Key.Bus, reached.Key.Device, reached.Key.Function), reached);
        }

        _reached.Clear();
    }

    private static MemoryRegion Memory(string name, ulong size, ReadOnlyMemory<byte> content)
    {
        ulong length = Sizes.RoundUp(size, Limits.PageSize);
        return new MemoryRegion(name, RegionKind.Memory, length, null, content) { Window = (0, length) };
    }

    /// <summary>Adds a region that was made elsewhere.</summary>
    internal MemoryRegion Keep(MemoryRegion region)
    {
        _regions.Add(region);
        return region;
    }
}
