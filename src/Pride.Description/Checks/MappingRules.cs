// Rules about memory: alignment, overlaps of virtual and of physical addresses, rights.

using System.Collections.Generic;
using System.Linq;

namespace Pride.Description.Checks;

internal static class MappingRules
{
    public static IEnumerable<Violation> Alignment(SystemBuilder system)
    {
        foreach (MemoryRegion region in system.Regions)
        {
            if (region.Size == 0)
            {
                yield return new("region-size", $"region '{region.Name}' is empty", "give it a size", region.Origin);
            }

            ulong page = region.PageSize ?? Limits.PageSize;
            if (page is not (Limits.PageSize or Limits.LargePageSize))
            {
                yield return new(
                    "page-size",
                    $"region '{region.Name}' asks for pages of 0x{page:x} bytes",
                    $"{system.Board.Architecture} has pages of 0x{Limits.PageSize:x} and 0x{Limits.LargePageSize:x} bytes",
                    region.Origin);
            }
            else if (region.Size % page != 0 || region.FixedPhysicalAddress % page is > 0)
            {
                yield return new(
                    "region-alignment",
                    $"region '{region.Name}' (0x{region.Size:x} bytes{(region.FixedPhysicalAddress is { } at ? $" at 0x{at:x}" : string.Empty)}) is not made of whole pages of 0x{page:x} bytes",
                    "make size and phys_addr multiples of the page size, or ask for smaller pages",
                    region.Origin);
            }
        }

        foreach (Violation violation in system.Pds.SelectMany(pd => Alignment($"PD '{pd.Name}'", pd.Mappings)))
        {
            yield return violation;
        }
    }

    /// <summary>The mappings of <paramref name="who"/> that do not start with a page.</summary>
    public static IEnumerable<Violation> Alignment(string who, IEnumerable<Mapping> mappings)
    {
        foreach (Mapping mapping in mappings.Where(m => m.VirtualAddress % PageOf(m) != 0))
        {
            yield return new(
                "mapping-alignment",
                $"{who} maps region '{mapping.Region.Name}' at 0x{mapping.VirtualAddress:x}, inside a page",
                $"choose a multiple of 0x{PageOf(mapping):x}",
                mapping.Origin);
        }
    }

    public static IEnumerable<Violation> VirtualOverlaps(SystemBuilder system)
    {
        foreach (Pd pd in system.Pds)
        {
            List<Range> ranges =
            [
                new(0, Limits.PageSize, "page 0, which stays unmapped for null checks", null),
                new(PdLayout.StackBottom(pd.Options.StackSize) - Limits.PageSize, PdLayout.UserTop, "the stack and the IPC buffer", null),
            ];
            if (pd.Options.HeapSize > 0)
            {
                ranges.Add(new(PdLayout.HeapBase, PdLayout.HeapBase + pd.Options.HeapSize, "the heap", null));
            }

            foreach (Violation violation in Overlaps(system, $"PD '{pd.Name}'", pd.Mappings, ranges))
            {
                yield return violation;
            }

            // A program that is not C# may lie anywhere: the image builder looks for overlaps with its segments.
            foreach (Mapping mapping in pd.Mappings.Where(m => pd.ComponentType is not null && m.VirtualAddress < PdLayout.ImageEnd))
            {
                yield return new(
                    "mapping-image",
                    $"PD '{pd.Name}' maps region '{mapping.Region.Name}' at 0x{mapping.VirtualAddress:x}, where its program lies",
                    $"choose an address from 0x{PdLayout.ImageEnd:x}",
                    mapping.Origin);
            }
        }
    }

    /// <summary>What of <paramref name="mappings"/> overlaps with each other or with <paramref name="taken"/>, or lies beyond user space.</summary>
    public static IEnumerable<Violation> Overlaps(SystemBuilder system, string where, IEnumerable<Mapping> mappings, IEnumerable<Range> taken)
    {
        ulong top = PdLayout.AddressTop(system.Board.Architecture);
        List<Range> ranges = [.. taken];
        foreach (Mapping mapping in mappings)
        {
            if (mapping.VirtualAddress >= top || mapping.Region.Size > top - mapping.VirtualAddress)
            {
                yield return new(
                    "mapping-range",
                    $"{where} maps region '{mapping.Region.Name}' (0x{mapping.Region.Size:x} bytes) at 0x{mapping.VirtualAddress:x}, beyond the end of its address space",
                    $"choose an address such that the region ends at or below 0x{top:x}",
                    mapping.Origin);
            }
            else
            {
                ranges.Add(new(mapping.VirtualAddress, mapping.End, $"region '{mapping.Region.Name}'", mapping.Origin));
            }
        }

        ranges.Sort((a, b) => a.Start.CompareTo(b.Start));
        for (int i = 1; i < ranges.Count; i++)
        {
            if (ranges[i].Start < ranges[i - 1].End)
            {
                yield return new(
                    "mapping-overlap",
                    $"in {where}, {ranges[i].What} at 0x{ranges[i].Start:x} overlaps {ranges[i - 1].What}, which ends at 0x{ranges[i - 1].End:x}",
                    "move one of them, or leave the addresses out: free ones are then chosen",
                    ranges[i].Origin ?? ranges[i - 1].Origin);
            }
        }
    }

