// The TCP layer of one stack (RFC 9293): its tables and pools, who gets a segment, and the life of connection blocks.
//
// The class is split by task: this file (tables, dispatch, life), Input (segments for a connection), Listening (handshakes of
// passive opens), TimeWait, Output, Timers, Control (segments without a block), Events (what the application is told).
//
// Input only marks a connection; Flush, at the end of a batch, sends for each marked one. So acknowledgements ride on answers, and a batch of
// segments is acknowledged once; only out-of-order segments are acknowledged at once, since the peer counts those answers.

using System;
using System.Runtime.InteropServices;

namespace Pride.Net;

/// <summary>TCP over one <see cref="Ipv4"/>.</summary>
internal sealed partial class TcpProtocol
{
    private readonly NetworkStack _stack;
    private readonly NetworkCounters _counters;
    private readonly NetworkStackOptions _options;
    private readonly TcpControlBlock[] _blocks;
    private readonly ConnectionTable _table;
    private readonly DeadlineHeap _deadlines;
    private readonly TcpListener[] _listeners;
    private readonly AgeOrderedPool<HalfOpen> _halfOpen;
    private readonly AgeOrderedPool<TimeWait> _timeWait;
    private readonly int _firstHalfOpen;
    private readonly int _firstTimeWait;
    private TcpControlBlock? _free;

    public TcpProtocol(NetworkStack stack, NetworkStackOptions options)
    {
        _stack = stack;
        _counters = stack.Counters;
        _options = options;
        int connections = options.MaximumConnections;
        _blocks = new TcpControlBlock[connections];
        _firstHalfOpen = connections;
        _firstTimeWait = connections + options.MaximumHalfOpen;
        _table = new ConnectionTable(_firstTimeWait + options.MaximumTimeWait, stack.Secret);
        _deadlines = new DeadlineHeap(connections);
        _halfOpen = new AgeOrderedPool<HalfOpen>(options.MaximumHalfOpen);
        _timeWait = new AgeOrderedPool<TimeWait>(options.MaximumTimeWait);
        _listeners = new TcpListener[options.MaximumListeners];
        for (int i = 0; i < _listeners.Length; i++)
        {
            _listeners[i] = new TcpListener(this, i, connections);
        }

        for (int i = connections - 1; i >= 0; i--)
        {
            // An array for each buffer: a collector may mark small pieces, and none is longer than a span.
            var send = new ByteRing(new byte[options.SendBufferBytes], 0, options.SendBufferBytes);
            var receive = new ByteRing(new byte[options.ReceiveBufferBytes], 0, options.ReceiveBufferBytes);
            _blocks[i] = new TcpControlBlock(this, i, send, receive) { NextFree = _free };
            _free = _blocks[i];
        }
    }

    public int ConnectionCount { get; private set; }

    public int HalfOpenCount => _halfOpen.Count;

    public int TimeWaitCount => _timeWait.Count;

    public NetworkStack Stack => _stack;

    /// <summary>The longest payload we take and offer: the packet less both headers (RFC 6691).</summary>
    private int OwnMaximumSegment => _stack.Interface.MaximumTransmissionUnit - Ipv4Header.Size - TcpHeader.Size;

    /// <summary>The shift we announce, so that the whole receive buffer can be offered in 16 bits.</summary>
    private int OwnWindowScale
    {
        get
        {
            int scale = 0;
            while (_options.ReceiveBufferBytes >> scale > ushort.MaxValue)
            {
                scale++;
            }

            return scale;
        }
    }

    /// <summary>Handles one segment from <paramref name="source"/>.</summary>
    public void Receive(Ipv4Address source, ReadOnlySpan<byte> bytes)
    {
        _counters.Add(NetworkCounter.TcpReceived);
        if (!TryParse(source, bytes, out TcpSegment segment))
        {
            return;
        }

        int number = _table.Find(segment.Key);
        if (number < 0)
        {
            ReceiveUnknown(segment);
        }
        else if (number < _firstHalfOpen)
        {
            ReceiveFor(_blocks[number], segment);
        }
        else if (number < _firstTimeWait)
        {
            ReceiveHalfOpen(number - _firstHalfOpen, segment);
        }
        else
        {
            ReceiveInTimeWait(number - _firstTimeWait, segment);
        }
    }

    /// <summary>Resets every connection: the host's address is gone.</summary>
    public void AbortAll(NetworkError error)
    {
        foreach (TcpControlBlock block in _blocks)
        {
            if (block.IsTaken && block.IsInTable)
            {
                Fail(block, error);
            }
        }

        while (_halfOpen.Oldest >= 0)
        {
            DropHalfOpen(_halfOpen.Oldest);
        }

        while (_timeWait.Oldest >= 0)
        {
            DropTimeWait(_timeWait.Oldest);
        }
    }

    /// <summary>Starts an active open; the block is in SYN-SENT.</summary>
    public TcpControlBlock Connect(Endpoint remote, ITcpHandler? handler)
    {
        if (_stack.Configuration.Address == Ipv4Address.Any)
        {
            throw new NetworkException(NetworkError.NotConfigured);
        }

        ushort localPort = ChooseLocalPort(remote);
        TcpControlBlock block = TakeBlock() ?? throw new NetworkException(NetworkError.LimitReached);
        Identify(block, ConnectionKey.Of(remote.Address, remote.Port, localPort));
        block.Handler = handler;
        block.State = TcpState.SynSent;
        block.StartSending(ChooseSequence(block.Key));
        block.Mss = Math.Min(SynOptions.DefaultMaximumSegmentSize, OwnMaximumSegment);
        block.RoundTrip.Reset(TcpRoundTrip.InitialTimeout);
        SendSyn(block);
        ArmRetransmit(block);
        return block;
    }

