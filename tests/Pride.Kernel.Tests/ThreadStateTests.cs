// What is done to threads in each state: priority, suspension, resumption; to the thread itself.

using Pride.Abi;
using Pride.Kernel.Objects;
using Xunit;

namespace Pride.Kernel.Tests;

public sealed unsafe class ThreadStateTests
{
    private const ulong Self = 400;

    private static readonly InvocationLabels s_labels = AbiVersions.Microkit23;

    [Theory]
    [InlineData(ThreadState.BlockedOnReceive)]
    [InlineData(ThreadState.BlockedOnSend)]
    [InlineData(ThreadState.BlockedOnReply)]
    [InlineData(ThreadState.BlockedOnNotification)]
    [InlineData(ThreadState.Running)]
    [InlineData(ThreadState.Inactive)]
    public void A_thread_in_any_state_changes_its_priority_and_its_place(ThreadState state)
    {
        using TestSystem system = Put(state);
        TestPd child = system["child"];
        Assert.Equal(state, child.Tcb->State);
        SetPriority(system, 3);
        Assert.Equal((KernelErrors.NoError, 3u, state), (system["parent"].Info.Label, child.Tcb->Priority, child.Tcb->State));
        Invariants.Check(system);
        SetPriority(system, 60);
        Assert.Equal((60u, state), (child.Tcb->Priority, child.Tcb->State));
        Invariants.Check(system);
    }

    /// <summary>As in seL4: SCHED_ENQUEUE puts first.</summary>
    [Fact]
    public void Who_is_given_a_priority_goes_before_its_equals_that_wait()
    {
        using TestSystem system = new(new PdSpec("parent", 50), new PdSpec("first", 20), new PdSpec("child", 10), new PdSpec("second", 20));
        system.Put(system["parent"], CapSlots.BaseTcb + 4, TestSystem.TcbCap(system["child"]));
        system.Put(system["parent"], Self, TestSystem.TcbCap(system["parent"]));
        system.Start();
        SetPriority(system, 20);
        system.Receive();
        Assert.Same(system["child"], system.RunningPd);
        Invariants.Check(system);
    }

    [Theory]
    [InlineData(ThreadState.BlockedOnReceive, true)]
    [InlineData(ThreadState.BlockedOnSend, true)]
    [InlineData(ThreadState.BlockedOnReply, true)]
    [InlineData(ThreadState.BlockedOnNotification, true)]
    [InlineData(ThreadState.Running, false)]
    [InlineData(ThreadState.Inactive, false)]
    public void A_stopped_thread_repeats_the_call_that_it_waited_in(ThreadState state, bool repeats)
    {
        using TestSystem system = Put(state);
        TestPd child = system["child"];
        ulong pc = child.Register(Aarch64Registers.Pc);

        // Left from an earlier wait, where the thread does not wait now.
        child.Tcb->RestartOffset = SimulatedMachine.SystemCallBytes;
        Invoke(system, s_labels.TcbSuspend);
        Assert.Equal((ThreadState.Inactive, RunQueue.None), (child.Tcb->State, child.Tcb->QueuedIn));
        Assert.Equal(repeats ? pc - 4 : pc, child.Register(Aarch64Registers.Pc));
        Invariants.Check(system);
        Invoke(system, s_labels.TcbResume);
        Assert.Equal(ThreadState.Running, child.Tcb->State);
        Assert.Equal(repeats ? pc - 4 : pc, child.Register(Aarch64Registers.Pc));
        Assert.True(child.Tcb->QueuedIn == RunQueue.Ready);
        Invariants.Check(system);
    }

    [Theory]
    [InlineData(ThreadState.BlockedOnReceive)]
    [InlineData(ThreadState.BlockedOnSend)]
    [InlineData(ThreadState.BlockedOnReply)]
    [InlineData(ThreadState.BlockedOnNotification)]
    [InlineData(ThreadState.Running)]
    [InlineData(ThreadState.Inactive)]
    public void A_restart_begins_where_it_says_whatever_the_thread_did(ThreadState state)
    {
        using TestSystem system = Put(state);
        TestPd child = system["child"];
        system.Call(SystemCalls.Call, CapSlots.BaseTcb + 4, new MessageInfo(s_labels.TcbWriteRegisters, 3), words: [1, 1, 0x20_0040]);
        Assert.Equal((ThreadState.Running, 0x20_0040UL), (child.Tcb->State, child.Register(Aarch64Registers.Pc)));
        Assert.Equal(1UL, system.StatisticsOf(child)->Restarts);
        Invariants.Check(system);
    }

