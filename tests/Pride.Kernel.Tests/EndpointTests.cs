using System.Linq;
using Pride.Abi;
using Pride.Kernel.Objects;
using Xunit;

namespace Pride.Kernel.Tests;

public sealed unsafe class EndpointTests
{
    public static TheoryData<int, bool, bool> Messages()
    {
        TheoryData<int, bool, bool> data = [];
        foreach (int count in (int[])[0, 1, 4, 5, 6, 7, 8, 9, 64, 120])
        {
            foreach ((bool isPassive, bool fast) in new[] { (false, false), (false, true), (true, false), (true, true) })
            {
                data.Add(count, isPassive, fast);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void A_call_carries_its_words_there_and_back(int count, bool isPassive, bool fast)
    {
        using TestSystem system = ClientAndServer();
        TestPd server = system["server"];
        TestPd client = system["client"];
        system.UsesFastPath = fast;
        system.Start();
        system.Receive();
        if (isPassive)
        {
            MakePassive(system, server);
        }

        ulong[] question = Enumerable.Range(1, count).Select(i => (ulong)i * 1001).ToArray();
        server.Buffer[1 + count] = 0x5EA1;
        int before = system.FastCalls;
        system.Protected(1, question);
        Assert.Same(server, system.RunningPd);
        Assert.Equal(Badges.ProtectedCall | 2, server.Badge);
        Assert.Equal(count, server.Info.Length);
        Assert.Equal(question, Enumerable.Range(0, count).Select(server.Word));
        Assert.Equal(0x5EA1UL, server.Buffer[1 + count]);
        ulong[] answer = question.Select(w => w * 3).ToArray();
        system.ReplyAndReceive(new MessageInfo(9, count), answer);
        Assert.Same(client, system.RunningPd);
        Assert.Equal((9UL, count), (client.Info.Label, client.Info.Length));
        Assert.Equal(answer, Enumerable.Range(0, count).Select(client.Word));
        Assert.Equal(0UL, client.Badge);
        Assert.Equal(fast ? before + 2 : 0, system.FastCalls);
        Invariants.Check(system);
    }

    [Fact]
    public void A_length_beyond_the_maximum_is_cut()
    {
        using TestSystem system = ClientAndServer();
        system.Start();
        system.Receive();
        system.Call(SystemCalls.Call, CapSlots.BaseEndpoint + 1, new MessageInfo(127));
        Assert.Equal(MessageInfo.MaximumLength, system["server"].Info.Length);
    }

    [Fact]
    public void Without_a_buffer_a_message_ends_after_the_registers()
    {
        using TestSystem system = ClientAndServer();
        system["client"].Tcb->IpcBuffer = null;
        system.Start();
        system.Receive();
        system.Call(SystemCalls.Call, CapSlots.BaseEndpoint + 1, new MessageInfo(0, 20));
        Assert.Equal(4, system["server"].Info.Length);
    }

    [Fact]
    public void Callers_are_served_by_priority_and_then_in_order()
    {
        using TestSystem system = new(
            new PdSpec("server", 5, ReceivesCalls: true),
            new PdSpec("a", 10),
            new PdSpec("b", 30),
            new PdSpec("c", 10));
        foreach ((string name, ulong id) in new[] { ("a", 1UL), ("b", 2UL), ("c", 3UL) })
        {
            system.Connect(system[name], 1, system["server"], id, call: true);
        }

        system.Start();
        system.Protected(1);
        system.Protected(1);
        system.Protected(1);
        Assert.Same(system["server"], system.RunningPd);
        system.Receive();
        Assert.Equal(Badges.ProtectedCall | 2, system["server"].Badge);
        Invariants.Check(system);
        system.ReplyAndReceive();
        Assert.Same(system["b"], system.RunningPd);
        system.Receive();
        Assert.Equal(Badges.ProtectedCall | 1, system["server"].Badge);
        system.ReplyAndReceive();
        system.Receive();
        Assert.Equal(Badges.ProtectedCall | 3, system["server"].Badge);
    }

    [Fact]
    public void A_passive_server_runs_on_its_callers_context_and_gives_it_back()
    {
        using TestSystem system = ClientAndServer();
        TestPd server = system["server"];
        TestPd client = system["client"];
        system.Start();
        system.Receive();
        MakePassive(system, server);
        system.Protected(1);
        Assert.Same(server, system.RunningPd);
        Assert.True(server.Tcb->SchedulingContext == client.Context);
        Assert.True(client.Tcb->SchedulingContext == null);
        Assert.True(client.Context->Reply == server.Reply);
        Invariants.Check(system);
        system.ReplyAndReceive();
        Assert.Same(client, system.RunningPd);
        Assert.True(client.Tcb->SchedulingContext == client.Context);
        Assert.True(server.Tcb->SchedulingContext == null);
        Invariants.Check(system);
    }

    [Fact]
    public void A_signal_runs_a_passive_server_on_its_own_context_until_it_waits_again()
    {
        using TestSystem system = ClientAndServer();
        TestPd server = system["server"];
        system.Start();
        system.Receive();
        MakePassive(system, server);
        system.Notify(1);
        Assert.Same(server, system.RunningPd);
        Assert.True(server.Tcb->SchedulingContext == server.Context);
        system.Receive();
        Assert.True(server.Tcb->SchedulingContext == null && server.Context->Tcb == null);
        Invariants.Check(system);
    }

    [Fact]
    public void A_chain_of_passive_servers_hands_the_context_up_and_down()
    {
        using TestSystem system = new(
            new PdSpec("client", 10),
            new PdSpec("middle", 20, ReceivesCalls: true),
            new PdSpec("back", 30, ReceivesCalls: true));
        system.Connect(system["client"], 1, system["middle"], 1, call: true);
        system.Connect(system["middle"], 2, system["back"], 2, call: true);
        system.Start();
        system.Receive();
        MakePassive(system, system["back"]);
        system.Receive();
        MakePassive(system, system["middle"]);
        system.Protected(1);
        system.Protected(2);
        Assert.Same(system["back"], system.RunningPd);
        SchedulingContext* context = system["client"].Context;
        Assert.True(system["back"].Tcb->SchedulingContext == context);
        Assert.True(context->Reply == system["back"].Reply && context->Reply->Previous == system["middle"].Reply);
        Invariants.Check(system);
        system.ReplyAndReceive();
        Assert.Same(system["middle"], system.RunningPd);
        system.ReplyAndReceive();
        Assert.Same(system["client"], system.RunningPd);
        Assert.True(context->Reply == null && context->Tcb == system["client"].Tcb);
        Invariants.Check(system);
    }

    [Fact]
    public void Sending_without_the_right_to_is_an_error_to_a_call_and_silence_otherwise()
    {
        using TestSystem system = ClientAndServer();
        TestPd client = system["client"];
        system.Put(client, 400, new Cap(CapType.Endpoint, CapRights.Read, (ulong)system["server"].Endpoint, 0));
        system.Start();
        system.Receive();
        system.Call(SystemCalls.Call, 400);
        Assert.Same(client, system.RunningPd);
        Assert.Equal((KernelErrors.InvalidCapability, 1), (client.Info.Label, client.Info.Length));
        Assert.Equal(0UL, client.Word(0));
        system.Call(SystemCalls.Send, 400);
        Assert.Same(client, system.RunningPd);
        Assert.Equal(0UL, system.StatisticsOf(client)->Faults);
    }

    [Fact]
    public void A_call_that_cannot_be_answered_stops_the_caller()
    {
        using TestSystem system = ClientAndServer();
        TestPd client = system["client"];
        system.Put(client, 400, new Cap(CapType.Endpoint, CapRights.Write, (ulong)system["server"].Endpoint, 7));
        system.Start();
        system.Receive();
        system.Call(SystemCalls.Call, 400);
        Assert.Same(system["server"], system.RunningPd);
        Assert.Equal(7UL, system["server"].Badge);
        Assert.Equal(ThreadState.Inactive, client.Tcb->State);
    }

    [Fact]
    public void A_second_call_through_one_reply_object_drops_the_first_caller()
    {
        using TestSystem system = ClientAndServer();
        TestPd client = system["client"];
        system.Start();
        system.Receive();
        system.Protected(1);
        system.Receive();
        Assert.Equal(ThreadState.Inactive, client.Tcb->State);
        Assert.Equal(TestSystem.EntryPoint, client.Tcb->Registers[Aarch64Registers.Pc]);
        Invariants.Check(system);
    }

    [Theory]
    [InlineData(SystemCalls.Wait)]
    [InlineData(SystemCalls.NBWait)]
    public void Who_waits_offers_no_reply_object_and_its_callers_stop(long number)
    {
        using TestSystem system = new(new PdSpec("client", 30), new PdSpec("server", 20, ReceivesCalls: true));
        system.Connect(system["client"], 1, system["server"], 2, call: true);
        system.Start();
        system.Protected(1);
        system.Call(number, CapSlots.Input);
        Assert.Equal(Badges.ProtectedCall | 2, system["server"].Badge);
        Assert.Equal(ThreadState.Inactive, system["client"].Tcb->State);
        Assert.True(system["server"].Reply->Tcb == null);
        Invariants.Check(system);
    }

    [Theory]
    [InlineData(CapRights.Write | CapRights.Grant, ThreadState.BlockedOnReply)]
    [InlineData(CapRights.Write | CapRights.GrantReply, ThreadState.BlockedOnReply)]
    [InlineData(CapRights.Write | CapRights.Read, ThreadState.Inactive)]
    public void A_call_is_answered_by_the_grant_rights(CapRights rights, ThreadState state)
    {
        using TestSystem system = ClientAndServer();
        system.Put(system["client"], 400, new Cap(CapType.Endpoint, rights, (ulong)system["server"].Endpoint, 7));
        system.Start();
        system.Receive();
        system.Call(SystemCalls.Call, 400);
        Assert.Equal((7UL, state), (system["server"].Badge, system["client"].Tcb->State));
        Invariants.Check(system);
    }

    [Fact]
    public void A_plain_send_lends_nothing()
    {
        using TestSystem system = ClientAndServer();
        system.UsesFastPath = false;
        system.Start();
        system.Receive();
        MakePassive(system, system["server"]);
        system.Call(SystemCalls.Send, CapSlots.BaseEndpoint + 1, new MessageInfo(3, 0));
        Assert.Equal((ThreadState.Running, 3UL), (system["server"].Tcb->State, system["server"].Info.Label));
        Assert.True(system["server"].Tcb->SchedulingContext == null);
        Invariants.Check(system);
    }

    [Fact]
    public void A_combined_send_lends_its_context_for_good()
    {
        using TestSystem system = ClientAndServer();
        system.UsesFastPath = false;
        system.Start();
        system.Receive();
        MakePassive(system, system["server"]);
        system.Call(SystemCalls.NBSendRecv, CapSlots.Input, new MessageInfo(3, 0), send: CapSlots.BaseEndpoint + 1);
        Assert.Same(system["server"], system.RunningPd);
        Assert.True(system["server"].Tcb->SchedulingContext == system["client"].Context && system["client"].Tcb->SchedulingContext == null);
        Invariants.Check(system);
    }

    internal static TestSystem ClientAndServer()
    {
        TestSystem system = new(new PdSpec("client", 10), new PdSpec("server", 20, ReceivesCalls: true));
        system.Connect(system["client"], 1, system["server"], 2, call: true);
        return system;
    }

    /// <summary>What the monitor does, without a monitor: the context moves from the thread to its notification.</summary>
    internal static void MakePassive(TestSystem system, TestPd pd)
    {
        Assert.NotSame(pd, system.RunningPd);
        pd.Tcb->SchedulingContext = null;
        pd.Context->Tcb = null;
        pd.Context->Notification = pd.Notification;
        pd.Notification->SchedulingContext = pd.Context;
    }
}
