// Channels as the model keeps them: ids per PD, rights per direction; and children.

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

    /// <summary>The symbol in the PD's program that gets <see cref="Id"/>.</summary>
    public string? IdVariable { get; init; }

    /// <summary>Where it was written.</summary>
    public SourceLocation? Origin { get; init; }

    /// <summary>Set once it is connected.</summary>
    public ChannelLink? Link { get; internal set; }
}

/// <summary>Two connected ends.</summary>
/// <param name="First">One end.</param>
/// <param name="Second">The other.</param>
public sealed record ChannelLink(ChannelEnd First, ChannelEnd Second);

/// <summary>A child PD in its parent.</summary>
/// <param name="Pd">The child.</param>
/// <param name="Id">The id by which the parent knows it, 0..63.</param>
public sealed record ChildBinding(Pd Pd, int Id)
{
    /// <summary>The symbol in the parent's program that gets <see cref="Id"/>.</summary>
    public string? IdVariable { get; init; }
}