    [Fact]
    public void Registers_that_are_written_without_resuming_do_not_start_the_thread()
    {
        using TestSystem system = Put(ThreadState.Inactive);
        system.Call(SystemCalls.Call, CapSlots.BaseTcb + 4, new MessageInfo(s_labels.TcbWriteRegisters, 4), words: [2, 2, 0x20_0040, 0x3000]);
        TestPd child = system["child"];
        Assert.Equal((ThreadState.Inactive, 0x20_0040UL, 0x3000UL), (child.Tcb->State, child.Register(Aarch64Registers.Pc), child.Register(Aarch64Registers.Sp)));
        Assert.Equal(0UL, system.StatisticsOf(child)->Restarts);
        system.Call(SystemCalls.Call, CapSlots.BaseTcb + 4, new MessageInfo(s_labels.TcbWriteRegisters, 3), words: [0, 2, 5]);
        Assert.Equal((KernelErrors.TruncatedMessage, 0x20_0040UL), (system["parent"].Info.Label, child.Register(Aarch64Registers.Pc)));
    }

    [Theory]
    [InlineData(1UL, KernelErrors.NoError, 1)]
    [InlineData(36UL, KernelErrors.NoError, 36)]
    [InlineData(0UL, KernelErrors.RangeError, 2)]
    [InlineData(37UL, KernelErrors.RangeError, 2)]
    public void Registers_are_read_in_any_number_up_to_all(ulong count, ulong error, int length)
    {
        using TestSystem system = Put(ThreadState.Inactive);
        TestPd parent = system["parent"];
        system.Call(SystemCalls.Call, CapSlots.BaseTcb + 4, new MessageInfo(s_labels.TcbReadRegisters, 2), words: [0, count]);
        Assert.Equal((error, length), (parent.Info.Label, parent.Info.Length));
        Assert.Equal(error == 0 ? system["child"].Register(Aarch64Registers.Pc) : 1, parent.Word(0));
        if (error != KernelErrors.NoError)
        {
            Assert.Equal(36UL, parent.Word(1));
        }
    }

    [Fact]
    public void Each_thread_uses_the_labels_of_its_own_abi_version()
    {
        using TestSystem system = new(new PdSpec("new", 20), new PdSpec("old", 10, Labels: AbiVersions.Microkit20));
        InvocationLabels old = AbiVersions.Microkit20;
        foreach (string name in (string[])["new", "old"])
        {
            system.Put(system[name], Self, TestSystem.ContextCap(system[name]));
            system.ConnectIrq(system[name], 5, name == "new" ? 40u : 41);
        }

        Assert.NotEqual(old.SchedContextConsumed, s_labels.SchedContextConsumed);
        system.Start();
        system.Call(SystemCalls.Call, Self, new MessageInfo(old.SchedContextConsumed, 0));
        Assert.NotEqual(KernelErrors.NoError, system["new"].Info.Label);
        system.Call(SystemCalls.Call, Self, new MessageInfo(s_labels.SchedContextConsumed, 0));
        Assert.Equal((KernelErrors.NoError, 1), (system["new"].Info.Label, system["new"].Info.Length));
        system.Raise(41);
        system.Receive();
        system.Receive();
        Assert.Same(system["old"], system.RunningPd);
        system.Call(SystemCalls.Call, Self, new MessageInfo(s_labels.SchedContextConsumed, 0));
        Assert.Equal(KernelErrors.IllegalOperation, system["old"].Info.Label);
        system.Call(SystemCalls.Call, Self, new MessageInfo(old.SchedContextConsumed, 0));
        Assert.Equal((KernelErrors.NoError, 1), (system["old"].Info.Label, system["old"].Info.Length));
        system.Call(SystemCalls.Call, CapSlots.BaseIrq + 5, new MessageInfo(s_labels.IrqAck, 0));
        Assert.Equal((KernelErrors.IllegalOperation, 1u), (system["old"].Info.Label, system.Boot->Irqs[41].InService));
        system.Call(SystemCalls.Send, CapSlots.BaseIrq + 5, new MessageInfo(old.IrqAck, 0));
        Assert.Equal(0u, system.Boot->Irqs[41].InService);
    }

