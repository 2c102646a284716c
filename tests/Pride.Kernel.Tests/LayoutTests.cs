// Sizes and offsets that code outside C# relies on: the vectors, the entry code, the image builder's arrays.

using System;
using System.Linq;
using System.Runtime.InteropServices;
using Pride.Abi;
using Pride.Kernel.Objects;
using Xunit;

namespace Pride.Kernel.Tests;

public sealed unsafe class LayoutTests
{
    [Fact]
    public void Objects_have_their_declared_sizes()
    {
        Assert.Equal(Tcb.Size, sizeof(Tcb));
        Assert.Equal(SchedulingContext.HeaderSize, sizeof(SchedulingContext));
        Assert.Equal(16, sizeof(Refill));
        Assert.Equal(16, sizeof(Cap));
        Assert.Equal(Notification.Size, sizeof(Notification));
        Assert.Equal(Endpoint.Size, sizeof(Endpoint));
        Assert.Equal(Reply.Size, sizeof(Reply));
        Assert.Equal(IrqEntry.Size, sizeof(IrqEntry));
        Assert.Equal(FpuState.Size, sizeof(FpuState));
        Assert.Equal(CoreState.Size, sizeof(CoreState));
        Assert.Equal(CoreState.Size, 1 << CoreState.SizeShift);
        Assert.Equal(PdStatistics.Size, sizeof(PdStatistics));
        Assert.Equal(StatisticsHeader.Size, sizeof(StatisticsHeader));
        Assert.True(sizeof(BootInfo) <= KernelLayout.PageBytes);
    }

    [Fact]
    public void Entry_code_finds_what_it_reads()
    {
        Assert.Equal(0, Offset<BootInfo>(nameof(BootInfo.Magic)));
        Assert.Equal(BootInfo.KernelRootOffset, Offset<BootInfo>(nameof(BootInfo.KernelRoot)));
        Assert.Equal(BootInfo.IdentityRootOffset, Offset<BootInfo>(nameof(BootInfo.IdentityRoot)));
        Assert.Equal(BootInfo.LoadAddressOffset, Offset<BootInfo>(nameof(BootInfo.LoadAddress)));
        Assert.Equal(BootInfo.CoresOffset, Offset<BootInfo>(nameof(BootInfo.Cores)));
        Assert.Equal(BootInfo.RamStartOffset, Offset<BootInfo>(nameof(BootInfo.RamStart)));
        Assert.Equal(BootInfo.RamEndOffset, Offset<BootInfo>(nameof(BootInfo.RamEnd)));
        Assert.Equal(BootInfo.ZeroStartOffset, Offset<BootInfo>(nameof(BootInfo.ZeroStart)));
        Assert.Equal(BootInfo.ZeroEndOffset, Offset<BootInfo>(nameof(BootInfo.ZeroEnd)));
        Assert.Equal(BootInfo.LoadedEndOffset, Offset<BootInfo>(nameof(BootInfo.LoadedEnd)));
        Assert.Equal(BootInfo.BuiltForOffset, Offset<BootInfo>(nameof(BootInfo.BuiltFor)));
        Assert.Equal(BootInfo.RelocationOffsetOffset, Offset<BootInfo>(nameof(BootInfo.RelocationOffset)));
        Assert.Equal(BootInfo.RelocationCountOffset, Offset<BootInfo>(nameof(BootInfo.RelocationCount)));
        Assert.Equal(BootInfo.ConsoleUartOffset, Offset<BootInfo>(nameof(BootInfo.ConsoleUart)));
        Assert.Equal(BootInfo.ConsoleRegistersOffset, Offset<BootInfo>(nameof(BootInfo.ConsoleRegisters)));
        Assert.Equal(4, Offset<ConsoleRegisters>(nameof(ConsoleRegisters.Status)));
        Assert.Equal(8, Offset<ConsoleRegisters>(nameof(ConsoleRegisters.BusyMask)));
        Assert.Equal(12, Offset<ConsoleRegisters>(nameof(ConsoleRegisters.BusyValue)));
        Assert.Equal(16, Offset<ConsoleRegisters>(nameof(ConsoleRegisters.Enable)));
        Assert.Equal(20, Offset<ConsoleRegisters>(nameof(ConsoleRegisters.EnableValue)));
        Assert.Equal(BootInfo.CoreCountOffset, Offset<BootInfo>(nameof(BootInfo.CoreCount)));
        Assert.Equal(0, Offset<CoreState>(nameof(CoreState.StackTop)));
        Assert.Equal(8, Offset<CoreState>(nameof(CoreState.Current)));
        Assert.Equal(16, Offset<CoreState>(nameof(CoreState.EntryScratch)));
        Assert.Equal(24, Offset<CoreState>(nameof(CoreState.Self)));
        Assert.Equal(32, Offset<CoreState>(nameof(CoreState.PendingVector)));
        Assert.Equal(40, Offset<CoreState>(nameof(CoreState.HardwareId)));
        Assert.Equal(48, Offset<CoreState>(nameof(CoreState.HartGate)));
        Assert.Equal(0, Offset<Tcb>(nameof(Tcb.Registers)));
        Assert.Equal(512, Offset<FpuState>(nameof(FpuState.Control)));
    }

