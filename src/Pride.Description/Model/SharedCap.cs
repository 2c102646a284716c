// A cap to another PD's object, beside channels and children: for supervisors and debuggers that a system chooses to trust.

namespace Pride.Description;

/// <summary>Which object of the other PD.</summary>
public enum SharedCapKind
{
    /// <summary>Its thread: registers, suspend, resume, priority, memory.</summary>
    Thread,

    /// <summary>Its scheduling context: time used, binding.</summary>
    SchedulingContext,

    /// <summary>Its notification: to bind a context to it, or to signal it without a channel (the signal has badge 0).</summary>
    Notification,

    /// <summary>Its address space. Pride's page tables are made by the image builder: an image with such a cap is refused.</summary>
    AddressSpace,
}

/// <summary>A shared cap.</summary>
/// <param name="Slot">Slot in the root of the PD's cap space, 1..63.</param>
/// <param name="Kind">What it points to.</param>
/// <param name="Of">Whose.</param>
public sealed record SharedCap(int Slot, SharedCapKind Kind, Pd Of)
{
    private const int RootShift = 58;

    /// <summary>Where it was written.</summary>
    public SourceLocation? Origin { get; init; }

    /// <summary>By which the PD's code names it.</summary>
    public ulong Pointer => (ulong)Slot << RootShift;
}
