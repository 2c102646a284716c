// What a device tree says of this machine, and whether that is the board that the image was built for.
//
// The system is static: addresses and memory are the board file's. The tree confirms that main memory is there and the interrupt controller where the board has
// it. Cores need no such check, since the firmware says when one cannot be started; devices are their drivers' business.

using System;
using System.Runtime.InteropServices;
using Pride.Kernel.Objects;
using Pride.Machine;

namespace Pride.Kernel.Firmware;

/// <summary>The facts.</summary>
[RunsOnce]
internal unsafe struct TreePlatform
{
    /// <summary>More ranges of main memory, or windows of interrupt controllers, than any board has.</summary>
    public const int MaximumRanges = 16;

    /// <summary>Nodes inside of nodes.</summary>
    public const int MaximumDepth = 16;

    // What a node's children have if it does not say (2.3.5).
    private const uint DefaultAddressWords = 2;
    private const uint DefaultSizeWords = 1;
    private const uint MostWords = 2;

    /// <summary>A range of main memory is an entry as <see cref="MemoryMap"/> has them: start, bytes, type.</summary>
    private const int WordsOfRange = MemoryMap.EntryBytes / sizeof(ulong);
    private const ulong Ram = 1;

    private fixed ulong _memory[MaximumRanges * WordsOfRange];
    private fixed ulong _controllers[MaximumRanges];
    private int _memoryCount;
    private int _controllerCount;

    // A controller behind a bus with addresses of its own may be anywhere.
    private bool _hasHidden;

    /// <summary>A node on the way to where the reading is.</summary>
    private struct Node
    {
        public uint AddressWords;
        public uint SizeWords;
        public int RangesStart;
        public int RangesBytes;
        public bool IsMemory;
        public bool IsController;

        /// <summary>Its children's addresses are not what processors see.</summary>
        public bool Translates;
    }

    /// <summary>Compares the machine with the board, where the boot loader has left a tree in the board's memory, and stops with a line when they differ.</summary>
    /// <param name="boot">The boot information.</param>
    /// <param name="address">Physical address of the tree; nothing is read elsewhere than in main memory, which is all that is mapped.</param>
    public static void Check<TMachine>(BootInfo* boot, ulong address)
        where TMachine : struct, IMachine
    {
        if (address < boot->RamStart || address >= boot->RamEnd || address % sizeof(ulong) != 0)
        {
            return;
        }

        int bytes = (int)Math.Min(boot->RamEnd - address, DeviceTree.LargestTree);
        DeviceTree tree = new(new ReadOnlySpan<byte>((void*)boot->MemoryAt(address), bytes), address);
        if (tree.IsThere && !IsTheBoard(ref tree, boot))
        {
            tree.Problem.Stop<TMachine>(boot);
        }
    }

    /// <summary>False: <paramref name="tree"/> says what differs, or where it lies.</summary>
    public static bool IsTheBoard(ref DeviceTree tree, BootInfo* boot)
    {
        TreePlatform platform = default;
        return tree.TryOpen()
            && platform.TryRead(ref tree)
            && platform.HasMemory(ref tree, boot)
            && platform.HasController(ref tree, boot->InterruptRegisters)
            && platform.HasController(ref tree, boot->CoreInterruptRegisters);
    }

    private bool TryRead(ref DeviceTree tree)
    {
        // The first stands for what the root is in.
        Node* nodes = stackalloc Node[MaximumDepth + 1];
        nodes[0] = new Node { AddressWords = DefaultAddressWords, SizeWords = DefaultSizeWords };
        int depth = 0;
        while (tree.TryNext())
        {
            Node* node = nodes + depth;
            switch (tree.Token)
            {
                case TreeToken.BeginNode when depth == MaximumDepth:
                    return tree.Fails(BootFault.TooDeep, MaximumDepth + 1, MaximumDepth);
                case TreeToken.BeginNode:
                    if (!TryFinish(ref tree, node))
                    {
                        return false;
                    }

                    nodes[++depth] = new Node { AddressWords = DefaultAddressWords, SizeWords = DefaultSizeWords, Translates = node->Translates };
                    break;
                case TreeToken.Property when depth > 0:
                    ReadProperty(ref tree, node);
                    break;
                case TreeToken.EndNode when depth > 0:
                    if (!TryFinish(ref tree, node))
                    {
                        return false;
                    }

                    depth--;
                    break;
                case TreeToken.Nothing:
                    break;
                case TreeToken.End when depth == 0:
                    return true;
                default:
                    return tree.Fails(BootFault.UnknownToken, (ulong)tree.Token, (ulong)(depth == 0 ? TreeToken.BeginNode : TreeToken.EndNode));
            }
        }

        return false;
    }

