// Takes every invocation and every system call that a PD can make, each at its longest, while the other cores do the same.

using Pride.Abi;
using Pride.Machine;
using Pride.Microkit;
using Pride.Runtime;

namespace Paths.Domains;

/// <summary>Calls, signals, and plays parent.</summary>
[Profile(Profile.Driver)]
public sealed class Prober : ProtectionDomain
{
    private const int Rounds = 3;
    private const ulong ChildPriority = 90;
    private const ulong EmptySlot = 440;
    private const ulong PsciVersion = 0x8400_0000;
    private const ulong UnknownLabel = 9999;

    /// <summary>A place that the child can read 120 words from: its program.</summary>
    private const ulong Program = 0x20_0000;

    private int _faults;

    [Wired] public Channel Passive;
    [Wired] public Channel Active;
    [Wired] public Channel Wakes;
    [Wired] public Channel Next;
    [Wired] public Channel Previous;
    [Wired] public Child Child;
    [Wired] public ulong ChildContext;

    private ulong Thread => CapSlots.BaseTcb + Child.Id;

    public override void Init()
    {
        for (int round = 0; round < Rounds; round++)
        {
            CallServers();
            InvokeThread();
            InvokeOthers();
            ReceiveEveryWay();
            Next.Notify();
            Previous.Notify();
            Kernel.Yield();
        }

        Wakes.Notify();
    }

    public override bool Fault(Child child, MessageInfo message, out MessageInfo reply)
    {
        if (message.Label == FaultKind.UnknownSyscall)
        {
            // It goes on behind the call.
            MessageRegisters.Set(UnknownSyscallMessage.FaultPc, MessageRegisters.Get(UnknownSyscallMessage.FaultPc) + sizeof(uint));
            reply = new MessageInfo(0, UnknownSyscallMessage.FaultPc + 1);
            return true;
        }

        // The reply lets the child go on where it was: at the load, which faults again.
        reply = new MessageInfo(0, 0);
        if (++_faults <= Rounds)
        {
            return true;
        }

        UnbindChild();
        DebugConsole.WriteLine("prober: every path was taken"u8);
        return false;
    }

    public override void Notified(Channel channel)
    {
    }

    private void CallServers()
    {
        foreach (int words in (System.ReadOnlySpan<int>)[0, MessageInfo.MaximumLength, 64, 4])
        {
            Passive.Call(new MessageInfo(0, words));
            Active.Call(new MessageInfo(0, words));
        }

        Passive.Notify();
        Active.Notify();
    }

    private void InvokeThread()
    {
        ref readonly InvocationLabels labels = ref Kernel.Labels;
        Call(Thread, new MessageInfo(labels.TcbReadRegisters, 2), 0, (ulong)ThreadControl.ContextLength);

        // The answer is what is written back, two words further on.
        for (int i = ThreadControl.ContextLength - 1; i >= 0; i--)
        {
            MessageRegisters.Set(i + 2, MessageRegisters.Get(i));
        }

        Call(Thread, new MessageInfo(labels.TcbWriteRegisters, ThreadControl.ContextLength + 2), 0, (ulong)ThreadControl.ContextLength);
        Call(Thread, new MessageInfo(labels.PrideTcbReadMemory, 2), Program, MessageInfo.MaximumLength);
        MessageRegisters.SetExtraCap(0, Thread);
        Call(Thread, new MessageInfo(labels.TcbSetPriority, 1, 1), ChildPriority, 0);
        Call(Thread, new MessageInfo(labels.TcbSuspend, 0), 0, 0);
        Call(Thread, new MessageInfo(labels.TcbResume, 0), 0, 0);
        Call(Thread, new MessageInfo(labels.TcbReadRegisters, 2), 0, 1000);
        Call(Thread, new MessageInfo(UnknownLabel, 0), 0, 0);
    }

    private void InvokeOthers()
    {
        ref readonly InvocationLabels labels = ref Kernel.Labels;
        Call(ChildContext, new MessageInfo(labels.SchedContextConsumed, 0), 0, 0);
        MessageRegisters.SetExtraCap(0, Thread);
        Call(ChildContext, new MessageInfo(labels.SchedContextUnbindObject, 0, 1), 0, 0);
        MessageRegisters.SetExtraCap(0, Thread);
        Call(ChildContext, new MessageInfo(labels.SchedContextBind, 0, 1), 0, 0);
        Call(EmptySlot, new MessageInfo(0, 0), 0, 0);
        for (int i = 2; i < 8; i++)
        {
            MessageRegisters.Set(i, 0);
        }

        Call(CapSlots.Smc, new MessageInfo(labels.SmcCall, 8), PsciVersion, 0);
    }

    // Each with a signal to take, which the active server sends back, and each without where that does not block.
    private void ReceiveEveryWay()
    {
        ulong signal = CapSlots.BaseNotification + Active.Id;
        Active.Notify();
        MarkedCalls.Wait(CapSlots.Input, 0, 0, 0, 0, 0, 0, SystemCalls.Wait, 0);
        MarkedCalls.NBSendWait(CapSlots.Input, 0, 0, 0, 0, 0, signal, SystemCalls.NBSendWait, 0);
        MarkedCalls.NBSend(signal, 0, 0, 0, 0, 0, 0, SystemCalls.NBSend, 0);
        MarkedCalls.NBWait(CapSlots.Input, 0, 0, 0, 0, 0, 0, SystemCalls.NBWait, 0);
        MarkedCalls.NBWait(CapSlots.Input, 0, 0, 0, 0, 0, 0, SystemCalls.NBWait, 0);
        Active.Notify();
        MarkedCalls.NBRecv(CapSlots.Input, 0, 0, 0, 0, 0, CapSlots.Reply, SystemCalls.NBRecv, 0);
        MarkedCalls.NBRecv(CapSlots.Input, 0, 0, 0, 0, 0, CapSlots.Reply, SystemCalls.NBRecv, 0);
        MarkedCalls.CallEndpoint(CapSlots.BaseEndpoint + Active.Id, MessageInfo.MaximumLength, 0, 0, 0, 0, 0, SystemCalls.Call, 0);
        MarkedCalls.CallNotification(signal, 0, 0, 0, 0, 0, 0, SystemCalls.Call, 0);
        MarkedCalls.CallReply(CapSlots.Reply, 0, 0, 0, 0, 0, 0, SystemCalls.Call, 0);
        MarkedCalls.CallOther(EmptySlot, 0, 0, 0, 0, 0, 0, SystemCalls.Call, 0);
        MarkedCalls.CallOther(Thread, new MessageInfo(UnknownLabel, 0).Word, 0, 0, 0, 0, 0, SystemCalls.Call, 0);
        MarkedCalls.CapIdentify(Thread, 0, 0, 0, 0, 0, 0, SystemCalls.DebugCapIdentify, 0);
        MarkedCalls.NameThread(Thread, 0, 0, 0, 0, 0, 0, SystemCalls.DebugNameThread, 0);
    }

    private void UnbindChild()
    {
        ref readonly InvocationLabels labels = ref Kernel.Labels;
        Call(Thread, new MessageInfo(labels.TcbBindNotification, 0), 0, 0);
        Call(Thread, new MessageInfo(labels.TcbUnbindNotification, 0), 0, 0);
        Call(ChildContext, new MessageInfo(labels.SchedContextUnbind, 0), 0, 0);
    }

    private static void Call(ulong cap, MessageInfo info, ulong word0, ulong word1)
    {
        MessageRegisters.Set(0, word0);
        MessageRegisters.Set(1, word1);
        Kernel.Call(cap, info);
    }
}
