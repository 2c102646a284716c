// Which PDs reach all of memory although the MMU confines them: those that tell a device with direct memory access where to read and write. Nothing but an IOMMU stops such a device.
//
// Rules: what is not known to be harmless counts as reaching everything. A device is harmless when it has no DMA at all, by its data sheet. Behind an IOMMU
// that the kernel drives every device is, but the IOMMU itself.

using System.Collections.Frozen;
using System.Collections.Generic;
using System.Linq;

namespace Pride.Description;

/// <summary>The PDs that have to be trusted with all memory.</summary>
public static class DmaReach
{
    // UARTs, timers and clocks whose registers are all there is to them.
    private static readonly FrozenSet<string> s_withoutDma = FrozenSet.ToFrozenSet(
        ["arm,pl011", "ns16550a", "pnp,pnp0501", "arm,pl031", "arm,armv8-timer", "google,goldfish-rtc", "intel,hpet"]);

    /// <summary>Each PD of <paramref name="system"/> that drives devices with DMA, or devices of which that is not known, and those devices' regions.</summary>
    public static IEnumerable<(Pd Pd, IReadOnlyList<MemoryRegion> Devices)> Of(SystemBuilder system)
    {
        foreach (Pd pd in system.Pds)
        {
            MemoryRegion[] devices = [.. pd.Mappings.Select(m => m.Region).Where(r => r.Kind == RegionKind.Device && MayReach(system.Board, r)).Distinct()];
            if (devices.Length > 0)
            {
                yield return (pd, devices);
            }
        }
    }

    private static bool MayReach(Board board, MemoryRegion region)
    {
        // What else lies in the pages is reached too.
        ulong end = region.PhysicalAddress + region.Size;
        if (board.Iommu)
        {
            return region.PhysicalAddress < board.Kernel.IommuBase + Limits.PageSize && board.Kernel.IommuBase < end;
        }

        BoardDevice[] inside = [.. board.Devices.Where(d => d.Size > 0 && d.Base < end && region.PhysicalAddress < d.Base + d.Size)];
        return inside.Length == 0 || inside.Any(d => !s_withoutDma.Contains(d.Compatible));
    }
}
