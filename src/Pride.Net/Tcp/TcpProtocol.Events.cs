// What the application is told, and what it asks for. Events are delivered between packets, from NetworkStack.Poll: to the
// connection's handler if it has one, else to the operations it awaits.

using System;

namespace Pride.Net;

/// <summary>
/// Takes the events of connections in the style without async: for drivers and servers that must not allocate. Calls come from
/// <see cref="NetworkStack.Poll"/>; the handler may use the connection freely, close it too.
/// </summary>
public interface ITcpHandler
{
    /// <summary>A connection is established, accepted or asked for.</summary>
    void Connected(TcpConnection connection);

    /// <summary>Bytes have arrived, or the peer has finished (<see cref="TcpConnection.IsEndOfStream"/> once all is read).</summary>
    void Readable(TcpConnection connection);

    /// <summary>There is room to write again, after a write that was cut short.</summary>
    void Writable(TcpConnection connection);

    /// <summary>The connection is over; None: in order. The handle is invalid when the handler returns.</summary>
    void Closed(TcpConnection connection, NetworkError error);
}

internal sealed partial class TcpProtocol
{
    private TcpControlBlock? _eventsFirst;
    private TcpControlBlock? _eventsLast;
    private uint _connectsMade;

    /// <summary>Delivers what has happened until now.</summary>
    public void RunEvents()
    {
        foreach (TcpListener listener in _listeners)
        {
            listener.RunEvents();
        }

        // What happens meanwhile goes to the end of the list and is for the next round.
        TcpControlBlock? last = _eventsLast;
        while (_eventsFirst is not null)
        {
            TcpControlBlock block = _eventsFirst;
            _eventsFirst = block.NextEvent;
            _eventsLast = _eventsFirst is null ? null : _eventsLast;
            block.NextEvent = null;
            block.HasEvents = false;
            TcpEvents events = block.Events;
            block.Events = TcpEvents.None;
            if (block.IsTaken && !block.IsOrphan && events != TcpEvents.None)
            {
                Deliver(block, events);
            }

            if (ReferenceEquals(block, last))
            {
                return;
            }
        }
    }

    /// <summary>An accepted connection with a handler begins.</summary>
    public void RaiseConnected(TcpControlBlock block) => Raise(block, TcpEvents.Connected);

    private void Raise(TcpControlBlock block, TcpEvents events)
    {
        block.Events |= events;
        if (block.HasEvents)
        {
            return;
        }

        block.HasEvents = true;
        if (_eventsLast is null)
        {
            _eventsFirst = block;
        }
        else
        {
            _eventsLast.NextEvent = block;
        }

        _eventsLast = block;
        _stack.RequestEvents();
    }

    private void Deliver(TcpControlBlock block, TcpEvents events)
    {
        if (block.Handler is not null)
        {
            DeliverToHandler(block, block.Handler, events);
            return;
        }

        block.Operations?.Deliver(events);
    }

    private void DeliverToHandler(TcpControlBlock block, ITcpHandler handler, TcpEvents events)
    {
        var connection = new TcpConnection(block);
        if ((events & TcpEvents.Connected) != 0)
        {
            handler.Connected(connection);
        }

        if ((events & TcpEvents.Readable) != 0 && connection.IsValid)
        {
            handler.Readable(connection);
        }

        if ((events & TcpEvents.Writable) != 0 && connection.IsValid && block.WantsWritable)
        {
            block.WantsWritable = false;
            handler.Writable(connection);
        }

        if ((events & TcpEvents.Closed) != 0 && connection.IsValid)
        {
            handler.Closed(connection, block.Error);
            Close(block, connection);
        }
    }

    /// <summary>The peer has acknowledged bytes: whoever waits for room, or for all to have arrived, is told.</summary>
    private void WriteProgressed(TcpControlBlock block)
    {
        if (block.WriteTimeoutAt != long.MaxValue)
        {
            ArmWriteTimeout(block);
        }

        if (block.WantsWritable || block.Operations is { WaitsForRoom: true })
        {
            Raise(block, TcpEvents.Writable);
        }
    }

