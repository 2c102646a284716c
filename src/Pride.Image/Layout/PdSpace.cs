// Builds the address space of one PD: program, stack, IPC buffer, heap and regions, each page with exactly the rights it needs.

using System;
using System.Collections.Generic;
using System.Linq;
using Pride.Description;
using Pride.Image.Architectures;
using Pride.Image.Elf;
using Pride.Image.Memory;
using Pride.Kernel.Objects;

namespace Pride.Image.Layout;

/// <summary>Maps PDs.</summary>
internal sealed class PdSpace(PhysicalPlan plan, PageTableFormat format, KernelObjects objects, Dictionary<MemoryRegion, ulong> regions)
{
    private static readonly PageMapping s_userData = new(User: true, Writable: true, Executable: false, MemoryKind.Normal);

    /// <summary>Builds the address space of <paramref name="program"/>, which is number <paramref name="index"/>.</summary>
    public AddressSpace Build(PdProgram program, int index)
    {
        CheckOverlaps(program);
        AddressSpace space = new(plan, format, program.Name);
        foreach (ElfSegment segment in program.Elf.Segments)
        {
            MapSegment(program, space, segment);
        }

        ulong stackBottom = PdLayout.StackBottom(program.Options.StackSize);
        space.Map(stackBottom, plan.Zero(program.Name, "stack", program.Options.StackSize), program.Options.StackSize, s_userData);
        space.Map(program.Abi.IpcBuffer, objects.IpcBuffers[index], Limits.PageSize, s_userData);
        if (program.Options.HeapSize > 0)
        {
            ulong heap = plan.Zero(program.Name, "heap", program.Options.HeapSize);
            space.Map(PdLayout.HeapBase, heap, program.Options.HeapSize, s_userData);
        }

        Map(space, program.Mappings);
        return space;
    }

    /// <summary>Builds the second-stage tables of <paramref name="machine"/>, whose addresses are guest-physical.</summary>
    public AddressSpace BuildGuest(VirtualMachine machine)
    {
        AddressSpace space = new(plan, PageTableFormat.Aarch64SecondStage, machine.Name);
        Map(space, machine.Mappings);
        return space;
    }

    private void Map(AddressSpace space, IEnumerable<Mapping> mappings)
    {
        foreach (Mapping mapping in mappings)
        {
            space.Map(mapping.VirtualAddress, regions[mapping.Region], SizeOf(mapping.Region), Attributes(mapping));
        }
    }

    private ulong SizeOf(MemoryRegion region) => region.Kind == RegionKind.Statistics ? objects.StatisticsBytes : region.Size;

    private static PageMapping Attributes(Mapping mapping) => new(
        User: true,
        Writable: mapping.Permissions.HasFlag(Permissions.Write),
        Executable: mapping.Permissions.HasFlag(Permissions.Execute),
        mapping.Caching switch
        {
            Caching.Cached => MemoryKind.Normal,
            Caching.Uncached => MemoryKind.Uncached,
            _ => MemoryKind.Device,
        });

    // File bytes are loaded with the image; the zero pages behind them are zeroed at boot and cost no space in the file.
    private void MapSegment(PdProgram program, AddressSpace space, ElfSegment segment)
    {
        Check(program, segment);
        string what = segment.Flags.HasFlag(ElfSegmentFlags.Execute) ? "text" : segment.Flags.HasFlag(ElfSegmentFlags.Write) ? "data" : "rodata";
        PageMapping attributes = new(
            User: true,
            segment.Flags.HasFlag(ElfSegmentFlags.Write),
            segment.Flags.HasFlag(ElfSegmentFlags.Execute),
            MemoryKind.Normal);
        ulong start = Sizes.RoundDown(segment.Address, Limits.PageSize);
        ulong lead = segment.Address - start;
        ulong total = Sizes.RoundUp(lead + segment.MemorySize, Limits.PageSize);
        ulong loaded = segment.FileSize > 0 ? Sizes.RoundUp(lead + segment.FileSize, Limits.PageSize) : 0;
        if (loaded > 0)
        {
            ulong physical = plan.Load(program.Name, what, loaded);
            program.Elf.BytesOf(segment).CopyTo(plan.Bytes(physical, loaded)[(int)lead..]);
            space.Map(start, physical, loaded, attributes);
        }

        if (total > loaded)
        {
            space.Map(start + loaded, plan.Zero(program.Name, what, total - loaded), total - loaded, attributes);
        }
    }

    // The description's rules do not know where programs lie.
    private static void CheckOverlaps(PdProgram program)
    {
        List<(ulong Start, ulong End, string What)> ranges =
        [
            .. program.Elf.Segments.Select(s => (Sizes.RoundDown(s.Address, Limits.PageSize), Sizes.RoundUp(s.End, Limits.PageSize), $"the segment at 0x{s.Address:x}")),
            .. program.Mappings.Select(m => (m.VirtualAddress, m.End, $"region '{m.Region.Name}'{(m.Origin is { } o ? $" ({o})" : string.Empty)}")),
            (program.Abi.IpcBuffer, program.Abi.IpcBuffer + Limits.PageSize, "the IPC buffer"),
            (PdLayout.StackBottom(program.Options.StackSize) - Limits.PageSize, PdLayout.StackTop, "the stack"),
        ];
        ranges.Sort((a, b) => a.Start.CompareTo(b.Start));
        foreach (var (low, high) in ranges.Zip(ranges.Skip(1)))
        {
            if (high.Start < low.End)
            {
                throw new ImageException(
                    $"PD '{program.Name}': {high.What} at 0x{high.Start:x} overlaps {low.What}, which ends at 0x{low.End:x}",
                    "map the region elsewhere, or change the program's linker script (segments with different rights share no page)");
            }
        }
    }

    private static void Check(PdProgram program, ElfSegment segment)
    {
        if (segment.Flags.HasFlag(ElfSegmentFlags.Write) && segment.Flags.HasFlag(ElfSegmentFlags.Execute))
        {
            throw new ImageException(
                $"PD '{program.Name}': the segment at 0x{segment.Address:x} is both writable and executable",
                "separate code from data in the linker script");
        }

        ulong end = program.Described is ProgramPd ? PdLayout.StackBottom(program.Options.StackSize) : PdLayout.ImageEnd;
        if (segment.Address < Limits.PageSize || segment.End > end)
        {
            throw new ImageException(
                $"PD '{program.Name}': the segment at 0x{segment.Address:x}..0x{segment.End:x} lies outside 0x{Limits.PageSize:x}..0x{end:x}",
                "link the program at 0x200000 and make it smaller");
        }
    }
}
