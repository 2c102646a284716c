using Pride.Abi;
using Pride.Kernel.Objects;
using Xunit;

namespace Pride.Kernel.Tests;

public sealed unsafe class FaultTests
{
    private const ulong Pc = TestSystem.EntryPoint;

    [Fact]
    public void A_memory_fault_reaches_the_parent_and_its_answer_lets_the_child_go_on()
    {
        using TestSystem system = Family();
        system.Fault(0xdead, 0x9200_0046);
        TestPd parent = system["parent"];
        Assert.Same(parent, system.RunningPd);
        Assert.Equal(Badges.Fault | 4, parent.Badge);
        Assert.Equal((FaultKind.VMFault, VMFaultMessage.Length), (parent.Info.Label, parent.Info.Length));
        Assert.Equal((Pc, 0xdeadUL, 0UL, 0x9200_0046UL), (parent.Word(0), parent.Word(1), parent.Word(2), parent.Word(3)));
        Invariants.Check(system);
        system.ReplyAndReceive();
        Assert.Same(system["child"], system.RunningPd);
        Assert.Equal(Pc, system["child"].Tcb->Registers[Aarch64Registers.Pc]);
        Assert.Equal(1UL, system.StatisticsOf(system["child"])->Faults);
    }

    [Fact]
    public void An_unknown_system_call_tells_all_and_the_answer_sets_registers()
    {
        using TestSystem system = Family();
        TestPd child = system["child"];
        child.Register(Aarch64Registers.Sp) = 0x1000;
        child.Register(30) = 0x2222;
        child.Register(Aarch64Registers.Spsr) = 0x6000_0000;
        system.Call(-99, 5, words: [1, 2, 3, 4]);
        TestPd parent = system["parent"];
        Assert.Equal((FaultKind.UnknownSyscall, UnknownSyscallMessage.Length), (parent.Info.Label, parent.Info.Length));
        Assert.Equal((5UL, 1UL), (parent.Word(0), parent.Word(2)));
        Assert.Equal((Pc, 0x1000UL, 0x2222UL), (parent.Word(8), parent.Word(9), parent.Word(10)));
        Assert.Equal((0x6000_0000UL, unchecked((ulong)-99)), (parent.Word(11), parent.Word(12)));
        ulong[] answer = [70, 71, 72, 73, 74, 75, 76, 77, 0x20_0100, 0x3000, 0x4444, ulong.MaxValue];
        system.ReplyAndReceive(new MessageInfo(0, answer.Length), answer);
        Assert.Same(child, system.RunningPd);
        Assert.Equal((70UL, 77UL, 0x20_0100UL), (child.Register(0), child.Register(7), child.Register(Aarch64Registers.Pc)));
        Assert.Equal((0x3000UL, 0x4444UL, 0xF000_0000UL), (child.Register(Aarch64Registers.Sp), child.Register(30), child.Register(Aarch64Registers.Spsr)));
        Invariants.Check(system);
    }

    [Fact]
    public void A_user_exception_tells_its_syndrome_and_a_labelled_answer_stops_the_child()
    {
        using TestSystem system = Family();
        system.Exception(0x0200_0000);
        TestPd parent = system["parent"];
        Assert.Equal((FaultKind.UserException, UserExceptionMessage.Length), (parent.Info.Label, parent.Info.Length));
        Assert.Equal((Pc, 0x0200_0000UL), (parent.Word(0), parent.Word(3)));
        system.ReplyAndReceive(new MessageInfo(1, 0));
        Assert.Equal(ThreadState.Inactive, system["child"].Tcb->State);
    }

    [Theory]
    [InlineData(SystemCalls.Call, 0x1234UL, 0UL)]
    [InlineData(SystemCalls.Send, 0x1234UL, 0UL)]
    [InlineData(SystemCalls.Recv, 0x1234UL, 1UL)]
    [InlineData(SystemCalls.NBRecv, 0x1234UL, 1UL)]
    public void A_cap_pointer_outside_the_cap_space_is_a_fault(long number, ulong pointer, ulong receiving)
    {
        using TestSystem system = Family();
        TestPd parent = system["parent"];
        new System.Span<ulong>(parent.Buffer, 16).Fill(0xDEAD);
        system.Call(number, pointer);
        Assert.Same(parent, system.RunningPd);
        Assert.Equal((FaultKind.CapFault, 7), (parent.Info.Label, parent.Info.Length));
        Assert.Equal((Pc, pointer, receiving), (parent.Word(0), parent.Word(1), parent.Word(2)));
        Assert.Equal((LookupFailure.GuardMismatch, 58UL, 0UL, 49UL), (parent.Word(3), parent.Word(4), parent.Word(5), parent.Word(6)));
        Invariants.Check(system);
    }

