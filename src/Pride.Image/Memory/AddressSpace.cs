// Builds the AArch64 translation tables of one address space as data (Arm ARM DDI 0487, D8.3: 4 KiB granule, four levels).
//
// Tables come from the physical plan as they are needed, so an address space costs only the tables that its mappings use.
// Nothing is ever mapped twice: a second mapping of a page is the builder's own mistake and stops it.

using System;
using System.Runtime.InteropServices;
using Pride.Description;
using Pride.Kernel.Objects;

namespace Pride.Image.Memory;

/// <summary>One address space: a PD's, or one half of the kernel's.</summary>
public sealed class AddressSpace
{
    private const int BlockLevel = 2;

    private readonly PhysicalPlan _plan;
    private readonly string _owner;

    public AddressSpace(PhysicalPlan plan, string owner)
    {
        _plan = plan;
        _owner = owner;
        Root = NewTable();
    }

    /// <summary>Physical address of the level-0 table.</summary>
    public ulong Root { get; }

    /// <summary>Maps <paramref name="bytes"/> (whole pages) at <paramref name="virtualAddress"/> to <paramref name="physical"/>, by 2 MiB blocks where both are aligned.</summary>
    public void Map(ulong virtualAddress, ulong physical, ulong bytes, Aarch64Mapping mapping)
    {
        if (((virtualAddress | physical | bytes) & (Limits.PageSize - 1)) != 0)
        {
            throw new ArgumentException($"{_owner}: mapping {virtualAddress:#x} -> {physical:#x}, {bytes:#x} bytes, is not made of whole pages");
        }

        for (ulong done = 0; done < bytes;)
        {
            ulong va = virtualAddress + done;
            ulong pa = physical + done;
            bool block = ((va | pa) & (Aarch64PageTable.Level2BlockBytes - 1)) == 0 && bytes - done >= Aarch64PageTable.Level2BlockBytes;
            int level = block ? BlockLevel : Aarch64PageTable.LastLevel;
            ref ulong entry = ref EntryFor(va, level);
            if (Aarch64PageTable.IsValid(entry))
            {
                throw new InvalidOperationException($"{_owner}: {va:#x} is mapped twice");
            }

            entry = block ? Aarch64PageTable.Block(pa, mapping) : Aarch64PageTable.Page(pa, mapping);
            done += block ? Aarch64PageTable.Level2BlockBytes : Limits.PageSize;
        }
    }

    /// <summary>The descriptor that translates <paramref name="virtualAddress"/> and the address it gives; null when it is not mapped.</summary>
    public (ulong Descriptor, ulong Physical)? Translate(ulong virtualAddress)
    {
        ulong table = Root;
        for (int level = 0; level <= Aarch64PageTable.LastLevel; level++)
        {
            ulong entry = Table(table)[Aarch64PageTable.Index(virtualAddress, level)];
            if (!Aarch64PageTable.IsValid(entry))
            {
                return null;
            }

            if (level == Aarch64PageTable.LastLevel || !Aarch64PageTable.IsTable(entry))
            {
                ulong size = level == Aarch64PageTable.LastLevel ? Limits.PageSize : Aarch64PageTable.Level2BlockBytes;
                return (entry, Aarch64PageTable.Address(entry) + (virtualAddress & (size - 1)));
            }

            table = Aarch64PageTable.Address(entry);
        }

        return null;
    }

    private ref ulong EntryFor(ulong virtualAddress, int lastLevel)
    {
        ulong table = Root;
        for (int level = 0; level < lastLevel; level++)
        {
            ref ulong entry = ref Table(table)[Aarch64PageTable.Index(virtualAddress, level)];
            if (!Aarch64PageTable.IsValid(entry))
            {
                entry = Aarch64PageTable.Table(NewTable());
            }
            else if (!Aarch64PageTable.IsTable(entry))
            {
                throw new InvalidOperationException($"{_owner}: {virtualAddress:#x} is mapped twice");
            }

            table = Aarch64PageTable.Address(entry);
        }

        return ref Table(table)[Aarch64PageTable.Index(virtualAddress, lastLevel)];
    }

    private Span<ulong> Table(ulong physical) => MemoryMarshal.Cast<byte, ulong>(_plan.Bytes(physical, Limits.PageSize));

    private ulong NewTable() => _plan.Load(_owner, "page tables", Limits.PageSize);
}
