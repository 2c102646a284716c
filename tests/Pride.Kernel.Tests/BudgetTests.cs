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
}
