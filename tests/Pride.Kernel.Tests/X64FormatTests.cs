// x86-64's page-table entries and the order of its registers: pure arithmetic, checked on the host.

using System.Linq;
using Pride.Abi;
using Pride.Kernel.Objects;
using Pride.Kernel.X64;
using Xunit;

namespace Pride.Kernel.Tests;

public sealed class X64FormatTests
{
    private const ulong Write = 1 << 1;
    private const ulong User = 1 << 2;
    private const ulong Uncacheable = 3 << 3;
    private const ulong Global = 1 << 8;
    private const ulong NoExecute = 1UL << 63;

    [Theory]
    [InlineData(true, true, false)]
    [InlineData(true, false, true)]
    [InlineData(false, true, true)]
    [InlineData(false, false, true)]
    [InlineData(true, false, false)]
    public void No_mapping_is_writable_and_executable(bool user, bool writable, bool executable)
    {
        ulong page = X64PageTable.Page(0x12_3456_7000, new PageMapping(user, writable, executable, MemoryKind.Normal));
        Assert.Equal(writable, (page & Write) != 0);
        Assert.Equal(!executable || writable, (page & NoExecute) != 0);
        Assert.Equal(user, (page & User) != 0);
        Assert.Equal(!user, (page & Global) != 0);
        Assert.Equal(0UL, page & Uncacheable);
        Assert.Equal(0x12_3456_7000UL, X64PageTable.Address(page));
    }

    [Fact]
    public void Devices_are_never_cached_and_are_not_memory()
    {
        ulong page = X64PageTable.Page(0xFEE0_0000, new PageMapping(true, true, false, MemoryKind.Device));
        Assert.Equal(Uncacheable, page & Uncacheable);
        Assert.False(X64PageTable.IsUserMemory(page));
        Assert.True(X64PageTable.IsUserMemory(X64PageTable.Page(0x20_0000, new PageMapping(true, false, false, MemoryKind.Normal))));
        Assert.False(X64PageTable.IsUserMemory(X64PageTable.Page(0x20_0000, new PageMapping(false, false, false, MemoryKind.Normal))));
    }

    [Fact]
    public void Tables_and_large_pages_are_told_apart()
    {
        PageMapping mapping = new(false, true, false, MemoryKind.Normal);
        Assert.True(X64PageTable.IsTable(X64PageTable.Table(0x1000)));
        Assert.False(X64PageTable.IsTable(X64PageTable.Block(0x20_0000, mapping)));
        Assert.False(X64PageTable.IsValid(0));
        Assert.Equal(511, X64PageTable.Index(KernelLayout.ImageWindow, 0));
        Assert.Equal(510, X64PageTable.Index(KernelLayout.ImageWindow, 1));
        Assert.Equal(1, X64PageTable.Index(0x20_0000, 2));
        Assert.Equal(3, X64PageTable.Index(0x3000, 3));
    }

    [Fact]
    public void A_user_context_names_each_register_once()
    {
        byte[] registers = X64Registers.InContext.ToArray();
        Assert.Equal(X64UserContext.Length, registers.Length);
        Assert.Equal(Enumerable.Range(0, X64UserContext.Length), registers.Select(r => (int)r).Order());
        Assert.Equal(X64Registers.Rip, registers[X64UserContext.Rip]);
        Assert.Equal(X64Registers.Flags, registers[X64UserContext.Flags]);
        Assert.Equal(X64Registers.R15, registers[X64UserContext.R15]);
        Assert.Equal(X64Registers.GsBase, registers[X64UserContext.GsBase]);
        Assert.Equal(
            [X64Registers.R10, X64Registers.R8, X64Registers.R9, X64Registers.R15], Enumerable.Range(0, 4).Select(i => X64Machine.MessageRegister0 + i));
    }

    [Fact]
    public void Fault_messages_name_sel4s_registers()
    {
        int[] words = [.. Enumerable.Range(0, X64Machine.UnknownCallWords).Select(X64Machine.UnknownCallRegister)];
        Assert.Equal(
            [
                X64Registers.Rax, X64Registers.Rbx, X64Registers.Rcx, X64Registers.Rdx, X64Registers.Rsi, X64Registers.Rdi, X64Registers.Rbp,
                X64Registers.R8, X64Registers.R9, X64Registers.R10, X64Registers.R11, X64Registers.R12, X64Registers.R13, X64Registers.R14, X64Registers.R15,
                X64Registers.Rip, X64Registers.Rsp, X64Registers.Flags,
            ],
            words);
        Assert.Equal(
            [X64Registers.Rip, X64Registers.Rsp, X64Registers.Flags], Enumerable.Range(0, X64Machine.ExceptionWords).Select(X64Machine.ExceptionRegister));
    }

    [Theory]
    [InlineData(X64Registers.Flags, 0UL, 0x202UL)]
    [InlineData(X64Registers.Flags, ulong.MaxValue, 0xED7UL)]
    [InlineData(X64Registers.Rip, 0x7FFF_FFFF_FFFFUL, 0x7FFF_FFFF_FFFFUL)]
    [InlineData(X64Registers.Rip, 0x8000_0000_0000UL, 0UL)]
    [InlineData(X64Registers.FsBase, 0x8000_0000_0000UL, 0UL)]
    [InlineData(X64Registers.GsBase, 0xFFFF_8000_0000_0000UL, 0UL)]
    [InlineData(X64Registers.Rax, ulong.MaxValue, ulong.MaxValue)]
    public unsafe void What_a_thread_is_given_cannot_fault_in_the_kernel(int register, ulong value, ulong expected) =>
        Assert.Equal(expected, X64Machine.Sanitise(null, register, value));
}
