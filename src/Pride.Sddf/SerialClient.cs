// The client's end of the serial class, and a writer for text.
//
// What is written waits in the queue until Flush; a full queue takes no more, and the client decides whether the
// rest is dropped or written when the virtualiser signals that there is room.

using System;
using Pride.Abi.Sddf;
using Pride.Machine;
using Pride.Microkit;

namespace Pride.Sddf;

/// <summary>A console shared with other PDs.</summary>
public sealed class SerialClient
{
    private readonly Channel _rxChannel;
    private readonly Channel _txChannel;
    private readonly bool _hasRx;
    private ByteQueueConsumer _rx;
    private ByteQueueProducer _tx;
    private bool _written;

    /// <exception cref="InvalidOperationException">The configuration is not one of the serial class.</exception>
    public SerialClient(Config<SerialClientConfig> config)
    {
        ref readonly SerialClientConfig value = ref config.Value;
        if (!value.Magic.Is(SddfClass.Serial))
        {
            throw new InvalidOperationException("no serial client configuration: connect this PD to a serial system");
        }

        _tx = new ByteQueueProducer(in value.Tx);
        _txChannel = new Channel(value.Tx.ChannelId);
        _hasRx = value.Rx.Queue.Address != 0;
        if (_hasRx)
        {
            _rx = new ByteQueueConsumer(in value.Rx);
            _rxChannel = new Channel(value.Rx.ChannelId);
        }
    }

    /// <summary>Bytes that found no room.</summary>
    public ulong DroppedBytes { get; private set; }

    /// <summary>True for the channels over which the console wakes the PD.</summary>
    public bool Owns(Channel channel) => channel == _txChannel || (_hasRx && channel == _rxChannel);

    /// <summary>Queues as much of <paramref name="bytes"/> as there is room for, and returns how many bytes that was.</summary>
    public int Write(ReadOnlySpan<byte> bytes)
    {
        int written = _tx.Write(bytes);
        _written |= written > 0;
        return written;
    }

    /// <summary>Queues UTF-8 text; what finds no room is dropped and counted.</summary>
    public void Print(ReadOnlySpan<byte> text) => DroppedBytes += (uint)(text.Length - Write(text));

    /// <summary>Queues text as UTF-8; what finds no room is dropped and counted.</summary>
    public void Print(ReadOnlySpan<char> text)
    {
        const int ChunkCharacters = 64;
        const int MaximumUtf8PerCharacter = 3;
        Span<byte> chunk = stackalloc byte[ChunkCharacters * MaximumUtf8PerCharacter];
        while (!text.IsEmpty)
        {
            // Not the last chunk: a surrogate pair that it would cut is left for the next one.
            bool isLast = text.Length <= ChunkCharacters;
            System.Text.Unicode.Utf8.FromUtf16(
                text[..Math.Min(text.Length, ChunkCharacters)], chunk, out int read, out int written, isFinalBlock: isLast);
            Print(chunk[..written]);
            text = text[read..];
        }
    }

    /// <summary>Asks to be woken when there is room for <paramref name="bytes"/>; true when there is already.</summary>
    public bool ArmSpace(uint bytes)
    {
        _tx.SpaceSignal.Request();
        if (_tx.Free(bytes) < bytes)
        {
            return false;
        }

        _tx.SpaceSignal.Cancel();
        return true;
    }

    /// <summary>Reads what was typed; returns the number of bytes, 0 when nothing waits.</summary>
    public int Read(Span<byte> buffer) => _hasRx ? _rx.Read(buffer) : 0;

    /// <summary>Tells the virtualiser what was written since the last time. Joins the PD's next wait.</summary>
    public void Flush()
    {
        if (_written)
        {
            _written = false;
            _txChannel.NotifyDeferred();
        }
    }
}