    [Fact]
    public void A_cap_gives_back_what_it_was_made_of()
    {
        Cap cap = new(CapType.Endpoint, CapRights.Write | CapRights.Grant, 0xFFFF_FFC0_4123_4560, ulong.MaxValue);
        Assert.Equal(CapType.Endpoint, cap.Type);
        Assert.Equal(CapRights.Write | CapRights.Grant, cap.Rights);
        Assert.Equal(0xFFC0_4123_4560UL, cap.PointerBits);
        Assert.True(cap.Allows(CapRights.Write));
        Assert.False(cap.Allows(CapRights.Read));
        Assert.False(cap.Allows(CapRights.Write | CapRights.Read));
        Assert.True(cap.AllowsAny(CapRights.Write | CapRights.Read));
    }

    [Fact]
    public void A_user_context_names_each_register_once()
    {
        Span<bool> seen = stackalloc bool[UserContext.Length];
        foreach (byte register in UserContext.Registers)
        {
            Assert.False(seen[register]);
            seen[register] = true;
        }

        Assert.Equal(UserContext.Length, UserContext.Registers.Length);
        Assert.Equal(Aarch64Registers.Pc, UserContext.Registers[UserContext.Pc]);
        Assert.Equal(29, UserContext.Registers[UserContext.X29]);
        Assert.Equal(30, UserContext.Registers[UserContext.X30]);
        Assert.Equal(Aarch64Registers.ThreadPointer, UserContext.Registers[UserContext.ThreadPointer]);
    }

    [Fact]
    public void A_riscv_user_context_names_each_register_once()
    {
        Assert.Equal(RiscV64UserContext.Length, RiscV64UserContext.Registers.Length);
        Assert.Equal(Enumerable.Range(0, 32), RiscV64UserContext.Registers.ToArray().Select(r => (int)r).Order());
        Assert.Equal(RiscV64Registers.Pc, RiscV64UserContext.Registers[RiscV64UserContext.Pc]);
        Assert.Equal(RiscV64Registers.Ra, RiscV64UserContext.Registers[RiscV64UserContext.Ra]);
        Assert.Equal(RiscV64Registers.Sp, RiscV64UserContext.Registers[RiscV64UserContext.Sp]);
        Assert.Equal(RiscV64Registers.S0, RiscV64UserContext.Registers[RiscV64UserContext.S0]);
        Assert.Equal(RiscV64Registers.Tp, RiscV64UserContext.Registers[^1]);
    }

    [Fact]
    public void RiscV_trap_code_finds_what_it_reads()
    {
        Assert.Equal(8, Offset<CoreState>(nameof(CoreState.Current)));
        Assert.Equal(16, Offset<CoreState>(nameof(CoreState.EntryScratch)));
        Assert.Equal(2 * KernelLayout.PageBytes, CoreState.Size);
    }

    [Theory]
    [InlineData(true, true, false)]
    [InlineData(true, false, true)]
    [InlineData(false, true, true)]
    [InlineData(false, false, true)]
    public void No_mapping_is_writable_and_executable(bool user, bool writable, bool executable)
    {
        ulong page = Aarch64PageTable.Page(0x4020_0000, new PageMapping(user, writable, executable, MemoryKind.Normal));
        bool isWritable = (page & (1UL << 7)) == 0;
        bool userRuns = (page & (1UL << 54)) == 0;
        bool kernelRuns = (page & (1UL << 53)) == 0;
        Assert.Equal(writable, isWritable);
        Assert.False(isWritable && (userRuns || kernelRuns));
        Assert.Equal(user && executable && !writable, userRuns);
        Assert.Equal(!user && executable && !writable, kernelRuns);
    }

    private static int Offset<T>(string field) => (int)Marshal.OffsetOf<T>(field);
}
