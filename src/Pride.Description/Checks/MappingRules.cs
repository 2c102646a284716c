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
                yield return new("region-size", $"region '{region.Name}' is empty", "give it a size");
            }
        }

        foreach (Pd pd in system.Pds)
        {
            foreach (Mapping mapping in pd.Mappings.Where(m => m.VirtualAddress % Limits.PageSize != 0))
            {
                yield return new(
                    "mapping-alignment",
                    $"PD '{pd.Name}' maps region '{mapping.Region.Name}' at {mapping.VirtualAddress:#x}, inside a page",
                    $"choose a multiple of {Limits.PageSize:#x}");
            }
        }
    }

    public static IEnumerable<Violation> VirtualOverlaps(SystemBuilder system)
    {
        foreach (Pd pd in system.Pds)
        {
            List<(ulong Start, ulong End, string What)> ranges =
            [
                (0, Limits.PageSize, "page 0, which stays unmapped for null checks"),
                (PdLayout.StackBottom(pd.Options.StackSize) - Limits.PageSize, PdLayout.UserTop, "the stack and the IPC buffer"),
            ];
            if (pd.Options.HeapSize > 0)
            {
                ranges.Add((PdLayout.HeapBase, PdLayout.HeapBase + pd.Options.HeapSize, "the heap"));
            }

            ranges.AddRange(pd.Mappings.Select(m => (m.VirtualAddress, m.End, $"region '{m.Region.Name}'")));
            ranges.Sort((a, b) => a.Start.CompareTo(b.Start));
            for (int i = 1; i < ranges.Count; i++)
            {
                if (ranges[i].Start < ranges[i - 1].End)
                {
                    yield return new(
                        "mapping-overlap",
                        $"in PD '{pd.Name}', {ranges[i].What} at {ranges[i].Start:#x} overlaps {ranges[i - 1].What}, which ends at {ranges[i - 1].End:#x}",
                        "move one of them, or leave the addresses out: free ones are then chosen");
                }
            }

            foreach (Mapping mapping in pd.Mappings.Where(m => m.VirtualAddress < PdLayout.ImageEnd))
            {
                yield return new(
                    "mapping-image",
                    $"PD '{pd.Name}' maps region '{mapping.Region.Name}' at {mapping.VirtualAddress:#x}, where its program lies",
                    $"choose an address from {PdLayout.ImageEnd:#x}");
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
                    $"regions '{low.Name}' and '{high.Name}' share physical pages at {high.PhysicalAddress:#x}",
                    "make one region and map it twice, or use devices that do not share a page: who has the page has both");
            }
        }

        foreach (MemoryRegion region in fixedRegions.Where(r => r.Kind == RegionKind.Device))
        {
            if (system.Board.Memory.Any(m => region.PhysicalAddress < m.Base + m.Size && m.Base < region.PhysicalAddress + region.Size))
            {
                yield return new(
                    "device-in-memory",
                    $"device region '{region.Name}' at {region.PhysicalAddress:#x} lies in main memory",
                    "look its address up in the board's manual");
            }
        }
    }

    public static IEnumerable<Violation> Rights(SystemBuilder system)
    {
        foreach (Pd pd in system.Pds)
        {
            foreach (Mapping mapping in pd.Mappings)
            {
                Permissions p = mapping.Permissions;
                if (!p.HasFlag(Permissions.Read))
                {
                    yield return new(
                        "mapping-rights",
                        $"PD '{pd.Name}' maps region '{mapping.Region.Name}' with rights '{p}': what can be written or run can be read",
                        "add Permissions.Read");
                }

                if (p.HasFlag(Permissions.Write) && p.HasFlag(Permissions.Execute))
                {
                    yield return new(
                        "w-xor-x",
                        $"PD '{pd.Name}' maps region '{mapping.Region.Name}' both writable and executable",
                        "map it twice: writable in the PD that fills it, executable in the one that runs it");
                }

                if (mapping.Region.Kind == RegionKind.Statistics && p != Permissions.Read)
                {
                    yield return new("statistics-rights", $"PD '{pd.Name}' may write the kernel's statistics", "map it with Permissions.Read");
                }
            }
        }
    }
}
