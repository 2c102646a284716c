// Rules about what only some machines have: I/O ports, IOMMUs, virtual machines.

using System.Collections.Generic;
using System.Linq;
using Pride.Machine;

namespace Pride.Description.Checks;

internal static class DeviceRules
{
    public static IEnumerable<Violation> IoPorts(SystemBuilder system)
    {
        List<(Pd Pd, IoPort Port)> all = [.. system.Pds.SelectMany(pd => pd.IoPorts.Select(p => (pd, p)))];
        foreach ((Pd pd, IoPort port) in all)
        {
            if (system.Board.Architecture != Architecture.X64)
            {
                yield return new("ioport-architecture", $"PD '{pd.Name}' uses I/O ports, which {system.Board.Architecture} does not have", "map the device's registers", port.Origin);
            }

            if (port.Id is < 0 or >= Limits.IoPortIds)
            {
                yield return new("ioport-id", $"PD '{pd.Name}' knows I/O ports by id {port.Id}", $"choose 0..{Limits.IoPortIds - 1}", port.Origin);
            }

            if (port.Size == 0 || port.Address >= Limits.IoPortSpace || port.Size > Limits.IoPortSpace - port.Address)
            {
                yield return new(
                    "ioport-range",
                    $"PD '{pd.Name}' uses {port.Size} I/O ports from 0x{port.Address:x}",
                    $"there are ports 0..0x{Limits.IoPortSpace - 1:x}, and at least one is needed",
                    port.Origin);
            }
        }

        foreach (var same in all.GroupBy(p => (p.Pd, p.Port.Id)).Where(g => g.Count() > 1))
        {
            yield return new("ioport-id", $"PD '{same.Key.Pd.Name}' knows {same.Count()} runs of I/O ports by id {same.Key.Id}", "give each an id of its own", same.Last().Port.Origin);
        }

        List<(Pd Pd, IoPort Port)> sorted = [.. all.OrderBy(p => p.Port.Address)];
        foreach (var ((lowPd, low), (highPd, high)) in sorted.Zip(sorted.Skip(1)))
        {
            if (high.Address - low.Address < low.Size)
            {
                yield return new(
                    "ioport-overlap",
                    $"I/O ports {low.Id} of PD '{lowPd.Name}' ({low.Size} from 0x{low.Address:x}) and {high.Id} of PD '{highPd.Name}' (from 0x{high.Address:x}) overlap",
                    "a port belongs to one PD: make the runs smaller",
                    high.Origin);
            }
        }
    }

    public static IEnumerable<Violation> IoAddressSpaces(SystemBuilder system)
    {
        IReadOnlyList<IoAddressSpace> all = system.IoAddressSpaces;
        if (all.Count > 0 && (system.Board.Architecture != Architecture.X64 || !system.Board.Iommu))
        {
            yield return new("iommu", $"board '{system.Board.Name}' has no IOMMU that the kernel drives", "leave io_address_space out", all[0].Origin);
        }

        foreach (var same in all.GroupBy(s => s.Name).Where(g => g.Count() > 1))
        {
            yield return new("iommu-name", $"{same.Count()} I/O address spaces are called '{same.Key}'", "give each a name of its own", same.Last().Origin);
        }

        foreach (var same in all.GroupBy(s => s.Peripheral).Where(g => g.Count() > 1))
        {
            yield return new("iommu-peripheral", $"peripheral {same.Key} has {same.Count()} I/O address spaces", "put its mappings into one", same.Last().Origin);
        }

        foreach (var same in all.GroupBy(s => s.DomainId).Where(g => g.Count() > 1))
        {
            yield return new("iommu-domain", $"{same.Count()} I/O address spaces have domain id {same.Key}", "give each an id of its own", same.Last().Origin);
        }

        foreach (Violation violation in all.SelectMany(IoMappings))
        {
            yield return violation;
        }
    }

    public static IEnumerable<Violation> VirtualMachines(SystemBuilder system)
    {
        List<(Pd Pd, VirtualMachine Machine)> all = [.. system.Pds.Where(pd => pd.VirtualMachine is not null).Select(pd => (pd, pd.VirtualMachine!))];
        foreach (var same in all.GroupBy(m => m.Machine.Name).Where(g => g.Count() > 1))
        {
            yield return new("vm-name", $"{same.Count()} virtual machines are called '{same.Key}'", "give each a name of its own", same.Last().Machine.Origin);
        }

        foreach ((Pd pd, VirtualMachine machine) in all)
        {
            if (!system.Board.Hypervisor)
            {
                yield return new(
                    "vm-hypervisor", $"PD '{pd.Name}' manages virtual machine '{machine.Name}', but on board '{system.Board.Name}' the kernel is no hypervisor", "choose another board", machine.Origin);
            }

            foreach (Violation violation in MachineRules.Check(system, pd, machine))
            {
                yield return violation;
            }
        }
    }

    private static IEnumerable<Violation> IoMappings(IoAddressSpace space)
    {
        foreach (IoMapping mapping in space.Mappings)
        {
            if (mapping.Region.PageSize is Limits.LargePageSize)
            {
                yield return new(
                    "iommu-page-size", $"'{space.Name}' maps region '{mapping.Region.Name}', which has large pages; the IOMMU has none", $"give it page_size=0x{Limits.PageSize:x}", mapping.Origin);
            }

            if (mapping.IoAddress % Limits.PageSize != 0)
            {
                yield return new("iommu-alignment", $"'{space.Name}' maps region '{mapping.Region.Name}' at 0x{mapping.IoAddress:x}, inside a page", $"choose a multiple of 0x{Limits.PageSize:x}", mapping.Origin);
            }

            if (mapping.IoAddress >= Limits.IoAddressTop || mapping.Region.Size > Limits.IoAddressTop - mapping.IoAddress)
            {
                yield return new(
                    "iommu-range",
                    $"'{space.Name}' maps region '{mapping.Region.Name}' (0x{mapping.Region.Size:x} bytes) at 0x{mapping.IoAddress:x}",
                    $"devices use addresses below 0x{Limits.IoAddressTop:x}",
                    mapping.Origin);
            }
        }

        List<IoMapping> sorted = [.. space.Mappings.OrderBy(m => m.IoAddress)];
        foreach ((IoMapping low, IoMapping high) in sorted.Zip(sorted.Skip(1)))
        {
            if (high.IoAddress - low.IoAddress < low.Region.Size)
            {
                yield return new(
                    "iommu-overlap", $"in '{space.Name}', region '{high.Region.Name}' at 0x{high.IoAddress:x} overlaps region '{low.Region.Name}' at 0x{low.IoAddress:x}", "move one of them", high.Origin);
            }
        }
    }
}
