// From a checked description and compiled programs to one bootable image.
//
// Order: the kernel's program, the kernel objects, each PD's pages, then the kernel's own tables and the boot information.
// Everything is data; at boot the kernel only turns the MMU on, zeroes one range of memory and starts the PDs.

using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;
using Pride.Abi;
using Pride.Description;
using Pride.Image.Architectures;
using Pride.Image.Elf;
using Pride.Image.Layout;
using Pride.Image.Memory;
using Pride.Kernel.Objects;

namespace Pride.Image;

/// <summary>What is built besides the programs.</summary>
/// <param name="DebugCalls">PDs may print through the kernel, as in Microkit's debug configuration.</param>
public sealed record ImageOptions(bool DebugCalls)
{
    /// <summary>Programs were linked for the debug configuration, as far as they do not show it.</summary>
    public bool DebugPrograms { get; init; } = DebugCalls;
}

/// <summary>A finished image.</summary>
/// <param name="Bytes">The file, which the boot loader puts at <paramref name="LoadAddress"/> (x86-64: an ELF file that says so).</param>
/// <param name="LoadAddress">Physical address of the image's first byte.</param>
/// <param name="Uses">Where all memory goes.</param>
/// <param name="Programs">The programs as patched, by PD.</param>
public sealed record BootImage(byte[] Bytes, ulong LoadAddress, IReadOnlyList<MemoryUse> Uses, IReadOnlyList<PdProgram> Programs)
{
    /// <summary>The same as an EFI application; null: the architecture's images do not start from EFI.</summary>
    public byte[]? EfiBytes { get; init; }
}

/// <summary>Builds an image. One that knows how it looks elsewhere is laid out twice, and the difference is what boot changes when the image is moved (Relocations.cs).</summary>
public sealed class ImageBuilder
{
    /// <summary>The core that starts the others; it always has a thread.</summary>
    private const int BootCore = 0;

    private readonly SystemBuilder _system;
    private readonly Board _board;
    private readonly ImageArchitecture _architecture;
    private readonly ImageOptions _options;
    private readonly List<PdProgram> _programs;
    private readonly IReadOnlyList<GuestCpu> _guests;
    private readonly PhysicalPlan _plan;
    private readonly KernelSpace _kernel;
    private readonly ElfFile _kernelElf;
    private readonly KernelObjects _objects;
    private readonly Dictionary<MemoryRegion, ulong> _regions = [];

    private ImageBuilder(SystemBuilder system, ElfFile kernel, List<PdProgram> programs, PhysicalPlan plan, ImageOptions options)
    {
        _system = system;
        _board = system.Board;
        _architecture = ImageArchitecture.Of(_board);
        _options = options;
        _programs = programs;
        _plan = plan;
        _kernelElf = kernel;
        _kernel = new KernelSpace(plan, _architecture, kernel);
        _guests = GuestCpu.Of(programs);
        _objects = new KernelObjects(plan, programs, _guests.Count, _board.Cores, system.Turns.Count, options.DebugCalls);
    }

    /// <summary>Builds the image of <paramref name="system"/>.</summary>
    /// <param name="system">The description.</param>
    /// <param name="kernel">The kernel's program.</param>
    /// <param name="monitor">The monitor's program; null: faults of PDs without a parent stop them silently.</param>
    /// <param name="elfOf">The compiled program of each PD.</param>
    /// <param name="options">Configuration.</param>
    /// <param name="symbolsOf">The file with a program's symbol table, where it is another one.</param>
    /// <param name="elsewhere">The same description for the board moved by <see cref="Relocations.Probe"/>; null: the image starts at its place alone.</param>
    /// <exception cref="SystemDescriptionException">The description breaks a rule.</exception>
    /// <exception cref="ImageException">The programs do not fit together or not into the machine.</exception>
    public static BootImage Build(SystemBuilder system, ElfFile kernel, ElfFile? monitor, Func<Pd, ElfFile> elfOf, ImageOptions options, Func<Pd, ElfFile?>? symbolsOf = null, SystemBuilder? elsewhere = null)
    {
        ImageBuilder? other = null;
        ImageBuilder builder = LayOut(system, kernel, monitor, elfOf, options, symbolsOf);
        try
        {
            other = elsewhere is null ? null : LayOut(elsewhere, kernel, monitor, elfOf, options, symbolsOf);
            return builder.Finish(other is null ? [] : Relocations.Between(builder._plan, other._plan));
        }
        finally
        {
            other?._plan.Dispose();
            builder._plan.Dispose();
        }
    }

