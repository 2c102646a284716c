// One node of a device tree: its properties, and the numbers in them as the node's bus counts them.

using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace Pride.Description.DeviceTrees;

/// <summary>A run of registers or memory, in addresses of the CPU. Bytes.</summary>
public readonly record struct TreeRange(ulong Base, ulong Size);

/// <summary>A node.</summary>
public sealed class TreeNode
{
    /// <summary>What a bus has that does not say it (Devicetree Specification 0.4, 2.3.5).</summary>
    private const int DefaultAddressCells = 2;

    private const int DefaultSizeCells = 1;
    private const int CellBytes = 4;

    internal TreeNode(string name, TreeNode? parent) => (Name, Parent) = (name, parent);

    /// <summary>With its unit address: "serial@9000000"; empty for the root.</summary>
    public string Name { get; }

    public TreeNode? Parent { get; }

    /// <summary>From the root: "/soc/serial@9000000".</summary>
    public string Path => Parent is null ? "/" : Parent.Parent is null ? "/" + Name : $"{Parent.Path}/{Name}";

    /// <summary>Values as they are in the tree: cells are big-endian.</summary>
    public Dictionary<string, byte[]> Properties { get; } = [];

    public List<TreeNode> Children { get; } = [];

    /// <summary>This node and all below it.</summary>
    public IEnumerable<TreeNode> All => Children.SelectMany(c => c.All).Prepend(this);

    /// <summary>What the device is, the most specific name first.</summary>
    public IReadOnlyList<string> Compatible => Strings("compatible");

    /// <summary>False: the board does not use it ("disabled", "reserved", "fail").</summary>
    public bool IsEnabled => Strings("status") is not [var status, ..] || status is "okay" or "ok";

    /// <summary>Its registers, as the CPU addresses them.</summary>
    /// <exception cref="SystemDescriptionException">The CPU cannot reach them, or the property is malformed.</exception>
    public IReadOnlyList<TreeRange> Registers
    {
        get
        {
            (int addressCells, int sizeCells) = Parent?.BusCells() ?? (DefaultAddressCells, DefaultSizeCells);
            uint[] cells = Cells("reg");
            int entry = addressCells + sizeCells;
            if (entry == 0 || cells.Length % entry != 0)
            {
                throw Bad("reg", $"has {cells.Length} cells, which are no entries of {entry}");
            }

            return [.. cells.Chunk(entry).Select(c => new TreeRange(Parent!.ToCpu(Number(c.AsSpan(0, addressCells)), this), Number(c.AsSpan(addressCells))))];
        }
    }

    /// <summary>The cells of <paramref name="property"/>; empty when there is none.</summary>
    /// <exception cref="SystemDescriptionException">Its length is no whole number of cells.</exception>
    public uint[] Cells(string property)
    {
        byte[] value = Properties.GetValueOrDefault(property, []);
        return value.Length % CellBytes == 0
            ? [.. value.Chunk(CellBytes).Select(c => BinaryPrimitives.ReadUInt32BigEndian(c))]
            : throw Bad(property, $"has {value.Length} bytes, which are no cells of {CellBytes}");
    }

    /// <summary>The strings of <paramref name="property"/>; empty when there is none.</summary>
    public IReadOnlyList<string> Strings(string property) => Properties.TryGetValue(property, out byte[]? value)
        ? Encoding.UTF8.GetString(value).TrimEnd('\0').Split('\0')
        : [];

    internal SystemDescriptionException Bad(string property, string what) =>
        new("device-tree", $"node {Path}: '{property}' {what}", "see the device tree's source: dtc -I dtb -O dts shows it");

    /// <summary>A number of any count of cells, of which a word holds the last two.</summary>
    private static ulong Number(ReadOnlySpan<uint> cells)
    {
        ulong number = 0;
        foreach (uint cell in cells)
        {
            number = (number << 32) | cell;
        }

        return number;
    }

    private (int Address, int Size) BusCells() => (One("#address-cells", DefaultAddressCells), One("#size-cells", DefaultSizeCells));

    private int One(string property, int otherwise) => Cells(property) is [var cell, ..] ? (int)Math.Min(cell, 4) : otherwise;

    // Through the windows of every bus up to the root, whose addresses are the CPU's.
    private ulong ToCpu(ulong address, TreeNode of)
    {
        if (Parent is null)
        {
            return address;
        }

        if (!Properties.ContainsKey("ranges"))
        {
            throw of.Bad("reg", $"is an address on {Path}, which the CPU cannot reach: that node has no 'ranges'");
        }

        (int child, int size) = BusCells();
        int parent = Parent.BusCells().Address;
        uint[] ranges = Cells("ranges");
        if (ranges.Length == 0)
        {
            return Parent.ToCpu(address, of);
        }

        if (ranges.Length % (child + parent + size) != 0)
        {
            throw Bad("ranges", $"has {ranges.Length} cells, which are no entries of {child + parent + size}");
        }

        foreach (uint[] window in ranges.Chunk(child + parent + size))
        {
            ulong start = Number(window.AsSpan(0, child));
            if (address >= start && address - start < Number(window.AsSpan(child + parent)))
            {
                return Parent.ToCpu(address - start + Number(window.AsSpan(child, parent)), of);
            }
        }

        throw of.Bad("reg", $"0x{address:x} lies in no window of {Path}");
    }
}
