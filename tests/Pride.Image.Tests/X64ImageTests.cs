// Images for PCs: what each kind of boot loader reads of them, and what the IOMMU does.

using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using Pride.Description;
using Pride.Description.Subsystems;
using Pride.Image.Elf;
using Pride.Kernel.Objects;
using Pride.Microkit;
using Xunit;

namespace Pride.Image.Tests;

public sealed class X64ImageTests
{
    private const ushort X64 = 62;

    // The wrapped image starts a page into either file.
    private const int ImageAt = 0x1000;

    private static readonly PciAddress s_device = new(1, 4, 2);
    private readonly Board _board = Board.Load(TestFiles.RepositoryRoot(), "qemu-q35-x86_64-iommu");
    private readonly SystemBuilder _system;
    private readonly MemoryRegion _small;
    private readonly MemoryRegion _large;

    public X64ImageTests()
    {
        _system = new("test", _board);
        _system.Add<Nothing>("pd", priority: 10);
        _small = _system.DmaRegion("small", 0x3000);
        _large = _system.DmaRegion("large", 0x40_0000);
        _system.DmaRegion("not the device's", 0x1000);
        _system.IoAddressSpace(s_device, _small, _large);
    }

    [Fact]
    public void Multiboot2_finds_a_header_whose_sum_is_right()
    {
        byte[] file = Build(_system).Bytes;
        int at = Enumerable.Range(0, 32768 / 8).Select(i => i * 8).First(i => BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(i)) == 0xE852_50D6);
        uint[] words = [.. Enumerable.Range(0, 6).Select(i => BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + (i * 4))))];
        Assert.Equal(0u, unchecked(words[0] + words[1] + words[2] + words[3]));
        Assert.Equal([0u, 24u], words[1..3]);
        Assert.Equal([0u, 8u], words[4..6]);
    }

    [Fact]
    public void Efi_finds_an_application_with_the_same_image()
    {
        BootImage image = Build(_system);
        byte[] efi = image.EfiBytes!;
        int header = BinaryPrimitives.ReadInt32LittleEndian(efi.AsSpan(0x3C));
        Assert.Equal("PE\0\0"u8, efi.AsSpan(header, 4));
        Assert.Equal(0x8664, BinaryPrimitives.ReadUInt16LittleEndian(efi.AsSpan(header + 4)));
        Span<byte> optional = efi.AsSpan(header + 24);
        Assert.Equal(0x20B, BinaryPrimitives.ReadUInt16LittleEndian(optional));
        Assert.Equal((uint)(ImageAt + TestFiles.EfiEntry), BinaryPrimitives.ReadUInt32LittleEndian(optional[16..]));
        Assert.Equal((uint)efi.Length, BinaryPrimitives.ReadUInt32LittleEndian(optional[56..]));
        Assert.Equal(10, BinaryPrimitives.ReadUInt16LittleEndian(optional[68..]));
        Assert.True(image.Bytes.AsSpan(ImageAt).SequenceEqual(efi.AsSpan(ImageAt)));
        Assert.Equal(image.LoadAddress + (ulong)(efi.Length - ImageAt), InfoOf(image).LoadedEnd);
    }

    [Fact]
    public void A_device_reaches_its_regions_and_nothing_else()
    {
        BootImage image = Build(_system);
        Dictionary<ulong, ulong> reached = [];
        ulong root = InfoOf(image).IommuRoot;
        for (int bus = 0; bus < 256; bus++)
        {
            ulong contexts = Word(image, root + (ulong)(bus * 16));
            for (int function = 0; contexts != 0 && function < 256; function++)
            {
                ulong low = Word(image, (contexts & ~0xFFFUL) + (ulong)(function * 16));
                if (low != 0)
                {
                    Assert.Equal((1, (4 << 3) | 2), (bus, function));
                    Assert.Equal(1UL | (1 << 8), Word(image, (contexts & ~0xFFFUL) + (ulong)(function * 16) + 8));
                    Walk(image, low & ~0xFFFUL, 0, 0, reached);
                }
            }
        }

        IEnumerable<ulong> pages = Pages(_small).Concat(Pages(_large));
        Assert.Equal(pages.Order(), reached.Keys.Order());
        Assert.All(reached, page => Assert.Equal(page.Key, page.Value));
    }

    [Fact]
    public void What_subsystems_make_for_a_device_is_what_it_reaches()
    {
        SystemBuilder system = new("test", _board);
        NetworkSystem network = new(system, _board.Device("net0"));
        BlockSystem block = new(system, _board.Device("blk0"));
        ProgramPd client = system.AddProgram("client", new ElfSource("client.elf", null), new PdOptions { Priority = 1 });
        network.Connect(client);
        system.Complete();
        Assert.Equal(["00:04.0", "00:1f.2"], system.IoAddressSpaces.Select(s => s.Peripheral.ToString()).Order());
        Assert.Equal(
            ["net_rings", "net_rx_dma", "net_tx_client"],
            system.IoAddressSpaces.Single(s => s.Peripheral.Device == 4).Mappings.Select(m => m.Region.Name).Order());
        Assert.Equal(
            ["blk_headers", "blk_rings", "blk_virt_data"],
            system.IoAddressSpaces.Single(s => s.Peripheral.Device == 31).Mappings.Select(m => m.Region.Name).Order());
        Assert.DoesNotContain(DmaReach.Of(system), r => r.Pd == network.Driver || r.Pd == block.Driver);
    }

    [Fact]
    public void Messages_and_pins_are_lines_of_one_table()
    {
        Pd pd = _system.Pds[0];
        Assert.Equal(16u + 40, pd.MessageInterrupt(s_device, 40).Line);
        Assert.Equal(20u, pd.Interrupt(20).Line);
        pd.MessageInterrupt(s_device, 4);
        Assert.Contains("a number that another interrupt has", Assert.Throws<ImageException>(() => Build(_system)).Message, StringComparison.Ordinal);
    }

    private static IEnumerable<ulong> Pages(MemoryRegion region) => Enumerable.Range(0, (int)(region.Size >> 12)).Select(i => region.PhysicalAddress + ((ulong)i << 12));

    // Three levels; bit 0 reads, bit 1 writes, bit 7 of the second level is a large page.
    private static void Walk(BootImage image, ulong table, int level, ulong address, Dictionary<ulong, ulong> reached)
    {
        for (ulong i = 0; i < 512; i++)
        {
            ulong entry = Word(image, table + (i * 8));
            ulong here = address | (i << (30 - (9 * level)));
            if (entry == 0)
            {
                continue;
            }

            Assert.Equal(3UL, entry & 3);
            if (level < 2 && (entry & 0x80) == 0)
            {
                Walk(image, entry & ~0xFFFUL, level + 1, here, reached);
                continue;
            }

            for (ulong page = 0; page < 1UL << (30 - (9 * level)); page += 0x1000)
            {
                reached.Add(here + page, (entry & ~0xFFFUL) + page);
            }
        }
    }

    private static ulong Word(BootImage image, ulong physical) => BinaryPrimitives.ReadUInt64LittleEndian(image.Bytes.AsSpan(ImageAt + (int)(physical - image.LoadAddress)));

    private static BootInfo InfoOf(BootImage image) =>
        MemoryMarshal.Read<BootInfo>(image.Bytes.AsSpan(ImageAt + 0x1000));

    private static BootImage Build(SystemBuilder system) =>
        ImageBuilder.Build(system, TestFiles.Kernel(), Program("monitor"), pd => Program(pd.Name), new ImageOptions(DebugCalls: true));

    private static ElfFile Program(string name) => new ElfWriter { Entry = PdLayout.ImageBase, Machine = X64 }
        .Segment(PdLayout.ImageBase, new byte[0x1800], ElfSegmentFlags.Read | ElfSegmentFlags.Execute)
        .Build(name);

    private sealed class Nothing : ProtectionDomain;
}
