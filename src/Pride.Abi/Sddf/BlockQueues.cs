// The block class's shared memory (sDDF 0.7, include/sddf/blk/queue.h and storage_info.h).
//
// Both queues have 32-bit indices that run freely; the slot is the index modulo the capacity. There is no flag:
// each batch of requests and of responses is signalled.

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Pride.Abi.Sddf;

/// <summary>blk_req_code: what a request asks for (32 bits).</summary>
public enum BlockRequestCode : uint
{
    Read = 0,
    Write = 1,

    /// <summary>All writes answered before this request are on the medium when it is answered.</summary>
    Flush = 2,

    /// <summary>No request after this one starts before those before it are done.</summary>
    Barrier = 3,
}

/// <summary>blk_resp_status: how a request ended (32 bits).</summary>
public enum BlockStatus : uint
{
    Ok = 0,

    /// <summary>An error of no particular kind.</summary>
    Unspecified = 1,

    /// <summary>The request itself is wrong: outside the partition or the data region, or of an unknown code.</summary>
    InvalidParameter = 2,

    /// <summary>The device failed to do it.</summary>
    IoError = 3,

    /// <summary>No medium.</summary>
    NoDevice = 4,
}

/// <summary>blk_req, 32 bytes: code (0), address (8), block (16), count (24), id (28).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct BlockRequest
{
    /// <summary>Bytes. The unit of block numbers and counts (BLK_TRANSFER_SIZE).</summary>
    public const int TransferSize = 4096;

    public BlockRequestCode Code;

    /// <summary>Offset in the client's data region, or (towards a driver) the address that the device uses.</summary>
    public ulong IoAddressOrOffset;

    /// <summary>First block, in units of <see cref="TransferSize"/>.</summary>
    public ulong BlockNumber;

    /// <summary>Blocks of <see cref="TransferSize"/>.</summary>
    public ushort Count;

    /// <summary>Chosen by who asks; comes back in the response.</summary>
    public uint Id;
}

/// <summary>blk_resp, 12 bytes: status (0), blocks done (4), id (8).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct BlockResponse
{
    public BlockStatus Status;

    /// <summary>Blocks read or written, in units of <see cref="BlockRequest.TransferSize"/>.</summary>
    public ushort SuccessCount;

    public uint Id;
}

/// <summary>Offsets within a blk_req_queue, in bytes.</summary>
public static class BlockRequestQueueLayout
{
    public const int Head = 0;
    public const int Tail = 4;
    public const int Plugged = 8;
    public const int Entries = 16;
}

/// <summary>Offsets within a blk_resp_queue, in bytes.</summary>
public static class BlockResponseQueueLayout
{
    public const int Head = 0;
    public const int Tail = 4;
    public const int Entries = 8;
}

/// <summary>blk_storage_info, 88 bytes: what a client learns of its medium. <see cref="Ready"/> is stored last, with release order.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct BlockStorageInfo
{
    /// <summary>Bytes of the region that holds it (BLK_STORAGE_INFO_REGION_SIZE).</summary>
    public const int RegionSize = 0x1000;

    public SerialNumberText SerialNumber;
    public byte ReadOnly;
    public byte Ready;

    /// <summary>Bytes (offset 66).</summary>
    public ushort SectorSize;

    /// <summary>The best size of a request, in units of <see cref="BlockRequest.TransferSize"/>.</summary>
    public ushort BlockSize;

    public ushort QueueDepth;
    public ushort Cylinders;
    public ushort Heads;
    public ushort Blocks;

    /// <summary>Size of the medium or partition in units of <see cref="BlockRequest.TransferSize"/> (offset 80).</summary>
    public ulong Capacity;

    /// <summary>63 characters and a zero.</summary>
    [InlineArray(64)]
    public struct SerialNumberText
    {
        private byte _first;
    }
}
