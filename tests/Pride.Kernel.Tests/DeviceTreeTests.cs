// Device trees: a sound one of the image's board is agreed with, one of another board is named, and so is whatever lies, without a look at what is not the tree.

using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using Pride.Kernel.Firmware;
using Pride.Kernel.Objects;
using Xunit;

namespace Pride.Kernel.Tests;

public sealed unsafe class DeviceTreeTests
{
    private const ulong Address = 0x4900_0000;

    // Places in the header.
    private const int TotalSize = 4;
    private const int TokensOffset = 8;
    private const int StringsOffset = 12;
    private const int StringsSize = 32;
    private const int TokensSize = 36;
    private const int FirstToken = DeviceTree.HeaderBytes + 16;

    [Fact]
    public void The_boards_own_tree_is_agreed_with() => Assert.Equal(default, Read(DeviceTreeImage.Board().Finish()));

    [Fact]
    public void A_tree_that_says_nothing_of_memory_or_controllers_lacks_memory()
    {
        BootProblem problem = Read(new DeviceTreeImage().Begin(string.Empty).Finish());
        Assert.Equal((BootFault.MemoryMissing, 0x4020_0000UL, 0x5000_0000UL), (problem.Fault, problem.Found, problem.Expected));
    }

    [Fact]
    public void Less_memory_than_the_board_has_is_named_with_where_it_ends()
    {
        BootProblem problem = Read(DeviceTreeImage.Board(0, 0x4000_0000, 0, 0x0400_0000).Finish());
        Assert.Equal((BootFault.MemoryMissing, 0x4400_0000UL, 0x5000_0000UL), (problem.Fault, problem.Found, problem.Expected));
        Assert.Equal(BootFault.None, Read(DeviceTreeImage.Board(0, 0x4000_0000, 1, 0).Finish()).Fault);
    }

    [Fact]
    public void A_controller_that_is_not_there_is_named_with_where_it_should_be()
    {
        BootProblem problem = Read(DeviceTreeImage.Board().Finish(), cpuInterface: 0x080A_0000);
        Assert.Equal((BootFault.ControllerElsewhere, 0x0801_0000UL, 0x080A_0000UL), (problem.Fault, problem.Found, problem.Expected));
    }

    [Fact]
    public void Behind_a_bus_with_addresses_of_its_own_a_controller_may_be_anywhere()
    {
        DeviceTreeImage Bus(params ReadOnlySpan<uint> ranges) => DeviceTreeImage.Board().Begin("soc").Property("#size-cells", 1).Property("ranges", ranges)
            .Begin("intc").Property("interrupt-controller").Property("reg", 0, 0x1000, 0x1000).End().End();
        Assert.Equal(BootFault.None, Read(Bus(0, 0, 0, 0, 0, 0x1000).Finish(), cpuInterface: 0x080A_0000).Fault);
        Assert.Equal(BootFault.ControllerElsewhere, Read(Bus().Finish(), cpuInterface: 0x080A_0000).Fault);
        Assert.Equal(BootFault.None, Read(Bus().Finish(), cpuInterface: 0x1000).Fault);
    }

    public static TheoryData<string, string> Lies => new()
    {
        { "longer than memory", nameof(BootFault.TooLong) },
        { "shorter than its blocks", nameof(BootFault.BlockOutside) },
        { "tokens outside", nameof(BootFault.BlockOutside) },
        { "tokens around all addresses", nameof(BootFault.BlockOutside) },
        { "strings outside", nameof(BootFault.BlockOutside) },
        { "tokens in the header", nameof(BootFault.Overlap) },
        { "strings in the tokens", nameof(BootFault.Overlap) },
        { "cut short", nameof(BootFault.TooShort) },
        { "no tokens", nameof(BootFault.TooShort) },
        { "a name without end", nameof(BootFault.TooShort) },
        { "a token that is none", nameof(BootFault.UnknownToken) },
        { "a property of 4 GiB", nameof(BootFault.EntryLength) },
        { "a property's name outside", nameof(BootFault.BlockOutside) },
        { "a property outside of nodes", nameof(BootFault.UnknownToken) },
        { "a node closed twice", nameof(BootFault.UnknownToken) },
        { "an end within a node", nameof(BootFault.UnknownToken) },
        { "nodes without end", nameof(BootFault.TooDeep) },
        { "addresses of nine words", nameof(BootFault.TooLong) },
        { "sizes of nine words", nameof(BootFault.TooLong) },
        { "half a range", nameof(BootFault.EntryLength) },
        { "a range beyond all addresses", nameof(BootFault.EntryLength) },
        { "ranges that overlap", nameof(BootFault.Overlap) },
        { "ranges without end", nameof(BootFault.TooLong) },
        { "controllers without end", nameof(BootFault.TooLong) },
    };

    [Theory]
    [MemberData(nameof(Lies))]
    public void A_lie_is_named(string lie, string expected) => Assert.Equal(expected, Read(Tell(lie)).Fault.ToString());

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Random_lies_are_survived(int seed)
    {
        Random random = new(seed);
        HashSet<BootFault> seen = [];
        for (int round = 0; round < 20_000; round++)
        {
            byte[] tree = DeviceTreeImage.Board().Finish();
            for (int i = random.Next(1, 4); i > 0; i--)
            {
                tree[random.Next(sizeof(uint), tree.Length)] = (byte)(random.Next(2) == 0 ? random.Next(256) : random.Next(10));
            }

            seen.Add(Read(random.Next(4) == 0 ? tree[..random.Next(DeviceTree.HeaderBytes, tree.Length)] : tree).Fault);
        }

        Assert.True(seen.Count >= 9, $"only these came out: {string.Join(", ", seen)}");
    }

