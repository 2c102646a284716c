// The ELF reader gives back what was written, patches in place, and refuses damage without ever crashing.

using System;
using System.IO;
using System.Linq;
using Pride.Image.Elf;
using Xunit;

namespace Pride.Image.Tests;

public sealed class ElfFileTests
{
    private static ElfWriter Sample() => new ElfWriter { Entry = 0x200010, BuildId = [1, 2, 3, 4, 5, 6, 7, 8] }
        .Segment(0x20_1000, [9, 9, 9, 9], ElfSegmentFlags.Read | ElfSegmentFlags.Write, memorySize: 0x3000)
        .Segment(0x20_0000, [1, 2, 3, 4, 5, 6, 7, 8], ElfSegmentFlags.Read | ElfSegmentFlags.Execute)
        .Symbol("first", 0x20_0000, 4)
        .Symbol("in_bss", 0x20_1004, 8);

    [Fact]
    public void Reads_entry_segments_symbols_and_build_id()
    {
        ElfFile elf = Sample().Build();
        Assert.Equal(0x20_0010ul, elf.Entry);
        Assert.Equal([0x20_0000ul, 0x20_1000ul], elf.Segments.Select(s => s.Address));
        Assert.Equal(0x20_4000ul, elf.Segments[1].End);
        Assert.Equal(new ElfSymbol("first", 0x20_0000, 4), elf.FindSymbol("first"));
        Assert.Null(elf.FindSymbol("absent"));
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], elf.BuildId.ToArray());
    }

    [Fact]
    public void Patches_land_in_the_segment_and_not_in_the_original_of_a_copy()
    {
        ElfFile elf = Sample().Build();
        ElfFile copy = elf.Copy();
        copy.Patch(0x20_0002, [0xaa, 0xbb]);
        Assert.Equal([1, 2, 0xaa, 0xbb, 5, 6, 7, 8], copy.BytesOf(copy.Segments[0]).ToArray());
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], elf.BytesOf(elf.Segments[0]).ToArray());
    }

    [Theory]
    [InlineData(0x20_0007ul, 2)]
    [InlineData(0x20_1004ul, 1)]
    [InlineData(0x10_0000ul, 1)]
    [InlineData(ulong.MaxValue, 1)]
    public void Patches_outside_of_file_bytes_are_refused(ulong address, int length) =>
        Assert.Throws<InvalidDataException>(() => Sample().Build().Patch(address, new byte[length]));

    [Fact]
    public void Truncation_at_any_byte_is_refused_or_harmless()
    {
        byte[] whole = Sample().ToBytes();
        for (int length = 0; length < whole.Length; length++)
        {
            Refused(whole[..length]);
        }
    }

    [Fact]
    public void Random_damage_is_refused_or_harmless()
    {
        Random random = new(1);
        byte[] whole = Sample().ToBytes();
        for (int round = 0; round < 20_000; round++)
        {
            byte[] damaged = [.. whole];
            for (int i = 0; i < 3; i++)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            Refused(damaged);
        }
    }

    private static void Refused(byte[] bytes)
    {
        try
        {
            ElfFile elf = new(bytes, "damaged.elf");
            foreach (ElfSegment segment in elf.Segments)
            {
                _ = elf.BytesOf(segment);
            }
        }
        catch (InvalidDataException)
        {
            // The only way in which a damaged file may end.
        }
    }
}