    // The caller disposes the plan.
    private static ImageBuilder LayOut(
        SystemBuilder system, ElfFile kernel, ElfFile? monitor, Func<Pd, ElfFile> elfOf, ImageOptions options, Func<Pd, ElfFile?>? symbolsOf)
    {
        system.Complete();
        Unsupported.Check(system);
        ImagePlace[] places = [.. ImagePlace.For(system)];
        foreach (ImagePlace place in places[..^1])
        {
            try
            {
                return LayOut(system, kernel, Programs(), options, place);
            }
            catch (ImageException)
            {
                // The last place's message is the one that helps.
            }
        }

        return LayOut(system, kernel, Programs(), options, places[^1]);

        // Laying out patches them.
        List<PdProgram> Programs()
        {
            MicrokitTarget linkedFor = MicrokitTarget.Of(system.Board, options.DebugPrograms);
            List<PdProgram> programs = system.Pds.Select(pd => PdProgram.For(pd, elfOf(pd), linkedFor, symbolsOf?.Invoke(pd))).ToList();
            Unsupported.Check(system.Board, programs);
            if (monitor is not null)
            {
                programs.AddRange(system.Pds.Select(pd => pd.Options.Core).Append(BootCore).Distinct().Order().Select(core => PdProgram.Monitor(monitor, core)));
            }

            return programs;
        }
    }

    private static ImageBuilder LayOut(SystemBuilder system, ElfFile kernel, List<PdProgram> programs, ImageOptions options, ImagePlace place)
    {
        BoardMemory memory = system.Board.MainMemory;
        ulong loadAddress = place.LoadAddress;
        if (loadAddress < memory.Base || loadAddress - memory.Base >= memory.Size)
        {
            throw new ImageException(
                $"board '{system.Board.Name}' loads its image at 0x{loadAddress:x}, outside its main memory", $"mend \"boot\" or \"memory\" in boards/{system.Board.Name}.json");
        }

        if (place.Fixed.Any(r => r.Start < loadAddress))
        {
            throw new ImageException(
                $"a region at 0x{place.Fixed.Min(r => r.Start):x} lies below the image, which is loaded at 0x{loadAddress:x}", "the memory there is the boot loader's: move the region up");
        }

        PhysicalPlan plan = new(memory, loadAddress, place.ZeroedEnd, place.Fixed, system.Board.Moved);
        try
        {
            ImageBuilder builder = new(system, kernel.Copy(), programs, plan, options);
            builder.LayOut(memory);
            return builder;
        }
        catch
        {
            plan.Dispose();
            throw;
        }
    }

    private void LayOut(BoardMemory memory)
    {
        PlaceRegions();
        foreach (PdProgram program in _programs)
        {
            PdPatcher.Patch(program, _board, _options.DebugCalls, ElfOf);
            PdPatcher.PatchVariables(program, region => _regions[region]);
            PdPatcher.PatchSections(program);
            if (program.IsMonitor)
            {
                PdPatcher.PatchMonitor(program, _programs);
            }
        }

        PdSpace spaces = new(_plan, _architecture.PageTables, _objects, _regions);
        CapTables caps = new(_plan, _objects, _programs, _guests);
        int[] capCounts = caps.Write();
        List<AddressSpace> built = [];
        int fpu = 0;
        for (int i = 0; i < _programs.Count; i++)
        {
            AddressSpace space = spaces.Build(_programs[i], i);
            built.Add(space);
            WriteThread(i, space.Root, capCounts[i], caps.FaultHandler(i), ref fpu);
        }

        new GuestThreads(_plan, _architecture, _objects, caps, spaces).Write(_guests, fpu);
        WriteInterrupts();
        WriteCores();
        WriteDomainSchedule();
        AddressSpace kernel = _kernel.BuildTables(_board);
        ulong ioRoot = _board.Iommu ? IoSpaces.Build(_plan, _system.IoAddressSpaces, region => _regions[region]) : 0;
        built.ForEach(space => space.ShareKernelHalf(kernel));
        ObjectArray frequencyWords = WriteFrequencyWords(built);
        WriteStatistics();
        WriteBootInfo(memory, frequencyWords, ioRoot);
    }

