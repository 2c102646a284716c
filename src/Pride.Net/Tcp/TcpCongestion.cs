// Congestion control: slow start and congestion avoidance (RFC 5681) with byte counting (RFC 3465), fast retransmit, and the
// NewReno recovery of RFC 6582 with limited transmit (RFC 3042).

using System;

namespace Pride.Net;

/// <summary>What a duplicate acknowledgement calls for.</summary>
internal enum DuplicateAction
{
    /// <summary>Nothing, or a new segment if the window has grown.</summary>
    SendNew,

    /// <summary>The first unacknowledged segment is lost: send it again.</summary>
    RetransmitFirst,
}

/// <summary>The congestion state of one connection. Windows are bytes.</summary>
internal struct TcpCongestion
{
    /// <summary>RFC 5681 section 3.2: this many duplicates mean a loss.</summary>
    private const int DuplicateThreshold = 3;

    /// <summary>RFC 6928 section 2: ten segments, not more than 14,600 bytes unless segments are large.</summary>
    private const int InitialSegments = 10;
    private const uint InitialBytes = 14_600;

    private uint _segment;
    private uint _slowStartThreshold;
    private uint _recover;
    private uint _avoidanceCredit;
    private int _duplicates;
    private bool _afterTimeout;

    /// <summary>The congestion window.</summary>
    public uint Window { get; private set; }

    public bool InRecovery { get; private set; }

    /// <summary>What may be in flight: in the first two duplicates, one segment more each (RFC 3042).</summary>
    public readonly uint SendWindow => InRecovery || _duplicates >= DuplicateThreshold ? Window : Window + ((uint)_duplicates * _segment);

    private readonly uint InitialWindow => Math.Min(InitialSegments * _segment, Math.Max(2 * _segment, InitialBytes));

    /// <summary>Begins with a maximum segment size; <paramref name="lostSyn"/>: RFC 5681 section 3.1 then allows one segment only.</summary>
    public void Reset(int segment, uint initialSequence, bool lostSyn)
    {
        this = default;
        _segment = (uint)segment;
        _slowStartThreshold = uint.MaxValue;
        _recover = initialSequence;
        Window = lostSyn ? _segment : InitialWindow;
    }

    /// <summary>The path allows only smaller segments.</summary>
    public void SetSegment(int segment) => _segment = (uint)segment;

    /// <summary>RFC 5681 section 4.1: after an idle time longer than the timeout the window says nothing any more.</summary>
    public void RestartAfterIdle() => Window = Math.Min(Window, InitialWindow);

    /// <summary>
    /// <paramref name="bytes"/> of new data are acknowledged up to <paramref name="acknowledgment"/>; <paramref name="flight"/> is what was in flight before,
    /// <paramref name="left"/> what still is. True: the first unacknowledged segment must be sent again (a partial acknowledgement).
    /// </summary>
    public bool Acknowledged(uint bytes, uint acknowledgment, uint flight, uint left)
    {
        _duplicates = 0;
        if (InRecovery)
        {
            return AcknowledgedInRecovery(bytes, acknowledgment, left);
        }

        // A window that was not used says nothing about the path (RFC 7661 section 1.1).
        if (flight * 2 >= Window)
        {
            Grow(bytes);
        }

        _afterTimeout &= Window < _slowStartThreshold;
        return false;
    }

    /// <summary>A duplicate acknowledgement while <paramref name="flight"/> bytes up to <paramref name="highest"/> are out.</summary>
    public DuplicateAction Duplicate(uint acknowledgment, uint flight, uint highest)
    {
        if (InRecovery)
        {
            Window += _segment;
            return DuplicateAction.SendNew;
        }

        _duplicates++;

        // RFC 6582 section 3.2 step 2: duplicates of what was sent before the last recovery or timeout cause no new one.
        if (_duplicates != DuplicateThreshold || !Sequence.Less(_recover, acknowledgment))
        {
            return DuplicateAction.SendNew;
        }

        _slowStartThreshold = Math.Max(flight / 2, 2 * _segment);
        Window = _slowStartThreshold + (DuplicateThreshold * _segment);
        _recover = highest;
        InRecovery = true;
        return DuplicateAction.RetransmitFirst;
    }

    /// <summary>The retransmission timer has expired; <paramref name="isFirst"/>: for the first time for this segment.</summary>
    public void TimedOut(uint flight, uint highest, bool isFirst)
    {
        if (isFirst)
        {
            _slowStartThreshold = Math.Max(flight / 2, 2 * _segment);
        }

        Window = _segment;
        InRecovery = false;
        _duplicates = 0;
        _avoidanceCredit = 0;
        _recover = highest;
        _afterTimeout = true;
    }

    private bool AcknowledgedInRecovery(uint bytes, uint acknowledgment, uint left)
    {
        if (!Sequence.Less(acknowledgment, _recover))
        {
            // Full acknowledgement, RFC 6582 section 3.2 step 3 option (1): no burst.
            InRecovery = false;
            Window = Math.Min(_slowStartThreshold, Math.Max(left, _segment) + _segment);
            return false;
        }

        Window = Window > bytes ? Window - bytes : 0;
        if (bytes >= _segment)
        {
            Window += _segment;
        }

        Window = Math.Max(Window, _segment);
        return true;
    }

    private void Grow(uint bytes)
    {
        if (Window < _slowStartThreshold)
        {
            // RFC 3465 section 2.3: L is two segments, one after a timeout.
            Window += Math.Min(bytes, _afterTimeout ? _segment : 2 * _segment);
            return;
        }

        _avoidanceCredit += bytes;
        if (_avoidanceCredit >= Window)
        {
            _avoidanceCredit -= Window;
            Window += _segment;
        }
    }
}
