// The client's end of the network class: raw Ethernet frames in buffers that the client may hold as long as it likes.
//
// One event: while (TryReceive) { ...; Release }, again while ArmReceive() says that more came, then Flush() once.
// Flush notifies each neighbour at most once, and the last notification joins the PD's next wait.

using System;
using Pride.Abi.Sddf;
using Pride.Machine;
using Pride.Microkit;

namespace Pride.Sddf;

/// <summary>A frame in a buffer that the client holds.</summary>
public readonly struct NetworkFrame(uint offset, int length)
{
    /// <summary>Offset of the buffer in its data region, in bytes.</summary>
    public uint Offset { get; } = offset;

    /// <summary>Bytes of the frame (0 for a transmit buffer that is not filled yet).</summary>
    public int Length { get; } = length;
}

/// <summary>Frames to and from one network interface.</summary>
public sealed class NetworkClient
{
    /// <summary>An Ethernet frame without its check sequence, with a VLAN tag; what does not fit a buffer is not sent.</summary>
    public const int MaximumFrame = NetworkBuffer.Size;

    private readonly Region _rxData;
    private readonly Region _txData;
    private readonly Channel _rxChannel;
    private readonly Channel _txChannel;
    private readonly uint[] _spare;
    private NetworkConsumer _rx;
    private NetworkProducer _tx;
    private int _spareCount;
    private bool _released;
    private bool _transmitted;

    /// <summary>Takes up the connection; the client's transmit buffers are put into circulation on the first start.</summary>
    /// <exception cref="InvalidOperationException">The configuration is not one of the network class.</exception>
    public NetworkClient(Config<NetworkClientConfig> config)
    {
        ref readonly NetworkClientConfig value = ref config.Value;
        if (!value.Magic.Is(SddfClass.Network))
        {
            throw new InvalidOperationException("no network client configuration: connect this PD to a network system");
        }

        NetworkBuffers.FillOnce(in value.Tx, 0, Math.Min(value.Tx.BufferCount, BuffersIn(value.TxData)));
        _rx = new NetworkConsumer(in value.Rx);
        _tx = new NetworkProducer(in value.Tx);
        _rxData = value.RxData;
        _txData = value.TxData;
        _rxChannel = new Channel(value.Rx.ChannelId);
        _txChannel = new Channel(value.Tx.ChannelId);
        _spare = new uint[value.Tx.BufferCount];
        MacAddress = value.MacAddress;
    }

    public MacAddress MacAddress { get; }

    /// <summary>Buffers and indices from the neighbours that made no sense and were dropped.</summary>
    public uint Dropped { get; private set; }

    /// <summary>Frames waiting or not: a look at the queue without taking one.</summary>
    public bool HasReceived => !_rx.IsActiveEmpty;

    /// <summary>True for the channels over which this interface wakes the PD.</summary>
    public bool Owns(Channel channel) => channel == _rxChannel || channel == _txChannel;

    /// <summary>Takes the next frame; it stays valid until it is released.</summary>
    public bool TryReceive(out NetworkFrame frame)
    {
        while (_rx.TryDequeueActive(out NetworkBuffer buffer))
        {
            if (IsBuffer(_rxData, buffer.IoAddressOrOffset) && buffer.Length is > 0 and <= NetworkBuffer.Size)
            {
                frame = new NetworkFrame((uint)buffer.IoAddressOrOffset, buffer.Length);
                return true;
            }

            Dropped++;
        }

        frame = default;
        return false;
    }

    /// <summary>The bytes of a received frame.</summary>
    public Span<byte> ReceivedBytes(NetworkFrame frame) => _rxData.Bytes.Slice((int)frame.Offset, frame.Length);

    /// <summary>Gives a received frame's buffer back.</summary>
    public void Release(NetworkFrame frame)
    {
        NetworkBuffer buffer = new() { IoAddressOrOffset = frame.Offset };
        if (_rx.TryEnqueueFree(in buffer))
        {
            _released = true;
        }
        else
        {
            Dropped++;
        }
    }

    /// <summary>Asks to be woken by the next frame; true when one is here already (receive again).</summary>
    public bool ArmReceive() => _rx.ArmActive();

    /// <summary>Takes a transmit buffer; false when all are on their way (see <see cref="ArmTransmit"/>).</summary>
    public bool TryAllocate(out NetworkFrame frame)
    {
        if (_spareCount > 0)
        {
            frame = new NetworkFrame(_spare[--_spareCount], 0);
            return true;
        }

        while (_tx.TryDequeueFree(out NetworkBuffer buffer))
        {
            if (IsBuffer(_txData, buffer.IoAddressOrOffset))
            {
                frame = new NetworkFrame((uint)buffer.IoAddressOrOffset, 0);
                return true;
            }

            Dropped++;
        }

        frame = default;
        return false;
    }

    /// <summary>All 2048 bytes of a transmit buffer.</summary>
    public Span<byte> TransmitBytes(NetworkFrame frame) => _txData.Bytes.Slice((int)frame.Offset, NetworkBuffer.Size);

    /// <summary>Sends the first <paramref name="length"/> bytes of the buffer (1..2048), which then belongs to the network.</summary>
    public void Transmit(NetworkFrame frame, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, NetworkBuffer.Size);
        NetworkBuffer buffer = new() { IoAddressOrOffset = frame.Offset, Length = (ushort)length };
        if (_tx.TryEnqueueActive(in buffer))
        {
            _transmitted = true;
        }
        else
        {
            Dropped++;
            Discard(frame);
        }
    }

    /// <summary>Keeps a transmit buffer that is not sent for the next <see cref="TryAllocate"/>.</summary>
    public void Discard(NetworkFrame frame)
    {
        if (_spareCount < _spare.Length)
        {
            _spare[_spareCount++] = frame.Offset;
        }
    }

    /// <summary>Asks to be woken when a transmit buffer comes back; true when one is here already.</summary>
    public bool ArmTransmit() => _spareCount > 0 || _tx.ArmFree();

    /// <summary>Tells the neighbours what was sent and released since the last time. Call it once, at the end of an event.</summary>
    public void Flush()
    {
        if (_released)
        {
            _released = false;
            if (_rx.TakeFreeSignal())
            {
                _rxChannel.NotifyDeferred();
            }
        }

        if (_transmitted)
        {
            _transmitted = false;
            if (_tx.TakeActiveSignal())
            {
                _txChannel.NotifyDeferred();
            }
        }
    }

    private static uint BuffersIn(Region data) => (uint)(data.Size / NetworkBuffer.Size);

    private static bool IsBuffer(Region data, ulong offset) =>
        offset % NetworkBuffer.Size == 0 && offset < data.Size && data.Size - offset >= NetworkBuffer.Size;
}