    private BootImage Finish(IReadOnlyList<Relocation> relocations)
    {
        WriteRelocations(relocations);
        ulong size = _plan.LoadedEnd - _plan.LoadAddress;
        byte[] file = _architecture.Finish(_plan.Bytes(_plan.LoadAddress, size), _plan.LoadAddress, _plan.LoadAddress - _board.Boot.LoadAddress, _kernel.PhysicalOf(_kernelElf.Entry));
        byte[]? efi = _architecture.EfiEntrySymbol is { } name
            ? EfiFile.Wrap(_plan.Bytes(_plan.LoadAddress, size), KernelSymbol(name).Address - KernelLayout.ImageWindow)
            : null;
        return new BootImage(file, _plan.LoadAddress, _plan.Uses.ToList(), _programs) { EfiBytes = efi };
    }

    // Last, so that the list itself is no part of what is compared.
    private void WriteRelocations(IReadOnlyList<Relocation> relocations)
    {
        ObjectArray list = KernelObjects.Array(_plan, "relocations", sizeof(ulong), relocations.Count);
        for (int i = 0; i < relocations.Count; i++)
        {
            _plan.At<ulong>(list[i]) = relocations[i].Word;
        }

        ref BootInfo info = ref BootInfoOf();
        info.BuiltFor = _plan.LoadAddress;
        info.RelocationOffset = list.Physical - _plan.LoadAddress;
        info.RelocationCount = (ulong)relocations.Count;
        info.LoadedEnd = _plan.LoadedEnd;
    }

    private ref BootInfo BootInfoOf() => ref _plan.At<BootInfo>(_kernel.PhysicalOf(KernelSymbol(BootInfo.Symbol).Address));

    private ElfFile ElfOf(Pd pd) => _programs.First(p => p.Described == pd).Elf;

    private void PlaceRegions()
    {
        foreach (MemoryRegion region in _system.Regions)
        {
            if (region.FixedPhysicalAddress is { } address)
            {
                MemoryOrigin origin = region.Kind == RegionKind.Device ? MemoryOrigin.Device : region.Prefill.Length > 0 ? MemoryOrigin.Loaded : MemoryOrigin.Zeroed;
                _plan.NoteFixed(new MemoryUse(region.Name, region.Kind == RegionKind.Device ? "device" : "DMA region", address, region.Size, origin));
                _regions[region] = address;
                if (region.Prefill.Length > 0)
                {
                    region.Prefill.Span.CopyTo(_plan.Bytes(address, region.Size));
                }
            }
            else if (region.Prefill.Length > 0)
            {
                ulong physical = _plan.Load(region.Name, "region", region.Size, region.PageSize ?? Limits.PageSize);
                region.Prefill.Span.CopyTo(_plan.Bytes(physical, region.Size));
                _regions[region] = physical;
            }
            else
            {
                _regions[region] = _plan.Zero(region.Name, "region", region.Size);
            }
        }

        _regions[_system.Statistics] = _objects.Statistics;
    }

