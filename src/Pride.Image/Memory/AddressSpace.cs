// Builds the translation tables of one address space as data, in the format of the architecture.
//
// Tables come from the physical plan as they are needed, so an address space costs only the tables that its mappings use.
// Nothing is ever mapped twice: a second mapping of a page is the builder's own mistake and stops it.

using System;
using System.Runtime.InteropServices;
using Pride.Description;
using Pride.Image.Architectures;
using Pride.Kernel.Objects;

namespace Pride.Image.Memory;

/// <summary>One address space: a PD's, or one half of the kernel's.</summary>
public sealed class AddressSpace
{
    private readonly PhysicalPlan _plan;
    private readonly PageTableFormat _format;
    private readonly string _owner;

    /// <summary>An empty one, whose tables count as <paramref name="owner"/>'s memory.</summary>
    public AddressSpace(PhysicalPlan plan, PageTableFormat format, string owner)
    {
        _plan = plan;
        _format = format;
        _owner = owner;
        Root = NewTable();
    }

    /// <summary>Physical address of the root table.</summary>
    public ulong Root { get; }

    /// <summary>Maps <paramref name="bytes"/> (whole pages) at <paramref name="virtualAddress"/> to <paramref name="physical"/>, by large pages where both are aligned.</summary>
    public void Map(ulong virtualAddress, ulong physical, ulong bytes, PageMapping mapping)
    {
        if (((virtualAddress | physical | bytes) & (Limits.PageSize - 1)) != 0)
        {
            throw new ArgumentException($"{_owner}: mapping 0x{virtualAddress:x} -> 0x{physical:x}, 0x{bytes:x} bytes, is not made of whole pages");
        }

        for (ulong done = 0; done < bytes;)
        {
            ulong va = virtualAddress + done;
            ulong pa = physical + done;
            bool block = ((va | pa) & (PageTables.LargePageBytes - 1)) == 0 && bytes - done >= PageTables.LargePageBytes;
            int level = block ? _format.LastLevel - 1 : _format.LastLevel;
            ref ulong entry = ref EntryFor(va, level);
            if (_format.IsValid(entry))
            {
                throw new InvalidOperationException($"{_owner}: 0x{va:x} is mapped twice");
            }

            entry = _format.Leaf(pa, level, mapping);
            done += block ? PageTables.LargePageBytes : Limits.PageSize;
        }
    }

    /// <summary>Makes the kernel's half part of this space, where the architecture has one root for both: PDs then share the kernel's tables below the root.</summary>
    public void ShareKernelHalf(AddressSpace kernel)
    {
        if (!_format.SplitsHalves)
        {
            const int FirstOfKernel = PageTables.Entries / 2;
            Table(kernel.Root)[FirstOfKernel..].CopyTo(Table(Root)[FirstOfKernel..]);
        }
    }

    /// <summary>The descriptor that translates <paramref name="virtualAddress"/> and the address it gives; null when it is not mapped.</summary>
    public (ulong Descriptor, ulong Physical)? Translate(ulong virtualAddress)
    {
        ulong table = Root;
        for (int level = 0; level <= _format.LastLevel; level++)
        {
            ulong entry = Table(table)[_format.Index(virtualAddress, level)];
            if (!_format.IsValid(entry))
            {
                return null;
            }

            if (!_format.IsTable(entry, level))
            {
                return (entry, _format.Address(entry) + (virtualAddress & (_format.BytesAt(level) - 1)));
            }

            table = _format.Address(entry);
        }

        return null;
    }

    private ref ulong EntryFor(ulong virtualAddress, int lastLevel)
    {
        ulong table = Root;
        for (int level = 0; level < lastLevel; level++)
        {
            ref ulong entry = ref Table(table)[_format.Index(virtualAddress, level)];
            if (!_format.IsValid(entry))
            {
                entry = _format.Table(NewTable());
            }
            else if (!_format.IsTable(entry, level))
            {
                throw new InvalidOperationException($"{_owner}: 0x{virtualAddress:x} is mapped twice");
            }

            table = _format.Address(entry);
        }

        return ref Table(table)[_format.Index(virtualAddress, lastLevel)];
    }

    private Span<ulong> Table(ulong physical) => MemoryMarshal.Cast<byte, ulong>(_plan.Bytes(physical, Limits.PageSize));

    private ulong NewTable() => _plan.Load(_owner, "page tables", Limits.PageSize);
}