    [Fact]
    public void A_non_blocking_send_to_nowhere_is_silent()
    {
        using TestSystem system = Family();
        system.Call(SystemCalls.NBSend, ulong.MaxValue >> 7);
        Assert.Same(system["child"], system.RunningPd);
        Assert.Equal(0UL, system.StatisticsOf(system["child"])->Faults);
    }

    [Fact]
    public void Receiving_on_an_empty_slot_is_a_missing_capability()
    {
        using TestSystem system = Family();
        system.Call(SystemCalls.Recv, 77);
        TestPd parent = system["parent"];
        Assert.Equal((FaultKind.CapFault, 5), (parent.Info.Label, parent.Info.Length));
        Assert.Equal((77UL, LookupFailure.MissingCapability), (parent.Word(1), parent.Word(3)));
    }

    [Fact]
    public void A_call_on_an_empty_slot_is_answered_with_an_error()
    {
        using TestSystem system = Family();
        system.Call(SystemCalls.Call, 77);
        Assert.Same(system["child"], system.RunningPd);
        Assert.Equal(KernelErrors.InvalidCapability, system["child"].Info.Label);
    }

    [Fact]
    public void Without_a_handler_the_thread_stops_and_the_kernel_says_so()
    {
        using TestSystem system = Family();
        system["child"].Tcb->FaultHandler = default;
        system.Fault(0x10);
        Assert.Equal(ThreadState.Inactive, system["child"].Tcb->State);
        Assert.Equal(
            "kernel: child has no fault handler and stops: fault 0x0000000000000006 pc 0x0000000000200000 words 0x0000000000000010 0x0000000000000000 0x0000000092000046\n",
            system.Hardware.Console.ToString());
        Assert.Null(system.RunningPd);
    }

    [Fact]
    public void Debug_calls_are_unknown_in_release()
    {
        using TestSystem system = Family();
        system.Call(SystemCalls.DebugPutChar, 'x');
        system.Call(SystemCalls.DebugPutChar, '\n');
        Assert.Equal("x\n", system.Hardware.Console.ToString());
        system.Boot->DebugCalls = 0;
        system.Call(SystemCalls.DebugPutChar, 'y');
        Assert.Equal(FaultKind.UnknownSyscall, system["parent"].Info.Label);
    }

    [Fact]
    public void Debug_lines_of_different_threads_do_not_mix()
    {
        using TestSystem system = Family();
        system.Call(SystemCalls.DebugPutChar, 'c');
        system.Fault(0x10);
        Assert.Same(system["parent"], system.RunningPd);
        Assert.Equal("c", system.Hardware.Console.ToString());
        system.Call(SystemCalls.DebugPutChar, 'p');
        system.ReplyAndReceive();
        Assert.Same(system["child"], system.RunningPd);
        system.Call(SystemCalls.DebugPutChar, 'd');
        system.Call(SystemCalls.DebugPutChar, '\n');
        Assert.Equal("cd\n", system.Hardware.Console.ToString());
        for (int i = 0; i <= DebugLine.Capacity; i++)
        {
            system.Call(SystemCalls.DebugPutChar, 'e');
        }

        Assert.Equal("cd\n" + new string('e', DebugLine.Capacity), system.Hardware.Console.ToString());
    }

    [Fact]
    public void A_debug_halt_names_who_asked_for_it_and_stops_the_machine()
    {
        using TestSystem system = Family();
        system.Call(SystemCalls.DebugPutChar, 'x');
        system.Call(SystemCalls.DebugHalt, 0);
        Assert.True(system.Hardware.Halted);
        Assert.Equal("xhalted by child\n", system.Hardware.Console.ToString());
    }

    [Theory]
    [InlineData(CapRights.Write | CapRights.Grant, true)]
    [InlineData(CapRights.Write | CapRights.GrantReply, true)]
    [InlineData(CapRights.Write, false)]
    public void A_handler_can_answer_when_its_cap_lets_it(CapRights rights, bool canAnswer)
    {
        using TestSystem system = Family();
        TestPd child = system["child"];
        child.Tcb->FaultHandler = new Cap(CapType.Endpoint, rights, (ulong)system["parent"].Endpoint, 9);
        system.Fault(0x10);
        Assert.Equal((9UL, FaultKind.VMFault), (system["parent"].Badge, system["parent"].Info.Label));
        Assert.Equal(canAnswer ? ThreadState.BlockedOnReply : ThreadState.Inactive, child.Tcb->State);
        Invariants.Check(system);
    }

