// Signals between cores. Every object belongs to one core, which alone touches it; its owner learns of other cores' signals through its inbox (Inbox.cs).

using System.Numerics;
using Pride.Kernel.Objects;

namespace Pride.Kernel;

public static unsafe partial class Kernel<TMachine>
{
    /// <summary>Signals a notification of another core.</summary>
    private static void SignalRemote(CoreState* core, Notification* notification, ulong badge)
    {
        if (Inbox<SharedWords>.Post(core->Boot->Cores + notification->Core, notification, badge))
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
            ulong bits = Inbox<SharedWords>.TakeWord(core, word);
            while (bits != 0)
            {
                TMachine.PassLoop(LoopLimit.InboxBits, ref signals);
                int bit = BitOperations.TrailingZeroCount(bits);
                bits &= bits - 1;
                Notification* notification = core->Boot->Notifications + (word * 64) + bit;
                ulong badges = Inbox<SharedWords>.TakeBadges(notification);
                if (badges != 0)
                {
                    Signal(core, notification, badges);
                }
            }
        }
    }
}
