// Invocations of scheduling contexts: every refusal and what each call leaves behind.

using Pride.Abi;
using Pride.Kernel.Objects;
using Xunit;

namespace Pride.Kernel.Tests;

public sealed unsafe class ContextCallTests
{
    private const ulong Context = 300;
    private const ulong Signals = 301;
    private const ulong Thread = 302;
    private const ulong OwnContext = 303;
    private const ulong OwnThread = 304;

    private static readonly InvocationLabels s_labels = AbiVersions.Microkit23;

    [Theory]
    [InlineData(0UL)]
    [InlineData(1UL)]
    [InlineData(999UL)]
    public void A_label_that_a_context_does_not_know_is_illegal(ulong label)
    {
        using TestSystem system = Supervisor();
        Call(system, Context, label, Thread);
        Assert.Equal(KernelErrors.IllegalOperation, system["parent"].Info.Label);
    }

    [Fact]
    public void A_context_is_bound_to_one_thread_and_one_notification()
    {
        using TestSystem system = Supervisor();
        TestPd parent = system["parent"];
        Call(system, Context, s_labels.SchedContextBind, OwnThread);
        Assert.Equal(KernelErrors.IllegalOperation, parent.Info.Label);
        Call(system, Context, s_labels.SchedContextUnbindObject, Thread);
        Assert.Equal(KernelErrors.NoError, parent.Info.Label);
        Call(system, Context, s_labels.SchedContextBind, OwnThread);
        Assert.Equal(KernelErrors.IllegalOperation, parent.Info.Label);
        Call(system, Context, s_labels.SchedContextBind, Signals);
        Assert.Equal(KernelErrors.NoError, parent.Info.Label);
        Call(system, Context, s_labels.SchedContextBind, Signals);
        Assert.Equal(KernelErrors.IllegalOperation, parent.Info.Label);
        Call(system, OwnContext, s_labels.SchedContextBind, Signals);
        Assert.Equal(KernelErrors.IllegalOperation, parent.Info.Label);
        Call(system, Context, s_labels.SchedContextBind, CapSlots.Reply);
        Assert.Equal((KernelErrors.InvalidCapability, 1UL), (parent.Info.Label, parent.Word(0)));
        Invariants.Check(system);
    }

    [Fact]
    public void A_running_thread_is_given_a_context_whose_time_has_not_come_and_a_blocked_one_is_not()
    {
        using TestSystem system = Supervisor();
        TestPd child = system["child"];
        Call(system, Context, s_labels.SchedContextUnbindObject, Thread);
        Refill* head = (Refill*)((byte*)child.Context + SchedulingContext.HeaderSize) + child.Context->RefillHead;
        head->Time = system.Hardware.Counter + 500;
        foreach (ThreadState blocked in new[] { ThreadState.BlockedOnReceive, ThreadState.BlockedOnReply })
        {
            child.Tcb->State = blocked;
            Call(system, Context, s_labels.SchedContextBind, Thread);
            Assert.Equal(KernelErrors.IllegalOperation, system["parent"].Info.Label);
        }

        child.Tcb->State = ThreadState.Running;
        Call(system, Context, s_labels.SchedContextBind, Thread);
        Assert.Equal(KernelErrors.NoError, system["parent"].Info.Label);
        Assert.Equal(RunQueue.Release, child.Tcb->QueuedIn);
        Invariants.Check(system);
    }

    [Fact]
    public void Who_is_given_a_context_runs_when_he_is_the_most_urgent_and_else_in_his_turn()
    {
        using TestSystem system = new(new PdSpec("parent", 20), new PdSpec("child", 30), new PdSpec("lower", 10));
        TestPd parent = system["parent"];
        foreach ((string name, ulong at) in new[] { ("child", 0UL), ("lower", 10UL) })
        {
            system.Put(parent, Context + at, TestSystem.ContextCap(system[name]));
            system.Put(parent, Thread + at, TestSystem.TcbCap(system[name]));
            system[name].Tcb->SchedulingContext = null;
            system[name].Context->Tcb = null;
        }

        system.Start();
        Assert.Same(parent, system.RunningPd);
        Call(system, Context + 10, s_labels.SchedContextBind, Thread + 10);
        Assert.Same(parent, system.RunningPd);
        Assert.Equal(RunQueue.Ready, system["lower"].Tcb->QueuedIn);
        Call(system, Context, s_labels.SchedContextBind, Thread);
        Assert.Same(system["child"], system.RunningPd);
        Invariants.Check(system);
    }

    [Theory]
    [InlineData(1_000_000UL)]
    [InlineData(62_500_000UL)]
    [InlineData(24_000_000UL)]
    public void Microseconds_are_those_of_the_counters_frequency(ulong frequency)
    {
        using TestSystem system = new(new PdSpec("parent", 20, 2_000_000, 3_000_000));
        system.Hardware.CounterFrequency = frequency;
        system.Put(system["parent"], OwnContext, TestSystem.ContextCap(system["parent"]));
        system.Start();
        Assert.Equal((frequency, system.Core->Now), (system.Boot->Statistics->CounterFrequency, system.Boot->Statistics->BootCounter));
        Assert.Equal(frequency * 2, system["parent"].Context->Budget);
        Assert.Equal(frequency * 3, system["parent"].Context->Period);
        system.Pass(frequency + (frequency / 1000));
        system.Call(SystemCalls.Yield, 0);
        Assert.Null(system.RunningPd);
        Assert.Equal(frequency + (frequency / 1000), system["parent"].Context->Consumed);
        system.Pass(3 * frequency);
        system.Call(SystemCalls.Call, OwnContext, new MessageInfo(s_labels.SchedContextConsumed, 0));
        Assert.Equal(1_001_000UL, system["parent"].Word(0) / 10 * 10);
    }

