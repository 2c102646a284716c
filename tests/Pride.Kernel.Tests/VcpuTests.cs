// Virtual CPUs: what their managers may do, what they are told, and what a guest cannot do.

using Pride.Abi;
using Pride.Kernel.Objects;
using Xunit;

namespace Pride.Kernel.Tests;

public sealed unsafe class VcpuTests
{
    private const ulong Id = 3;
    private const ulong Cap = CapSlots.BaseVcpu + Id;
    private const ulong GuestEntry = 0x4000_0000;
    private const ulong KernelMode = 5;

    [Fact]
    public void A_guest_starts_when_its_manager_says_so_in_its_kernels_mode()
    {
        using TestSystem system = ManagerAndGuest();
        Assert.NotSame(system["guest"], system.RunningPd);
        StartGuest(system);
        Assert.Same(system["guest"], system.RunningPd);
        Assert.Equal(GuestEntry, system["guest"].Register(Aarch64Registers.Pc));
        Assert.Equal(KernelMode, system["guest"].Register(Aarch64Registers.Spsr));
        Assert.Equal(1U, system.Core->IsVcpuActive);
    }

    [Fact]
    public void A_pd_cannot_be_given_a_guests_mode()
    {
        using TestSystem system = ManagerAndGuest();
        system.Put(system["manager"], CapSlots.BaseTcb, TestSystem.TcbCap(system["worker"]));
        WriteRegisters(system, CapSlots.BaseTcb, resume: false);
        Assert.Equal(0UL, system["worker"].Register(Aarch64Registers.Spsr));
    }

    [Fact]
    public void A_manager_of_a_version_without_virtual_cpus_has_no_call_for_them()
    {
        using TestSystem system = ManagerAndGuest();
        system["manager"].Tcb->Labels->VcpuSetTcb = 0;
        for (ulong label = 0; label <= VcpuOperations.Count; label++)
        {
            system.Call(SystemCalls.Call, Cap, new MessageInfo(label, 2));
            Assert.Equal(KernelErrors.IllegalOperation, system["manager"].Info.Label);
        }
    }

    [Theory]
    [InlineData(VcpuOperations.InjectIrq, 0, 0UL, 0UL, KernelErrors.TruncatedMessage, 0UL, 0UL)]
    [InlineData(VcpuOperations.InjectIrq, 1, 1024UL, 0UL, KernelErrors.RangeError, 0UL, 1023UL)]
    [InlineData(VcpuOperations.InjectIrq, 1, (32UL << 16) | 40, 0UL, KernelErrors.RangeError, 0UL, 31UL)]
    [InlineData(VcpuOperations.InjectIrq, 1, (2UL << 24) | 40, 0UL, KernelErrors.RangeError, 0UL, 1UL)]
    [InlineData(VcpuOperations.InjectIrq, 1, (4UL << 32) | 40, 0UL, KernelErrors.RangeError, 0UL, 3UL)]
    [InlineData(VcpuOperations.ReadRegister, 0, 0UL, 0UL, KernelErrors.TruncatedMessage, 0UL, 0UL)]
    [InlineData(VcpuOperations.ReadRegister, 1, (ulong)VcpuRegisters.Count, 0UL, KernelErrors.InvalidArgument, 1UL, 0UL)]
    [InlineData(VcpuOperations.WriteRegister, 1, 0UL, 0UL, KernelErrors.TruncatedMessage, 0UL, 0UL)]
    [InlineData(VcpuOperations.WriteRegister, 2, (ulong)VcpuRegisters.Count, 0UL, KernelErrors.InvalidArgument, 1UL, 0UL)]
    [InlineData(VcpuOperations.AckVppi, 0, 0UL, 0UL, KernelErrors.TruncatedMessage, 0UL, 0UL)]
    [InlineData(VcpuOperations.AckVppi, 1, 1020UL, 0UL, KernelErrors.RangeError, 0UL, 1019UL)]
    [InlineData(VcpuOperations.AckVppi, 1, 27UL, 0UL, KernelErrors.InvalidArgument, 0UL, 0UL)]
    [InlineData(VcpuOperations.SetTcb, 0, 0UL, 0UL, KernelErrors.TruncatedMessage, 0UL, 0UL)]
    [InlineData(VcpuOperations.Count, 2, 0UL, 0UL, KernelErrors.IllegalOperation, 0UL, 0UL)]
    public void Wrong_calls_are_answered_as_in_seL4(ulong operation, int length, ulong word0, ulong word1, ulong error, ulong answer0, ulong answer1)
    {
        using TestSystem system = ManagerAndGuest();
        Invoke(system, operation, length, word0, word1);
        TestPd manager = system["manager"];
        Assert.Equal(error, manager.Info.Label);
        Assert.Equal(error == KernelErrors.RangeError ? 2 : error == KernelErrors.InvalidArgument ? 1 : 0, manager.Info.Length);
        if (manager.Info.Length > 0)
        {
            Assert.Equal(answer0, manager.Word(0));
        }

        if (manager.Info.Length > 1)
        {
            Assert.Equal(answer1, manager.Word(1));
        }
    }

