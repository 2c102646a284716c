using Pride.Abi;
using Pride.Kernel.Objects;
using Xunit;

namespace Pride.Kernel.Tests;

public sealed unsafe class InterruptTests
{
    private const uint Line = 48;

    [Fact]
    public void An_interrupt_wakes_its_driver_and_stays_silent_until_acknowledged()
    {
        using TestSystem system = DriverAndWorker();
        system.Raise(Line);
        Assert.Same(system["driver"], system.RunningPd);
        Assert.Equal(1UL << 3, system["driver"].Badge);
        system.Receive();
        system.Raise(Line);
        Assert.Same(system["worker"], system.RunningPd);
        Assert.Contains(Line, system.Hardware.Active);
        Invariants.Check(system);
    }

    [Fact]
    public void After_the_acknowledgement_a_latched_edge_comes_through()
    {
        using TestSystem system = DriverAndWorker();
        system.Raise(Line);
        system.Raise(Line);
        Assert.Same(system["driver"], system.RunningPd);
        system.Call(SystemCalls.NBSendRecv, CapSlots.Input, new MessageInfo(system.Labels.IrqAck, 0), send: CapSlots.BaseIrq + 3);
        system.Interrupt();
        Assert.Same(system["driver"], system.RunningPd);
        Assert.Equal(2UL, system.Boot->Irqs[Line].Count);
        Assert.Equal(2UL, system.Boot->Statistics->Interrupts);
    }

    [Fact]
    public void Acknowledging_what_is_not_in_service_does_nothing()
    {
        using TestSystem system = DriverAndWorker();
        system.Raise(Line);
        system.Call(SystemCalls.Call, CapSlots.BaseIrq + 3, new MessageInfo(system.Labels.IrqAck, 0));
        Assert.Equal(0UL, system["driver"].Info.Label);
        system.Call(SystemCalls.Call, CapSlots.BaseIrq + 3, new MessageInfo(system.Labels.IrqAck, 0));
        Assert.Equal(0UL, system["driver"].Info.Label);
        system.Call(SystemCalls.Call, CapSlots.BaseIrq + 3, new MessageInfo(1, 0));
        Assert.Equal(KernelErrors.IllegalOperation, system["driver"].Info.Label);
    }

    [Theory]
    [InlineData(50u)]
    [InlineData(900u)]
    public void An_interrupt_that_nobody_handles_is_turned_off(uint irq)
    {
        using TestSystem system = DriverAndWorker();
        system.Raise(irq);
        Assert.Same(system["worker"], system.RunningPd);
        Assert.Contains(irq, system.Hardware.Disabled);
        Assert.DoesNotContain(irq, system.Hardware.Active);
    }

    [Fact]
    public void An_interrupt_ends_idling()
    {
        using TestSystem system = new(new PdSpec("driver", 20));
        system.ConnectIrq(system["driver"], 3, Line);
        system.Start();
        system.Receive();
        Assert.Null(system.RunningPd);
        system.Raise(Line);
        Assert.Same(system["driver"], system.RunningPd);
        Invariants.Check(system);
    }

    private static TestSystem DriverAndWorker()
    {
        TestSystem system = new(new PdSpec("driver", 20), new PdSpec("worker", 10));
        system.ConnectIrq(system["driver"], 3, Line);
        system.Start();
        system.Receive();
        return system;
    }
}