    [Theory]
    [InlineData(SystemCalls.Send)]
    [InlineData(SystemCalls.NBSend)]
    public void A_sent_invocation_is_done_and_not_answered(long number)
    {
        using TestSystem system = Put(ThreadState.Running);
        TestPd parent = system["parent"];
        system.Call(number, CapSlots.BaseTcb + 4, new MessageInfo(s_labels.TcbReadRegisters, 2), words: [1, 1]);
        Assert.Equal((CapSlots.BaseTcb + 4, 1UL), (parent.Badge, parent.Word(0)));
        Assert.Equal(ThreadState.Inactive, system["child"].Tcb->State);
        system.Call(number, CapSlots.BaseTcb + 4, new MessageInfo(s_labels.TcbResume, 0));
        Assert.Equal(ThreadState.Running, system["child"].Tcb->State);
        system.Hardware.Memory[(system["child"].Tcb->AddressSpace, 0x1000)] = 77;
        system.Call(number, CapSlots.BaseTcb + 4, new MessageInfo(s_labels.PrideTcbReadMemory, 2), words: [0x1000, 1]);
        Assert.Equal((CapSlots.BaseTcb + 4, 0x1000UL), (parent.Badge, parent.Word(0)));
        system.Call(number, CapSlots.BaseTcb + 4, new MessageInfo(999, 0));
        Assert.Equal(CapSlots.BaseTcb + 4, parent.Badge);
    }

    [Theory]
    [InlineData(0UL, KernelErrors.RangeError)]
    [InlineData(1UL, KernelErrors.NoError)]
    [InlineData(120UL, KernelErrors.NoError)]
    [InlineData(121UL, KernelErrors.RangeError)]
    public void Memory_is_read_by_one_to_120_words(ulong count, ulong error)
    {
        using TestSystem system = Put(ThreadState.Running);
        TestPd parent = system["parent"];
        for (ulong i = 0; i < 200; i++)
        {
            system.Hardware.Memory[(system["child"].Tcb->AddressSpace, 0x1000 + (i * 8))] = i;
        }

        system.Call(SystemCalls.Call, CapSlots.BaseTcb + 4, new MessageInfo(s_labels.PrideTcbReadMemory, 2), words: [0x1000, count]);
        Assert.Equal((error, error == 0 ? (int)count : 2), (parent.Info.Label, parent.Info.Length));
        if (error != KernelErrors.NoError)
        {
            Assert.Equal((1UL, 120UL), (parent.Word(0), parent.Word(1)));
        }
    }

    [Fact]
    public void Nobody_reads_or_writes_his_own_registers_but_he_may_stop_himself()
    {
        using TestSystem system = Put(ThreadState.Running);
        TestPd parent = system["parent"];
        system.Put(parent, Self, TestSystem.TcbCap(parent));
        system.Call(SystemCalls.Call, Self, new MessageInfo(s_labels.TcbReadRegisters, 2), words: [0, 1]);
        Assert.Equal(KernelErrors.IllegalOperation, parent.Info.Label);
        system.Call(SystemCalls.Call, Self, new MessageInfo(s_labels.TcbWriteRegisters, 3), words: [0, 1, 0x40]);
        Assert.Equal(KernelErrors.IllegalOperation, parent.Info.Label);
        system.Call(SystemCalls.Call, Self, new MessageInfo(s_labels.TcbResume, 0));
        Assert.Same(parent, system.RunningPd);
        system.Call(SystemCalls.Call, Self, new MessageInfo(s_labels.TcbSuspend, 0));
        Assert.Same(system["before"], system.RunningPd);
        Assert.Equal(ThreadState.Inactive, parent.Tcb->State);
        Invariants.Check(system);
    }