    [Theory]
    [InlineData(1_000_000UL)]
    [InlineData(62_500_000UL)]
    public void A_budget_is_not_a_whole_number_of_seconds(ulong frequency)
    {
        using TestSystem system = new(new PdSpec("parent", 20, 1_999_999, 3_000_000));
        system.Hardware.CounterFrequency = frequency;
        system.Start();
        Assert.Equal(frequency * 1_999_999 / 1_000_000, system["parent"].Context->Budget);
    }

    [Fact]
    public void Unbind_takes_a_context_off_everything()
    {
        using TestSystem system = Supervisor();
        TestPd child = system["child"];
        Call(system, Context, s_labels.SchedContextBind, Signals);
        Assert.True(child.Notification->SchedulingContext == child.Context);
        Call(system, Context, s_labels.SchedContextUnbind);
        Assert.Equal(KernelErrors.NoError, system["parent"].Info.Label);
        Assert.True(child.Context->Tcb == null && child.Tcb->SchedulingContext == null);
        Assert.True(child.Context->Notification == null && child.Notification->SchedulingContext == null);
        Assert.Equal(RunQueue.None, child.Tcb->QueuedIn);
        Invariants.Check(system);
    }

    [Fact]
    public void Unbind_object_wants_the_object_that_is_bound()
    {
        using TestSystem system = Supervisor();
        TestPd parent = system["parent"];
        Call(system, Context, s_labels.SchedContextUnbindObject, OwnThread);
        Assert.Equal(KernelErrors.IllegalOperation, parent.Info.Label);
        Call(system, OwnContext, s_labels.SchedContextUnbindObject, OwnThread);
        Assert.Equal(KernelErrors.IllegalOperation, parent.Info.Label);
        Call(system, Context, s_labels.SchedContextUnbindObject, Signals);
        Assert.Equal(KernelErrors.IllegalOperation, parent.Info.Label);
        Call(system, Context, s_labels.SchedContextUnbindObject, CapSlots.Reply);
        Assert.Equal((KernelErrors.InvalidCapability, 1UL), (parent.Info.Label, parent.Word(0)));
        Call(system, Context, s_labels.SchedContextBind, Signals);
        Call(system, Context, s_labels.SchedContextUnbindObject, Signals);
        Assert.Equal(KernelErrors.NoError, parent.Info.Label);
        Assert.True(system["child"].Notification->SchedulingContext == null && system["child"].Context->Notification == null);
        system.Call(SystemCalls.Call, Context, new MessageInfo(s_labels.SchedContextUnbindObject, 0));
        Assert.Equal(KernelErrors.TruncatedMessage, parent.Info.Label);
        system.Call(SystemCalls.Call, Context, new MessageInfo(s_labels.SchedContextBind, 0));
        Assert.Equal(KernelErrors.TruncatedMessage, parent.Info.Label);
    }

    // What the monitor does to a passive PD whose Init has ended, while a signal that was there already is being handled.
    [Fact]
    public void A_passive_thread_that_handles_a_signal_when_its_context_moves_goes_on_and_gives_it_back()
    {
        using TestSystem system = Supervisor();
        TestPd child = system["child"];
        Call(system, Context, s_labels.SchedContextUnbindObject, Thread);
        Assert.True(child.Tcb->SchedulingContext == null);
        Call(system, Context, s_labels.SchedContextBind, Signals);
        Assert.True(child.Tcb->SchedulingContext == child.Context && child.Context->Tcb == child.Tcb);
        Invariants.Check(system);
        system.Call(SystemCalls.Wait, CapSlots.Input);
        Assert.Same(child, system.RunningPd);
        system.Call(SystemCalls.Recv, CapSlots.Input);
        Assert.True(child.Tcb->SchedulingContext == null && child.Context->Tcb == null && child.Notification->SchedulingContext == child.Context);
        Invariants.Check(system);
    }

    private static TestSystem Supervisor()
    {
        TestSystem system = new(new PdSpec("parent", 20), new PdSpec("child", 10, 100, 1000));
        TestPd parent = system["parent"];
        system.Put(parent, Context, TestSystem.ContextCap(system["child"]));
        system.Put(parent, Signals, TestSystem.NotificationCap(system["child"], 0));
        system.Put(parent, Thread, TestSystem.TcbCap(system["child"]));
        system.Put(parent, OwnContext, TestSystem.ContextCap(parent));
        system.Put(parent, OwnThread, TestSystem.TcbCap(parent));
        system.Start();
        return system;
    }

    private static void Call(TestSystem system, ulong cap, ulong label, ulong extra = ulong.MaxValue)
    {
        system["parent"].Buffer[1 + MessageInfo.MaximumLength + 1] = extra;
        system.Call(SystemCalls.Call, cap, new MessageInfo(label, 0, extra == ulong.MaxValue ? 0 : 1));
    }
}
