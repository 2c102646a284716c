// TIME-WAIT (RFC 9293 section 3.3.2 and 3.6.1): who closes first remembers the connection for a while, so that a lost last
// acknowledgement can be repeated and old segments do not enter a new connection. An entry holds sequence numbers, no buffers.

namespace Pride.Net;

/// <summary>A connection in TIME-WAIT.</summary>
internal struct TimeWait
{
    public ulong Key;
    public uint SndNxt;
    public uint RcvNxt;
    public long EndsAt;
}

internal sealed partial class TcpProtocol
{
    private long TimeWaitNanoseconds => _options.TimeWaitMilliseconds * MillisecondNanoseconds;

    /// <summary>Both sides have finished and we were first: the block becomes an entry.</summary>
    private void EnterTimeWait(TcpControlBlock block)
    {
        SendAckNow(block);
        ulong key = block.Key;
        uint sndNxt = block.SndNxt;
        uint rcvNxt = block.RcvNxt;
        Finish(block);
        if (_options.MaximumTimeWait == 0)
        {
            return;
        }

        if (_timeWait.IsFull)
        {
            _counters.Add(NetworkCounter.TcpTimeWaitRecycled);
            DropTimeWait(_timeWait.Oldest);
        }

        int index = _timeWait.Take();
        _timeWait[index] = new TimeWait { Key = key, SndNxt = sndNxt, RcvNxt = rcvNxt, EndsAt = _stack.Now + TimeWaitNanoseconds };
        _table.Add(_firstTimeWait + index, key);
    }

    private void ReceiveInTimeWait(int index, in TcpSegment segment)
    {
        // RFC 1337: a reset must not end TIME-WAIT.
        if (segment.Has(TcpFlags.Rst))
        {
            return;
        }

        ref TimeWait entry = ref _timeWait[index];
        bool isPlainSyn = (segment.Flags & (TcpFlags.Syn | TcpFlags.Ack | TcpFlags.Fin)) == TcpFlags.Syn;
        if (isPlainSyn && Sequence.Less(entry.RcvNxt, segment.Sequence))
        {
            // RFC 9293 section 3.6.1: a new connection may take the place, since its numbers are beyond all old ones.
            DropTimeWait(index);
            ReceiveUnknown(segment);
            return;
        }

        if (segment.Length == 0 && segment.Sequence == entry.RcvNxt)
        {
            return;
        }

        if (segment.Has(TcpFlags.Fin))
        {
            entry.EndsAt = _stack.Now + TimeWaitNanoseconds;
            _timeWait.Renew(index);
        }

        SendControl(entry.Key, entry.SndNxt, entry.RcvNxt, TcpFlags.Ack, 0);
    }

    private void DropTimeWait(int index)
    {
        _table.Remove(_firstTimeWait + index);
        _timeWait.Release(index);
    }

    private void RunTimeWaitTimers(long now)
    {
        // All stay equally long, so the oldest ends first.
        while (_timeWait.Oldest >= 0 && now >= _timeWait[_timeWait.Oldest].EndsAt)
        {
            DropTimeWait(_timeWait.Oldest);
        }
    }
}
