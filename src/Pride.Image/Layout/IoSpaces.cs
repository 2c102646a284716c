// Builds what an IOMMU reads: a root table, a context table for each bus with a device that has an address space, and that space's tables. A function
// without one has no entry, and reaches nothing.

using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using Pride.Description;
using Pride.Image.Architectures;
using Pride.Image.Memory;
using Pride.Kernel.Objects;

namespace Pride.Image.Layout;

/// <summary>The devices' address spaces.</summary>
internal static class IoSpaces
{
    private const string Owner = "kernel";

    /// <summary>Makes all tables of <paramref name="spaces"/>.</summary>
    /// <param name="plan">Where they go.</param>
    /// <param name="spaces">What each function reaches.</param>
    /// <param name="placeOf">The physical address of a region.</param>
    /// <returns>The root table's physical address.</returns>
    public static ulong Build(PhysicalPlan plan, IReadOnlyList<IoAddressSpace> spaces, Func<MemoryRegion, ulong> placeOf)
    {
        ulong root = plan.Load(Owner, "IOMMU tables", Limits.PageSize);
        foreach (IoAddressSpace space in spaces)
        {
            AddressSpace tables = new(plan, PageTableFormat.Iommu, Owner);
            foreach (IoMapping mapping in space.Mappings)
            {
                PageMapping rights = new(User: true, mapping.Permissions.HasFlag(Permissions.Write), Executable: false, MemoryKind.Normal);
                tables.Map(mapping.IoAddress, placeOf(mapping.Region), mapping.Region.Size, rights);
            }

            int bus = space.Peripheral.Bus;
            if (Entry(plan, root, bus)[0] == 0)
            {
                ulong made = plan.Load(Owner, "IOMMU tables", Limits.PageSize);
                Entry(plan, root, bus)[0] = IoPageTable.RootEntry(made);
            }

            ulong contexts = IoPageTable.Address(Entry(plan, root, bus)[0]);
            Span<ulong> entry = Entry(plan, contexts, (space.Peripheral.Device << 3) | space.Peripheral.Function);
            (entry[0], entry[1]) = IoPageTable.ContextEntry(tables.Root, space.DomainId);
        }

        return root;
    }

    private static Span<ulong> Entry(PhysicalPlan plan, ulong table, int index) =>
        MemoryMarshal.Cast<byte, ulong>(plan.Bytes(table + (ulong)(index * IoPageTable.EntryBytes), IoPageTable.EntryBytes));
}
