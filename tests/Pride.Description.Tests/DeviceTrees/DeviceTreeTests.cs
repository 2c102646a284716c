// Devices out of device trees: those that QEMU makes of its own machines are what boards/ says, and a tree of many forms is read or refused as it must be.

using System;
using System.Buffers.Binary;
using System.Diagnostics;
using System.IO;
using System.Linq;
using Pride.Description.DeviceTrees;
using Xunit;

namespace Pride.Description.Tests.DeviceTrees;

public sealed class DeviceTreeTests
{
    private const string Source = """
        /dts-v1/;
        / {
            #address-cells = <2>; #size-cells = <2>; interrupt-parent = <&gic>; compatible = "a,board";
            aliases { serial0 = "/soc/bus@40000000/serial@1000"; };
            memory@80000000 { device_type = "memory"; reg = <0 0x80000000 0 0x10000000>, <1 0 0 0x20000000>; };
            gic: interrupt-controller@fff00000 { compatible = "arm,gic-400"; interrupt-controller; #interrupt-cells = <3>; reg = <0 0xfff00000 0 0x1000>; };
            odd: odd { #interrupt-cells = <1>; compatible = "odd,controller"; };
            soc {
                #address-cells = <1>; #size-cells = <1>; ranges = <0x40000000 0x0 0xf0000000 0x01000000>, <0x80000000 0x1 0x0 0x1000>;
                bus@40000000 {
                    #address-cells = <1>; #size-cells = <1>; reg = <0x40000000 0x100000>; ranges = <0x0 0x40000000 0x100000>;
                    serial@1000 { compatible = "new,uart", "arm,pl011"; reg = <0x1000 0x200>; interrupts = <0 5 4>, <1 3 1>; };
                    lost@200000 { compatible = "x"; reg = <0x200000 0x10>; };
                };
                flat { #address-cells = <1>; #size-cells = <1>; ranges; there@80000800 { compatible = "x"; reg = <0x80000800 4>; interrupts-extended = <&gic 0 1 2>, <&gic 1 0 8>; }; };
                island { #address-cells = <1>; #size-cells = <0>; child@3 { compatible = "x"; reg = <3>; }; };
                off@40000000 { compatible = "x"; reg = <0x40000000 4>; status = "disabled"; };
                stray { compatible = "x"; interrupts-extended = <&odd 1>; };
                kind { compatible = "x"; interrupts = <7 1 4>; };
                uneven { compatible = "x"; interrupts = <0 1>; };
                short { compatible = "x"; reg = <1>; };
            };
        };
        """;

    [Theory]
    [InlineData("qemu-virt-aarch64", "uart0", "/pl011@9000000")]
    [InlineData("qemu-virt-aarch64", "rtc", "/pl031@9010000")]
    [InlineData("qemu-virt-aarch64", "net0", "/virtio_mmio@a000000")]
    [InlineData("qemu-virt-aarch64", "blk0", "/virtio_mmio@a001000")]
    [InlineData("qemu-virt-riscv64", "timer", "/soc/rtc@101000")]
    [InlineData("qemu-virt-riscv64", "net0", "/soc/virtio_mmio@10001000")]
    [InlineData("qemu-virt-riscv64", "rng0", "/soc/virtio_mmio@10003000")]
    public void The_trees_of_emulated_machines_say_what_the_boards_say(string name, string device, string path)
    {
        Board board = Board.Load(TestBoard.Root, name);
        string file = Path.GetTempFileName();
        Run(board.Emulator.Program, "-M", $"virt,dumpdtb={file}", "-m", "256M", "-display", "none", "-nodefaults");
        DeviceTree tree = DeviceTree.Load(file);
        File.Delete(file);
        BoardDevice expected = board.Device(device);
        BoardDevice actual = tree.Device(path, name: device);
        Assert.Equal((expected.Compatible, expected.Base, expected.Size, expected.Trigger), (actual.Compatible, actual.Base, actual.Size, actual.Trigger));
        Assert.Equal(expected.Interrupts, actual.Interrupts);

        // Firmware may keep the first part for itself.
        BoardMemory memory = Assert.Single(tree.Memory);
        Assert.Equal(memory.Base + memory.Size, board.Memory[^1].Base + board.Memory[^1].Size);
        Assert.InRange(board.Memory[0].Base, memory.Base, memory.Base + 0x20_0000);
    }

