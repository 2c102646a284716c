// The stack of calls along which a context was lent: what becomes of it when somebody in the middle stops, when an answer comes from another, or when the time is used up.

using Pride.Abi;
using Pride.Kernel.Objects;
using Xunit;

namespace Pride.Kernel.Tests;

public sealed unsafe class ReplyStackTests
{
    private const ulong Slot = 300;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Each_call_stands_on_the_one_below(bool fast)
    {
        using TestSystem system = Chain(fast);
        Reply* first = system["first"].Reply;
        Reply* second = system["second"].Reply;
        Reply* third = system["third"].Reply;
        SchedulingContext* context = system["client"].Context;
        Assert.True(context->Reply == third && third->SchedulingContext == context);
        Assert.True(third->Previous == second && second->Previous == first && first->Previous == null);
        Assert.True(third->Next == null && second->Next == third && first->Next == second);
        Assert.True(second->SchedulingContext == null && first->SchedulingContext == null);
        Invariants.Check(system);
        system.ReplyAndReceive();
        Assert.Same(system["second"], system.RunningPd);
        Assert.True(context->Reply == second && second->SchedulingContext == context && second->Next == null);
        Assert.True(third->Previous == null && third->SchedulingContext == null);
        Invariants.Check(system);
    }

    [Fact]
    public void Who_stops_in_the_middle_breaks_the_stack_there()
    {
        using TestSystem system = Chain(fast: false);
        system.ConnectIrq(system["watch"], 5, 40);
        system.Raise(40);
        Assert.Same(system["watch"], system.RunningPd);

        // "first" waits for the answer of "second": above the break the context stays, below it nothing comes back.
        system.Call(SystemCalls.Call, CapSlots.BaseTcb + 1, new MessageInfo(system.Labels.TcbSuspend, 0));
        Assert.Equal(ThreadState.Inactive, system["first"].Tcb->State);
        Reply* second = system["second"].Reply;
        Assert.True(system["first"].Reply->Next == null && second->Previous == null && second->Next == null && second->Tcb == null);
        Assert.True(system["third"].Reply->Previous == null && system["third"].Reply->SchedulingContext == system["client"].Context);
        Invariants.Check(system);
        system.Receive();
        Assert.Same(system["third"], system.RunningPd);
        system.ReplyAndReceive();
        Assert.Same(system["second"], system.RunningPd);
        Assert.True(system["client"].Context->Tcb == system["second"].Tcb && system["client"].Context->Reply == null);
        Invariants.Check(system);
    }

    [Fact]
    public void Who_stops_at_the_head_leaves_the_context_to_the_callee()
    {
        using TestSystem system = Chain(fast: false);
        system.ConnectIrq(system["watch"], 5, 40);
        system.Raise(40);
        system.Call(SystemCalls.Call, CapSlots.BaseTcb + 2, new MessageInfo(system.Labels.TcbSuspend, 0));
        Assert.Equal(ThreadState.Inactive, system["second"].Tcb->State);
        SchedulingContext* context = system["client"].Context;
        Assert.True(context->Reply == null && context->Tcb == system["third"].Tcb);
        Assert.True(system["third"].Reply->SchedulingContext == null && system["second"].Reply->Next == null);
        Invariants.Check(system);
    }

    [Fact]
    public void Unbinding_a_lent_context_frees_the_stacks_head()
    {
        using TestSystem system = Chain(fast: false);
        system.ConnectIrq(system["watch"], 5, 40);
        system.Put(system["watch"], Slot, TestSystem.ContextCap(system["client"]));
        system.Raise(40);
        system.Call(SystemCalls.Call, Slot, new MessageInfo(system.Labels.SchedContextUnbind, 0));
        Assert.Equal(KernelErrors.NoError, system["watch"].Info.Label);
        Assert.True(system["client"].Context->Reply == null && system["third"].Reply->SchedulingContext == null);
        Assert.True(system["third"].Tcb->SchedulingContext == null);
        Invariants.Check(system);
    }

