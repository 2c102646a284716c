// A PD's end of a channel: notify the other side, call it, or acknowledge the interrupt behind it.

using Pride.Abi;

namespace Pride.Microkit;

/// <summary>One end of a channel, by its id in this PD (0..61). Layout: one 64-bit word.</summary>
public readonly struct Channel(ulong id) : System.IEquatable<Channel>
{
    /// <summary>The id that Notified and Protected hand to this PD.</summary>
    public ulong Id { get; } = id;

    public static bool operator ==(Channel left, Channel right) => left.Id == right.Id;

    public static bool operator !=(Channel left, Channel right) => left.Id != right.Id;

    /// <summary>Signals the other side's notification now.</summary>
    public void Notify() => Kernel.Signal(CapSlots.BaseNotification + Id, new MessageInfo(0, 0));

    /// <summary>Signals the other side together with the PD's next wait: one kernel entry fewer. One deferred action per event; an earlier one is sent at once.</summary>
    public void NotifyDeferred() => Kernel.Defer(CapSlots.BaseNotification + Id, new MessageInfo(0, 0));

    /// <summary>Calls the other side's Protected entry point; message registers carry the arguments and the result.</summary>
    public MessageInfo Call(MessageInfo message) => Kernel.Call(CapSlots.BaseEndpoint + Id, message);

    public bool Equals(Channel other) => other.Id == Id;

    public override bool Equals(object? obj) => obj is Channel other && Equals(other);

    public override int GetHashCode() => (int)Id;
}

/// <summary>An interrupt that this PD handles, by its channel id. Layout: one 64-bit word.</summary>
public readonly struct Irq(ulong id)
{
    public ulong Id { get; } = id;

    /// <summary>Lets the interrupt fire again.</summary>
    public void Acknowledge() => Kernel.Signal(CapSlots.BaseIrq + Id, new MessageInfo(Kernel.Labels.IrqAck, 0));

    /// <summary>Acknowledges together with the PD's next wait.</summary>
    public void AcknowledgeDeferred() => Kernel.Defer(CapSlots.BaseIrq + Id, new MessageInfo(Kernel.Labels.IrqAck, 0));

    /// <summary>True when <paramref name="channel"/>, as handed to Notified, is this interrupt.</summary>
    public bool Is(Channel channel) => channel.Id == Id;
}
