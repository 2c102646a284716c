// A level-triggered interrupt line between a device model and a PD, masked from delivery to acknowledgement as by an interrupt controller.

using Pride.Microkit;

namespace Pride.Testing;

/// <summary>An interrupt of a PD.</summary>
public sealed class TestInterrupt
{
    private readonly TestPd _pd;
    private readonly int _id;
    private bool _masked;

    internal TestInterrupt(TestPd pd, int id)
    {
        _pd = pd;
        _id = id;
    }

    /// <summary>The channel id under which it arrives.</summary>
    public byte Id => (byte)_id;

    public Irq Irq => new((ulong)_id);

    /// <summary>The device asserts the line.</summary>
    public bool Line { get; private set; }

    /// <summary>Interrupts delivered so far.</summary>
    public long Delivered { get; private set; }

    /// <summary>The device model drives the line.</summary>
    public void SetLine(bool asserted)
    {
        Line = asserted;
        Deliver();
    }

    internal void Acknowledge()
    {
        _masked = false;
        Deliver();
    }

    private void Deliver()
    {
        if (Line && !_masked)
        {
            _masked = true;
            Delivered++;
            _pd.Badge |= 1UL << _id;
        }
    }
}
