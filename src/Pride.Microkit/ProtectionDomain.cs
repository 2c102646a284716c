// What a component author writes: a class with Microkit's four entry points.
//
// A PD handles one event at a time. Fields marked [Wired] are filled by the system description before the
// constructor runs; Init runs once after every start or restart and must be idempotent towards devices and queues.

using System;
using System.Numerics;
using Pride.Abi;
using Pride.Machine;

namespace Pride.Microkit;

/// <summary>Base of every protection domain.</summary>
public abstract class ProtectionDomain
{
    /// <summary>Runs once when the PD starts. Drivers may allocate only here.</summary>
    public virtual void Init()
    {
    }

    /// <summary>The other end of <paramref name="channel"/>, or the interrupt behind it, has signalled.</summary>
    public virtual void Notified(Channel channel)
    {
    }

    /// <summary>A protected procedure call from <paramref name="channel"/>; the returned message is the reply.</summary>
    public virtual MessageInfo Protected(Channel channel, MessageInfo message) =>
        throw new InvalidOperationException("this PD is called but has no Protected entry point");

    /// <summary>A child has faulted. The message registers hold the fault message. True: <paramref name="reply"/> lets it go on.</summary>
    public virtual bool Fault(Child child, MessageInfo message, out MessageInfo reply) =>
        throw new InvalidOperationException("this PD has children but no Fault entry point");

    /// <summary>Runs after each batch of events, before the PD waits again (the event loop of async PDs stands here).</summary>
    public virtual void Idle()
    {
    }
}

/// <summary>The event loop of a PD; <c>PdMain&lt;TPd&gt;.Run</c> is where the entry stub goes.</summary>
public static class PdMain<TPd>
    where TPd : ProtectionDomain, new()
{
    /// <summary>Initialises the PD and serves its events; never returns.</summary>
    public static void Run(TPd pd)
    {
        pd.Init();
        pd.Idle();
        AcknowledgeAll(PdIdentity.Irqs);
        if (PdIdentity.IsPassive)
        {
            Kernel.Defer(CapSlots.MonitorEndpoint, new MessageInfo(0, 0));
        }

        MessageInfo message = Kernel.Receive(out ulong badge);
        while (true)
        {
            bool hasReply = Dispatch(pd, badge, message, out MessageInfo reply);
            pd.Idle();
            message = hasReply ? Kernel.ReplyAndReceive(reply, out badge) : Kernel.Receive(out badge);
        }
    }

    /// <summary>Hands one wake-up to the PD's entry points; tells whether a reply is due.</summary>
    public static bool Dispatch(TPd pd, ulong badge, MessageInfo message, out MessageInfo reply)
    {
        if ((badge & Badges.ProtectedCall) != 0)
        {
            reply = pd.Protected(new Channel(badge & Badges.ChannelMask), message);
            return true;
        }

        if ((badge & Badges.Fault) != 0)
        {
            return pd.Fault(new Child(badge & Badges.ChildMask), message, out reply);
        }

        reply = default;
        for (; badge != 0; badge &= badge - 1)
        {
            pd.Notified(new Channel((ulong)BitOperations.TrailingZeroCount(badge)));
        }

        return false;
    }

    // An interrupt that fired before its PD could receive would otherwise stay masked (seL4 issue 1536).
    private static void AcknowledgeAll(ulong irqs)
    {
        for (ulong id = 0; irqs != 0; id++, irqs >>= 1)
        {
            if ((irqs & 1) != 0)
            {
                new Irq(id).Acknowledge();
            }
        }
    }
}
