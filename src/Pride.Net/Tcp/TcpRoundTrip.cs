// The retransmission timeout from measured round-trip times (RFC 6298, with Karn's rule: a retransmitted segment is never measured).

using System;

namespace Pride.Net;

/// <summary>The estimator of one connection. All times are nanoseconds.</summary>
internal struct TcpRoundTrip
{
    /// <summary>RFC 6298 (2.1).</summary>
    public const long InitialTimeout = 1_000_000_000;

    /// <summary>RFC 6298 (5.7): the timeout for data when the SYN had to be repeated.</summary>
    public const long TimeoutAfterLostSyn = 3_000_000_000;

    /// <summary>RFC 6298 (2.4) asks for 1 s because of coarse clocks; 200 ms is what other systems use, longer than any delayed acknowledgement.</summary>
    public const long MinimumTimeout = 200_000_000;

    /// <summary>RFC 6298 (2.5).</summary>
    public const long MaximumTimeout = 60_000_000_000;

    /// <summary>The clock granularity G of RFC 6298 (2.3): wake-ups are not finer than this.</summary>
    private const long Granularity = 1_000_000;

    private long _smoothed;
    private long _variation;
    private long _measureStart;
    private uint _measureEnd;

    /// <summary>The timeout now, backed off if need be.</summary>
    public long Timeout { get; private set; }

    /// <summary>The smoothed round-trip time, or 0 before the first measurement.</summary>
    public readonly long Smoothed => _smoothed;

    /// <summary>True while a segment is being timed.</summary>
    public bool IsMeasuring { get; private set; }

    public void Reset(long timeout)
    {
        this = default;
        Timeout = timeout;
    }

    /// <summary>Begins to time the segment that ends before sequence number <paramref name="end"/>.</summary>
    public void StartMeasuring(uint end, long now)
    {
        IsMeasuring = true;
        _measureEnd = end;
        _measureStart = now;
    }

    /// <summary>Something was retransmitted: what is being timed no longer tells anything.</summary>
    public void StopMeasuring() => IsMeasuring = false;

    /// <summary>An acknowledgement up to <paramref name="acknowledgment"/> has come.</summary>
    public void Acknowledged(uint acknowledgment, long now)
    {
        if (IsMeasuring && Sequence.LessOrEqual(_measureEnd, acknowledgment))
        {
            IsMeasuring = false;
            Add(now - _measureStart);
        }
    }

    /// <summary>RFC 6298 (5.5): the timer has expired.</summary>
    public void BackOff() => Timeout = Math.Min(Timeout * 2, MaximumTimeout);

    /// <summary>New data were acknowledged: undoes the backing off, when there is a measurement to return to.</summary>
    public void Recompute()
    {
        if (_smoothed != 0)
        {
            Timeout = Math.Clamp(_smoothed + Math.Max(Granularity, 4 * _variation), MinimumTimeout, MaximumTimeout);
        }
    }

    private void Add(long sample)
    {
        sample = Math.Max(sample, 1);
        if (_smoothed == 0)
        {
            // (2.2)
            _smoothed = sample;
            _variation = sample / 2;
        }
        else
        {
            // (2.3), with alpha 1/8 and beta 1/4
            _variation += (Math.Abs(_smoothed - sample) - _variation) / 4;
            _smoothed += (sample - _smoothed) / 8;
        }

        Recompute();
    }
}
