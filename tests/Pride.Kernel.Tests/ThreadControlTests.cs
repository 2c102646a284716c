using System.Linq;
using Pride.Abi;
using Pride.Kernel.Objects;
using Xunit;

namespace Pride.Kernel.Tests;

public sealed unsafe class ThreadControlTests
{
    private static readonly InvocationLabels s_labels = AbiVersions.Microkit23;

    [Fact]
    public void A_restart_as_Microkit_makes_it_sets_the_program_counter_and_runs()
    {
        using TestSystem system = FaultedChild();
        TestPd child = system["child"];
        system.Call(SystemCalls.Call, CapSlots.BaseTcb + 4, new MessageInfo(s_labels.TcbWriteRegisters, 3), words: [1, 1, 0x20_0040]);
        Assert.Equal(0UL, system["parent"].Info.Label);
        Assert.Equal((ThreadState.Running, 0UL), (child.Tcb->State, child.Tcb->Fault));
        system.Receive();
        Assert.Same(child, system.RunningPd);
        Assert.Equal(0x20_0040UL, child.Register(Aarch64Registers.Pc));
        Assert.Equal(1UL, system.StatisticsOf(child)->Restarts);
        Invariants.Check(system);
    }

    [Fact]
    public void A_suspended_thread_repeats_the_system_call_it_was_blocked_in()
    {
        using TestSystem system = new(new PdSpec("parent", 10, ReceivesCalls: true), new PdSpec("child", 20));
        system.MakeChild(system["parent"], 4, system["child"]);
        system.Start();
        system.Receive();
        TestPd child = system["child"];
        Assert.Equal(TestSystem.EntryPoint + 4, child.Register(Aarch64Registers.Pc));
        system.Call(SystemCalls.Call, CapSlots.BaseTcb + 4, new MessageInfo(s_labels.TcbReadRegisters, 2), words: [0, 1]);
        Assert.Equal(TestSystem.EntryPoint, system["parent"].Word(0));
        system.Call(SystemCalls.Call, CapSlots.BaseTcb + 4, new MessageInfo(s_labels.TcbSuspend, 0));
        Assert.Equal((ThreadState.Inactive, TestSystem.EntryPoint), (child.Tcb->State, child.Register(Aarch64Registers.Pc)));
        system.Call(SystemCalls.Call, CapSlots.BaseTcb + 4, new MessageInfo(s_labels.TcbResume, 0));
        Assert.Same(child, system.RunningPd);
        Assert.Equal(TestSystem.EntryPoint, child.Register(Aarch64Registers.Pc));
        Invariants.Check(system);
    }

    [Fact]
    public void Registers_are_read_in_the_order_of_the_user_context()
    {
        using TestSystem system = FaultedChild();
        TestPd child = system["child"];
        for (int i = 0; i < UserContext.Length; i++)
        {
            child.Register(i) = 100 + (ulong)i;
        }

        child.Register(Aarch64Registers.Spsr) = 0;
        system.Call(SystemCalls.Call, CapSlots.BaseTcb + 4, new MessageInfo(s_labels.TcbReadRegisters, 2), words: [0, UserContext.Length]);
        TestPd parent = system["parent"];
        Assert.Equal((0UL, UserContext.Length), (parent.Info.Label, parent.Info.Length));
        Assert.Equal(132UL, parent.Word(UserContext.Pc));
        Assert.Equal(131UL, parent.Word(UserContext.Sp));
        Assert.Equal(129UL, parent.Word(UserContext.X29));
        Assert.Equal(109UL, parent.Word(17));
        Assert.Equal(134UL, parent.Word(UserContext.ThreadPointer));
    }

    [Fact]
    public void Nobody_can_write_privileged_flags()
    {
        using TestSystem system = FaultedChild();
        system.Call(SystemCalls.Call, CapSlots.BaseTcb + 4, new MessageInfo(s_labels.TcbWriteRegisters, 5), words: [0, 3, 1, 2, ulong.MaxValue]);
        Assert.Equal(0xF000_0000UL, system["child"].Register(Aarch64Registers.Spsr));
    }

    [Theory]
    [InlineData(0UL, 0, KernelErrors.IllegalOperation)]
    [InlineData(999UL, 0, KernelErrors.IllegalOperation)]
    [InlineData(2UL, 1, KernelErrors.TruncatedMessage)]
    [InlineData(2UL, 2, KernelErrors.RangeError)]
    [InlineData(3UL, 1, KernelErrors.TruncatedMessage)]
    [InlineData(6UL, 1, KernelErrors.TruncatedMessage)]
    [InlineData(14UL, 0, KernelErrors.TruncatedMessage)]
    [InlineData(AbiVersions.FirstPrideLabel, 1, KernelErrors.TruncatedMessage)]
    [InlineData(AbiVersions.FirstPrideLabel, 2, KernelErrors.RangeError)]
    public void Wrong_calls_are_answered_with_their_error(ulong label, int length, ulong error)
    {
        using TestSystem system = FaultedChild();
        system.Call(SystemCalls.Call, CapSlots.BaseTcb + 4, new MessageInfo(label, length), words: [0, 0]);
        Assert.Same(system["parent"], system.RunningPd);
        Assert.Equal(error, system["parent"].Info.Label);
    }

