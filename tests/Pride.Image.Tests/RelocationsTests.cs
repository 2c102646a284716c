// Images that are moved: what boot does to them, done here, makes the image that is built for the other place, word by word.

using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using Pride.Abi.Sddf;
using Pride.Description;
using Pride.Description.Sdf;
using Pride.Image.Elf;
using Pride.Kernel.Objects;
using Pride.Machine;
using Pride.Microkit;
using Xunit;

namespace Pride.Image.Tests;

public sealed class RelocationsTests
{
    private const ulong Distance = 64 << 20;
    private const ulong ResourcesAt = PdLayout.ImageBase + 0x1_0000;

    // A made-up kernel has its boot information a page behind its start; PVH and EFI files have a page of headers before it.
    private const int InfoAt = 0x1000;
    private const int WrappedAt = 0x1000;

    /// <summary>Boards, their kernels' magic numbers, and in which ways words hold addresses.</summary>
    public static TheoryData<string, uint, ulong, int[]> Boards => new()
    {
        { "qemu-virt-aarch64-smp4", 0x644d5241, 0, [0] },
        { "qemu-virt-riscv64-smp4", 0x05435352, 0x20_0000, [0, 2, 12] },
        { "qemu-q35-x86_64-smp4", 0, 0, [0] },
        { "qemu-q35-x86_64-iommu", 0, 0, [0] },
    };

    [Theory]
    [MemberData(nameof(Boards))]
    public void A_moved_image_is_the_one_that_is_built_there(string name, uint magic, ulong textOffset, int[] ways)
    {
        Board board = Board.Load(TestFiles.RepositoryRoot(), name);
        foreach (ulong distance in (ulong[])[Distance, unchecked(0 - Limits.LargePageSize)])
        {
            ulong[] image = Build(board, magic, textOffset);
            ulong[] expected = Build(board.MovedBy(distance), magic, textOffset);
            BootInfo info = InfoOf(image);
            Relocation[] list = ListOf(image, info);
            Assert.Equal(ways, list.Select(r => r.Shift).Distinct().Order());
            Move(image, list, distance);
            Assert.Equal(board.Boot.LoadAddress + distance, InfoOf(image).LoadAddress);

            // Where it was built for is all that an image keeps.
            image[(InfoAt + BootInfo.BuiltForOffset) / sizeof(ulong)] += distance;
            Assert.Equal(-1, DifferenceOf(image, expected));
        }
    }

    [Theory]
    [MemberData(nameof(Boards))]
    public void No_entry_of_the_list_can_be_left_out(string name, uint magic, ulong textOffset, int[] ways)
    {
        Assert.NotEmpty(ways);
        Board board = Board.Load(TestFiles.RepositoryRoot(), name);
        ulong[] image = Build(board, magic, textOffset);
        ulong[] expected = Build(board.MovedBy(Distance), magic, textOffset);
        Relocation[] list = ListOf(image, InfoOf(image));
        for (int i = 0; i < list.Length; i++)
        {
            ulong[] moved = [.. image];
            Move(moved, [.. list.Where((_, index) => index != i)], Distance);
            moved[(InfoAt + BootInfo.BuiltForOffset) / sizeof(ulong)] += Distance;
            Assert.Equal(list[i].First, (uint)DifferenceOf(moved, expected));
        }
    }

    // Behind an IOMMU devices go on using the addresses that they were given, which its tables translate.
    [Theory]
    [InlineData("qemu-q35-x86_64", true)]
    [InlineData("qemu-q35-x86_64-iommu", false)]
    public void Addresses_for_devices_move_where_no_iommu_translates_them(string name, bool moves)
    {
        Board board = Board.Load(TestFiles.RepositoryRoot(), name);
        Assert.Equal(moves ? Distance : 0, IoAddressOf(board.MovedBy(Distance)) - IoAddressOf(board));
    }

    [Fact]
    public void Memory_at_a_place_of_its_own_keeps_an_image_where_it_is()
    {
        Board board = Board.Load(TestFiles.RepositoryRoot(), "qemu-virt-aarch64");
        string file = Path.GetTempFileName();
        File.WriteAllText(file, """<system><memory_region name="fixed" size="0x1000" phys_addr="0x48000000"/></system>""");
        SystemBuilder At(Board place) => SdfReader.Load(file, place, new SdfFiles([]));
        Assert.False(Relocations.IsMovable(At(board), At(board.MovedBy(Relocations.Probe))));
        File.Delete(file);
        Assert.True(Relocations.IsMovable(Describe(board, out _), Describe(board.MovedBy(Relocations.Probe), out _)));
    }

