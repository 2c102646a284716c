// A million notifications: what senders and the receiver share. Each item is a count and a notification; each side sleeps when it can do
// nothing. If one notification were lost, its receiver would sleep for ever.

using System.Runtime.InteropServices;
using System.Threading;
using Pride.Microkit;

namespace Cores.Domains;

/// <summary>The receiver's priority, as a sender sees it.</summary>
public enum Urgency
{
    /// <summary>The same, or that of another core.</summary>
    Unrelated,

    /// <summary>It runs before <see cref="Channel.Notify"/> returns.</summary>
    More,

    /// <summary>It does not run before its sender waits.</summary>
    Less,
}

/// <summary>The shared words of one sender and the receiver.</summary>
[StructLayout(LayoutKind.Explicit)]
public struct Flow
{
    /// <summary>Items of each sender; five senders make a million.</summary>
    public const ulong Total = 200_000;

    /// <summary>Items that may be under way.</summary>
    public const ulong Window = 32;

    /// <summary>Written by the sender.</summary>
    [FieldOffset(0)]
    public ulong Produced;

    /// <summary>Written by the receiver; on a cache line of its own.</summary>
    [FieldOffset(64)]
    public ulong Consumed;

    /// <summary>Sends as much as may be under way, with a notification for each item. False: the receiver did not run when its priority says so, or ran when it says otherwise; nothing more is sent then.</summary>
    public static bool Send(ref Flow flow, Channel receiver, Urgency receiving)
    {
        ulong produced = flow.Produced;
        ulong before = Volatile.Read(ref flow.Consumed);
        while (produced < Total && produced - Volatile.Read(ref flow.Consumed) < Window)
        {
            Volatile.Write(ref flow.Produced, ++produced);
            receiver.Notify();
            ulong consumed = Volatile.Read(ref flow.Consumed);
            if ((receiving == Urgency.More && consumed != produced) || (receiving == Urgency.Less && consumed != before))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Takes all there is and tells the sender. True: that was the last item.</summary>
    public static bool Take(ref Flow flow, Channel sender)
    {
        ulong produced = Volatile.Read(ref flow.Produced);
        if (produced == flow.Consumed)
        {
            return false;
        }

        Volatile.Write(ref flow.Consumed, produced);
        sender.Notify();
        return produced == Total;
    }
}
