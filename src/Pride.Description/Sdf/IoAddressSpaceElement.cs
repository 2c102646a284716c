// io_address_space and its iomap elements: what a device behind an IOMMU reaches.

using System.Collections.Generic;
using System.Linq;

namespace Pride.Description.Sdf;

internal static class IoAddressSpaceElement
{
    public static void Read(SdfElement element)
    {
        element.Expect(["name", "peripheral_id", "domain_id"], ["iomap"]);
        string? name = element.RequiredText("name");
        PciAddress? peripheral = IrqElement.ReadPciAddress(element, "peripheral_id");
        ulong domain = element.RequiredNumber("domain_id");
        List<IoMapping> mappings = [.. element.Children("iomap").Select(ReadMapping).OfType<IoMapping>()];
        if (name is not null && peripheral is { } address)
        {
            element.Context.System.Add(new IoAddressSpace(name, address, domain, mappings) { Origin = element.Origin });
        }
    }

    private static IoMapping? ReadMapping(SdfElement element)
    {
        element.Expect(["mr", "iovaddr", "perms"], []);
        MemoryRegion? region = element.Context.Lookup(element.Context.Regions, element.RequiredText("mr"), "memory_region", element.Origin);
        ulong address = element.RequiredNumber("iovaddr");
        Permissions permissions = MapElement.ReadPermissions(element, mayExecute: false);
        return region is null ? null : new IoMapping(region, address, permissions) { Origin = element.Origin };
    }
}