    [Fact]
    public void Notifications_are_bound_to_one_thread_that_may_receive_from_them()
    {
        using TestSystem system = Put(ThreadState.Inactive);
        TestPd parent = system["parent"];
        TestPd child = system["child"];
        system.Put(parent, Self, TestSystem.NotificationCap(child, 0));
        system.Put(parent, Self + 1, new Cap(CapType.Notification, CapRights.Write, (ulong)child.Notification, 0));
        Invoke(system, s_labels.TcbBindNotification, Self);
        Assert.Equal(KernelErrors.IllegalOperation, parent.Info.Label);
        Invoke(system, s_labels.TcbUnbindNotification);
        Assert.Equal(KernelErrors.NoError, parent.Info.Label);
        Assert.True(child.Tcb->BoundNotification == null && child.Notification->BoundTcb == null);
        Invoke(system, s_labels.TcbUnbindNotification);
        Assert.Equal(KernelErrors.IllegalOperation, parent.Info.Label);
        Invoke(system, s_labels.TcbBindNotification, Self + 1);
        Assert.Equal(KernelErrors.IllegalOperation, parent.Info.Label);
        Invoke(system, s_labels.TcbBindNotification, Self);
        Assert.Equal(KernelErrors.NoError, parent.Info.Label);
        Assert.True(child.Tcb->BoundNotification == child.Notification && child.Notification->BoundTcb == child.Tcb);
        child.Tcb->BoundNotification = null;
        Invoke(system, s_labels.TcbBindNotification, Self);
        Assert.Equal(KernelErrors.IllegalOperation, parent.Info.Label);
        Invoke(system, s_labels.TcbBindNotification);
        Assert.Equal(KernelErrors.TruncatedMessage, parent.Info.Label);
    }

    // "parent" runs and holds the child's TCB cap; the child is in the state asked for, in the middle of a queue where there is one.
    private static TestSystem Put(ThreadState state)
    {
        TestSystem system = new(
            new PdSpec("parent", 90),
            new PdSpec("before", 50),
            new PdSpec("child", 40, ReceivesCalls: true),
            new PdSpec("after", 30),
            new PdSpec("server", 20, ReceivesCalls: true));
        system.MakeChild(system["parent"], 4, system["child"]);
        system.ConnectIrq(system["parent"], 5, 40);
        foreach (string name in (string[])["before", "child", "after"])
        {
            system.Connect(system[name], 1, system["server"], 1, call: true);
            system.Put(system[name], Self, new Cap(CapType.Endpoint, CapRights.Read, (ulong)system["server"].Endpoint, 0));
            system.Put(system[name], Self + 1, TestSystem.NotificationCap(system["server"], 1));
        }

        system["server"].Tcb->BoundNotification = null;
        system["server"].Notification->BoundTcb = null;
        system.Start();
        system.Receive();
        switch (state)
        {
            case ThreadState.BlockedOnReceive:
                Act(system, 3, () => system.Call(SystemCalls.Recv, Self));
                break;
            case ThreadState.BlockedOnSend:
                Act(system, 3, () => system.Call(SystemCalls.Send, CapSlots.BaseEndpoint + 1));
                break;
            case ThreadState.BlockedOnNotification:
                Act(system, 3, () => system.Call(SystemCalls.Wait, Self + 1));
                break;
            case ThreadState.BlockedOnReply:
                Act(system, 3, () => system.Protected(1));
                system.Receive();
                system.Receive();
                break;
            default:
                break;
        }

        system.Raise(40);
        Assert.Same(system["parent"], system.RunningPd);
        if (state == ThreadState.Inactive)
        {
            Invoke(system, s_labels.TcbSuspend);
        }

        return system;
    }

    private static void Act(TestSystem system, int times, System.Action act)
    {
        for (int i = 0; i < times; i++)
        {
            act();
        }
    }

    private static void SetPriority(TestSystem system, ulong priority)
    {
        TestPd parent = system["parent"];
        system.Put(parent, Self, TestSystem.TcbCap(parent));
        parent.Buffer[1 + MessageInfo.MaximumLength + 1] = Self;
        system.Call(SystemCalls.Call, CapSlots.BaseTcb + 4, new MessageInfo(s_labels.TcbSetPriority, 1, 1), words: [priority]);
    }

    private static void Invoke(TestSystem system, ulong label, ulong extra = ulong.MaxValue)
    {
        system["parent"].Buffer[1 + MessageInfo.MaximumLength + 1] = extra;
        system.Call(SystemCalls.Call, CapSlots.BaseTcb + 4, new MessageInfo(label, 0, extra == ulong.MaxValue ? 0 : 1));
    }
}