    [Fact]
    public void Memory_is_read_as_far_as_the_child_could()
    {
        using TestSystem system = FaultedChild();
        ulong space = system["child"].Tcb->AddressSpace;
        for (ulong i = 0; i < 3; i++)
        {
            system.Hardware.Memory[(space, 0x1000 + (i * 8))] = 500 + i;
        }

        system.Call(SystemCalls.Call, CapSlots.BaseTcb + 4, new MessageInfo(s_labels.PrideTcbReadMemory, 2), words: [0x1000, 10]);
        TestPd parent = system["parent"];
        Assert.Equal((0UL, 3), (parent.Info.Label, parent.Info.Length));
        Assert.Equal([500UL, 501UL, 502UL], Enumerable.Range(0, 3).Select(parent.Word));
        system.Call(SystemCalls.Call, CapSlots.BaseTcb + 4, new MessageInfo(s_labels.PrideTcbReadMemory, 2), words: [0x1001, 10]);
        Assert.Equal(KernelErrors.AlignmentError, parent.Info.Label);
    }

    [Fact]
    public void A_priority_above_the_authoritys_is_refused()
    {
        using TestSystem system = FaultedChild();
        TestPd parent = system["parent"];
        system.Put(parent, 400, TestSystem.TcbCap(parent));
        parent.Buffer[1 + MessageInfo.MaximumLength + 1] = 400;
        system.Call(SystemCalls.Call, CapSlots.BaseTcb + 4, new MessageInfo(s_labels.TcbSetPriority, 1, 1), words: [31]);
        Assert.Equal((KernelErrors.RangeError, 0UL, 30UL), (parent.Info.Label, parent.Word(0), parent.Word(1)));
        system.Call(SystemCalls.Call, CapSlots.BaseTcb + 4, new MessageInfo(s_labels.TcbSetPriority, 1, 1), words: [30]);
        Assert.Equal((0UL, 30u), (parent.Info.Label, system["child"].Tcb->Priority));
    }

    [Fact]
    public void The_monitors_two_calls_make_a_server_passive()
    {
        using TestSystem system = new(
            new PdSpec("monitor", 255, ReceivesCalls: true),
            new PdSpec("server", 20, ReceivesCalls: true),
            new PdSpec("client", 10));
        TestPd monitor = system["monitor"];
        TestPd server = system["server"];
        system.Connect(system["client"], 1, server, 2, call: true);
        system.Put(server, CapSlots.MonitorEndpoint, TestSystem.EndpointCap(monitor, 2));
        system.Put(monitor, 10, TestSystem.TcbCap(server));
        system.Put(monitor, 138, TestSystem.ContextCap(server));
        system.Put(monitor, 202, TestSystem.NotificationCap(server, 0));
        system.Start();
        system.Receive();
        system.Call(SystemCalls.NBSendRecv, CapSlots.Input, send: CapSlots.MonitorEndpoint);
        Assert.Same(monitor, system.RunningPd);
        Assert.Equal((2UL, 0UL), (monitor.Badge, monitor.Info.Label));
        monitor.Buffer[1 + MessageInfo.MaximumLength + 1] = 10;
        system.Call(SystemCalls.Call, 138, new MessageInfo(s_labels.SchedContextUnbindObject, 0, 1));
        Assert.Equal(0UL, monitor.Info.Label);
        monitor.Buffer[1 + MessageInfo.MaximumLength + 1] = 202;
        system.Call(SystemCalls.Call, 138, new MessageInfo(s_labels.SchedContextBind, 0, 1));
        Assert.Equal(0UL, monitor.Info.Label);
        Invariants.Check(system);
        system.Receive();
        Assert.Same(system["client"], system.RunningPd);
        system.Protected(1);
        Assert.Same(server, system.RunningPd);
        Assert.True(server.Tcb->SchedulingContext == system["client"].Context);
        Invariants.Check(system);
    }

    [Fact]
    public void A_restarted_passive_server_does_its_init_on_its_own_context()
    {
        using TestSystem system = new(new PdSpec("parent", 10, ReceivesCalls: true), new PdSpec("server", 20, ReceivesCalls: true));
        TestPd server = system["server"];
        system.MakeChild(system["parent"], 4, server);
        system.Start();
        system.Receive();
        EndpointTests.MakePassive(system, server);
        system.Call(SystemCalls.Call, CapSlots.BaseTcb + 4, new MessageInfo(s_labels.TcbWriteRegisters, 3), words: [1, 1, 0x20_0040]);
        Assert.Same(server, system.RunningPd);
        Assert.True(server.Tcb->SchedulingContext == server.Context);
        system.Receive();
        Assert.Same(system["parent"], system.RunningPd);
        Assert.True(server.Tcb->SchedulingContext == null && server.Context->Tcb == null);
        Invariants.Check(system);
    }

    [Fact]
    public void Floating_point_values_stay_with_their_thread()
    {
        using TestSystem system = new(new PdSpec("a", 20, UsesFpu: true), new PdSpec("b", 10, UsesFpu: true), new PdSpec("c", 15));
        system.Connect(system["c"], 1, system["a"], 1);
        system.Connect(system["b"], 2, system["c"], 2);
        system.Start();
        system.Hardware.FpuContents = 111;
        system.Receive();
        Assert.Same(system["c"], system.RunningPd);
        Assert.False(system.Hardware.FpuEnabled);
        system.Receive();
        Assert.True(system.Hardware.FpuEnabled);
        Assert.Equal(0UL, system.Hardware.FpuContents);
        system.Hardware.FpuContents = 222;
        system.Notify(2);
        system.Notify(1);
        Assert.Same(system["a"], system.RunningPd);
        Assert.Equal(111UL, system.Hardware.FpuContents);
    }

    private static TestSystem FaultedChild()
    {
        TestSystem system = FaultTests.Family();
        system.Fault(0xdead);
        return system;
    }
}
