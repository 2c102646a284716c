// The domain schedule: who may run when.

using System;
using Pride.Abi;
using Pride.Kernel.Objects;
using Xunit;

namespace Pride.Kernel.Tests;

public sealed unsafe class DomainTests
{
    [Fact]
    public void Only_the_domain_whose_turn_it_is_runs_whatever_the_priorities()
    {
        using TestSystem system = TwoDomains();
        Assert.Same(system["low"], system.RunningPd);
        Pass(system, 999);
        Assert.Same(system["low"], system.RunningPd);
        Pass(system, 10);
        Assert.Same(system["high"], system.RunningPd);
        Pass(system, 400);
        Assert.Same(system["high"], system.RunningPd);
        Pass(system, 110);
        Assert.Same(system["low"], system.RunningPd);
    }

    [Fact]
    public void A_turn_in_which_nobody_can_run_is_idle()
    {
        using TestSystem system = TwoDomains();
        system.Receive();
        Assert.Null(system.RunningPd);
        Assert.Equal(1000UL, system.StatisticsOf(system["low"])->CpuTicks + system.Core->DomainEnd - system.Hardware.Counter);
        Pass(system, 1001);
        Assert.Same(system["high"], system.RunningPd);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_signal_to_another_domain_is_seen_in_its_turn(bool fast)
    {
        using TestSystem system = TwoDomains();
        system.UsesFastPath = fast;
        Pass(system, 1001);
        system.Receive();
        Pass(system, 500);
        Assert.Same(system["low"], system.RunningPd);
        system.Notify(1);
        Assert.Same(system["low"], system.RunningPd);
        Assert.Equal(RunQueue.Parked, system["high"].Tcb->QueuedIn);
        Pass(system, 1000);
        Assert.Same(system["high"], system.RunningPd);
        Assert.Equal(2UL, system["high"].Badge);
    }

    [Fact]
    public void Two_turns_of_one_domain_set_the_timer_twice()
    {
        using TestSystem system = new(new PdSpec("only", 10, 100_000, 100_000));
        system.SetDomains((0, 1000), (0, 700));
        system.Start();
        ulong end = system.Core->DomainEnd;
        Assert.Equal(end, system.Hardware.Deadline);
        system.Hardware.Counter = end + 5;
        system.UsesFastPath = false;
        system.Call(SystemCalls.NBSend, 0);
        Assert.Equal((end + 700, end + 700), (system.Core->DomainEnd, system.Hardware.Deadline));
        Invariants.Check(system);
    }

    [Fact]
    public void Who_is_parked_can_be_stopped_and_given_another_priority()
    {
        using TestSystem system = TwoDomains();
        system.MakeChild(system["low"], 0, system["high"]);
        system["low"].Tcb->MaximumControlledPriority = 200;
        system["low"].Buffer[1 + MessageInfo.MaximumLength + 1] = CapSlots.BaseTcb + 1;
        system.Put(system["low"], CapSlots.BaseTcb + 1, TestSystem.TcbCap(system["low"]));
        system.Call(SystemCalls.Call, CapSlots.BaseTcb, new MessageInfo(system.Labels.TcbSetPriority, 1, 1), words: 77);
        Assert.Equal((KernelErrors.NoError, 77u), (system["low"].Info.Label, system["high"].Tcb->Priority));
        system.Call(SystemCalls.Call, CapSlots.BaseTcb, new MessageInfo(system.Labels.TcbSuspend, 0));
        Assert.Equal(RunQueue.None, system["high"].Tcb->QueuedIn);
        Assert.True(system.Core->ParkedHead == null && system.Core->ParkedTail == null);
        Pass(system, 1001);
        Assert.Null(system.RunningPd);
    }

    [Fact]
    public void Invariants_hold_while_domains_take_turns()
    {
        Random random = new(99);
        PdSpec[] specs = new PdSpec[6];
        for (int i = 0; i < specs.Length; i++)
        {
            specs[i] = new PdSpec($"pd{i}", (uint)random.Next(1, 4) * 50, 300, i % 2 == 0 ? 300UL : 900, Domain: (uint)i % 3);
        }

        using TestSystem system = new(specs);
        for (int i = 0; i < specs.Length; i++)
        {
            system.Connect(system.Pds[i], 1, system.Pds[(i + 1) % specs.Length], 2);
        }

        system.SetDomains((0, 700), (1, 300), (0, 200), (2, 450));
        system.Start();
        for (int step = 0; step < 20_000; step++)
        {
            system.UsesFastPath = random.Next(2) == 0;
            system.Pass((ulong)random.Next(60));
            if (system.Running == null)
            {
                system.Pass(50);
            }
            else if (random.Next(3) == 0)
            {
                system.Receive();
            }
            else if (random.Next(4) == 0)
            {
                system.Call(SystemCalls.Yield, 0);
            }
            else
            {
                system.Notify(1);
            }

            Invariants.Check(system);
        }
    }

    private static TestSystem TwoDomains()
    {
        TestSystem system = new(new PdSpec("low", 10, 100_000, 100_000), new PdSpec("high", 200, 100_000, 100_000, Domain: 1));
        system.Connect(system["low"], 1, system["high"], 1);
        system.SetDomains((0, 1000), (1, 500));
        system.Start();
        return system;
    }

    private static void Pass(TestSystem system, ulong ticks)
    {
        system.Pass(ticks);
        Invariants.Check(system);
    }
}
