using Pride.Abi;
using Pride.Kernel.Objects;
using Xunit;

namespace Pride.Kernel.Tests;

public sealed unsafe class NotificationTests
{
    [Fact]
    public void A_signal_wakes_a_more_urgent_waiter_at_once()
    {
        using TestSystem system = new(new PdSpec("low", 10), new PdSpec("high", 20));
        TestPd low = system["low"];
        TestPd high = system["high"];
        system.Connect(low, 1, high, 2);
        system.Start();
        Assert.Same(high, system.RunningPd);
        system.Receive();
        Assert.Same(low, system.RunningPd);
        system.Notify(1);
        Assert.Same(high, system.RunningPd);
        Assert.Equal(1UL << 2, high.Badge);
        Invariants.Check(system);
    }

    [Fact]
    public void Signals_to_one_who_does_not_wait_are_ored_and_taken_once()
    {
        using TestSystem system = new(new PdSpec("a", 20), new PdSpec("b", 10), new PdSpec("c", 10));
        system.Connect(system["a"], 1, system["b"], 5);
        system.Connect(system["a"], 2, system["c"], 6);
        system.Connect(system["c"], 3, system["b"], 7);
        system.Start();
        system.Notify(1);
        system.Notify(1);
        Assert.Equal(NotificationState.Active, system["b"].Notification->State);
        system.Receive();
        while (system.RunningPd != system["c"])
        {
            system.Call(SystemCalls.Yield, 0);
        }

        system.Notify(3);
        system.Receive();
        Assert.Same(system["b"], system.RunningPd);
        system.Receive();
        Assert.Equal((1UL << 5) | (1UL << 7), system["b"].Badge);
        Assert.Equal(NotificationState.Idle, system["b"].Notification->State);
        Assert.Same(system["b"], system.RunningPd);
        system.Receive();
        Assert.Null(system.RunningPd);
        Invariants.Check(system);
    }

    [Fact]
    public void A_thread_that_waits_at_an_endpoint_gets_signals_of_its_bound_notification()
    {
        using TestSystem system = new(new PdSpec("low", 10), new PdSpec("server", 20, ReceivesCalls: true));
        system.Connect(system["low"], 1, system["server"], 2, call: true);
        system.Start();
        system.Receive();
        Assert.Equal(ThreadState.BlockedOnReceive, system["server"].Tcb->State);
        system.Notify(1);
        Assert.Same(system["server"], system.RunningPd);
        Assert.Equal(1UL << 2, system["server"].Badge);
        Assert.True(system["server"].Reply->Tcb == null);
        Invariants.Check(system);
    }

    [Fact]
    public void A_pending_signal_comes_before_a_waiting_caller()
    {
        using TestSystem system = new(new PdSpec("client", 30), new PdSpec("server", 20, ReceivesCalls: true));
        system.Connect(system["client"], 1, system["server"], 2, call: true);
        system.Start();
        system.Notify(1);
        system.Protected(1);
        Assert.Same(system["server"], system.RunningPd);
        system.Receive();
        Assert.Equal(1UL << 2, system["server"].Badge);
        system.Receive();
        Assert.Equal(Badges.ProtectedCall | 2, system["server"].Badge);
        Invariants.Check(system);
    }

    [Fact]
    public void Polling_an_idle_notification_gives_badge_0_and_does_not_block()
    {
        using TestSystem system = new(new PdSpec("a", 10));
        system.Start();
        system.Call(SystemCalls.NBWait, CapSlots.Input);
        Assert.Same(system["a"], system.RunningPd);
        Assert.Equal(0UL, system["a"].Badge);
    }

    [Theory]
    [InlineData(SystemCalls.NBSendRecv)]
    [InlineData(SystemCalls.NBSendWait)]
    public void Send_and_wait_in_one_call_does_both(long number)
    {
        using TestSystem system = new(new PdSpec("low", 10), new PdSpec("high", 20));
        system.Connect(system["low"], 1, system["high"], 2);
        system.Start();

        // NBSendWait names the cap to send to in the reply cap's register.
        ulong cap = CapSlots.BaseNotification + 2;
        system.Call(number, CapSlots.Input, reply: number == SystemCalls.NBSendWait ? cap : CapSlots.Reply, send: cap);
        Assert.Same(system["low"], system.RunningPd);
        Assert.Equal(ThreadState.BlockedOnNotification, system["high"].Tcb->State);
        system.Receive();
        Assert.Equal(1UL << 1, system["low"].Badge);
    }

    [Fact]
    public void Only_the_bound_thread_may_wait_at_a_notification()
    {
        using TestSystem system = new(new PdSpec("thief", 20), new PdSpec("owner", 10));
        system.Put(system["thief"], 400, TestSystem.NotificationCap(system["owner"], 0));
        system.Start();
        system.Call(SystemCalls.Wait, 400);
        Assert.Same(system["owner"], system.RunningPd);
        Assert.Equal(ThreadState.Inactive, system["thief"].Tcb->State);
        Assert.Equal(1UL, system.StatisticsOf(system["thief"])->Faults);
    }
}