    /// <summary>Takes received bytes, and tells the peer of the room when that is worth it.</summary>
    public int Read(TcpControlBlock block, Span<byte> destination)
    {
        int count = block.Receive.Read(destination);
        AfterRead(block);
        return count;
    }

    public void AfterRead(TcpControlBlock block)
    {
        if (!block.MayReceive || !block.IsInTable)
        {
            return;
        }

        // The same rule as AdvanceWindow's, with a higher bar: an acknowledgement for the window alone costs the peer a packet.
        uint gain = block.RcvNxt + (uint)block.Receive.Free - block.RcvAdv;
        uint open = block.RcvAdv - block.RcvNxt;
        if (gain >= (uint)block.Receive.Capacity / 2 || (open < (uint)block.Mss && gain >= (uint)block.Mss))
        {
            block.AckNow = true;
            MarkDirty(block);
        }
    }

    /// <summary>Queues bytes to send; tells how many found room.</summary>
    public int Write(TcpControlBlock block, ReadOnlySpan<byte> source)
    {
        int count = block.Send.Write(source);
        if (count < source.Length)
        {
            block.WantsWritable = true;
        }

        MarkDirty(block);
        return count;
    }

    public void ArmReadTimeout(TcpControlBlock block)
    {
        if (block.ReadTimeoutNanoseconds != 0)
        {
            block.ReadTimeoutAt = _stack.Now + block.ReadTimeoutNanoseconds;
            _deadlines.Require(block.Index, block.ReadTimeoutAt);
        }
    }

    public void ArmWriteTimeout(TcpControlBlock block)
    {
        if (block.WriteTimeoutNanoseconds != 0)
        {
            block.WriteTimeoutAt = _stack.Now + block.WriteTimeoutNanoseconds;
            _deadlines.Require(block.Index, block.WriteTimeoutAt);
        }
    }

    public void SetKeepAlive(TcpControlBlock block, long nanoseconds)
    {
        block.KeepAliveNanoseconds = nanoseconds;
        if (block.IsSynchronised)
        {
            ArmKeepAlive(block);
        }
    }

    /// <summary>The application has written all it will: a FIN follows (RFC 9293 section 3.10.4).</summary>
    public void Shutdown(TcpControlBlock block)
    {
        if (block.FinQueued || !block.IsInTable)
        {
            return;
        }

        block.FinQueued = true;
        block.State = block.State switch
        {
            TcpState.Established => TcpState.FinWait1,
            TcpState.CloseWait => TcpState.LastAck,
            _ => block.State,
        };
        MarkDirty(block);
    }

    /// <summary>The application lets go: in order if all received bytes were read, else with a reset (RFC 2525 section 2.17).</summary>
    public void Close(TcpControlBlock block, TcpConnection connection)
    {
        if (!connection.IsValid)
        {
            return;
        }

        if (!block.IsInTable)
        {
            LetGo(block);
            Free(block);
            return;
        }

        if (block.Receive.Count != 0 || !block.IsSynchronised)
        {
            Abort(block, connection);
            return;
        }

        Shutdown(block);
        LetGo(block);
        if (block.State == TcpState.FinWait2)
        {
            StartFinWait2Timer(block);
        }
    }

    /// <summary>The application lets go at once: the peer gets a reset (RFC 9293 section 3.10.5).</summary>
    public void Abort(TcpControlBlock block, TcpConnection connection)
    {
        if (!connection.IsValid)
        {
            return;
        }

        bool mustTellPeer = block.IsInTable && block.State != TcpState.SynSent;
        LetGo(block);
        if (mustTellPeer)
        {
            _counters.Add(NetworkCounter.TcpResetsSent);
            SendControl(block.Key, block.SndNxt, block.RcvNxt, TcpFlags.Rst | TcpFlags.Ack, 0);
        }

        Finish(block);
    }

    /// <summary>Ends the application's hold on the block; what it still awaits fails.</summary>
    private void LetGo(TcpControlBlock block)
    {
        block.Generation++;
        block.IsOrphan = true;
        block.Handler = null;
        block.Events = TcpEvents.None;
        block.ReadTimeoutAt = block.WriteTimeoutAt = long.MaxValue;
        block.Operations?.LetGo();
    }
}
