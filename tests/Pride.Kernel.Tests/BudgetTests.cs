using Pride.Abi;
using Pride.Kernel.Objects;
using Xunit;

namespace Pride.Kernel.Tests;

public sealed unsafe class BudgetTests
{
    [Fact]
    public void The_most_urgent_gets_its_tenth_and_no_more()
    {
        using TestSystem system = new(new PdSpec("greedy", 200, 1000, 10_000), new PdSpec("rest", 10));
        system.Start();
        const ulong Periods = 100;
        for (ulong i = 0; i < Periods * 200; i++)
        {
            system.Pass(50);
            Invariants.Check(system);
        }

        system.Call(SystemCalls.Yield, 0);
        ulong used = system.StatisticsOf(system["greedy"])->CpuTicks;
        Assert.InRange(used, Periods * 995, Periods * 1005);
    }

    [Fact]
    public void Equals_take_turns_by_time_slice()
    {
        using TestSystem system = new(new PdSpec("a", 10, 1000, 1000), new PdSpec("b", 10, 1000, 1000));
        system.Start();
        for (int i = 0; i < 1000; i++)
        {
            system.Pass(20);
        }

        system.Call(SystemCalls.Yield, 0);
        ulong a = system.StatisticsOf(system["a"])->CpuTicks;
        ulong b = system.StatisticsOf(system["b"])->CpuTicks;
        Assert.InRange(a, 9000UL, 11000UL);
        Assert.InRange(b, 9000UL, 11000UL);
    }

    [Fact]
    public void Yield_lets_an_equal_run_and_comes_back()
    {
        using TestSystem system = new(new PdSpec("a", 10), new PdSpec("b", 10));
        system.Start();
        TestPd first = system.RunningPd!;
        system.Call(SystemCalls.Yield, 0);
        Assert.NotSame(first, system.RunningPd);
        system.Call(SystemCalls.Yield, 0);
        Assert.Same(first, system.RunningPd);
    }

    [Fact]
    public void Yield_of_a_reserved_budget_waits_for_the_next_period()
    {
        using TestSystem system = new(new PdSpec("a", 10, 100, 1000), new PdSpec("b", 5));
        system.Start();
        system.Call(SystemCalls.Yield, 0);
        Assert.Same(system["b"], system.RunningPd);
        system.Pass(900);
        Assert.Same(system["b"], system.RunningPd);
        system.Pass(200);
        Assert.Same(system["a"], system.RunningPd);
    }

    [Fact]
    public void A_system_call_without_budget_is_repeated_when_there_is_some()
    {
        using TestSystem system = new(new PdSpec("a", 20, 100, 1000), new PdSpec("b", 10));
        system.Connect(system["a"], 1, system["b"], 1);
        system.Start();
        system.UsesFastPath = false;
        system.Hardware.Counter += 95;
        system.Notify(1);
        Assert.Same(system["b"], system.RunningPd);
        Assert.Equal(NotificationState.Idle, system["b"].Notification->State);
        Assert.Equal(TestSystem.EntryPoint, system["a"].Tcb->Registers[Aarch64Registers.Pc]);
        Invariants.Check(system);
    }

    [Fact]
    public void What_a_halted_machine_overran_is_paid_for_in_whole_periods_at_once()
    {
        // As under a debugger: 50,000 budgets pass before the kernel sees the clock again. No loop may go round so often (PassLoop would throw).
        const ulong Budgets = 50_000;
        using TestSystem system = new(new PdSpec("a", 20, 100, 1000), new PdSpec("b", 10));
        system.Start();
        ulong start = system.Hardware.Counter;
        system.Hardware.Counter += (Budgets * 100) + 30;
        system.Interrupt();
        Assert.Same(system["b"], system.RunningPd);
        Invariants.Check(system);
        SchedulingContext* context = system["a"].Context;
        Refill* head = (Refill*)((byte*)context + SchedulingContext.HeaderSize) + context->RefillHead;
        Assert.Equal(start + (Budgets * 1000) + 30, head->Time);
        Assert.Equal(70UL, head->Amount);
    }

    [Fact]
    public void Running_out_of_budget_tells_the_timeout_handler()
    {
        using TestSystem system = new(new PdSpec("parent", 30, ReceivesCalls: true), new PdSpec("child", 20, 100, 1000, HasTimeoutHandler: true));
        system.MakeChild(system["parent"], 4, system["child"]);
        system.Start();
        system.Receive();
        Assert.Same(system["child"], system.RunningPd);
        system.Pass(200);
        TestPd parent = system["parent"];
        Assert.Same(parent, system.RunningPd);
        Assert.Equal((FaultKind.Timeout, 2), (parent.Info.Label, parent.Info.Length));
        Assert.Equal(0x101UL, parent.Word(TimeoutMessage.Data));
        Assert.InRange(parent.Word(TimeoutMessage.Consumed), 80UL, 120UL);
        Assert.Equal(Badges.Fault | 4, parent.Badge);
        Invariants.Check(system);
    }

