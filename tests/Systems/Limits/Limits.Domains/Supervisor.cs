// Every error code that the kernel can answer, timeout and cap faults, a firmware call, a shared cap.

using System;
using Pride.Abi;
using Pride.Machine;
using Pride.Microkit;
using Pride.Runtime;

namespace Limits.Domains;

/// <summary>The parent of the spender and of the lost one.</summary>
[Profile(Profile.Driver)]
public sealed class Supervisor : ProtectionDomain
{
    private const int Timeouts = 3;
    private const ulong UnknownLabel = 9999;
    private const ulong EmptySlot = 440;
    private const ulong PsciVersion = 0x8400_0000;

    // The spender's budget, and what it may be stopped earlier (what is left would not pay for the way out of the kernel) or later.
    private const ulong LeastConsumed = 480;
    private const ulong GreatestConsumed = 512;

    private int _timeouts;

    [Wired] public Child Spender;
    [Wired] public Child Lost;
    [Wired] public ulong SpenderContext;

    /// <summary>What a timeout fault names the spender's context by.</summary>
    [Wired] public ulong SpenderBadge;
    [Wired] public bool HasFirmwareCalls;

    private ulong Thread => CapSlots.BaseTcb + Spender.Id;

    public override void Init()
    {
        ref readonly InvocationLabels labels = ref Kernel.Labels;
        Expect("no error"u8, KernelErrors.NoError, Kernel.Call(Thread, Words(labels.TcbReadRegisters, 0, 1)));
        Expect("invalid capability"u8, KernelErrors.InvalidCapability, Kernel.Call(EmptySlot, new MessageInfo(0, 0)));
        Expect("illegal operation"u8, KernelErrors.IllegalOperation, Kernel.Call(Thread, new MessageInfo(UnknownLabel, 0)));
        Expect("range error"u8, KernelErrors.RangeError, Kernel.Call(Thread, Words(labels.TcbReadRegisters, 0, 1000)));
        Expect("alignment error"u8, KernelErrors.AlignmentError, Kernel.Call(Thread, Words(labels.PrideTcbReadMemory, 1, 1)));
        Expect("truncated message"u8, KernelErrors.TruncatedMessage, Kernel.Call(Thread, new MessageInfo(labels.TcbReadRegisters, 1)));
        if (HasFirmwareCalls)
        {
            CallFirmware();
        }

        DebugConsole.WriteLine("supervisor: every error code is as it should be"u8);
    }

    public override bool Fault(Child child, MessageInfo message, out MessageInfo reply)
    {
        reply = new MessageInfo(0, 0);
        if (child.Id == Lost.Id)
        {
            bool isRight = message.Label == FaultKind.CapFault
                && MessageRegisters.Get(CapFaultMessage.Address) == Limits.Domains.Lost.Nowhere
                && MessageRegisters.Get(CapFaultMessage.InReceivePhase) == 0
                && MessageRegisters.Get(CapFaultMessage.LookupFailureType) == LookupFailure.GuardMismatch;
            DebugConsole.WriteLine(isRight ? "supervisor: a cap fault arrives"u8 : "supervisor: a cap fault is wrong"u8);
            return false;
        }

        if (message.Label == FaultKind.Timeout)
        {
            CheckTimeout(message);
        }

        if (message.Label == FaultKind.Timeout && ++_timeouts == Timeouts)
        {
            MessageInfo consumed = Kernel.Call(SpenderContext, new MessageInfo(Kernel.Labels.SchedContextConsumed, 0));
            Expect("consumed"u8, KernelErrors.NoError, consumed);
            Say.Number("supervisor: timeout faults arrive; used since the last one "u8, MessageRegisters.Get(0), " us"u8);
        }

        return true;
    }

    private void CheckTimeout(MessageInfo message)
    {
        ulong consumed = MessageRegisters.Get(TimeoutMessage.Consumed);
        if (message.Length != TimeoutMessage.Length
            || MessageRegisters.Get(TimeoutMessage.Data) != SpenderBadge
            || consumed is < LeastConsumed or > GreatestConsumed)
        {
            Say.Number("supervisor: a timeout fault is wrong; it says used: "u8, consumed, " us"u8);
        }
    }

    private static void CallFirmware()
    {
        for (int i = 0; i < 8; i++)
        {
            MessageRegisters.Set(i, i == 0 ? PsciVersion : 0);
        }

        Expect("firmware call"u8, KernelErrors.NoError, Kernel.Call(CapSlots.Smc, new MessageInfo(Kernel.Labels.SmcCall, 8)));
        Say.Number("supervisor: the firmware's major version is "u8, MessageRegisters.Get(0) >> 16, ""u8);
    }

    private static MessageInfo Words(ulong label, ulong word0, ulong word1)
    {
        MessageRegisters.Set(0, word0);
        MessageRegisters.Set(1, word1);
        return new MessageInfo(label, 2);
    }

    private static void Expect(ReadOnlySpan<byte> what, ulong label, MessageInfo reply)
    {
        if (reply.Label != label)
        {
            DebugConsole.Write(what);
            Say.Number(": the kernel answers "u8, reply.Label, " instead"u8);
            throw new InvalidOperationException("an error code is wrong");
        }
    }
}

/// <summary>Calls where its cap space has no slot.</summary>
[Profile(Profile.Driver)]
public sealed class Lost : ProtectionDomain
{
    /// <summary>Beyond the table of 512 slots, and no shared cap: bits of the guard are set.</summary>
    public const ulong Nowhere = 0x1234;

    public override void Init() => Kernel.Call(Nowhere, new MessageInfo(0, 0));
}

/// <summary>Uses up its budget again and again.</summary>
[Profile(Profile.Driver)]
public sealed class Spender : ProtectionDomain
{
    public override void Init()
    {
        while (true)
        {
        }
    }
}