    [Fact]
    public void A_device_is_found_through_aliases_buses_and_controllers()
    {
        DeviceTree tree = Load(Source);
        BoardDevice serial = tree.Device("serial0", "arm,pl011", "uart0");
        Assert.Equal(("uart0", "arm,pl011", 0xf000_1000ul, 0x200ul, Trigger.Level), (serial.Name, serial.Compatible, serial.Base, serial.Size, serial.Trigger));
        Assert.Equal([37u, 19u], serial.Interrupts);
        Assert.Equal("new,uart", tree.Device("/soc/bus@40000000/serial@1000").Compatible);
        BoardDevice there = tree.Device("soc/flat/there@80000800");
        Assert.Equal((0x1_0000_0800ul, 4ul, Trigger.Edge), (there.Base, there.Size, there.Trigger));
        Assert.Equal([33u, 16u], there.Interrupts);
        Assert.Equal([new BoardMemory(0x8000_0000, 0x1000_0000), new BoardMemory(0x1_0000_0000, 0x2000_0000)], tree.Memory);
        Assert.Equal(["/soc/bus@40000000/serial@1000"], tree.Compatible("arm,pl011").Select(n => n.Path));
    }

    [Theory]
    [InlineData("soc/nothing", "node /soc has no child 'nothing'")]
    [InlineData("soc/off@40000000", "node /soc/off@40000000 is 'disabled'")]
    [InlineData("soc/island/child@3", "is an address on /soc/island, which the CPU cannot reach")]
    [InlineData("soc/bus@40000000/lost@200000", "0x200000 lies in no window of /soc/bus@40000000")]
    [InlineData("soc/stray", "go to /odd (odd,controller), which is neither a GIC nor a PLIC")]
    [InlineData("soc/kind", "has a line of kind 7")]
    [InlineData("soc/uneven", "'interrupts' has 2 cells, which are no entries of 3")]
    [InlineData("soc/short", "'reg' has 1 cells, which are no entries of 2")]
    [InlineData("aliases", "'compatible' is missing")]
    public void What_is_no_device_is_refused_with_its_node(string path, string message)
    {
        SystemDescriptionException e = Assert.Throws<SystemDescriptionException>(() => Load(Source).Device(path));
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_driver_that_does_not_fit_is_refused()
    {
        SystemDescriptionException e = Assert.Throws<SystemDescriptionException>(() => Load(Source).Device("serial0", "ns16550a"));
        Assert.Contains("is no ns16550a", e.Message, StringComparison.Ordinal);
        Assert.Contains("new,uart, arm,pl011", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Source_that_dtc_refuses_is_refused_with_its_message()
    {
        Assert.Contains("syntax error", Assert.Throws<InvalidDataException>(() => Load("/dts-v1/; / { a = <1> }")).Message, StringComparison.Ordinal);
    }

    // Whatever of a tree is damaged, the reader says so or reads something; it never leaves its bounds nor its stack.
    [Fact]
    public void Damaged_trees_are_refused()
    {
        byte[] whole = Blob(Source);
        Assert.NotEmpty(DeviceTree.Read(whole, "whole").Root.Children);
        Assert.Contains("does not start as", Refusal(whole[4..]), StringComparison.Ordinal);
        Assert.Contains("versions 16 and 17", Refusal(With(whole, 24, 18)), StringComparison.Ordinal);
        Assert.Contains("cut off", Refusal(whole[..^300]), StringComparison.Ordinal);
        int tokens = (int)BinaryPrimitives.ReadUInt32BigEndian(whole.AsSpan(8));
        Assert.Contains("has no root", Refusal(With(whole, tokens, 4)), StringComparison.Ordinal);
        Assert.Contains("no token 77", Refusal(With(whole, tokens + 8, 77)), StringComparison.Ordinal);
        Assert.Contains("ends inside node", Refusal(With(whole, tokens + 8, 9)), StringComparison.Ordinal);
        Random random = new(6);
        for (int i = 0; i < 2000; i++)
        {
            byte[] damaged = [.. whole];
            damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            try
            {
                DeviceTree.Read(damaged, "damaged");
            }
            catch (InvalidDataException e)
            {
                Assert.StartsWith("damaged: ", e.Message, StringComparison.Ordinal);
            }
        }
    }

    private static string Refusal(byte[] blob) => Assert.Throws<InvalidDataException>(() => DeviceTree.Read(blob, "tree")).Message;

    private static byte[] With(byte[] blob, int at, uint value)
    {
        byte[] changed = [.. blob];
        BinaryPrimitives.WriteUInt32BigEndian(changed.AsSpan(at), value);
        return changed;
    }

    private static DeviceTree Load(string source)
    {
        string file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():n}.dts");
        File.WriteAllText(file, source);
        try
        {
            return DeviceTree.Load(file);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static byte[] Blob(string source)
    {
        string file = Path.GetTempFileName();
        File.WriteAllText(file, source);
        Run("dtc", "-q", "-I", "dts", "-O", "dtb", "-o", file + ".dtb", file);
        byte[] blob = File.ReadAllBytes(file + ".dtb");
        File.Delete(file);
        File.Delete(file + ".dtb");
        return blob;
    }

    private static void Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors);
    }
}