    [Fact]
    public void Who_calls_the_kernel_without_budget_left_is_told_of_by_a_timeout_fault_too()
    {
        using TestSystem system = new(new PdSpec("parent", 30, ReceivesCalls: true), new PdSpec("child", 20, 100, 1000, HasTimeoutHandler: true));
        system.MakeChild(system["parent"], 4, system["child"]);
        system.UsesFastPath = false;
        system.Start();
        system.Receive();
        ulong pc = system["child"].Register(Aarch64Registers.Pc);
        system.Hardware.Counter += 95;
        system.Call(SystemCalls.NBSend, 0);
        Assert.Same(system["parent"], system.RunningPd);
        Assert.Equal(FaultKind.Timeout, system["parent"].Info.Label);
        Assert.Equal(pc, system["child"].Register(Aarch64Registers.Pc));
        Invariants.Check(system);
    }

    [Fact]
    public void A_passive_timeout_handler_is_not_lent_the_context_that_ran_out()
    {
        using TestSystem system = new(new PdSpec("parent", 30, ReceivesCalls: true), new PdSpec("child", 20, 100, 1000, HasTimeoutHandler: true));
        system.MakeChild(system["parent"], 4, system["child"]);
        system.Start();
        system.Receive();
        EndpointTests.MakePassive(system, system["parent"]);
        system.Pass(200);
        Assert.Null(system.RunningPd);
        Assert.Equal(ThreadState.BlockedOnReply, system["child"].Tcb->State);
        Assert.True(system["child"].Tcb->SchedulingContext == system["child"].Context && system["parent"].Tcb->SchedulingContext == null);
        Invariants.Check(system);
    }

    [Fact]
    public void No_budget_is_smaller_than_the_kernel_needs()
    {
        using TestSystem system = new(new PdSpec("a", 20, 1, 1000));
        system.Start();
        Assert.Equal(system.Core->MinimumBudget, system["a"].Context->Budget);
        Assert.Equal(1000UL, system["a"].Context->Period);
    }

    [Fact]
    public void Idle_time_and_cpu_time_add_up_to_all_time()
    {
        using TestSystem system = new(new PdSpec("a", 20, 100, 1000), new PdSpec("b", 10, 300, 1000));
        system.Start();
        for (int i = 0; i < 1000; i++)
        {
            system.Pass(33);
        }

        system.Interrupt();
        ulong sum = system.Boot->Statistics->IdleTicks + system.StatisticsOf(system["a"])->CpuTicks + system.StatisticsOf(system["b"])->CpuTicks;
        Assert.Equal(system.Core->BookedUntil - system.Boot->Statistics->BootCounter, sum);
        Assert.InRange(system.Boot->Statistics->IdleTicks, 18_000UL, 22_000UL);
    }

    [Theory]
    [InlineData(749UL, 3u, 250UL)]
    [InlineData(750UL, 2u, 350UL)]
    [InlineData(751UL, 2u, 350UL)]
    public void Refills_that_touch_become_one_and_others_stay_apart(ulong wakes, uint count, ulong amount)
    {
        using TestSystem system = new(new PdSpec("a", 20, 400, 1000), new PdSpec("b", 10));
        system.Connect(system["b"], 1, system["a"], 2);
        system.UsesFastPath = false;
        system.Start();
        ulong start = system.Hardware.Counter;

        // Used: 0-100 and 300-350. They come back at 1000 and at 1300; what was never used may be used at once.
        system.Pass(100);
        system.Receive();
        system.Pass(200);
        system.Notify(1);
        system.Pass(50);
        system.Receive();
        Assert.Equal(3u, system["a"].Context->RefillCount);

        // The unused 250, from the time of waking on, and the 100 at 1000.
        system.Pass(wakes - 350);
        system.Notify(1);
        Refill* head = (Refill*)((byte*)system["a"].Context + SchedulingContext.HeaderSize) + system["a"].Context->RefillHead;
        Assert.Equal((count, start + wakes, amount), (system["a"].Context->RefillCount, head->Time, head->Amount));
        Invariants.Check(system);
    }

    [Fact]
    public void Who_waits_for_budget_in_the_middle_of_the_queue_can_be_stopped()
    {
        using TestSystem system = new(
            new PdSpec("parent", 10),
            new PdSpec("a", 40, 100, 1000),
            new PdSpec("b", 30, 100, 1000),
            new PdSpec("c", 20, 100, 1000));
        foreach ((string name, ulong id) in new[] { ("a", 1UL), ("b", 2UL), ("c", 3UL) })
        {
            system.MakeChild(system["parent"], id, system[name]);
        }

        system.Start();
        system.Pass(310);
        Assert.Same(system["parent"], system.RunningPd);
        Assert.True(system.Core->ReleaseHead == system["a"].Tcb && system["a"].Tcb->RunNext == system["b"].Tcb);
        foreach (ulong id in new[] { 2UL, 1UL, 3UL })
        {
            system.Call(SystemCalls.Call, CapSlots.BaseTcb + id, new MessageInfo(system.Labels.TcbSuspend, 0));
            Invariants.Check(system);
        }

        Assert.True(system.Core->ReleaseHead == null);
        system.Pass(2000);
        Assert.Same(system["parent"], system.RunningPd);
    }
}
