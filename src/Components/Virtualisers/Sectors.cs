// Partition tables count in sectors of 512 bytes, block requests in blocks of 4096.

using Pride.Abi.Sddf;

namespace Pride.Virtualisers;

/// <summary>Sectors and the blocks that they make up.</summary>
internal static class Sectors
{
    /// <summary>Bytes of a sector.</summary>
    public const int Size = 512;

    public const uint PerBlock = BlockRequest.TransferSize / Size;

    /// <summary>
    /// Where a partition lies, in blocks of 4096 bytes. False when it starts with the disk, which is the table's, does not start on a block, or does not fit
    /// a medium of <paramref name="capacityBlocks"/>. What is left behind its last whole block is not used.
    /// </summary>
    public static bool TryPlace(ulong firstSector, ulong sectors, ulong capacityBlocks, out ulong firstBlock, out ulong blocks)
    {
        firstBlock = firstSector / PerBlock;
        blocks = sectors / PerBlock;
        return firstSector != 0 && firstSector % PerBlock == 0 && blocks != 0 && firstBlock < capacityBlocks && blocks <= capacityBlocks - firstBlock;
    }
}