    [Fact]
    public void A_release_whose_labels_are_not_known_has_no_calls_of_virtual_cpus()
    {
        using TestSystem system = ManagerAndGuest(AbiVersions.Microkit23 with { VcpuSetTcb = 0 });
        Invoke(system, VcpuOperations.AckVppi, 1, SimulatedHardware.GuestTimerIrq);
        Assert.Equal(KernelErrors.IllegalOperation, system["manager"].Info.Label);
    }

    [Fact]
    public void The_thread_of_a_virtual_cpu_is_its_own_for_good()
    {
        using TestSystem system = ManagerAndGuest();
        system.Put(system["manager"], CapSlots.BaseTcb, TestSystem.TcbCap(system["worker"]));
        Assert.Equal(KernelErrors.IllegalOperation, SetTcb(system, CapSlots.BaseTcb));
        Assert.Equal(KernelErrors.IllegalOperation, SetTcb(system, Cap));
        Assert.Equal(KernelErrors.NoError, SetTcb(system, CapSlots.BaseVmTcb + Id));
        Assert.True(system["worker"].Tcb->Vcpu == null);
    }

    [Fact]
    public void Registers_are_read_and_written_where_they_are_current()
    {
        using TestSystem system = ManagerAndGuest();
        StartGuest(system);
        system.VcpuFault(0x5e00_0000);
        Assert.True(system.Core->LoadedVcpu == system["guest"].Tcb->Vcpu);
        Invoke(system, VcpuOperations.WriteRegister, 2, VcpuRegisters.VbarEl1, 0x4000_1000);
        Assert.Equal(KernelErrors.NoError, system["manager"].Info.Label);
        Assert.True(system.Core->LoadedVcpu == null);
        Invoke(system, VcpuOperations.ReadRegister, 1, VcpuRegisters.VbarEl1);
        Assert.Equal(0x4000_1000UL, system["manager"].Word(0));
        Assert.Equal(1, system["manager"].Info.Length);
    }

    [Fact]
    public void What_a_guest_serves_is_not_overwritten()
    {
        using TestSystem system = ManagerAndGuest();
        Vcpu* vcpu = system["guest"].Tcb->Vcpu;
        Invoke(system, VcpuOperations.InjectIrq, 1, (1UL << 32) | (1UL << 24) | (7UL << 16) | 40);
        Assert.Equal(KernelErrors.NoError, system["manager"].Info.Label);
        Assert.Equal(40 | (7UL << 10) | (1UL << 16) | SimulatedHardware.PendingInList, vcpu->ListRegisters[1]);
        vcpu->ListRegisters[1] = 40 | SimulatedHardware.ActiveInList;
        Invoke(system, VcpuOperations.InjectIrq, 1, (1UL << 32) | 41);
        Assert.Equal(KernelErrors.DeleteFirst, system["manager"].Info.Label);
        Assert.Equal(40 | SimulatedHardware.ActiveInList, vcpu->ListRegisters[1]);
    }

    [Fact]
    public void A_trap_is_told_by_its_syndrome_and_answered_by_going_on()
    {
        using TestSystem system = ManagerAndGuest();
        StartGuest(system);
        system.VcpuFault(0x5e00_0000);
        ExpectFault(system, FaultKind.VCpuFault, 0x5e00_0000);
        Assert.Equal(0U, system.Core->IsVcpuActive);
        system.ReplyAndReceive();
        Assert.Same(system["guest"], system.RunningPd);
        Assert.Equal(1U, system.Core->IsVcpuActive);
        Assert.Equal(GuestEntry, system["guest"].Register(Aarch64Registers.Pc));
        Invariants.Check(system);
    }

    [Fact]
    public void The_guests_timer_is_told_once_and_again_after_the_acknowledgement()
    {
        using TestSystem system = ManagerAndGuest();
        StartGuest(system);
        system.Raise(SimulatedHardware.GuestTimerIrq);
        ExpectFault(system, FaultKind.VPpiEvent, SimulatedHardware.GuestTimerIrq);
        system.ReplyAndReceive();
        system.Raise(SimulatedHardware.GuestTimerIrq);
        Assert.Same(system["guest"], system.RunningPd);
        system.VcpuFault(0);
        Invoke(system, VcpuOperations.AckVppi, 1, SimulatedHardware.GuestTimerIrq);
        Assert.Equal(KernelErrors.NoError, system["manager"].Info.Label);
        system.ReplyAndReceive();
        system.Interrupt();
        ExpectFault(system, FaultKind.VPpiEvent, SimulatedHardware.GuestTimerIrq);
        Assert.DoesNotContain(SimulatedHardware.GuestTimerIrq, system.Hardware.Active);
    }

