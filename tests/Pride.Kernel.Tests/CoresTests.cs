// Signals between cores, seen from one of them: what is written for the other, and what is done with what the other has written.

using Pride.Abi;
using Pride.Kernel.Objects;
using Xunit;

namespace Pride.Kernel.Tests;

public sealed unsafe class CoresTests
{
    private const ulong Slot = CapSlots.BaseNotification + 9;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_signal_to_another_core_is_a_badge_a_bit_and_one_interrupt(bool fast)
    {
        using TestSystem system = new(new PdSpec("a", 10));
        Notification* remote = system.ConnectRemote(system["a"], Slot, core: 1, index: 130, badge: 1UL << 5);
        system.UsesFastPath = fast;
        system.Start();
        system.Notify(9);
        system.Notify(9);
        Assert.Equal(1UL << 5, remote->RemoteBadges);
        Assert.Equal(NotificationState.Idle, remote->State);
        Assert.Equal(1UL << 2, system.Core[1].Inbox[2]);
        Assert.Equal([1u], system.Hardware.CoreCalls);
        Assert.Same(system["a"], system.RunningPd);
        Invariants.Check(system);
    }

    [Fact]
    public void An_interrupt_that_comes_to_the_boot_core_is_handed_to_the_core_of_its_pd()
    {
        const uint Line = 40;
        using TestSystem system = new(new PdSpec("a", 10));
        Notification* remote = system.ConnectRemote(system["a"], Slot, core: 1, index: 130, badge: 1UL << 5);
        system.ConnectIrq(system["a"], 5, Line);
        system.Boot->Irqs[Line].Notification = remote;
        system.Hardware.DevicesInterruptBootCore = true;
        system.Start();
        system.Raise(Line);
        Assert.Equal((1UL << 5, NotificationState.Idle), (remote->RemoteBadges, remote->State));
        Assert.Equal(1UL << 2, system.Core[1].Inbox[2]);
        Assert.Equal([1u], system.Hardware.CoreCalls);
        Assert.Same(system["a"], system.RunningPd);
        Assert.Equal(1u, system.Boot->Irqs[Line].InService);

        // What is this core's own is signalled here.
        system.Boot->Irqs[Line].Notification = system["a"].Notification;
        system.Hardware.Active.Clear();
        system.Raise(Line);
        Assert.Equal(1UL << 5, system["a"].Notification->Badges);
        Assert.Equal([1u], system.Hardware.CoreCalls);
    }

    [Fact]
    public void A_notification_of_another_core_cannot_be_waited_for_or_bound()
    {
        using TestSystem system = new(new PdSpec("a", 10), new PdSpec("b", 5));
        system.ConnectRemote(system["a"], Slot, 1, 1, 1);
        system.MakeChild(system["a"], 0, system["b"]);
        system.Start();
        system["b"].Tcb->BoundNotification = null;
        system["b"].Notification->BoundTcb = null;
        system["a"].Buffer[1 + MessageInfo.MaximumLength + 1] = Slot;
        system.Call(SystemCalls.Call, CapSlots.BaseTcb, new MessageInfo(system.Labels.TcbBindNotification, 0, 1));
        Assert.Equal(KernelErrors.IllegalOperation, system["a"].Info.Label);
        system.Call(SystemCalls.Wait, Slot);
        Assert.NotSame(system["a"], system.RunningPd);
        Assert.Equal(ThreadState.Inactive, system["a"].Tcb->State);
    }

    [Fact]
    public void What_another_core_signalled_wakes_its_pd()
    {
        using TestSystem system = new(new PdSpec("low", 10), new PdSpec("high", 20), new PdSpec("none", 5));
        system.Start();
        system.Receive();
        Assert.Same(system["low"], system.RunningPd);
        FromOutside(system, "high", 6);
        FromOutside(system, "low", 1);
        system.Raise(SimulatedHardware.CoreIrq);
        Assert.Same(system["high"], system.RunningPd);
        Assert.Equal(6UL, system["high"].Badge);
        Assert.Equal(1UL, system["low"].Notification->Badges);
        Assert.Equal(NotificationState.Active, system["low"].Notification->State);
        Assert.Equal(NotificationState.Idle, system["none"].Notification->State);
        Assert.Equal((0UL, 0UL), (system["high"].Notification->RemoteBadges, system.Core->Inbox[0]));
        Invariants.Check(system);
    }

    /// <summary>As in seL4: each that wakes goes to the head of its queue, so of equals the last to wake runs first.</summary>
    [Fact]
    public void Of_equals_that_wake_at_once_the_last_runs_first()
    {
        using TestSystem system = new(new PdSpec("low", 10), new PdSpec("first", 20), new PdSpec("last", 20));
        system.Start();
        system.Receive();
        system.Receive();
        Assert.Same(system["low"], system.RunningPd);
        FromOutside(system, "first", 1);
        FromOutside(system, "last", 1);
        system.Raise(SimulatedHardware.CoreIrq);
        Assert.Same(system["last"], system.RunningPd);
        Invariants.Check(system);
    }

    [Fact]
    public void Signals_come_to_every_pd_of_a_large_system()
    {
        const int Count = 130;
        PdSpec[] specs = new PdSpec[Count];
        for (int i = 0; i < Count; i++)
        {
            specs[i] = new PdSpec($"pd{i}", 10);
        }

        using TestSystem system = new(specs);
        system.Start();
        foreach (int index in new[] { 63, 64, 65, 127, 128, 129 })
        {
            FromOutside(system, $"pd{index}", (ulong)index);
            system.Raise(SimulatedHardware.CoreIrq);
            Assert.Equal((ulong)index, system.Pds[index].Notification->Badges);
        }

        Invariants.Check(system);
    }

    [Fact]
    public void A_core_that_does_not_come_is_waited_for_until_the_deadline()
    {
        using TestSystem system = new(new PdSpec("a", 10));
        CoreState* other = system.Core + 1;
        Assert.False(Kernel<SimulatedMachine>.Comes(other, system.Hardware.Counter - 1));
        other->HasStarted = 1;
        Assert.True(Kernel<SimulatedMachine>.Comes(other, system.Hardware.Counter - 1));
    }

    [Fact]
    public void What_was_signalled_before_the_core_started_is_not_lost()
    {
        using TestSystem system = new(new PdSpec("a", 10));
        FromOutside(system, "a", 3);
        system.Start();
        Assert.Equal(3UL, system["a"].Notification->Badges);
        system.Receive();
        Assert.Equal(3UL, system["a"].Badge);
    }

    [Fact]
    public void A_core_starts_its_own_threads_alone()
    {
        using TestSystem system = new(new PdSpec("other", 30), new PdSpec("own", 10));
        system["other"].Tcb->Core = 1;
        system["other"].Context->Core = 1;
        system.Start();
        Assert.Same(system["own"], system.RunningPd);
        Assert.Equal(RunQueue.None, system["other"].Tcb->QueuedIn);
        Assert.Equal(0u, system["other"].Context->RefillCount);
    }

    private static void FromOutside(TestSystem system, string name, ulong badges)
    {
        system[name].Notification->RemoteBadges |= badges;
        uint index = system[name].Tcb->Index;
        system.Core->Inbox[index / 64] |= 1UL << (int)(index % 64);
    }
}