    private static ulong IoAddressOf(Board board)
    {
        Describe(board, out DeviceResources resources);
        return resources.Regions[0].IoAddress;
    }

    // As the entry code does it.
    private static void Move(Span<ulong> image, IEnumerable<Relocation> list, ulong distance)
    {
        foreach (Relocation run in list)
        {
            foreach (ref ulong word in image.Slice((int)run.First, (int)run.Count))
            {
                word += (ulong)((long)distance >> run.Shift);
            }
        }
    }

    private static int DifferenceOf(ulong[] image, ulong[] expected)
    {
        Assert.Equal(expected.Length, image.Length);
        int same = image.AsSpan().CommonPrefixLength(expected);
        return same == image.Length ? -1 : same;
    }

    private static BootInfo InfoOf(ulong[] image) => MemoryMarshal.Read<BootInfo>(MemoryMarshal.AsBytes(image.AsSpan())[InfoAt..]);

    private static Relocation[] ListOf(ulong[] image, BootInfo info) =>
        [.. image.Skip((int)info.RelocationOffset / sizeof(ulong)).Take((int)info.RelocationCount)
            .Select(word => new Relocation((uint)word, (uint)(word >> BootInfo.RelocationCountShift) & BootInfo.LongestRelocation, (int)(word >> BootInfo.RelocationKindShift)))];

    private static ulong[] Build(Board board, uint magic, ulong textOffset)
    {
        SystemBuilder system = Describe(board, out _);
        BootImage image = ImageBuilder.Build(
            system,
            TestFiles.Kernel(magic, textOffset),
            Program("monitor", board),
            pd => Program(pd.Name, board),
            new ImageOptions(DebugCalls: true),
            elsewhere: Describe(board.MovedBy(Relocations.Probe), out _));
        return [.. MemoryMarshal.Cast<byte, ulong>(image.Bytes.AsSpan(board.Architecture == Machine.Architecture.X64 ? WrappedAt : 0))];
    }

    private static SystemBuilder Describe(Board board, out DeviceResources resources)
    {
        SystemBuilder system = new("test", board);
        Pd<Driver> driver = system.Add<Driver>("driver", priority: 20);
        MemoryRegion rings = system.DmaRegion("rings", 0x3000, board.Device("net0"));
        DeviceResources found = new() { Magic = SddfMagic.Of(SddfClass.Device), RegionCount = 1 };
        Mapping mapping = driver.Map(rings, Permissions.ReadWrite);
        found.Regions[0] = new DeviceRegion { Region = new Region((nuint)mapping.Address, mapping.Length), IoAddress = rings.IoAddress };
        driver.Configure(p => p.Device, in found);
        system.Add<Nothing>("other", priority: 10);
        system.DmaRegion("more", 0x40_0000);
        resources = found;
        return system;
    }

    private static ElfFile Program(string name, Board board)
    {
        ElfWriter program = new ElfWriter { Entry = PdLayout.ImageBase, Machine = MachineOf(board) }
            .Segment(PdLayout.ImageBase, new byte[0x1800], ElfSegmentFlags.Read | ElfSegmentFlags.Execute)
            .Segment(ResourcesAt, new byte[0x800], ElfSegmentFlags.Read | ElfSegmentFlags.Write, memorySize: 0x3000);
        return (name == "driver" ? program.Symbol("pride_config_Device", ResourcesAt, (ulong)Marshal.SizeOf<DeviceResources>()) : program).Build(name);
    }

    // e_machine (System V ABI and its supplements).
    private static ushort MachineOf(Board board) => board.Architecture switch
    {
        Machine.Architecture.RiscV64 => 243,
        Machine.Architecture.X64 => 62,
        _ => 183,
    };

#pragma warning disable CS0649 // the image builder writes it
    private sealed class Driver : ProtectionDomain
    {
        [Wired]
        public Config<DeviceResources> Device;
    }
#pragma warning restore CS0649

    private sealed class Nothing : ProtectionDomain;
}
