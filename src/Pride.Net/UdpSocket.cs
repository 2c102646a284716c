// A UDP port, in two styles. With a handler, each datagram is handed over while its frame is processed, payload in place: no
// copy and no queue, for drivers and small servers. Without one, datagrams wait in a bounded queue for ReceiveFromAsync or TryReceiveFrom.

using System;
using System.Buffers.Binary;
using System.Threading;
using System.Threading.Tasks;

namespace Pride.Net;

/// <summary>A datagram in place, in the frame it came with: valid during the handler's call.</summary>
public readonly ref struct UdpDatagram
{
    internal UdpDatagram(Endpoint source, ReadOnlySpan<byte> payload, ulong payloadSum, bool isSummed)
    {
        Source = source;
        Payload = payload;
        PayloadSum = payloadSum;
        IsSummed = isSummed;
    }

    public Endpoint Source { get; }

    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>The payload's part of the checksum, known from verifying it; only if <see cref="IsSummed"/>.</summary>
    internal ulong PayloadSum { get; }

    internal bool IsSummed { get; }
}

/// <summary>Takes datagrams as they arrive.</summary>
public interface IUdpHandler
{
    /// <summary>A datagram has arrived at <paramref name="socket"/>. The handler may send.</summary>
    void Received(UdpSocket socket, in UdpDatagram datagram);
}

/// <summary>What <see cref="UdpSocket.ReceiveFromAsync"/> returns.</summary>
public readonly struct UdpReceiveResult(int length, Endpoint source)
{
    /// <summary>Bytes of the datagram put into the buffer; the rest of a longer datagram is lost.</summary>
    public int Length { get; } = length;

    public Endpoint Source { get; } = source;
}

/// <summary>An open UDP port.</summary>
public sealed class UdpSocket : IDisposable
{
    /// <summary>Before each queued datagram: source address (4), source port (2), length (2).</summary>
    private const int RecordHeaderBytes = 8;

    private readonly NetworkStack _stack;
    private readonly Udp _udp;
    private ByteRing _queue;
    private IUdpHandler? _handler;
    private Waiter? _receive;

    internal UdpSocket(NetworkStack stack, Udp udp, ByteRing queue)
    {
        _stack = stack;
        _udp = udp;
        _queue = queue;
    }

    public ushort LocalPort { get; private set; }

    public bool IsOpen { get; private set; }

    /// <summary>Longest payload in bytes that can be sent.</summary>
    public int MaximumPayload => _udp.MaximumPayload;

    /// <summary>Sends one datagram. False: no transmit buffer is free or there is no route; nothing was sent.</summary>
    /// <exception cref="ArgumentException">The payload is longer than <see cref="MaximumPayload"/>.</exception>
    public bool SendTo(ReadOnlySpan<byte> payload, Endpoint destination)
    {
        ThrowUnlessOpen();
        if (payload.Length > MaximumPayload)
        {
            ThrowTooLong();
        }

        Span<byte> frame = _stack.GetTransmitBuffer();
        if (frame.IsEmpty)
        {
            return false;
        }

        ulong sum = 0;
        Span<byte> area = frame.Slice(Udp.PayloadOffset, payload.Length);
        if (_stack.FillsTransmitted)
        {
            sum = InternetChecksum.AddCopying(payload, area, 0);
        }
        else
        {
            payload.CopyTo(area);
        }

        return _udp.Send(frame, LocalPort, destination, payload.Length, sum);
    }

    /// <summary>Sends a received payload on, unchanged: its checksum is known, so its bytes are only copied. False: as <see cref="SendTo"/>.</summary>
    public bool Forward(in UdpDatagram datagram, Endpoint destination)
    {
        if (!datagram.IsSummed || datagram.Payload.Length > MaximumPayload)
        {
            return SendTo(datagram.Payload, destination);
        }

        ThrowUnlessOpen();
        Span<byte> frame = _stack.GetTransmitBuffer();
        if (frame.IsEmpty)
        {
            return false;
        }

        datagram.Payload.CopyTo(frame[Udp.PayloadOffset..]);
        return _udp.Send(frame, LocalPort, destination, datagram.Payload.Length, datagram.PayloadSum);
    }

    /// <summary>For a payload made in place: where to write it (<see cref="MaximumPayload"/> bytes), or empty when no transmit buffer is free.</summary>
    public Span<byte> BeginSend()
    {
        ThrowUnlessOpen();
        Span<byte> frame = _stack.GetTransmitBuffer();
        return frame.IsEmpty ? frame : frame[Udp.PayloadOffset..];
    }

