// A million notifications: what senders and the receiver share. Each item is a count and a notification; each side sleeps when it can do
// nothing. If one notification were lost, its receiver would sleep for ever.

using System.Runtime.InteropServices;
using System.Threading;
using Pride.Microkit;

namespace Cores.Domains;

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

    /// <summary>Sends as much as may be under way, with a notification for each item.</summary>
    public static void Send(ref Flow flow, Channel receiver)
    {
        ulong produced = flow.Produced;
        while (produced < Total && produced - Volatile.Read(ref flow.Consumed) < Window)
        {
            Volatile.Write(ref flow.Produced, ++produced);
            receiver.Notify();
        }
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
