// The simulated kernel: the system calls that PDs make, over cap slots as Microkit numbers them.

using System;
using Pride.Abi;
using Pride.Machine;
using Pride.Microkit;

namespace Pride.Testing;

public sealed partial class TestSystem : IHostKernel
{
    private const long SysCall = -1;
    private const long SysSend = -5;
    private const long SysYield = -11;

    Span<ulong> IHostKernel.MessageWords => Running.MessageWords;

    private TestPd Running => _running.TryPeek(out TestPd? pd)
        ? pd
        : throw new TestSystemException("a system call was made outside every PD; use RunAs");

    KernelReply IHostKernel.Enter(
        ulong cap, ulong info, ulong word0, ulong word1, ulong word2, ulong word3, ulong replyCap, long number, ulong sendCap)
    {
        PassCrashPoint();
        switch (number)
        {
            case SysSend:
                Send(cap);
                MayPreempt();
                return default;
            case SysYield:
                MayPreempt();
                return default;
            case SysCall:
                return Call(cap, info, [word0, word1, word2, word3]);
            default:
                throw new TestSystemException($"PD '{Running.Name}' made system call {number}, which handlers do not make");
        }
    }

    private void Send(ulong cap)
    {
        if (cap is >= CapSlots.BaseNotification and < CapSlots.BaseNotification + CapSlots.MaximumChannels)
        {
            TestPeer peer = PeerOf(cap - CapSlots.BaseNotification);
            Running.NotificationsSent++;
            peer.Pd.Badge |= 1UL << peer.Id;
            return;
        }

        if (cap is >= CapSlots.BaseIrq and < CapSlots.BaseIrq + CapSlots.MaximumChannels)
        {
            if (Running.Interrupts.TryGetValue((int)(cap - CapSlots.BaseIrq), out TestInterrupt? interrupt))
            {
                interrupt.Acknowledge();
                return;
            }
        }

        throw new TestSystemException($"PD '{Running.Name}' sent to cap {cap}, which it does not have");
    }

    private KernelReply Call(ulong cap, ulong info, ReadOnlySpan<ulong> words)
    {
        if (cap is < CapSlots.BaseEndpoint or >= CapSlots.BaseEndpoint + CapSlots.MaximumChannels)
        {
            throw new TestSystemException($"PD '{Running.Name}' called cap {cap}, which it does not have");
        }

        TestPeer peer = PeerOf(cap - CapSlots.BaseEndpoint);
        if (_running.Contains(peer.Pd))
        {
            throw new TestSystemException($"PD '{Running.Name}' called '{peer.Pd.Name}', which is not waiting: a deadlock");
        }

        // As a kernel does it: words 0 to 3 travel in registers, the others from buffer to buffer.
        ulong[] callers = Running.MessageWords;
        Copy(callers, peer.Pd.MessageWords, new MessageInfo(info).Length);
        words.CopyTo(peer.Pd.MessageWords);
        MessageInfo reply = default;
        Enter(peer.Pd, p => reply = p.Protect(new Channel((ulong)peer.Id), new MessageInfo(info)));
        ulong[] answer = peer.Pd.MessageWords;
        Copy(answer, callers, reply.Length);
        return new KernelReply { Info = reply.Word, Word0 = answer[0], Word1 = answer[1], Word2 = answer[2], Word3 = answer[3] };
    }

    private static void Copy(ulong[] from, ulong[] to, int length) => from.AsSpan(0, Math.Min(length, MessageInfo.MaximumLength)).CopyTo(to);

    private TestPeer PeerOf(ulong id) => Running.Peers.TryGetValue((int)id, out TestPeer peer)
        ? peer
        : throw new TestSystemException($"PD '{Running.Name}' has no channel {id}");
}