    public static IEnumerable<Violation> PhysicalOverlaps(SystemBuilder system)
    {
        List<MemoryRegion> fixedRegions = system.Regions.Where(r => r.FixedPhysicalAddress is not null).OrderBy(r => r.PhysicalAddress).ToList();
        for (int i = 1; i < fixedRegions.Count; i++)
        {
            MemoryRegion low = fixedRegions[i - 1];
            MemoryRegion high = fixedRegions[i];
            if (high.PhysicalAddress < low.PhysicalAddress + low.Size)
            {
                yield return new(
                    "region-overlap",
                    $"regions '{low.Name}' and '{high.Name}' share physical pages at 0x{high.PhysicalAddress:x}",
                    "make one region and map it twice, or use devices that do not share a page: who has the page has both",
                    high.Origin);
            }
        }

        foreach (MemoryRegion region in fixedRegions.Where(r => r.Kind == RegionKind.Device))
        {
            if (system.Board.Memory.Any(m => region.PhysicalAddress < m.Base + m.Size && m.Base < region.PhysicalAddress + region.Size))
            {
                yield return new(
                    "device-in-memory",
                    $"device region '{region.Name}' at 0x{region.PhysicalAddress:x} lies in main memory",
                    "look its address up in the board's manual",
                    region.Origin);
            }
        }

        foreach (MemoryRegion region in fixedRegions)
        {
            bool outside = region.PhysicalAddress >= Limits.PhysicalTop || region.Size > Limits.PhysicalTop - region.PhysicalAddress;
            bool partly = region.Kind == RegionKind.Dma
                && !system.Board.Memory.Any(m => region.PhysicalAddress >= m.Base && region.PhysicalAddress + region.Size <= m.Base + m.Size);
            if (outside || partly)
            {
                yield return new(
                    "region-range",
                    $"region '{region.Name}' at 0x{region.PhysicalAddress:x} (0x{region.Size:x} bytes) does not end where its memory ends",
                    "look its address up in the board's manual",
                    region.Origin);
            }
        }
    }

    public static IEnumerable<Violation> Rights(SystemBuilder system)
    {
        foreach (Violation violation in system.Pds.SelectMany(pd => Readable($"PD '{pd.Name}'", pd.Mappings)))
        {
            yield return violation;
        }

        foreach (Pd pd in system.Pds)
        {
            foreach (Mapping mapping in pd.Mappings)
            {
                Permissions p = mapping.Permissions;
                if (p.HasFlag(Permissions.Write) && p.HasFlag(Permissions.Execute))
                {
                    yield return new(
                        "w-xor-x",
                        $"PD '{pd.Name}' maps region '{mapping.Region.Name}' both writable and executable",
                        "map it twice: writable in the PD that fills it, executable in the one that runs it",
                        mapping.Origin);
                }

                if (mapping.Region.Kind == RegionKind.Statistics && p != Permissions.Read)
                {
                    yield return new("statistics-rights", $"PD '{pd.Name}' may write the kernel's statistics", "map it with Permissions.Read");
                }
            }
        }
    }

    /// <summary>The mappings of <paramref name="who"/> that may be written or run but not read, which page tables cannot say.</summary>
    public static IEnumerable<Violation> Readable(string who, IEnumerable<Mapping> mappings)
    {
        foreach (Mapping mapping in mappings.Where(m => !m.Permissions.HasFlag(Permissions.Read)))
        {
            yield return new(
                "mapping-rights",
                $"{who} maps region '{mapping.Region.Name}' with rights '{mapping.Permissions}': what can be written or run can be read",
                "add Permissions.Read",
                mapping.Origin);
        }
    }

    private static ulong PageOf(Mapping mapping) => mapping.Region.PageSize is Limits.LargePageSize ? Limits.LargePageSize : Limits.PageSize;

    /// <summary>Part of an address space.</summary>
    public sealed record Range(ulong Start, ulong End, string What, SourceLocation? Origin);
}
