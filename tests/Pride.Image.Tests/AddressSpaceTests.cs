// Page tables translate what was mapped, with the right rights, and nothing else.

using System;
using Pride.Description;
using Pride.Image.Architectures;
using Pride.Image.Memory;
using Pride.Kernel.Objects;
using Xunit;

namespace Pride.Image.Tests;

public sealed class AddressSpaceTests : IDisposable
{
    private const ulong Ram = 0x4000_0000;
    private static readonly PageMapping s_text = new(User: true, Writable: false, Executable: true, MemoryKind.Normal);
    private static readonly PageMapping s_data = new(User: true, Writable: true, Executable: false, MemoryKind.Normal);
    private readonly PhysicalPlan _plan = new(new BoardMemory(Ram, 64.MiB()), Ram + 2.MiB(), Ram + 64.MiB());

    public void Dispose() => _plan.Dispose();

    public static TheoryData<PageTableFormat> Formats => [PageTableFormat.Aarch64, PageTableFormat.Sv39];

    [Theory]
    [MemberData(nameof(Formats))]
    public void Mapped_pages_translate_and_their_neighbours_do_not(PageTableFormat format)
    {
        AddressSpace space = new(_plan, format, "pd");
        space.Map(0x1000_0000, 0x4100_0000, 0x3000, s_data);
        Assert.Equal(0x4100_2ffful, space.Translate(0x1000_2fff)!.Value.Physical);
        Assert.Null(space.Translate(0x1000_3000));
        Assert.Null(space.Translate(0x0fff_ffff));
        Assert.Null(space.Translate(0));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Aligned_large_mappings_use_blocks_and_edges_use_pages(PageTableFormat format)
    {
        AddressSpace space = new(_plan, format, "pd");
        int before = _plan.Uses.Count;
        space.Map(0x1000_0000 - 0x1000, 0x4100_0000 - 0x1000, 4.MiB() + 0x2000, s_data);
        Assert.Equal(0x4100_0000ul - 1, space.Translate(0x1000_0000 - 1)!.Value.Physical);
        Assert.Equal(0x4112_3456ul, space.Translate(0x1012_3456)!.Value.Physical);
        Assert.Equal(0x4140_0fffUL, space.Translate(0x1040_0fff)!.Value.Physical);
        Assert.Null(space.Translate(0x1040_1000));

        // Below the root one table of each level, and one of the last level more for the other edge: no table for the large pages.
        Assert.Equal(format.LastLevel + 1, _plan.Uses.Count - before);
    }

    [Fact]
    public void A_page_is_never_mapped_twice()
    {
        AddressSpace space = new(_plan, PageTableFormat.Aarch64, "pd");
        space.Map(0x1000_0000, 0x4100_0000, 2.MiB(), s_data);
        Assert.Throws<InvalidOperationException>(() => space.Map(0x1010_0000, 0x4200_0000, 0x1000, s_data));
        Assert.Throws<ArgumentException>(() => space.Map(0x2000_0800, 0x4100_0000, 0x1000, s_data));
    }

    // RISC-V privileged architecture, "Sv39": bits 1 to 5 are R, W, X, U, G.
    [Fact]
    public void Rights_are_strict_on_riscv()
    {
        AddressSpace space = new(_plan, PageTableFormat.Sv39, "pd");
        space.Map(0x20_0000, 0x4100_0000, 0x1000, s_text);
        space.Map(0x30_0000, 0x4100_1000, 0x1000, s_data);
        space.Map(0x40_0000, 0x4100_2000, 0x1000, new PageMapping(User: false, Writable: true, Executable: true, MemoryKind.Normal));
        Assert.Equal(0b01101UL, (space.Translate(0x20_0000)!.Value.Descriptor >> 1) & 0b11111);
        Assert.Equal(0b01011UL, (space.Translate(0x30_0000)!.Value.Descriptor >> 1) & 0b11111);
        Assert.Equal(0b10011UL, (space.Translate(0x40_0000)!.Value.Descriptor >> 1) & 0b11111);
    }

    // Arm ARM D8.3: AP[1] bit 6 EL0 access, AP[2] bit 7 read-only, bit 53 PXN, bit 54 UXN, bit 11 nG.
    [Fact]
    public void Rights_are_strict()
    {
        AddressSpace space = new(_plan, PageTableFormat.Aarch64, "pd");
        space.Map(0x20_0000, 0x4100_0000, 0x1000, s_text);
        space.Map(0x30_0000, 0x4100_1000, 0x1000, s_data);
        ulong text = space.Translate(0x20_0000)!.Value.Descriptor;
        ulong data = space.Translate(0x30_0000)!.Value.Descriptor;
        Assert.Equal((1ul, 1ul, 0ul, 1ul), (Bit(text, 6), Bit(text, 7), Bit(text, 54), Bit(text, 53)));
        Assert.Equal((1ul, 0ul, 1ul, 1ul), (Bit(data, 6), Bit(data, 7), Bit(data, 54), Bit(data, 53)));
    }

    [Fact]
    public void Memory_ends_with_a_message()
    {
        _plan.Zero("big", "heap", 60.MiB());
        ImageException e = Assert.Throws<ImageException>(() => _plan.Load("pd", "text", 4.MiB()));
        Assert.Contains("'pd'", e.Message, StringComparison.Ordinal);
        Assert.Throws<ImageException>(() => _plan.Zero("huge", "heap", 1024.MiB()));
    }

    private static ulong Bit(ulong value, int bit) => (value >> bit) & 1;
}
