// The network class's shared memory (sDDF 0.7, include/sddf/network/queue.h and constants.h).
//
// A queue is a net_queue: tail (16 bits, offset 0), head (16 bits, 2), consumer_signalled (32 bits, 4), then the descriptors (8).
// Indices run freely over 16 bits; the slot is the index modulo the capacity, so only powers of two survive the wrap.

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Pride.Abi.Sddf;

/// <summary>net_buff_desc, 16 bytes: what travels in free and active queues.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct NetworkBuffer
{
    /// <summary>Bytes. Every buffer of the network class has this size and is aligned to it within its region.</summary>
    public const int Size = 2048;

    private const byte OwnerMask = 0x3f;

    /// <summary>Offset of the buffer in its data region (clients) or its address as the device sees it (drivers).</summary>
    public ulong IoAddressOrOffset;

    /// <summary>Bytes of data in the buffer.</summary>
    public ushort Length;

    private byte _owner;

    /// <summary>Which region the buffer belongs to, where a queue mixes several (6 bits of the byte; the rest is not defined).</summary>
    public byte Owner
    {
        readonly get => (byte)(_owner & OwnerMask);
        set => _owner = (byte)(value & OwnerMask);
    }
}

/// <summary>Offsets within a net_queue, in bytes.</summary>
public static class NetworkQueueLayout
{
    public const int Tail = 0;
    public const int Head = 2;
    public const int ConsumerSignalled = 4;
    public const int Entries = 8;

    /// <summary>The largest capacity that 16-bit indices carry: full and empty must differ, and it must be a power of two.</summary>
    public const int MaximumCapacity = 1 << 15;
}

/// <summary>An IEEE 802 MAC address, in the order in which it is sent.</summary>
[InlineArray(Length)]
public struct MacAddress
{
    /// <summary>Bytes.</summary>
    public const int Length = 6;

    private byte _first;
}
