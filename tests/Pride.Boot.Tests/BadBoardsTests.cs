// Machines that are not what the image was built for: each says on the early console what is wrong, what was found and what was expected. (PCs: BootWaysTests.)

using System;
using System.IO;
using System.Threading.Tasks;
using Pride.Kernel.Tests;
using Pride.Tool;
using Pride.Tool.Building;
using Pride.Tool.Emulation;
using Xunit;

namespace Pride.Boot.Tests;

public sealed class BadBoardsTests
{
    [Theory]
    [InlineData(Checkout.Board, "0x0000000048000000, expected 0x0000000050000000")]
    [InlineData(Checkout.RiscVBoard, "0x0000000088000000, expected 0x0000000090000000")]
    public async Task A_machine_with_less_memory_than_the_image_needs_says_so(string board, string difference)
    {
        await using QemuMachine machine = Machines.BootOn(board, "hello", null, "-m", "128M");
        await machine.Expect($": this machine lacks memory that the image was built for: found {difference}");
        Assert.Contains("Pride kernel panic: the device tree at 0x", machine.Serial, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("qemu-virt-aarch64-smp4", "kernel: core 0x0000000000000003 does not start: PSCI answers 0xfffffffffffffffe, expected 0")]
    [InlineData("qemu-virt-riscv64-smp4", "does not start: SBI answers 0xfffffffffffffffd, expected 0")]
    public async Task A_core_that_is_not_there_is_named(string board, string message)
    {
        await using QemuMachine machine = Machines.BootOn(board, "cores", null, "-smp", "3");
        await machine.Expect(message);
    }

    // The image drives a GICv2, whose interface to the CPU a machine with a GICv3 does not have.
    [Fact]
    public async Task An_interrupt_controller_that_is_not_there_is_named()
    {
        await using QemuMachine machine = Machines.BootOn(Checkout.Board, "hello", null, "-M", "gic-version=3");
        await machine.Expect(": the interrupt controller is not where the board has it: found 0x");
        await machine.Expect(", expected 0x0000000008010000");
    }

    // QEMU takes this tree and writes into it where memory is; what the tree has itself overlaps that.
    [Fact]
    public async Task A_device_tree_that_lies_is_named()
    {
        string file = Path.Combine(Checkout.Image("hello").Folder, "lie.dtb");
        DeviceTreeImage tree = DeviceTreeImage.Board();
        tree.Begin("more@40000000").Property("device_type", "memory").Property("reg", 0, 0x4000_0000, 0, 0x1000).End();
        File.WriteAllBytes(file, tree.Finish());
        await using QemuMachine machine = Machines.BootOn(Checkout.Board, "hello", null, "-dtb", file);
        await machine.Expect(": another overlaps it: found 0x0000000040000000, expected 0x00000000");
    }

    // The board's own tree, as QEMU writes it down, with main memory that passes the end of all addresses.
    [Fact]
    public async Task A_device_tree_that_lies_is_named_on_risc_v()
    {
        SystemImage image = Checkout.Image("hello", Checkout.RiscVBoard);
        string file = Path.Combine(image.Folder, "lie.dtb");
        ProcessResult written = Processes.Run(image.Board.Emulator.Program, ["-M", $"virt,dumpdtb={file}", "-m", "256M", "-nographic"]);
        Assert.True(written.ExitCode == 0, written.Error);
        byte[] tree = File.ReadAllBytes(file);
        byte[] memory = [0, 0, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0, 0x10, 0, 0, 0];
        tree.AsSpan(tree.AsSpan().IndexOf(memory) + sizeof(ulong), sizeof(ulong)).Fill(byte.MaxValue);
        File.WriteAllBytes(file, tree);
        await using QemuMachine machine = Machines.BootOn(Checkout.RiscVBoard, "hello", null, "-dtb", file);
        await machine.Expect(": an entry has a length that cannot be: found 0xffffffffffffffff, expected 0xffffffff7fffffff");
    }
}
