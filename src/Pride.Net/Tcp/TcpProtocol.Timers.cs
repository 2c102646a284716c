// The timers of connections: retransmission and zero-window probes, delayed acknowledgements, keep-alive, the end of FIN-WAIT-2, and
// the application's own read and write timeouts.

using System;

namespace Pride.Net;

internal sealed partial class TcpProtocol
{
    private const long MillisecondNanoseconds = 1_000_000;

    /// <summary>RFC 9293 section 3.8.3: R2 for data is at least 100 s; twelve doublings from 200 ms, cut at 60 s, are some five minutes.</summary>
    private const int MaximumRetransmissions = 12;

    /// <summary>A connection that nobody owns any more is given up sooner.</summary>
    private const int MaximumOrphanRetransmissions = 8;

    /// <summary>RFC 9293 section 3.8.3 asks for 3 minutes for a SYN; seven intervals from 1 s are 127 s, which is what other systems wait.</summary>
    private const int MaximumSynRetransmissions = 6;

    /// <summary>How long a closed connection waits for the peer's FIN.</summary>
    private const long FinWait2Nanoseconds = 30_000_000_000;

    /// <summary>Between keep-alive probes that are not answered; a shorter silence probes at its own interval.</summary>
    private const long KeepAliveIntervalNanoseconds = 75_000_000_000;

    /// <summary>Probes without an answer after which the peer counts as gone.</summary>
    private const int MaximumKeepAliveProbes = 5;

    public long Deadline
    {
        get
        {
            long timeWait = _timeWait.Oldest < 0 ? long.MaxValue : _timeWait[_timeWait.Oldest].EndsAt;
            return Math.Min(Math.Min(_deadlines.Earliest, _halfOpenDeadline), timeWait);
        }
    }

    public void RunTimers(long now)
    {
        while (_deadlines.Earliest <= now)
        {
            TcpControlBlock block = _blocks[_deadlines.TakeEarliest()];
            if (block.IsTaken)
            {
                RunTimers(block, now);
            }

            if (block.IsTaken)
            {
                _deadlines.Require(block.Index, block.EarliestTimer());
            }
        }

        RunHalfOpenTimers(now);
        RunTimeWaitTimers(now);
    }

    private void RunTimers(TcpControlBlock block, long now)
    {
        if (now >= block.AckAt)
        {
            block.AckAt = long.MaxValue;
            block.AckNow = true;
            MarkDirty(block);
        }

        if (now >= block.RetransmitAt)
        {
            block.RetransmitAt = long.MaxValue;
            RetransmissionExpired(block);
        }

        if (now >= block.StateAt)
        {
            block.StateAt = long.MaxValue;
            StateTimerExpired(block, now);
        }

        if (now >= block.ReadTimeoutAt)
        {
            block.ReadTimeoutAt = long.MaxValue;
            block.Operations?.ReadTimedOut();
        }

        if (now >= block.WriteTimeoutAt)
        {
            block.WriteTimeoutAt = long.MaxValue;
            block.Operations?.WriteTimedOut();
        }
    }

    private void ArmRetransmit(TcpControlBlock block)
    {
        block.RetransmitAt = _stack.Now + block.RoundTrip.Timeout;
        _deadlines.Require(block.Index, block.RetransmitAt);
    }

    private void RetransmissionExpired(TcpControlBlock block)
    {
        int limit = !block.IsSynchronised ? MaximumSynRetransmissions
            : block.IsOrphan ? MaximumOrphanRetransmissions : MaximumRetransmissions;
        if (block.Retransmissions >= limit)
        {
            _counters.Add(NetworkCounter.TcpTimedOut);
            Fail(block, NetworkError.TimedOut);
            return;
        }

        block.Retransmissions++;
        block.RoundTrip.BackOff();
        block.RoundTrip.StopMeasuring();
        if (!block.IsSynchronised)
        {
            _counters.Add(NetworkCounter.TcpRetransmissionTimeouts);
            SendSyn(block);
            ArmRetransmit(block);
            return;
        }

        if (block.IsPersisting || block.SndWnd == 0)
        {
            Probe(block);
            return;
        }

        if (block.Flight == 0)
        {
            return;
        }

        _counters.Add(NetworkCounter.TcpRetransmissionTimeouts);
        block.Congestion.TimedOut(block.Flight, block.SndMax, block.Retransmissions == 1);
        block.SndNxt = block.SndUna;
        ArmRetransmit(block);
        MarkDirty(block);
    }

    /// <summary>There are bytes to send, nothing is in flight, and the window does not let them go (RFC 9293 section 3.8.6.1).</summary>
    private void StartPersisting(TcpControlBlock block)
    {
        block.IsPersisting = true;
        ArmRetransmit(block);
    }

    /// <summary>Sends a little beyond or up to the window's edge, so that the peer tells its window again.</summary>
    private void Probe(TcpControlBlock block)
    {
        _counters.Add(NetworkCounter.TcpZeroWindowProbes);
        block.IsPersisting = true;
        block.SndNxt = block.SndUna;
        int length = (int)Math.Min(Math.Max(block.SndWnd, 1), (uint)Math.Min(block.Send.Count, block.Mss));
        bool withFin = block.FinQueued && length == block.Send.Count;
        if (SendSegment(block, block.SndUna, length, withFin))
        {
            uint end = block.SndUna + (uint)length + (withFin ? 1u : 0);
            block.SndMax = Sequence.Less(block.SndMax, end) ? end : block.SndMax;
        }

        ArmRetransmit(block);
    }

    private void StartFinWait2Timer(TcpControlBlock block)
    {
        block.StateAt = _stack.Now + FinWait2Nanoseconds;
        _deadlines.Require(block.Index, block.StateAt);
    }

    private void ArmKeepAlive(TcpControlBlock block)
    {
        if (block.KeepAliveNanoseconds == 0 || (block.State == TcpState.FinWait2 && block.IsOrphan))
        {
            return;
        }

        long interval = block.KeepAliveProbes == 0
            ? block.KeepAliveNanoseconds
            : Math.Min(block.KeepAliveNanoseconds, KeepAliveIntervalNanoseconds);
        block.StateAt = (block.KeepAliveProbes == 0 ? block.LastReceived : _stack.Now) + interval;
        _deadlines.Require(block.Index, block.StateAt);
    }

    private void StateTimerExpired(TcpControlBlock block, long now)
    {
        if (block.State == TcpState.FinWait2 && block.IsOrphan)
        {
            _counters.Add(NetworkCounter.TcpTimedOut);
            Finish(block);
            return;
        }

        if (!block.IsSynchronised || block.KeepAliveNanoseconds == 0)
        {
            return;
        }

        bool isSilent = now - block.LastReceived >= block.KeepAliveNanoseconds;
        if (isSilent && block.Flight == 0)
        {
            if (block.KeepAliveProbes == MaximumKeepAliveProbes)
            {
                _counters.Add(NetworkCounter.TcpTimedOut);
                Fail(block, NetworkError.TimedOut);
                return;
            }

            // An old number: the peer must answer it (RFC 9293 section 3.8.4).
            block.KeepAliveProbes++;
            _counters.Add(NetworkCounter.TcpKeepAliveProbes);
            SendControl(block.Key, block.SndUna - 1, block.RcvNxt, TcpFlags.Ack, WindowField(block));
        }

        ArmKeepAlive(block);
    }
}
