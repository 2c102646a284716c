// Channels and interrupts as the model keeps them: ids per PD, rights per direction.

namespace Pride.Description;

/// <summary>One end of a channel, in one PD.</summary>
public sealed class ChannelEnd
{
    internal ChannelEnd(Pd pd, int id, bool canNotify, bool canCall)
    {
        Pd = pd;
        Id = id;
        CanNotify = canNotify;
        CanCall = canCall;
    }

    public Pd Pd { get; }

    /// <summary>The id by which this PD knows the channel, 0..61.</summary>
    public int Id { get; }

    /// <summary>This PD may notify the other end (SDF: <c>notify</c>).</summary>
    public bool CanNotify { get; }

    /// <summary>This PD may make protected procedure calls to the other end (SDF: <c>pp</c>).</summary>
    public bool CanCall { get; }

    /// <summary>Set once it is connected.</summary>
    public ChannelLink? Link { get; internal set; }
}

/// <summary>Two connected ends.</summary>
/// <param name="First">One end.</param>
/// <param name="Second">The other.</param>
public sealed record ChannelLink(ChannelEnd First, ChannelEnd Second);

/// <summary>How an interrupt line signals.</summary>
public enum Trigger
{
    Level,
    Edge,
}

/// <summary>An interrupt that a PD handles.</summary>
/// <param name="Number">The interrupt controller's number (on a GIC: the INTID, SPI n is 32 + n).</param>
/// <param name="Id">The id by which the PD knows it, from the same space as channels.</param>
/// <param name="Trigger">Level or edge.</param>
public sealed record InterruptBinding(uint Number, int Id, Trigger Trigger);

/// <summary>A child PD in its parent.</summary>
/// <param name="Pd">The child.</param>
/// <param name="Id">The id by which the parent knows it, 0..63.</param>
public sealed record ChildBinding(Pd Pd, int Id);
