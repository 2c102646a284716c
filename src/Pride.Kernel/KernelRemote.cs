// Signals between cores. Every object belongs to one core, which alone touches it. A notification's owner learns of other cores'
// signals through one word of the notification (which badges) and one bit of the owner's inbox (which notification), and an interrupt.
//
// Nothing is lost: the sender sets the badge before the bit, the owner clears the bit before it takes the badges. If the bit
// was set already, the owner has yet to clear it, and then finds the badge. Both are atomic and sequentially consistent.

using System.Numerics;
using System.Threading;
using Pride.Kernel.Objects;

namespace Pride.Kernel;

public static unsafe partial class Kernel<TMachine>
{
    /// <summary>Signals a notification of another core.</summary>
    private static void SignalRemote(CoreState* core, Notification* notification, ulong badge)
    {
        CoreState* owner = core->Boot->Cores + notification->Core;
        ulong bit = 1UL << (int)(notification->Index & 63);
        Interlocked.Or(ref notification->RemoteBadges, badge);
        if ((Interlocked.Or(ref owner->Inbox[notification->Index >> 6], bit) & bit) == 0)
        {
            TMachine.InterruptCore(core, notification->Core);
        }
    }

    /// <summary>Takes what other cores have signalled.</summary>
    private static void EmptyInbox(CoreState* core)
    {
        LoopRounds words = default;
        for (uint word = 0; word < CoreState.InboxWords; word++)
        {
            TMachine.PassLoop(LoopLimit.InboxWords, ref words);
            LoopRounds signals = default;
            ulong bits = Interlocked.Exchange(ref core->Inbox[word], 0);
            while (bits != 0)
            {
                TMachine.PassLoop(LoopLimit.InboxBits, ref signals);
                int bit = BitOperations.TrailingZeroCount(bits);
                bits &= bits - 1;
                Notification* notification = core->Boot->Notifications + (word * 64) + bit;
                ulong badges = Interlocked.Exchange(ref notification->RemoteBadges, 0);
                if (badges != 0)
                {
                    Signal(core, notification, badges);
                }
            }
        }
    }
}