    [Fact]
    public void An_interrupt_that_the_guest_has_ended_is_told_by_its_list_register()
    {
        using TestSystem system = ManagerAndGuest();
        StartGuest(system);
        system.Hardware.Ended = 2;
        system.Raise(SimulatedHardware.MaintenanceIrq);
        ExpectFault(system, FaultKind.VGicMaintenance, 2);
        system.ReplyAndReceive();
        system.Hardware.Ended = ulong.MaxValue;
        system.Raise(SimulatedHardware.MaintenanceIrq);
        ExpectFault(system, FaultKind.VGicMaintenance, ulong.MaxValue);
    }

    [Fact]
    public void While_a_pd_runs_a_guests_interrupts_are_nobodys()
    {
        using TestSystem system = ManagerAndGuest();
        system.Raise(SimulatedHardware.GuestTimerIrq);
        system.Raise(SimulatedHardware.MaintenanceIrq);
        Assert.Same(system["manager"], system.RunningPd);
        Assert.DoesNotContain(SimulatedHardware.GuestTimerIrq, system.Hardware.Disabled);
        Assert.Equal(0UL, system["guest"].Tcb->Vcpu->IsTimerMasked);
        Assert.Empty(system.Hardware.Active);
    }

    [Fact]
    public void A_guest_has_no_caps_whatever_it_calls()
    {
        using TestSystem system = ManagerAndGuest();
        StartGuest(system);
        system.Call(SystemCalls.Call, CapSlots.BaseVcpu, new MessageInfo(system.Labels.VcpuSetTcb, 0));
        Assert.Same(system["guest"], system.RunningPd);
        Assert.Equal(KernelErrors.InvalidCapability, system["guest"].Info.Label);
        system.Call(SystemCalls.Recv, CapSlots.Input);
        Assert.Same(system["manager"], system.RunningPd);
        Assert.Equal(FaultKind.CapFault, system["manager"].Info.Label);
    }

    [Fact]
    public void An_idle_core_has_no_active_guest()
    {
        using TestSystem system = ManagerAndGuest();
        StartGuest(system);
        system.Put(system["manager"], CapSlots.BaseTcb, TestSystem.TcbCap(system["worker"]));
        system.VcpuFault(0);
        system.Call(SystemCalls.Call, CapSlots.BaseTcb, new MessageInfo(system.Labels.TcbSuspend, 0));
        system.Receive();
        Assert.Null(system.RunningPd);
        Assert.Equal(0U, system.Core->IsVcpuActive);
    }

    private static TestSystem ManagerAndGuest(InvocationLabels? labels = null)
    {
        TestSystem system = new(new PdSpec("manager", 100, ReceivesCalls: true, Labels: labels), new PdSpec("guest", 50), new PdSpec("worker", 10));
        system.MakeGuest(system["manager"], Id, system["guest"]);
        system.Start();
        Assert.Same(system["manager"], system.RunningPd);
        return system;
    }

    private static void StartGuest(TestSystem system)
    {
        WriteRegisters(system, CapSlots.BaseVmTcb + Id, resume: true);
        system.Receive();
    }

    private static void WriteRegisters(TestSystem system, ulong tcb, bool resume) => system.Call(
        SystemCalls.Call, tcb, new MessageInfo(system.Labels.TcbWriteRegisters, 5), words: [resume ? 1UL : 0, 3, GuestEntry, 0, KernelMode]);

    private static void Invoke(TestSystem system, ulong operation, int length, params ulong[] words) =>
        system.Call(SystemCalls.Call, Cap, new MessageInfo(system.Labels.VcpuSetTcb + operation, length), words: words);

    private static ulong SetTcb(TestSystem system, ulong tcb)
    {
        system["manager"].Buffer[1 + MessageInfo.MaximumLength + 1] = tcb;
        system.Call(SystemCalls.Call, Cap, new MessageInfo(system.Labels.VcpuSetTcb, 0, 1));
        return system["manager"].Info.Label;
    }

    private static void ExpectFault(TestSystem system, ulong kind, ulong word)
    {
        TestPd manager = system["manager"];
        Assert.Same(manager, system.RunningPd);
        Assert.Equal(kind, manager.Info.Label);
        Assert.Equal(1, manager.Info.Length);
        Assert.Equal(word, manager.Word(0));
        Assert.Equal(Badges.Fault | Id, manager.Badge);
    }
}
