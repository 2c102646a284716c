// Moving messages between threads: four words in registers, the others through the IPC buffers.
//
// An IPC buffer is the PD's own memory, which it may change at any time (on another core too): each word is read once.

using System.Runtime.CompilerServices;
using Pride.Abi;
using Pride.Kernel.Objects;

namespace Pride.Kernel;

/// <summary>Words of a message that are copied together.</summary>
internal struct FourWords
{
    public ulong First;
    public ulong Second;
    public ulong Third;
    public ulong Fourth;
}

public static unsafe partial class Kernel<TMachine>
{
    /// <summary>In the IPC buffer: one tag word, then the message words.</summary>
    private const int BufferFirstWord = 1;

    /// <summary>In the IPC buffer: where the cap pointers of extra caps stand (after the user's own word).</summary>
    private const int BufferCapsWord = BufferFirstWord + MessageInfo.MaximumLength + 1;

    /// <summary>The sender's message becomes the receiver's, with badge and message info.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void TransferMessage(Tcb* sender, Tcb* receiver, ulong badge) => TransferMessageHere(sender, receiver, badge);

    /// <summary>As <see cref="TransferMessage"/>, without a call: for the short ways of passive servers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TransferMessageHere(Tcb* sender, Tcb* receiver, ulong badge)
    {
        MessageInfo info = new(sender->Registers[TMachine.InfoRegister]);
        MessageWords words = WordsOf(sender);
        int length = info.Length;
        if (length > MachineConstants.RegisterWords)
        {
            length = CopyBuffer(sender->IpcBuffer, receiver->IpcBuffer, length);
        }

        SetMessage(receiver, badge, new MessageInfo(info.Label, length).Word, words);
    }

    /// <summary>Copies the words from the fifth on; returns the length of the message that arrives.</summary>
    private static int CopyBuffer(ulong* from, ulong* to, int length)
    {
        if (from == null || to == null)
        {
            return MachineConstants.RegisterWords;
        }

        // Four words at a time, all read before any is written, so that they travel in pairs; then the rest, for a message's end is exact.
        length = length < MessageInfo.MaximumLength ? length : MessageInfo.MaximumLength;
        ulong* end = from + BufferFirstWord + length;
        from += BufferFirstWord + MachineConstants.RegisterWords;
        to += BufferFirstWord + MachineConstants.RegisterWords;
        LoopRounds rounds = default;
        for (ulong* last = end - 4; from <= last; from += 4, to += 4)
        {
            TMachine.PassLoop(LoopLimit.MessageGroups, ref rounds);
            FourWords words = *(FourWords*)from;
            *(FourWords*)to = words;
        }

        LoopRounds rest = default;
        for (; from < end; from++, to++)
        {
            TMachine.PassLoop(LoopLimit.MessageRest, ref rest);
            *to = *from;
        }

        return length;
    }

    /// <summary>Word <paramref name="index"/> of the message that <paramref name="tcb"/> sends (0 without a buffer).</summary>
    private static ulong GetWord(Tcb* tcb, int index)
    {
        if (index < MachineConstants.RegisterWords)
        {
            return tcb->Registers[TMachine.MessageRegister0 + index];
        }

        return tcb->IpcBuffer == null ? 0 : tcb->IpcBuffer[BufferFirstWord + index];
    }

    /// <summary>Sets a word of the message that <paramref name="tcb"/> will receive; returns the length up to there (as far as it fits).</summary>
    private static int SetWord(Tcb* tcb, int index, ulong value)
    {
        if (index < MachineConstants.RegisterWords)
        {
            tcb->Registers[TMachine.MessageRegister0 + index] = value;
        }
        else if (tcb->IpcBuffer != null)
        {
            tcb->IpcBuffer[BufferFirstWord + index] = value;
        }
        else
        {
            return MachineConstants.RegisterWords;
        }

        return index + 1;
    }

    /// <summary>The kernel's answer to a Call: label, and words that were set before.</summary>
    private static void ReplyFromKernel(Tcb* tcb, ulong label, int length)
    {
        tcb->Registers[TMachine.BadgeRegister] = 0;
        tcb->Registers[TMachine.InfoRegister] = new MessageInfo(label, length).Word;
    }
}
