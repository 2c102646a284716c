// What boards say to an AArch64 kernel: interrupt controller, console and how other cores start; and what is missing is asked for by its name.

using System;
using System.Runtime.InteropServices;
using Pride.Description;
using Pride.Image.Elf;
using Pride.Kernel.Objects;
using Pride.Machine;
using Pride.Microkit;
using Xunit;

namespace Pride.Image.Tests;

public sealed class Aarch64BoardTests
{
    [Fact]
    public void Cores_that_wait_at_a_spin_table_are_found_there()
    {
        Board board = Load("qemu-raspi3b-smp4");
        BootImage image = Build(board);
        BootInfo info = Info(image);
        Assert.Equal((FirmwareKind.SpinTable, KernelLayout.ToVirtual(0xd8), 4u), (info.Firmware, info.SpinTable, info.CoreCount));
        Assert.Equal((KernelLayout.ToVirtual(0x4000_0000), KernelLayout.ToVirtual(0x3f00_b200), 3u), (info.InterruptRegisters, info.CoreInterruptRegisters, info.TimerIrq));

        // The kernel reaches the page, which is not of the board's memory; with one core it has nothing to do there.
        Assert.Equal(0UL, PageOf(image, info.SpinTable));
        Assert.Null(PageOf(Build(board with { Cores = 1 }), info.SpinTable));
    }

    [Theory]
    [InlineData("qemu-xlnx-zcu102-smp4", FirmwareKind.PsciByMonitorCall, InterruptController.Gic2)]
    [InlineData("qemu-xlnx-versal", FirmwareKind.PsciByMonitorCall, InterruptController.Gic3)]
    [InlineData("qemu-virt-aarch64", FirmwareKind.PsciByHypervisorCall, InterruptController.Gic2)]
    public void The_kernel_is_told_what_the_board_says(string name, FirmwareKind firmware, InterruptController controller)
    {
        Board board = Load(name);
        BootInfo info = Info(Build(board));
        Assert.Equal((firmware, 27u), (info.Firmware, info.TimerIrq));
        Assert.Equal((long)controller, KernelConstants.For(board)[nameof(KernelBuild.InterruptController)]);
        Assert.Equal((KernelLayout.ToVirtual(board.Kernel.Gic!.DistributorBase), KernelLayout.ToVirtual(board.Kernel.Gic.CpuInterfaceBase)), (info.InterruptRegisters, info.CoreInterruptRegisters));
        Assert.Equal(KernelLayout.ToVirtual(board.Kernel.DebugUartBase), info.ConsoleUart);
        Assert.Equal((uint)board.Cores, info.CoreCount);
    }

    [Fact]
    public void What_a_board_does_not_say_is_asked_for()
    {
        Refused(b => b with { SpinTableBase = 0 }, "\"spinTableBase\"");
        Refused(b => b with { SpinTableBase = 0xdc }, "\"spinTableBase\"");
        Refused(b => b with { Bcm2836 = null }, "\"gic\"");
        Refused(b => b with { DebugUart = "acme,uart" }, "acme,uart");
    }

    private static void Refused(Func<BoardKernel, BoardKernel> change, string message)
    {
        Board board = Load("qemu-raspi3b-smp4");
        ImageException error = Assert.Throws<ImageException>(() => Build(board with { Kernel = change(board.Kernel) }));
        Assert.Contains(message, error.ToString(), StringComparison.Ordinal);
    }

    private static Board Load(string name) => Board.Load(TestFiles.RepositoryRoot(), name);

    private static BootImage Build(Board board)
    {
        SystemBuilder system = new("test", board);
        system.Add<Nothing>("pd", priority: 10);
        return ImageBuilder.Build(system, TestFiles.Kernel(), Program("monitor"), pd => Program(pd.Name), new ImageOptions(DebugCalls: true));
    }

    private static ElfFile Program(string name) => new ElfWriter { Entry = PdLayout.ImageBase }
        .Segment(PdLayout.ImageBase, new byte[0x1800], ElfSegmentFlags.Read | ElfSegmentFlags.Execute)
        .Build(name);

    private static BootInfo Info(BootImage image) => MemoryMarshal.Read<BootInfo>(image.Bytes.AsSpan(0x1000));

    /// <summary>The physical page that the kernel has at <paramref name="address"/>; null: none.</summary>
    private static ulong? PageOf(BootImage image, ulong address)
    {
        ulong table = Info(image).KernelRoot;
        for (int level = 0; ; level++)
        {
            ulong entry = MemoryMarshal.Read<ulong>(image.Bytes.AsSpan((int)(table - image.LoadAddress) + (Aarch64PageTable.Index(address, level) * sizeof(ulong))));
            if (!Aarch64PageTable.IsValid(entry))
            {
                return null;
            }

            if (level == Aarch64PageTable.LastLevel || !Aarch64PageTable.IsTable(entry))
            {
                return Aarch64PageTable.Address(entry);
            }

            table = Aarch64PageTable.Address(entry);
        }
    }

    [Profile(Profile.Driver)]
    private sealed class Nothing : ProtectionDomain;
}
