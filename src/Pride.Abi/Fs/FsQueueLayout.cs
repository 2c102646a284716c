// A queue of the LionsOS file-system protocol in memory (include/lions/fs/protocol.h, fs_queue): 64-bit indices that
// run freely, a header of one cache line, then the messages. The slot is the index modulo the capacity; the capacity is no power of
// two, which is harmless because an index of 64 bits never wraps.

namespace Pride.Abi.Fs;

/// <summary>Offsets in bytes. The consumer owns the head, the producer the tail.</summary>
public static class FsQueueLayout
{
    public const int Head = 0;
    public const int Tail = 8;
    public const int Messages = 64;
    public const int MessageSize = 64;

    /// <summary>Bytes of a whole queue: 32 KiB.</summary>
    public const int Size = Messages + (FsLimits.QueueCapacity * MessageSize);
}