    [Fact]
    public void Another_thread_may_answer_while_the_server_is_ready_to_run()
    {
        using TestSystem system = Chain(fast: false);
        system.ConnectIrq(system["watch"], 5, 40);
        system.Put(system["watch"], Slot, new Cap(CapType.Reply, CapRights.All, (ulong)system["third"].Reply, 0));
        system.Raise(40);
        Assert.Equal(RunQueue.Ready, system["third"].Tcb->QueuedIn);
        system.Call(SystemCalls.Send, Slot, new MessageInfo(9, 1), words: [77]);
        Assert.True(system["third"].Tcb->SchedulingContext == null && system["second"].Tcb->SchedulingContext == system["client"].Context);
        Assert.Equal(RunQueue.None, system["third"].Tcb->QueuedIn);
        Assert.Equal((9UL, 77UL), (system["second"].Info.Label, system["second"].Word(0)));
        Invariants.Check(system);
        system.Receive();
        Assert.Same(system["second"], system.RunningPd);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_caller_whose_time_was_used_up_waits_or_tells_its_timeout_handler(bool hasHandler)
    {
        using TestSystem system = new(
            new PdSpec("watch", 90, ReceivesCalls: true),
            new PdSpec("server", 50, ReceivesCalls: true),
            new PdSpec("client", 10, 100, 1000, HasTimeoutHandler: hasHandler));
        TestPd client = system["client"];
        system.MakeChild(system["watch"], 4, client);
        system.ConnectIrq(system["watch"], 5, 40);
        system.Connect(client, 1, system["server"], 1, call: true);
        system.UsesFastPath = false;
        system.Start();
        system.Receive();
        system.Receive();
        EndpointTests.MakePassive(system, system["server"]);
        system.Protected(1);
        Assert.Same(system["server"], system.RunningPd);
        system.Put(system["watch"], Slot, new Cap(CapType.Reply, CapRights.All, (ulong)system["server"].Reply, 0));

        // The server uses the lent time up and waits for more; then somebody else answers for it.
        system.Pass(150);
        Assert.Equal(RunQueue.Release, system["server"].Tcb->QueuedIn);
        system.Raise(40);
        system.Call(SystemCalls.Send, Slot);
        Assert.True(client.Tcb->SchedulingContext == client.Context);
        if (hasHandler)
        {
            Assert.Equal((FaultKind.Timeout, ThreadState.BlockedOnSend), (client.Tcb->Fault, client.Tcb->State));
            system.Receive();
            Assert.Equal((Badges.Fault | 4, FaultKind.Timeout), (system["watch"].Badge, system["watch"].Info.Label));
            system.ReplyAndReceive();
        }

        Assert.Equal((0UL, RunQueue.Release), (client.Tcb->Fault, client.Tcb->QueuedIn));
        Assert.Equal(RunQueue.None, system["server"].Tcb->QueuedIn);
        Invariants.Check(system);
    }

    // client -> first -> second -> third, all passive but the client; "watch" waits and may stop the first two.
    private static TestSystem Chain(bool fast)
    {
        TestSystem system = new(
            new PdSpec("watch", 90),
            new PdSpec("third", 40, ReceivesCalls: true),
            new PdSpec("second", 30, ReceivesCalls: true),
            new PdSpec("first", 20, ReceivesCalls: true),
            new PdSpec("client", 10));
        system.Connect(system["client"], 1, system["first"], 1, call: true);
        system.Connect(system["first"], 2, system["second"], 2, call: true);
        system.Connect(system["second"], 3, system["third"], 3, call: true);
        system.MakeChild(system["watch"], 1, system["first"]);
        system.MakeChild(system["watch"], 2, system["second"]);
        system.UsesFastPath = fast;
        system.Start();
        system.Receive();
        foreach (string name in (string[])["third", "second", "first"])
        {
            system.Receive();
            EndpointTests.MakePassive(system, system[name]);
        }

        system.Protected(1);
        system.Protected(2);
        system.Protected(3);
        Assert.Same(system["third"], system.RunningPd);
        return system;
    }
}
