// How cores hand each other signals: a word of badges in the notification, a bit in its owner's inbox, and an interrupt.
//
// The sender sets the badges before the bit, the owner clears the bit before it takes the badges: so nothing is lost. If the bit was set already, the owner has
// yet to clear it, and then finds the badges. What each order is there for (a test explores what happens without: KernelOrderTests):
//   * badges are added with release and taken with acquire: whatever the sender wrote before is seen by who gets the badge, even when it was another signal's
//     interrupt that brought it;
//   * the bit is set with release: else it could be seen, and cleared, before the badges are there;
//   * the bit is taken without need of an order of its own: taking the badges depends on it, and what is taken and written in one step cannot be done early;
//   * the machine ends the interrupt before the inbox is emptied, and waits until that has reached the interrupt controller (IMachine.ClaimInterrupt): else it
//     could end the next one as well, whose bit comes after the look.

using System.Threading;
using Pride.Kernel.Objects;

namespace Pride.Kernel;

/// <summary>Words that several cores change, each step at once.</summary>
internal unsafe interface ISharedWords
{
    /// <summary>Sets <paramref name="bits"/>; all that this core wrote before is visible to who takes them.</summary>
    static abstract void Add(ulong* word, ulong bits);

    /// <summary>As <see cref="Add"/>, with one bit. True: it was clear.</summary>
    static abstract bool TrySet(ulong* word, ulong bit);

    /// <summary>Reads and clears the word, and then sees all that those who set its bits wrote before.</summary>
    static abstract ulong Take(ulong* word);
}

/// <summary>The machine's memory. All three are sequentially consistent, which is more than enough.</summary>
internal readonly unsafe struct SharedWords : ISharedWords
{
    public static void Add(ulong* word, ulong bits) => Interlocked.Or(ref *word, bits);

    public static bool TrySet(ulong* word, ulong bit) => (Interlocked.Or(ref *word, bit) & bit) == 0;

    public static ulong Take(ulong* word) => Interlocked.Exchange(ref *word, 0);
}

/// <summary>The words by which signals cross cores.</summary>
internal static unsafe class Inbox<TWords>
    where TWords : struct, ISharedWords
{
    private const int WordShift = 6;
    private const uint BitMask = 63;

    /// <summary>Leaves a badge for a notification of the core <paramref name="owner"/>. True: it has to be interrupted.</summary>
    public static bool Post(CoreState* owner, Notification* notification, ulong badge)
    {
        TWords.Add(&notification->RemoteBadges, badge);
        return TWords.TrySet(&owner->Inbox[notification->Index >> WordShift], 1UL << (int)(notification->Index & BitMask));
    }

    /// <summary>A bit for each of 64 notifications of this core that others have signalled; they are cleared.</summary>
    public static ulong TakeWord(CoreState* core, uint word) => TWords.Take(&core->Inbox[word]);

    /// <summary>The badges of one of them; 0: they came with an earlier bit.</summary>
    public static ulong TakeBadges(Notification* notification) => TWords.Take(&notification->RemoteBadges);
}
