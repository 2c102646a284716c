// A virtio network device for tests: frames go in by Inject and come out of Transmitted.

using System;
using System.Collections.Generic;

namespace Pride.Testing.Devices;

/// <summary>virtio-net.</summary>
public sealed class VirtioNetModel(TestSystem system, ulong features = VirtioModel.FeatureEventIndex, uint queueSize = 256)
    : VirtioModel(system, 1, 2, features, queueSize), INetworkModel
{
    private const int RxQueue = 0;
    private const int TxQueue = 1;
    private const int HeaderSize = 12;

    /// <summary>Frames that the driver has sent, in order.</summary>
    public Queue<byte[]> Transmitted { get; } = new();

    /// <summary>Frames that found no receive buffer.</summary>
    public long RxDropped { get; private set; }

    /// <summary>True: transmit chains stay with the device until <see cref="CompleteTransmits"/>.</summary>
    public bool HoldsTransmits { get; set; }

    /// <summary>A frame arrives from the wire; false when there was no buffer for it.</summary>
    public bool Inject(ReadOnlySpan<byte> frame)
    {
        List<Buffer>? chain = TakeChain(RxQueue, out ushort head);
        if (chain is null)
        {
            RxDropped++;
            return false;
        }

        byte[] bytes = new byte[HeaderSize + frame.Length];
        frame.CopyTo(bytes.AsSpan(HeaderSize));
        int at = 0;
        foreach (Buffer buffer in chain)
        {
            if (!buffer.IsWritable)
            {
                throw new TestSystemException("virtio-net: a receive buffer that the device must not write");
            }

            int count = Math.Min((int)buffer.Length, bytes.Length - at);
            bytes.AsSpan(at, count).CopyTo(Memory(buffer));
            at += count;
        }

        PutUsed(RxQueue, head, (uint)at);
        return true;
    }

    /// <summary>Sends everything that waits.</summary>
    public void CompleteTransmits()
    {
        while (TakeChain(TxQueue, out ushort head) is { } chain)
        {
            List<byte> bytes = [];
            foreach (Buffer buffer in chain)
            {
                bytes.AddRange(Memory(buffer));
            }

            Transmitted.Enqueue([.. bytes[HeaderSize..]]);
            PutUsed(TxQueue, head, 0);
        }
    }

    /// <summary>A broken or hostile device: claims a completion of whatever <paramref name="id"/> says.</summary>
    public void ForgeReceive(uint id, uint length) => PutUsed(RxQueue, id, length);

    /// <summary>A broken or hostile device: an index that no number of completions gives.</summary>
    public void ForgeReceiveIndex(ushort index) => ForgeUsedIndex(RxQueue, index);

    protected override ulong ReadConfiguration(int offset, int width) => 0;

    protected override void Ring(int queue)
    {
        if (queue == TxQueue && !HoldsTransmits)
        {
            CompleteTransmits();
        }
        else if (queue == RxQueue)
        {
            // As QEMU does: buffers are there, so no further doorbell is wanted until they run out.
        }
    }
}
