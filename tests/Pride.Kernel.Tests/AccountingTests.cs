// What is charged to whom, to the tick: on the short ways as on the long ones.

using Pride.Abi;
using Pride.Kernel.Objects;
using Xunit;

namespace Pride.Kernel.Tests;

public sealed unsafe class AccountingTests
{
    private static readonly InvocationLabels s_labels = AbiVersions.Microkit23;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_turn_between_budgets_charges_what_was_used(bool fast)
    {
        using TestSystem system = new(new PdSpec("low", 10, 500, 1000), new PdSpec("high", 20, 300, 1000));
        system.Connect(system["low"], 1, system["high"], 2);
        system.UsesFastPath = fast;
        system.Start();
        system.Pass(30);
        system.Receive();
        Assert.Same(system["low"], system.RunningPd);
        Assert.Equal(270UL, Head(system["high"])->Amount);
        system.Pass(40);
        system.Notify(1);
        Assert.Same(system["high"], system.RunningPd);
        Assert.Equal(460UL, Head(system["low"])->Amount);
        Assert.Equal(system.Hardware.Counter, system.Core->Now);
        system.Pass(5);
        system.Receive();
        Assert.Equal(265UL, Head(system["high"])->Amount);
        Assert.Equal((35UL, 40UL), (system["high"].Context->Consumed, system["low"].Context->Consumed));
        Assert.Equal(fast ? 3 : 0, system.FastCalls);
        Invariants.Check(system);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Consumed_answers_microseconds_since_it_was_last_asked(bool fast)
    {
        using TestSystem system = Supervisor();
        system.UsesFastPath = fast;
        system.Start();
        system.Receive();
        Assert.Same(system["child"], system.RunningPd);
        system.Pass(123);
        system.Raise(40);
        Assert.Same(system["parent"], system.RunningPd);
        system.Call(SystemCalls.Call, 300, new MessageInfo(s_labels.SchedContextConsumed, 0));
        Assert.Equal((KernelErrors.NoError, 1, 123UL), (system["parent"].Info.Label, system["parent"].Info.Length, system["parent"].Word(0)));
        system.Call(SystemCalls.Call, 300, new MessageInfo(s_labels.SchedContextConsumed, 0));
        Assert.Equal(0UL, system["parent"].Word(0));
        system.Call(SystemCalls.Send, 300, new MessageInfo(s_labels.SchedContextConsumed, 0));
        Assert.Equal(300UL, system["parent"].Register(0));
    }

    [Fact]
    public void Who_wakes_goes_before_its_equals_that_wait()
    {
        using TestSystem system = new(new PdSpec("first", 10), new PdSpec("second", 10), new PdSpec("high", 20));
        system.Connect(system["high"], 1, system["second"], 1);
        system.Connect(system["high"], 2, system["first"], 1);
        system.UsesFastPath = false;
        system["high"].Tcb->State = ThreadState.Inactive;
        system.Start();
        system.Receive();
        system.Receive();
        Assert.Null(system.RunningPd);
        system["high"].Tcb->State = ThreadState.Inactive;
        system.ResumeFromOutside(system["high"]);
        system.Notify(1);
        system.Notify(2);
        system.Receive();
        Assert.Same(system["first"], system.RunningPd);
    }

    [Fact]
    public void A_full_ring_of_refills_brings_nothing_forward()
    {
        using TestSystem system = new(new PdSpec("a", 20, 400, 1000), new PdSpec("b", 10));
        system.Connect(system["b"], 1, system["a"], 2);
        system["a"].Context->RefillMaximum = 2;
        system.Start();
        ulong start = system.Hardware.Counter;
        for (int i = 0; i < 3; i++)
        {
            system.Pass(50);
            system.Receive();
            system.Pass(100);
            system.Notify(1);
        }

        // Used: 0-50, 150-200, 300-350. The last piece stands for all three and comes back no earlier than its last part may.
        system.Receive();
        Invariants.Check(system);
        SchedulingContext* context = system["a"].Context;
        Refill* last = (Refill*)((byte*)context + SchedulingContext.HeaderSize) + ((context->RefillHead + 1) % 2);
        Assert.Equal(150UL, last->Amount);
        Assert.Equal(start + 350 + 1000, last->Time + last->Amount);
    }

    [Fact]
    public void A_budget_may_be_used_down_to_twice_the_longest_kernel_path()
    {
        using TestSystem system = new(new PdSpec("a", 20, 400, 1000));
        system.Start();
        Assert.Equal(20UL, system.Core->MinimumBudget);
        system.Pass(380);
        system.Call(SystemCalls.NBWait, CapSlots.Input);
        Assert.Same(system["a"], system.RunningPd);
        system.Pass(1);
        system.UsesFastPath = false;
        system.Call(SystemCalls.NBWait, CapSlots.Input);
        Assert.Equal(RunQueue.Release, system["a"].Tcb->QueuedIn);
    }

    [Fact]
    public void A_sporadic_context_starts_anew_when_its_thread_wakes()
    {
        using TestSystem system = new(new PdSpec("a", 20, 400, 1000, Sporadic: true), new PdSpec("b", 10));
        system.Connect(system["b"], 1, system["a"], 2);
        system.UsesFastPath = false;
        system.Start();
        system.Receive();
        system.Pass(4500);
        system.Notify(1);
        Assert.Same(system["a"], system.RunningPd);
        Assert.Equal(system.Hardware.Counter, Head(system["a"])->Time);
    }

    [Fact]
    public void Sporadic_time_starts_anew_for_who_is_called()
    {
        using TestSystem system = new(new PdSpec("client", 10), new PdSpec("server", 20, 400, 1000, ReceivesCalls: true, Sporadic: true));
        system.Connect(system["client"], 1, system["server"], 2, call: true);
        system.UsesFastPath = false;
        system.Start();
        system.Receive();
        system.Pass(4500);
        Assert.Same(system["client"], system.RunningPd);
        system.Protected(1);
        Assert.Same(system["server"], system.RunningPd);
        Assert.Equal(system.Hardware.Counter, Head(system["server"])->Time);
        Invariants.Check(system);
    }

    [Fact]
    public void A_core_on_which_nobody_can_run_starts_idle_and_books_that()
    {
        using TestSystem system = new(new PdSpec("a", 20));
        system.ConnectIrq(system["a"], 5, 40);
        system["a"].Tcb->State = ThreadState.BlockedOnNotification;
        system["a"].Tcb->BlockedOn = system["a"].Notification;
        system["a"].Tcb->RestartOffset = 4;
        system["a"].Notification->State = NotificationState.Waiting;
        system["a"].Notification->QueueHead = system["a"].Tcb;
        system["a"].Notification->QueueTail = system["a"].Tcb;
        system.Start();
        Assert.Null(system.RunningPd);
        Invariants.Check(system);
        system.Hardware.Counter += 500;
        system.Raise(40);
        Assert.Same(system["a"], system.RunningPd);
        Assert.Equal((500UL, 0UL), (system.Boot->Statistics->IdleTicks, system.StatisticsOf(system["a"])->CpuTicks));
        Invariants.Check(system);
    }

    [Fact]
    public void A_context_that_is_used_is_not_unbound_from_its_user()
    {
        using TestSystem system = Supervisor();
        system.Start();
        system.Put(system["parent"], 301, TestSystem.ContextCap(system["parent"]));
        system.Call(SystemCalls.Call, 301, new MessageInfo(s_labels.SchedContextUnbind, 0));
        Assert.Equal(KernelErrors.IllegalOperation, system["parent"].Info.Label);
        system.Call(SystemCalls.Call, 300, new MessageInfo(s_labels.SchedContextUnbind, 0));
        Assert.Equal(KernelErrors.NoError, system["parent"].Info.Label);
        Assert.True(system["child"].Tcb->SchedulingContext == null);
    }

    [Fact]
    public void Each_refusal_says_which_cap_was_wrong()
    {
        using TestSystem system = Supervisor();
        system.Start();
        TestPd parent = system["parent"];
        system.Call(SystemCalls.Call, 400, default);
        Assert.Equal((KernelErrors.InvalidCapability, 1, 0UL), (parent.Info.Label, parent.Info.Length, parent.Word(0)));
        parent.Buffer[1 + MessageInfo.MaximumLength + 1] = CapSlots.Input;
        system.Call(SystemCalls.Call, CapSlots.BaseTcb, new MessageInfo(s_labels.TcbSetPriority, 1, 1));
        Assert.Equal((KernelErrors.InvalidCapability, 1, 1UL), (parent.Info.Label, parent.Info.Length, parent.Word(0)));
    }

    [Fact]
    public void An_extra_cap_that_leads_nowhere_is_a_fault_that_names_it()
    {
        using TestSystem system = Supervisor();
        system.Start();
        TestPd parent = system["parent"];
        parent.Tcb->FaultHandler = TestSystem.EndpointCap(system["child"], 5);
        parent.Buffer[1 + MessageInfo.MaximumLength + 1] = 4000;
        system.Call(SystemCalls.Call, CapSlots.BaseTcb, new MessageInfo(s_labels.TcbSetPriority, 1, 1));
        Assert.Equal((FaultKind.CapFault, 4000UL), (parent.Tcb->Fault, parent.Tcb->FaultWords[0]));
    }

    [Fact]
    public void A_ready_thread_that_is_suspended_stops_and_one_whose_registers_are_read_may()
    {
        using TestSystem system = Supervisor();
        system.Start();
        Assert.Equal(RunQueue.Ready, system["child"].Tcb->QueuedIn);
        system.Call(SystemCalls.Call, CapSlots.BaseTcb, new MessageInfo(s_labels.TcbSuspend, 0));
        Assert.Equal((ThreadState.Inactive, RunQueue.None), (system["child"].Tcb->State, system["child"].Tcb->QueuedIn));
        system.Call(SystemCalls.Call, CapSlots.BaseTcb, new MessageInfo(s_labels.TcbResume, 0));
        system.Call(SystemCalls.Call, CapSlots.BaseTcb, new MessageInfo(s_labels.TcbReadRegisters, 2), words: [1, 1]);
        Assert.Equal((ThreadState.Inactive, RunQueue.None), (system["child"].Tcb->State, system["child"].Tcb->QueuedIn));
        Invariants.Check(system);
    }

    [Fact]
    public void A_passive_thread_that_waits_for_signals_gives_the_context_back()
    {
        using TestSystem system = new(new PdSpec("passive", 20), new PdSpec("b", 10));
        system.Connect(system["b"], 1, system["passive"], 2);
        system.Start();
        system.Receive();
        EndpointTests.MakePassive(system, system["passive"]);
        system.Notify(1);
        Assert.Same(system["passive"], system.RunningPd);
        Assert.True(system["passive"].Context->Tcb == system["passive"].Tcb);
        system.Receive();
        Assert.True(system["passive"].Context->Tcb == null && system["passive"].Tcb->SchedulingContext == null);
        Assert.Same(system["b"], system.RunningPd);
        Invariants.Check(system);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Sporadic_time_starts_anew_for_who_takes_a_signal_after_its_answer(bool fast)
    {
        using TestSystem system = new(new PdSpec("client", 10), new PdSpec("server", 20, 400, 1000, ReceivesCalls: true, Sporadic: true));
        TestPd server = system["server"];
        system.Connect(system["client"], 1, server, 2, call: true);
        system.ConnectIrq(server, 5, 40);
        system.UsesFastPath = fast;
        system.Start();
        system.Receive();
        EndpointTests.MakePassive(system, server);
        system.Protected(1);
        system.Raise(40);
        system.Pass(100);
        Assert.Same(server, system.RunningPd);
        system.ReplyAndReceive();
        Assert.Same(server, system.RunningPd);
        Assert.Equal(1UL << 5, server.Badge);
        Assert.True(server.Tcb->SchedulingContext == server.Context);
        Assert.Equal(system.Core->Now, Head(server)->Time);
        Invariants.Check(system);
    }

    [Fact]
    public void A_panic_says_why_and_stops_the_machine_and_numbers_are_hexadecimal()
    {
        using TestSystem system = Supervisor();
        Kernel<SimulatedMachine>.PrintHex(system.Boot, 0x0123_4567_89AB_CDEF);
        Assert.Equal("0x0123456789abcdef", system.Hardware.Console.ToString());
        Kernel<SimulatedMachine>.Panic(system.Boot, "why"u8);
        Assert.True(system.Hardware.Halted);
        Assert.EndsWith("\nPride kernel panic: why\n", system.Hardware.Console.ToString());
    }

    [Fact]
    public void A_fault_of_the_kernel_is_told_with_where_and_how_it_came_there()
    {
        using TestSystem system = Supervisor();
        system.Start();
        Kernel<SimulatedMachine>.CrashOnFault(system.Core, 0x11, 0x22, 0x33, Frames(system, 40), 0x44);
        Assert.True(system.Hardware.Halted);
        string console = system.Hardware.Console.ToString();
        Assert.StartsWith(
            "\nPride kernel fault: syndrome 0x0000000000000011 address 0x0000000000000022 sp 0x0000000000000044\nbacktrace of 'kernel'\n   at 0x0000000000000033\n   at 0x0000000000001000\n",
            console);
        Assert.EndsWith("   at 0x000000000000101f\n", console);
    }

    [Fact]
    public void A_failed_check_of_the_language_is_told_with_its_reason()
    {
        using TestSystem system = Supervisor();
        system.Start();
        Kernel<SimulatedMachine>.CrashOnCheck(system.Core, 5, Frames(system, 2));
        Assert.True(system.Hardware.Halted);
        Assert.Equal(
            "\nPride kernel panic: a check of the language failed, reason 0x0000000000000005\nbacktrace of 'kernel'\n   at 0x0000000000001000\n   at 0x0000000000001001\n",
            system.Hardware.Console.ToString());
    }

    [Fact]
    public void A_line_about_a_core_names_it()
    {
        using TestSystem system = Supervisor();
        Kernel<SimulatedMachine>.PrintCore(system.Boot, 3, " is here"u8);
        Assert.Equal("kernel: core 0x0000000000000003 is here", system.Hardware.Console.ToString());
    }

    /// <summary>Frame records (frame pointer, return address 0x1000 + n) on a page that becomes core 0's stack; the last one's frame pointer is none.</summary>
    private static ulong Frames(TestSystem system, int count)
    {
        ulong* stack = system["parent"].Buffer;
        for (int i = 0; i < count; i++)
        {
            stack[2 * i] = i + 1 < count ? (ulong)(stack + (2 * (i + 1))) : 0;
            stack[(2 * i) + 1] = 0x1000 + (ulong)i;
        }

        system.Core->StackTop = (ulong)(stack + (2 * count));
        return (ulong)stack;
    }

    private static TestSystem Supervisor()
    {
        TestSystem system = new(new PdSpec("parent", 20), new PdSpec("child", 10, ReceivesCalls: true));
        system.MakeChild(system["parent"], 0, system["child"]);
        system.Put(system["parent"], 300, TestSystem.ContextCap(system["child"]));
        system.ConnectIrq(system["parent"], 5, 40);
        return system;
    }

    private static Refill* Head(TestPd pd) => (Refill*)((byte*)pd.Context + SchedulingContext.HeaderSize) + pd.Context->RefillHead;
}
