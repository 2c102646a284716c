// What a disk says of itself, as its driver finds it.

using Pride.Abi.Sddf;

namespace Pride.Drivers.Block;

/// <summary>What a disk is like.</summary>
public struct BlockMedium
{
    /// <summary>Size in blocks of <see cref="BlockRequest.TransferSize"/> bytes.</summary>
    public ulong CapacityBlocks;

    /// <summary>Bytes of the device's own sectors.</summary>
    public ushort SectorSize;

    /// <summary>Requests that it has at once, at most.</summary>
    public uint Slots;

    /// <summary>Blocks that one of its commands moves, at most.</summary>
    public uint MaximumBlocks;

    /// <summary>One past the highest address of memory that it reaches; 0: all.</summary>
    public ulong IoAddressEnd;

    /// <summary>It takes flush commands; a device without a write cache has nothing to flush.</summary>
    public bool HasFlush;

    /// <summary>It is done with a command when the command is given, and never interrupts.</summary>
    public bool AnswersAtOnce;

    public bool IsReadOnly;

    public ushort Cylinders;
    public byte Heads;
    public byte Blocks;
}