    private static void ReadProperty(ref DeviceTree tree, Node* node)
    {
        if (tree.IsNamed("reg"u8))
        {
            node->RangesStart = tree.ValueStart;
            node->RangesBytes = tree.ValueBytes;
        }
        else if (tree.IsNamed("#address-cells"u8))
        {
            node->AddressWords = CellsOf(ref tree);
        }
        else if (tree.IsNamed("#size-cells"u8))
        {
            node->SizeWords = CellsOf(ref tree);
        }
        else if (tree.IsNamed("device_type"u8))
        {
            node->IsMemory = tree.HasText("memory"u8);
        }
        else if (tree.IsNamed("interrupt-controller"u8))
        {
            node->IsController = true;
        }
        else if (tree.IsNamed("ranges"u8))
        {
            node->Translates |= tree.ValueBytes != 0;
        }
    }

    // What is no number is far too large a one.
    private static uint CellsOf(ref DeviceTree tree) => tree.ValueBytes == sizeof(uint) ? (uint)tree.Number(tree.ValueStart, 1) : uint.MaxValue;

    // A node's own properties stand before its children, so this is called at the first of them and at the node's end.
    private bool TryFinish(ref DeviceTree tree, Node* node)
    {
        int bytes = node->RangesBytes;
        node->RangesBytes = 0;
        if (bytes == 0 || !(node->IsMemory || node->IsController))
        {
            return true;
        }

        Node* parent = node - 1;
        if (parent->AddressWords > MostWords || parent->SizeWords > MostWords || parent->AddressWords == 0)
        {
            return tree.Fails(BootFault.TooLong, Math.Max(parent->AddressWords, parent->SizeWords), MostWords);
        }

        int entry = (int)(parent->AddressWords + parent->SizeWords) * sizeof(uint);
        if (bytes % entry != 0)
        {
            return tree.Fails(BootFault.EntryLength, (ulong)bytes, (ulong)entry);
        }

        for (int at = node->RangesStart; bytes > 0; at += entry, bytes -= entry)
        {
            ulong start = tree.Number(at, parent->AddressWords);
            ulong size = tree.Number(at + ((int)parent->AddressWords * sizeof(uint)), parent->SizeWords);
            if (!(node->IsMemory ? TryAddMemory(ref tree, start, size) : TryAddController(ref tree, start, parent->Translates)))
            {
                return false;
            }
        }

        return true;
    }

    private bool TryAddMemory(ref DeviceTree tree, ulong start, ulong bytes)
    {
        if (bytes > ulong.MaxValue - start)
        {
            return tree.Fails(BootFault.EntryLength, bytes, ulong.MaxValue - start);
        }

        if (_memoryCount == MaximumRanges)
        {
            return tree.Fails(BootFault.TooLong, MaximumRanges + 1, MaximumRanges);
        }

        int at = _memoryCount++ * WordsOfRange;
        for (int i = 0; i < at; i += WordsOfRange)
        {
            ulong otherEnd = _memory[i] + _memory[i + 1];
            if (start < otherEnd && _memory[i] < start + bytes)
            {
                return tree.Fails(BootFault.Overlap, start, otherEnd);
            }
        }

        _memory[at] = start;
        _memory[at + 1] = bytes;
        _memory[at + 2] = Ram;
        return true;
    }

    private bool TryAddController(ref DeviceTree tree, ulong start, bool isHidden)
    {
        if (_controllerCount == MaximumRanges)
        {
            return tree.Fails(BootFault.TooLong, MaximumRanges + 1, MaximumRanges);
        }

        _controllers[_controllerCount++] = start;
        _hasHidden |= isHidden;
        return true;
    }

    private bool HasMemory(ref DeviceTree tree, BootInfo* boot)
    {
        ReadOnlySpan<ulong> ranges = MemoryMarshal.CreateReadOnlySpan(ref _memory[0], _memoryCount * WordsOfRange);
        ulong missing = new MemoryMap(MemoryMarshal.AsBytes(ranges)).FirstMissing(boot->RamStart, boot->RamEnd);
        return missing == boot->RamEnd || tree.Fails(BootFault.MemoryMissing, missing, boot->RamEnd);
    }

    // A tree without any says nothing of them.
    private bool HasController(ref DeviceTree tree, ulong registers)
    {
        if (registers == 0 || _hasHidden || _controllerCount == 0)
        {
            return true;
        }

        ulong last = 0;
        for (int i = 0; i < _controllerCount; i++)
        {
            last = _controllers[i];
            if (last == KernelLayout.ToPhysical(registers))
            {
                return true;
            }
        }

        return tree.Fails(BootFault.ControllerElsewhere, last, KernelLayout.ToPhysical(registers));
    }
}