    [Fact]
    public void A_tree_is_looked_for_in_the_boards_memory_alone()
    {
        BootInfo boot = Board(0);
        TreePlatform.Check<SimulatedMachine>(&boot, 0);
        TreePlatform.Check<SimulatedMachine>(&boot, boot.RamStart - 8);
        TreePlatform.Check<SimulatedMachine>(&boot, boot.RamStart + 4);
        TreePlatform.Check<SimulatedMachine>(&boot, boot.RamEnd);
    }

    private static byte[] Tell(string lie)
    {
        byte[] tree = DeviceTreeImage.Board().Finish();
        DeviceTreeImage open = DeviceTreeImage.Board();
        switch (lie)
        {
            case "longer than memory":
                return Spoil(tree, TotalSize, (uint)tree.Length + 1);
            case "shorter than its blocks":
                return Spoil(tree, TotalSize, (uint)tree.Length - 1);
            case "tokens outside":
                return Spoil(tree, TokensSize, (uint)tree.Length);
            case "tokens around all addresses":
                return Spoil(Spoil(tree, TokensOffset, uint.MaxValue - 3), TokensSize, 8);
            case "strings outside":
                return Spoil(tree, StringsSize, (uint)tree.Length);
            case "tokens in the header":
                return Spoil(tree, TokensOffset, 0);
            case "strings in the tokens":
                return Spoil(tree, StringsOffset, FirstToken + 8);
            case "cut short":
                return Spoil(tree, TokensSize, Read(tree, TokensSize) - 4);
            case "no tokens":
                return Spoil(tree, TokensSize, 0);
            case "a name without end":
                return Spoil(Spoil(tree, FirstToken + 4, 0x6162_6364), TokensSize, 8);
            case "a token that is none":
                return open.Word(5).Finish();
            case "a property of 4 GiB":
                return open.Word((uint)TreeToken.Property).Word(uint.MaxValue).Word(0).Finish();
            case "a property's name outside":
                return open.Word((uint)TreeToken.Property).Word(0).Word(uint.MaxValue).Finish();
            case "a property outside of nodes":
                return open.End().Property("reg", 0).Raw();
            case "a node closed twice":
                return open.End().End().Finish();
            case "an end within a node":
                return open.Word((uint)TreeToken.End).Raw();
            default:
                return TellOfNodes(lie, open);
        }
    }

    private static byte[] TellOfNodes(string lie, DeviceTreeImage open)
    {
        switch (lie)
        {
            case "nodes without end":
                for (int i = 0; i < 100; i++)
                {
                    open.Begin("n");
                }

                return open.Raw();
            case "addresses of nine words":
                return open.Begin("bus").Property("#address-cells", 9).Begin("memory").Property("device_type", "memory").Property("reg", new uint[10]).End().End().Finish();
            case "sizes of nine words":
                return open.Begin("bus").Property("#size-cells", 9).Begin("memory").Property("device_type", "memory").Property("reg", new uint[11]).End().End().Finish();
            case "half a range":
                return DeviceTreeImage.Board(0, 0x4000_0000, 0).Finish();
            case "a range beyond all addresses":
                return DeviceTreeImage.Board(0, 0x4000_0000, uint.MaxValue, uint.MaxValue).Finish();
            case "ranges that overlap":
                return DeviceTreeImage.Board(0, 0x4000_0000, 0, 0x1000_0000, 0, 0x4FFF_F000, 0, 0x1000_0000).Finish();
            case "ranges without end":
                uint[] ranges = new uint[4 * (TreePlatform.MaximumRanges + 1)];
                return DeviceTreeImage.Board(ranges).Finish();
            case "controllers without end":
                return open.Begin("intc").Property("interrupt-controller").Property("reg", new uint[4 * TreePlatform.MaximumRanges]).End().Finish();
            default:
                throw new ArgumentException(lie);
        }
    }

    private static byte[] Spoil(byte[] tree, int offset, uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(tree.AsSpan(offset), value);
        return tree;
    }

    private static uint Read(byte[] tree, int offset) => BinaryPrimitives.ReadUInt32BigEndian(tree.AsSpan(offset));

    private static BootProblem Read(byte[] tree, ulong cpuInterface = 0x0801_0000)
    {
        DeviceTree read = new(tree, Address);
        Assert.True(read.IsThere);
        BootInfo boot = Board(cpuInterface);
        Assert.Equal(TreePlatform.IsTheBoard(ref read, &boot), read.Problem.Fault == BootFault.None);
        return read.Problem;
    }

    private static BootInfo Board(ulong cpuInterface) => new()
    {
        RamStart = 0x4020_0000,
        RamEnd = 0x5000_0000,
        InterruptRegisters = KernelLayout.ToVirtual(0x0800_0000),
        CoreInterruptRegisters = cpuInterface == 0 ? 0 : KernelLayout.ToVirtual(cpuInterface),
    };
}