    [Theory]
    [InlineData(true, FaultKind.VMFault)]
    [InlineData(false, FaultKind.VMFault)]
    [InlineData(true, FaultKind.UserException)]
    [InlineData(false, FaultKind.UserException)]
    public void The_answer_to_an_exception_sets_registers_and_that_to_a_memory_fault_does_not(bool fast, ulong kind)
    {
        using TestSystem system = Family();
        TestPd child = system["child"];
        system.UsesFastPath = fast;
        if (kind == FaultKind.VMFault)
        {
            system.Fault(0x10);
        }
        else
        {
            system.Exception(7);
        }

        system.ReplyAndReceive(new MessageInfo(0, 2), 0x20_0100, 0x3000);
        Assert.Same(child, system.RunningPd);
        Assert.Equal(0UL, child.Tcb->Fault);
        Assert.Equal(kind == FaultKind.VMFault ? (Pc, 0UL) : (0x20_0100, 0x3000), (child.Register(Aarch64Registers.Pc), child.Register(Aarch64Registers.Sp)));
        Invariants.Check(system);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(40)]
    public void The_answer_to_a_timeout_sets_as_many_registers_as_it_names(int length)
    {
        using TestSystem system = new(new PdSpec("parent", 30, ReceivesCalls: true), new PdSpec("child", 20, 100, 1000, HasTimeoutHandler: true));
        TestPd child = system["child"];
        system.MakeChild(system["parent"], 4, child);
        system.Start();
        system.Receive();
        system.Pass(200);
        Assert.Equal(FaultKind.Timeout, system["parent"].Info.Label);
        child.Register(0) = 5;
        ulong[] answer = new ulong[length];
        (answer[0], answer[1]) = (0x20_0100, 0x3000);
        system.ReplyAndReceive(new MessageInfo(0, length), answer);
        Assert.Equal((ThreadState.Running, RunQueue.Release, 0UL), (child.Tcb->State, child.Tcb->QueuedIn, child.Tcb->Fault));
        Assert.Equal((0x20_0100UL, 0x3000UL), (child.Register(Aarch64Registers.Pc), child.Register(Aarch64Registers.Sp)));
        Assert.Equal(length == 2 ? 5UL : 0, child.Register(0));
        Invariants.Check(system);
    }

    [Fact]
    public void A_handler_that_is_less_urgent_does_not_run_before_others()
    {
        using TestSystem system = new(new PdSpec("parent", 10, ReceivesCalls: true), new PdSpec("child", 20), new PdSpec("between", 15));
        system.MakeChild(system["parent"], 4, system["child"]);
        system.ConnectIrq(system["child"], 5, 40);
        system.ConnectIrq(system["between"], 5, 41);
        system.Start();
        system.Receive();
        system.Receive();
        system.Receive();
        system.Raise(40);
        system.Raise(41);
        Assert.Same(system["child"], system.RunningPd);
        system.Fault(0x10);
        Assert.Same(system["between"], system.RunningPd);
        Assert.Equal(ThreadState.BlockedOnReply, system["child"].Tcb->State);
        Invariants.Check(system);
        system.Receive();
        Assert.Same(system["parent"], system.RunningPd);
    }

    [Fact]
    public void The_answer_to_an_unknown_system_call_sets_no_more_registers_than_it_names()
    {
        using TestSystem system = Family();
        TestPd child = system["child"];
        system.Call(-99, 5, words: [1, 2, 3, 4]);
        system.ReplyAndReceive(new MessageInfo(0, 2), 70, 71, 72, 73);
        Assert.Equal((70UL, 71UL, 1UL), (child.Register(0), child.Register(1), child.Register(2)));
    }

    internal static TestSystem Family()
    {
        TestSystem system = new(new PdSpec("parent", 30, ReceivesCalls: true), new PdSpec("child", 20));
        system.MakeChild(system["parent"], 4, system["child"]);
        system.Start();
        system.Receive();
        Assert.Same(system["child"], system.RunningPd);
        return system;
    }
}
