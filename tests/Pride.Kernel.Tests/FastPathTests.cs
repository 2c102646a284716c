// The short ways are taken where they are meant to be, and end as the long way does.

using Pride.Abi;
using Pride.Kernel.Objects;
using Xunit;

namespace Pride.Kernel.Tests;

public sealed unsafe class FastPathTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_signal_takes_one_of_two_that_receive_at_an_endpoint(bool fast)
    {
        using TestSystem system = new(new PdSpec("owner", 30, ReceivesCalls: true), new PdSpec("guest", 20), new PdSpec("low", 10));
        system.Connect(system["low"], 1, system["owner"], 2);
        system.Put(system["guest"], CapSlots.Input, TestSystem.EndpointCap(system["owner"], 0));
        system.UsesFastPath = fast;
        system.Start();
        system.Receive();
        system.Receive();
        system.Notify(1);
        Assert.Same(system["owner"], system.RunningPd);
        Assert.Equal((ThreadState.BlockedOnReceive, 1UL << 2), (system["guest"].Tcb->State, system["owner"].Badge));
        Invariants.Check(system);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_call_of_a_passive_server_and_its_answer(bool fast)
    {
        using TestSystem system = EndpointTests.ClientAndServer();
        system.UsesFastPath = fast;
        system.Start();
        system.Receive();
        EndpointTests.MakePassive(system, system["server"]);
        system.Protected(1, 11, 12, 13, 14, 15);
        Assert.Same(system["server"], system.RunningPd);
        Assert.Equal((Badges.ProtectedCall | 2, 5, 15UL), (system["server"].Badge, system["server"].Info.Length, system["server"].Word(4)));
        Invariants.Check(system);
        system.ReplyAndReceive(new MessageInfo(3, 1), 99);
        Assert.Same(system["client"], system.RunningPd);
        Assert.Equal((3UL, 99UL), (system["client"].Info.Label, system["client"].Word(0)));
        Assert.Equal(ThreadState.BlockedOnReceive, system["server"].Tcb->State);
        Assert.True(system["server"].Reply->Tcb == system["server"].Tcb);
        Assert.Equal(TestSystem.EntryPoint + 4, system["client"].Register(Aarch64Registers.Pc));
        Invariants.Check(system);
        Assert.Equal(fast ? 3 : 0, system.FastCalls);
    }

    [Fact]
    public void An_answer_goes_the_long_way_when_somebody_else_is_more_urgent()
    {
        using TestSystem system = new(new PdSpec("client", 10), new PdSpec("server", 20, ReceivesCalls: true), new PdSpec("between", 15));
        system.Connect(system["client"], 1, system["server"], 2, call: true);
        system.Connect(system["between"], 3, system["server"], 3);
        system.Start();
        system.Receive();
        EndpointTests.MakePassive(system, system["server"]);
        system.Receive();
        system.Protected(1);
        int before = system.FastCalls;
        system.Notify(3);
        Assert.Equal(before + 1, system.FastCalls);
        Assert.Same(system["server"], system.RunningPd);
        system.ReplyAndReceive();
        Assert.Equal(before + 1, system.FastCalls);
        Assert.Same(system["between"], system.RunningPd);
        Invariants.Check(system);
    }

    [Fact]
    public void Waiting_and_waking_somebody_more_urgent_go_the_short_way()
    {
        using TestSystem system = new(new PdSpec("low", 10), new PdSpec("high", 20));
        system.Connect(system["low"], 1, system["high"], 2);
        system.Start();
        system.Receive();
        Assert.Equal(1, system.FastCalls);
        system.Pass(7);
        system.Notify(1);
        Assert.Equal(2, system.FastCalls);
        Assert.Same(system["high"], system.RunningPd);
        Assert.Equal((7UL, 7UL), (system.StatisticsOf(system["low"])->CpuTicks, system["low"].Context->Consumed));
        Assert.Equal((2UL, 1UL), (system.StatisticsOf(system["high"])->Activations, system.StatisticsOf(system["low"])->Activations));
        Invariants.Check(system);
    }

    [Fact]
    public void A_signal_to_a_passive_thread_goes_the_long_way()
    {
        using TestSystem system = EndpointTests.ClientAndServer();
        system.Start();
        system.Receive();
        EndpointTests.MakePassive(system, system["server"]);
        int before = system.FastCalls;
        system.Notify(1);
        Assert.Equal(before, system.FastCalls);
        Assert.Same(system["server"], system.RunningPd);
    }

    [Fact]
    public void The_half_of_a_combined_call_that_was_done_is_not_repeated()
    {
        using TestSystem system = new(new PdSpec("only", 20), new PdSpec("stopped", 10));
        system.Connect(system["only"], 1, system["stopped"], 2);
        system["stopped"].Tcb->State = ThreadState.Inactive;
        system.Start();
        system.Call(SystemCalls.NBSendRecv, CapSlots.Input, send: CapSlots.BaseNotification + 1);
        Assert.Null(system.RunningPd);
        Assert.Equal(0u, system.Core->FirstHalfDone);
        Assert.Equal(1UL << 2, system["stopped"].Notification->Badges);
        Assert.Equal(ThreadState.BlockedOnNotification, system["only"].Tcb->State);
        Invariants.Check(system);
    }

    [Fact]
    public void Pending_signals_are_sent_and_taken_the_short_way()
    {
        using TestSystem system = new(new PdSpec("high", 20), new PdSpec("low", 10));
        system.Connect(system["high"], 1, system["low"], 2);
        system.Put(system["high"], CapSlots.BaseNotification + 5, TestSystem.NotificationCap(system["high"], 1UL << 9));
        system.Start();
        system.Notify(1);
        system.Notify(1);
        system.Notify(5);
        Assert.Equal(3, system.FastCalls);
        Assert.Equal(NotificationState.Active, system["low"].Notification->State);
        system.Call(SystemCalls.NBSendRecv, CapSlots.Input, send: CapSlots.BaseNotification + 1);
        Assert.Equal(4, system.FastCalls);
        Assert.Equal(1UL << 9, system["high"].Badge);
        Assert.Equal(NotificationState.Idle, system["high"].Notification->State);
        Invariants.Check(system);
    }

    [Theory]
    [InlineData(19u, true)]
    [InlineData(20u, true)]
    [InlineData(21u, false)]
    public void A_server_that_is_as_urgent_is_called_the_short_way_and_one_that_is_less_is_not(uint client, bool isShort)
    {
        using TestSystem system = new(new PdSpec("client", client), new PdSpec("server", 20, ReceivesCalls: true));
        system.Connect(system["client"], 1, system["server"], 2, call: true);
        system.ConnectIrq(system["client"], 5, 40);
        system.Start();
        while (system.RunningPd != null)
        {
            system.Receive();
        }

        EndpointTests.MakePassive(system, system["server"]);
        system.Raise(40);
        Assert.Same(system["client"], system.RunningPd);
        int before = system.FastCalls;
        system.Protected(1);
        Assert.Equal(isShort ? before + 1 : before, system.FastCalls);
        Assert.Same(system["server"], system.RunningPd);
        Invariants.Check(system);
    }

    [Fact]
    public void A_turn_sets_the_timer_for_who_waits_for_budget()
    {
        using TestSystem system = new(new PdSpec("low", 10, 5000, 5000), new PdSpec("high", 20, 5000, 5000), new PdSpec("waits", 30, 100, 1000));
        system.Connect(system["low"], 1, system["high"], 2);
        system.Start();
        system.Pass(110);
        Assert.Same(system["high"], system.RunningPd);
        int before = system.FastCalls;
        system.Receive();
        Invariants.Check(system);
        system.Notify(1);
        Invariants.Check(system);
        Assert.Equal(before + 2, system.FastCalls);
        Assert.Equal(system.Core->NextEvent, system.Hardware.Deadline);
    }

    [Fact]
    public void Yield_goes_the_short_way_when_nobody_else_is_ready_and_counts_what_was_used()
    {
        using TestSystem system = new(new PdSpec("only", 20), new PdSpec("low", 10));
        system.Start();
        system.Pass(33);
        system.Call(SystemCalls.Yield, 0);
        Assert.Equal(1, system.FastCalls);
        Assert.Equal(33UL, system["only"].Context->Consumed);
        Assert.Equal(system.Hardware.Counter + 1000, system.Hardware.Deadline);
        system.UsesFastPath = false;
        system.Pass(11);
        system.Call(SystemCalls.Yield, 0);
        Assert.Equal(44UL, system["only"].Context->Consumed);
        Assert.Equal(system.Hardware.Counter + 1000, system.Hardware.Deadline);
        Invariants.Check(system);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Signals_need_the_right_to_write(bool fast)
    {
        using TestSystem system = new(new PdSpec("a", 20), new PdSpec("b", 10));
        Notification* remote = system.ConnectRemote(system["a"], 400, core: 1, index: 3, badge: 4);
        system.Put(system["a"], 400, new Cap(CapType.RemoteNotification, CapRights.Read, (ulong)remote, 4));
        system.Put(system["a"], 401, new Cap(CapType.Notification, CapRights.Read, (ulong)system["b"].Notification, 4));
        system.UsesFastPath = fast;
        system.Start();
        system.Call(SystemCalls.Send, 400);
        system.Call(SystemCalls.Send, 401);
        Assert.Equal((0UL, NotificationState.Idle), (remote->RemoteBadges, system["b"].Notification->State));
        system.Call(SystemCalls.Call, 400);
        Assert.Equal(KernelErrors.InvalidCapability, system["a"].Info.Label);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_end_of_a_short_table_is_no_reply_object(bool fast)
    {
        using TestSystem system = EndpointTests.ClientAndServer();
        TestPd server = system["server"];
        system.Put(server, 20, server.Tcb->Caps[CapSlots.Reply]);
        server.Tcb->CapCount = 20;
        system.UsesFastPath = fast;
        system.Start();
        system.Call(SystemCalls.Recv, CapSlots.Input, reply: 20);
        Assert.Equal((1UL, ThreadState.Inactive), (system.StatisticsOf(server)->Faults, server.Tcb->State));
        Assert.True(server.Reply->Tcb == null);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_end_of_a_short_table_is_nothing_to_receive_at(bool fast)
    {
        using TestSystem system = EndpointTests.ClientAndServer();
        TestPd server = system["server"];
        system.Put(server, 20, server.Tcb->Caps[CapSlots.Input]);
        server.Tcb->CapCount = 20;
        system.UsesFastPath = fast;
        system.Start();
        system.Call(SystemCalls.Recv, 20);
        Assert.Equal((1UL, ThreadState.Inactive), (system.StatisticsOf(server)->Faults, server.Tcb->State));
    }

    // Who waits without a reply object gets the message of a fault, and nobody can answer it: the thread that faulted stays stopped.
    [Fact]
    public void A_fault_to_a_parent_that_offers_no_reply_object_stops_the_child()
    {
        using TestSystem system = new(new PdSpec("parent", 20, ReceivesCalls: true), new PdSpec("child", 10));
        system.MakeChild(system["parent"], 4, system["child"]);
        system.Start();
        system.Call(SystemCalls.Wait, CapSlots.Input);
        system.Fault(0xdead);
        Assert.Same(system["parent"], system.RunningPd);
        Assert.Equal((FaultKind.VMFault, Badges.Fault | 4), (system["parent"].Info.Label, system["parent"].Badge));
        Assert.Equal(ThreadState.Inactive, system["child"].Tcb->State);
        Invariants.Check(system);
    }

    [Fact]
    public void A_signal_wakes_a_passive_thread_only_when_its_budget_is_there()
    {
        using TestSystem system = EndpointTests.ClientAndServer();
        TestPd server = system["server"];
        system.Connect(system["client"], 9, server, 9);
        system.Start();
        system.Receive();
        EndpointTests.MakePassive(system, server);
        Refill* head = (Refill*)((byte*)server.Context + SchedulingContext.HeaderSize) + server.Context->RefillHead;
        head->Time = system.Hardware.Counter + 500;
        system.Notify(9);
        Assert.Same(system["client"], system.RunningPd);
        Assert.Equal(RunQueue.Release, server.Tcb->QueuedIn);
        system.Pass(600);
        Assert.Same(server, system.RunningPd);
        Invariants.Check(system);
    }
}