    private unsafe void WriteThread(int index, ulong root, int capCount, Cap faultHandler, ref int fpu)
    {
        PdProgram program = _programs[index];
        ref Tcb tcb = ref _plan.At<Tcb>(_objects.Tcbs[index]);
        _architecture.SetEntry(ref tcb, program.Elf.Entry, PdLayout.StackTop);
        tcb.AddressSpace = _architecture.AddressSpaceWord(root, (ulong)index + 1);
        tcb.Caps = (Cap*)_objects.CapTables.Pointer(index);
        tcb.CapCount = (ulong)capCount;
        tcb.RootCaps = (Cap*)_objects.RootTables.Pointer(index);
        tcb.IpcBuffer = (ulong*)_objects.IpcBuffers.Pointer(index);
        tcb.SchedulingContext = (SchedulingContext*)_objects.Contexts.Pointer(index);
        tcb.BoundNotification = (Notification*)_objects.Notifications.Pointer(index);
        tcb.State = ThreadState.Running;
        tcb.Priority = (uint)program.Options.Priority;
        tcb.MaximumControlledPriority = (uint)program.Options.Priority;
        tcb.Flags = program.UsesFloatingPoint ? TcbFlags.None : TcbFlags.FpuDisabled;
        tcb.Flags |= _architecture.UsesSpareTimer(_board, program) ? TcbFlags.PhysicalTimer : TcbFlags.None;
        if (program.UsesFloatingPoint)
        {
            _architecture.SetFpu(ref _plan.At<FpuState>(_objects.FpuStates[fpu]));
            tcb.Fpu = (FpuState*)_objects.FpuStates.Pointer(fpu++);
        }

        tcb.Index = (uint)index;
        tcb.Core = (uint)program.Options.Core;
        tcb.Domain = (uint)program.Options.Domain;
        tcb.FaultHandler = faultHandler;
        tcb.TimeoutHandler = program.Options.TimeoutFaults ? faultHandler : default;
        tcb.Labels = (InvocationLabels*)_objects.LabelTables.Pointer(index);
        _plan.At<InvocationLabels>(_objects.LabelTables[index]) = program.Abi.Labels;
        tcb.Statistics = (PdStatistics*)_plan.ToVirtual(_objects.StatisticsOf(index));

        ref Notification notification = ref _plan.At<Notification>(_objects.Notifications[index]);
        notification.BoundTcb = (Tcb*)_objects.Tcbs.Pointer(index);
        notification.Core = (uint)program.Options.Core;
        notification.Index = (uint)index;
        _objects.WriteContext(_plan, index, program.Options, (uint)program.Options.Core);
    }

    private unsafe void WriteInterrupts()
    {
        for (int i = 0; i < _programs.Count; i++)
        {
            foreach (InterruptBinding binding in _programs[i].Described?.Interrupts ?? [])
            {
                ref IrqEntry entry = ref _plan.At<IrqEntry>(_objects.Irqs[(int)binding.Line]);
                entry.Notification = (Notification*)_objects.Notifications.Pointer(i);
                entry.Badge = 1UL << binding.Id;
                entry.Id = binding.Line;
                entry.Trigger = binding.Trigger == Trigger.Edge ? IrqTrigger.Edge : IrqTrigger.Level;
                entry.IsActiveLow = binding.Source is IoApicPin { Polarity: Polarity.Low } ? 1u : 0;
                entry.Core = (uint)_programs[i].Options.Core;
            }
        }
    }

    private void WriteCores()
    {
        for (int core = 0; core < _board.Cores; core++)
        {
            ref CoreState state = ref _plan.At<CoreState>(_objects.Cores[core]);
            state.StackTop = KernelSpace.StackTop(core);
            state.Index = (uint)core;
        }
    }

    private void WriteDomainSchedule()
    {
        for (int i = 0; i < _system.Turns.Count; i++)
        {
            _plan.At<DomainSlot>(_objects.DomainSchedule[i]) = new DomainSlot
            {
                Domain = (ulong)_system.Turns[i].Domain,
                Microseconds = _system.Turns[i].Microseconds,
            };
        }
    }

    // Pointers to the word in each program that takes the counter's frequency.
    private ObjectArray WriteFrequencyWords(List<AddressSpace> spaces)
    {
        List<ulong> words = [];
        for (int i = 0; i < _programs.Count && _architecture.MeasuresCounter; i++)
        {
            if (_programs[i].Elf.FindSymbol(PdPatcher.FrequencySymbol) is { } symbol)
            {
                words.Add(spaces[i].Translate(symbol.Address)?.Physical ?? throw new ImageException(
                    $"PD '{_programs[i].Name}': symbol {symbol.Name} is outside the program", "build it again: delete .pride/cache"));
            }
        }

        ObjectArray table = KernelObjects.Array(_plan, "words for the counter's frequency", sizeof(ulong), words.Count);
        for (int i = 0; i < words.Count; i++)
        {
            _plan.At<ulong>(table[i]) = _plan.ToVirtual(words[i]);
        }

        return table;
    }

    private void WriteStatistics()
    {
        ref StatisticsHeader header = ref _plan.At<StatisticsHeader>(_objects.Statistics);
        header.Magic = StatisticsHeader.ExpectedMagic;
        header.PdCount = (ulong)_objects.ThreadCount;
        for (int i = 0; i < _programs.Count; i++)
        {
            WriteStatistics(i, _programs[i].Name, _programs[i].Options.Priority, MemoryOf(_programs[i]));
        }

        for (int i = 0; i < _guests.Count; i++)
        {
            WriteStatistics(_programs.Count + i, _guests[i].Name, _guests[i].Machine.Options.Priority, 0);
        }
    }

