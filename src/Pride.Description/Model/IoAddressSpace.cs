// What an IOMMU lets a device reach.

using System.Collections.Generic;

namespace Pride.Description;

/// <summary>A region as a device sees it.</summary>
/// <param name="Region">What is mapped.</param>
/// <param name="IoAddress">At which address the device uses it.</param>
/// <param name="Permissions">What the device may do; never <see cref="Permissions.Execute"/>.</param>
public sealed record IoMapping(MemoryRegion Region, ulong IoAddress, Permissions Permissions)
{
    /// <summary>Where it was written.</summary>
    public SourceLocation? Origin { get; init; }
}

/// <summary>The address space of a device.</summary>
/// <param name="Name">Unique among such address spaces.</param>
/// <param name="Peripheral">The PCI function.</param>
/// <param name="DomainId">The IOMMU's number for it, unique.</param>
/// <param name="Mappings">What the device reaches.</param>
public sealed record IoAddressSpace(string Name, PciAddress Peripheral, ulong DomainId, IReadOnlyList<IoMapping> Mappings)
{
    /// <summary>Where it was written.</summary>
    public SourceLocation? Origin { get; init; }
}