    /// <summary>The end of a connection by an error: the application learns of it, nothing is sent.</summary>
    public void Fail(TcpControlBlock block, NetworkError error)
    {
        block.Error = error;
        Finish(block);
    }

    /// <summary>The end of a connection: out of the table, timers off; back to the pool if the application has let go.</summary>
    private void Finish(TcpControlBlock block)
    {
        if (block.IsInTable)
        {
            _table.Remove(block.Index);
            block.IsInTable = false;
        }

        block.State = TcpState.Closed;
        block.RetransmitAt = block.AckAt = block.StateAt = long.MaxValue;
        block.AckNow = false;
        if (block.IsOrphan)
        {
            Free(block);
        }
        else
        {
            Raise(block, TcpEvents.Closed);
        }
    }

    private static bool IsWellFormed(in TcpHeader header, int length, out int headerLength)
    {
        headerLength = (header.DataOffset >> 4) * sizeof(uint);
        return headerLength >= TcpHeader.Size && headerLength <= length && header.SourcePort != 0 && header.DestinationPort != 0;
    }

    private bool TryParse(Ipv4Address source, ReadOnlySpan<byte> bytes, out TcpSegment segment)
    {
        segment = default;
        if (bytes.Length < TcpHeader.Size)
        {
            _counters.Add(NetworkCounter.TcpDropMalformed);
            return false;
        }

        ref readonly TcpHeader header = ref MemoryMarshal.AsRef<TcpHeader>(bytes);
        if (!IsWellFormed(header, bytes.Length, out int headerLength))
        {
            _counters.Add(NetworkCounter.TcpDropMalformed);
            return false;
        }

        if (_stack.VerifiesReceived)
        {
            ulong sum = InternetChecksum.PseudoHeader(source, _stack.Configuration.Address, IpProtocol.Tcp, bytes.Length);
            if (InternetChecksum.Fold(InternetChecksum.Add(bytes, sum)) != InternetChecksum.Correct)
            {
                _counters.Add(NetworkCounter.TcpDropChecksum);
                return false;
            }
        }

        segment.RemoteAddress = source;
        segment.RemotePort = header.SourcePort;
        segment.LocalPort = header.DestinationPort;
        segment.Sequence = header.Sequence;
        segment.Acknowledgment = header.Acknowledgment;
        segment.Flags = (TcpFlags)header.Flags;
        segment.Window = header.Window;
        segment.Options = bytes[TcpHeader.Size..headerLength];
        segment.Payload = bytes[headerLength..];
        segment.IsBare = segment.Length == 0;
        return true;
    }

    /// <summary>A block for a new connection, or null when all are taken.</summary>
    private TcpControlBlock? TakeBlock()
    {
        TcpControlBlock? block = _free;
        if (block is null)
        {
            _counters.Add(NetworkCounter.TcpConnectionsFullDrop);
            return null;
        }

        _free = block.NextFree;
        block.NextFree = null;
        block.Reset();
        block.IsTaken = true;
        block.KeepAliveNanoseconds = _options.KeepAliveMilliseconds * MillisecondNanoseconds;
        ConnectionCount++;
        return block;
    }

    private void Identify(TcpControlBlock block, ulong key)
    {
        block.Key = key;
        block.RemoteAddress = ConnectionKey.RemoteAddress(key);
        block.RemotePort = ConnectionKey.RemotePort(key);
        block.LocalPort = ConnectionKey.LocalPort(key);
        _table.Add(block.Index, key);
        block.IsInTable = true;
    }

    private void Free(TcpControlBlock block)
    {
        block.Generation++;
        block.IsTaken = false;
        block.Handler = null;
        block.Events = TcpEvents.None;
        _deadlines.Remove(block.Index);
        block.NextFree = _free;
        _free = block;
        ConnectionCount--;
    }

    /// <summary>RFC 6528: a clock of 4 microseconds plus a keyed hash of the connection.</summary>
    private uint ChooseSequence(ulong key) =>
        (uint)((ulong)_stack.Now / 4000) + (uint)_stack.Secret.Hash(key, _stack.Configuration.Address.Value);

    /// <summary>RFC 6056 algorithm 3: from a keyed hash of the destination upwards.</summary>
    private ushort ChooseLocalPort(Endpoint remote)
    {
        const int ports = 65536 - Udp.FirstEphemeralPort;
        uint start = (uint)_stack.Secret.Hash(((ulong)remote.Address.Value << 16) | remote.Port, ++_connectsMade);
        for (uint n = 0; n < ports; n++)
        {
            ushort port = (ushort)(Udp.FirstEphemeralPort + ((start + n) % ports));
            if (_table.Find(ConnectionKey.Of(remote.Address, remote.Port, port)) < 0 && FindListener(port) is null)
            {
                return port;
            }
        }

        throw new NetworkException(NetworkError.LimitReached);
    }
}