    private unsafe void WriteStatistics(int index, string threadName, int priority, ulong memory)
    {
        ref PdStatistics entry = ref _plan.At<PdStatistics>(_objects.StatisticsOf(index));
        entry.MemoryBytes = memory;
        entry.Priority = (ulong)priority;
        fixed (byte* name = entry.Name)
        {
            Encoding.UTF8.GetBytes(threadName, new Span<byte>(name, PdStatistics.NameBytes - 1));
        }
    }

    // What would be free if this PD were not there: its own pieces, and regions that it alone maps.
    private ulong MemoryOf(PdProgram program)
    {
        ulong own = _plan.Uses.Where(u => u.Owner == program.Name).Aggregate(0UL, (sum, u) => sum + u.Bytes);
        ulong regions = program.Mappings.Select(m => m.Region).Distinct()
            .Where(r => r.Kind is RegionKind.Memory or RegionKind.Dma)
            .Where(r => _programs.Count(p => p.Mappings.Any(m => m.Region == r)) == 1)
            .Aggregate(0UL, (sum, r) => sum + r.Size);
        return own + regions + Limits.PageSize;
    }

    private ElfSymbol KernelSymbol(string name) => _kernelElf.FindSymbol(name) ?? throw new ImageException(
        $"{_kernelElf.Name} has no symbol {name}", "build the kernel again: delete .pride/cache");

    private unsafe void WriteBootInfo(BoardMemory memory, ObjectArray frequencyWords, ulong ioRoot)
    {
        ref BootInfo info = ref BootInfoOf();
        info.KernelRoot = _kernel.KernelRoot;
        info.IdentityRoot = _kernel.IdentityRoot;
        info.EmptyRoot = _kernel.EmptyRoot;
        info.LoadAddress = _plan.LoadAddress;
        info.Cores = (CoreState*)_objects.Cores.Pointer(0);
        info.CoreCount = (uint)_board.Cores;
        info.TcbCount = (uint)_objects.ThreadCount;
        info.Tcbs = (Tcb*)_objects.Tcbs.Pointer(0);
        info.Contexts = (SchedulingContext**)_objects.ContextTable.Pointer(0);
        info.ContextCount = (uint)_objects.ThreadCount;
        info.IrqCount = (uint)_objects.Irqs.Count;
        info.Irqs = _objects.Irqs.Count > 0 ? (IrqEntry*)_objects.Irqs.Pointer(0) : null;
        info.DomainSlots = (uint)_system.Turns.Count;
        info.DomainSchedule = _system.Turns.Count > 0 ? (DomainSlot*)_objects.DomainSchedule.Pointer(0) : null;
        info.Notifications = (Notification*)_objects.Notifications.Pointer(0);
        info.Statistics = (StatisticsHeader*)_plan.ToVirtual(_objects.Statistics);
        info.RamStart = memory.Base;
        info.RamEnd = memory.Base + memory.Size;
        info.ZeroStart = _plan.ZeroedStart;
        info.ZeroEnd = _plan.ZeroedEnd;
        info.LoadedEnd = _plan.LoadedEnd;

        // Boot checks where the machine has what the image uses: what no PD maps may be anywhere.
        HashSet<ulong> mapped = [.. _system.Regions.Where(r => r.Kind == RegionKind.Device).Select(r => r.PhysicalAddress)];
        _architecture.WriteMachine(ref info, _board with { Devices = [.. _board.Devices.Where(d => mapped.Contains(d.Base))] });
        info.FrequencyWords = frequencyWords.Count > 0 ? (ulong**)frequencyWords.Pointer(0) : null;
        info.IommuRoot = ioRoot;
        info.FrequencyWordCount = (ulong)frequencyWords.Count;
        info.DebugCalls = _options.DebugCalls ? 1u : 0u;
        info.DebugLines = _options.DebugCalls ? (DebugLine*)_objects.DebugLines.Pointer(0) : null;
        fixed (byte* id = info.BuildId)
        {
            _kernelElf.BuildId.Span[..Math.Min(_kernelElf.BuildId.Length, 20)].CopyTo(new Span<byte>(id, 20));
        }

        info.Magic = BootInfo.ExpectedMagic;
    }
}