    /// <summary>Sends the first <paramref name="length"/> bytes of what <see cref="BeginSend"/> returned. False: no route.</summary>
    public bool FinishSend(int length, Endpoint destination)
    {
        ThrowUnlessOpen();
        if ((uint)length > (uint)MaximumPayload)
        {
            ThrowTooLong();
        }

        Span<byte> frame = _stack.GetTransmitBuffer();
        ulong sum = _stack.FillsTransmitted ? InternetChecksum.Add(frame.Slice(Udp.PayloadOffset, length), 0) : 0;
        return _udp.Send(frame, LocalPort, destination, length, sum);
    }

    /// <summary>The next queued datagram, if any.</summary>
    public bool TryReceiveFrom(Span<byte> buffer, out UdpReceiveResult result)
    {
        result = default;
        if (_queue.Count == 0)
        {
            return false;
        }

        Span<byte> record = stackalloc byte[RecordHeaderBytes];
        _queue.Read(record);
        int length = BinaryPrimitives.ReadUInt16LittleEndian(record[6..]);
        var source = new Endpoint(new Ipv4Address(BinaryPrimitives.ReadUInt32LittleEndian(record)), BinaryPrimitives.ReadUInt16LittleEndian(record[4..]));
        int taken = _queue.Read(buffer[..Math.Min(length, buffer.Length)]);
        _queue.Consume(length - taken);
        result = new UdpReceiveResult(taken, source);
        return true;
    }

    /// <summary>Waits for a datagram. One receive at a time.</summary>
    public ValueTask<UdpReceiveResult> ReceiveFromAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ThrowUnlessOpen();
        cancellationToken.ThrowIfCancellationRequested();
        if (_receive is not ReceiveOperation receive)
        {
            receive = new ReceiveOperation(this);
            _receive = receive;
        }

        if (!receive.Source.IsBusy && TryReceiveFrom(buffer.Span, out UdpReceiveResult result))
        {
            return new ValueTask<UdpReceiveResult>(result);
        }

        short version = receive.Source.Start(cancellationToken);
        receive.Buffer = buffer;
        return new ValueTask<UdpReceiveResult>(receive.Source, version);
    }

    /// <summary>Closes the port; a pending receive fails with <see cref="NetworkError.Closed"/>.</summary>
    public void Dispose()
    {
        if (!IsOpen)
        {
            return;
        }

        IsOpen = false;
        _handler = null;
        _queue.Clear();
        _udp.Closed(this);
        _receive?.Fail(NetworkError.Closed);
    }

    internal void Open(ushort port, IUdpHandler? handler)
    {
        LocalPort = port;
        IsOpen = true;
        _handler = handler;
    }

    internal void Deliver(in UdpDatagram datagram)
    {
        if (_handler is not null)
        {
            _handler.Received(this, datagram);
            return;
        }

        Endpoint source = datagram.Source;
        ReadOnlySpan<byte> payload = datagram.Payload;
        if (_queue.Free < RecordHeaderBytes + payload.Length)
        {
            _stack.Counters.Add(NetworkCounter.UdpDropQueueFull);
            return;
        }

        Span<byte> record = stackalloc byte[RecordHeaderBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(record, source.Address.Value);
        BinaryPrimitives.WriteUInt16LittleEndian(record[4..], source.Port);
        BinaryPrimitives.WriteUInt16LittleEndian(record[6..], (ushort)payload.Length);
        _queue.Write(record);
        _queue.Write(payload);
        if (_receive is { IsPending: true })
        {
            _stack.RequestEvents();
        }
    }

    /// <summary>Hands a waiting receive its datagram, between packets.</summary>
    internal void RunEvents() => _receive?.Progress();

    private static void ThrowTooLong() => throw new ArgumentException("the payload does not fit one packet");

    private void ThrowUnlessOpen()
    {
        if (!IsOpen)
        {
            throw new NetworkException(NetworkError.Closed);
        }
    }

    private sealed class ReceiveOperation(UdpSocket socket) : Waiter
    {
        public OperationSource<UdpReceiveResult> Source { get; } = new();

        public Memory<byte> Buffer { get; set; }

        public override bool IsPending => Source.IsPending;

        public override void Progress()
        {
            if (Source.IsPending && socket.TryReceiveFrom(Buffer.Span, out UdpReceiveResult result))
            {
                Buffer = default;
                Source.Complete(result);
            }
        }

        public override void Fail(NetworkError error)
        {
            if (Source.IsPending)
            {
                Source.Fail(error);
            }
        }
    }
}
