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
        Assert.Equal(7UL, system.StatisticsOf(system["low"])->CpuTicks);
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
}
