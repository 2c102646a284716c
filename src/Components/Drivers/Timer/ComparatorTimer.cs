// A timer that fires when its counter becomes equal to a comparator, and at no other time: a comparator that the counter has passed while it was
// written never fires (in time). Then it is set a little ahead.

namespace Pride.Drivers.Timer;

/// <summary>A counter and a comparator.</summary>
public abstract class ComparatorTimer : TimerDriver
{
    /// <summary>How far ahead a comparator is set that came too late at first, in ticks; each further time twice as far.</summary>
    private const ulong FirstLead = 64;

    /// <summary>True: the timer has fired, and its interrupt is pending.</summary>
    protected abstract bool HasFired { get; }

    /// <summary>The timer fires when the counter becomes <paramref name="ticks"/>.</summary>
    protected abstract void WriteComparator(ulong ticks);

    /// <summary>Lets the timer fire at <paramref name="ticks"/>, or a little later when that was too soon.</summary>
    protected void SetComparator(ulong ticks)
    {
        WriteComparator(ticks);
        for (ulong lead = FirstLead; ReadCount() >= ticks && !HasFired; lead *= 2)
        {
            ticks = ReadCount() + lead;
            WriteComparator(ticks);
        }
    }
}
