// The block virtualiser on a disk with a GUID partition table: partitions found, damage and nonsense refused, restarts while it reads.

using System;
using System.Buffers.Binary;
using Pride.Abi.Sddf;
using Xunit;

namespace Pride.Components.Tests;

public sealed class BlockGuidTableTests
{
    private const int Block = BlockFixture.Block;
    private const int Sector = 512;
    private const int SectorsPerBlock = Block / Sector;

    // As sgdisk makes it: 128 entries of 128 bytes, from sector 2 on, so that they end in the fifth block.
    private const int Entries = 128;
    private const int EntrySize = 128;
    private const int EntriesSector = 2;
    private const int TableBlocks = 5;

    private const int Header = Sector;
    private const int Checksum = Header + 16;

    [Fact]
    public void EachClientSeesItsPartition()
    {
        using BlockFixture disk = new(partitions: [0, 127], tableBlocks: TableBlocks);
        Write(disk.Medium);
        disk.Boot();
        BlockUser first = disk.Users[0].Component;
        Assert.Equal(4UL, first.Client.Storage.Capacity);
        Assert.Equal(10UL, disk.Users[1].Component.Client.Storage.Capacity);
        disk.Ask(0, c => Assert.True(c.TryRead(3, 1, 0, 7)));
        Assert.Equal(BlockStatus.Ok, Assert.Single(first.Responses).Status);
        Assert.Equal(disk.Medium[(11 * Block)..(12 * Block)], first.Client.Data[..Block].ToArray());
        disk.Ask(0, c => Assert.True(c.TryRead(4, 1, 0, 8)));
        Assert.Equal(BlockStatus.InvalidParameter, first.Responses[1].Status);
        disk.Ask(1, c => Assert.True(c.TryRead(9, 1, 0, 7)));
        Assert.Equal(disk.Medium[(31 * Block)..(32 * Block)], disk.Users[1].Component.Client.Data[..Block].ToArray());
    }

    [Theory]
    [InlineData(1u, "not used")]
    [InlineData(2u, "does not start on a block")]
    [InlineData(3u, "ends before it starts")]
    [InlineData(4u, "leaves the disk")]
    [InlineData(5u, "starts in the table's header")]
    [InlineData(6u, "its size has 65 bits")]
    [InlineData(128u, "not in the table")]
    [InlineData(uint.MaxValue, "not in the table")]
    public void APartitionThatCannotBeIsNoDevice(uint partition, string why) => IsNoDevice(partition, _ => { }, why);

    [Theory]
    [InlineData(Header, "no signature")]
    [InlineData(Header + 12, "the header's size")]
    [InlineData(Checksum, "the header's checksum")]
    [InlineData(Header + 57, "something in the header")]
    [InlineData((2 * Sector) + 40, "something in the first entry")]
    [InlineData((34 * Sector) - 1, "the last byte of the entries")]
    public void ADamagedTableIsNoDevice(int where, string what) => IsNoDevice(0, medium => medium[where] ^= 0x10, what);

    [Theory]
    [InlineData(24, 2UL, 8, "it says that it lies elsewhere")]
    [InlineData(72, 1UL, 8, "its entries lie in its header")]
    [InlineData(72, ulong.MaxValue, 8, "its entries lie behind the disk")]
    [InlineData(80, 0UL, 4, "no entries")]
    [InlineData(80, 129UL, 4, "more entries than there is memory for, or than the checksum is of")]
    [InlineData(80, 0xffff_ffffUL, 4, "more entries than a disk has")]
    [InlineData(84, 96UL, 4, "entries too small")]
    [InlineData(84, 192UL, 4, "entries of an odd size")]
    [InlineData(84, 0x8000_0000UL, 4, "entries larger than memory")]
    public void NonsenseThatIsSignedIsNoDevice(int where, ulong value, int bytes, string what) => IsNoDevice(
        0,
        medium =>
        {
            for (int i = 0; i < bytes; i++)
            {
                medium[Header + where + i] = (byte)(value >> (8 * i));
            }

            Sign(medium);
        },
        what);

    [Fact]
    public void WithoutMemoryForTheEntriesThereIsNoDevice()
    {
        using BlockFixture disk = new(partitions: [0], tableBlocks: TableBlocks - 1);
        Write(disk.Medium);
        disk.Boot();
        Assert.False(disk.Users[0].Component.Client.IsReady);
    }

    [Fact]
    public void ARestartWhileTheTableIsReadLosesNothing()
    {
        for (int done = 0; done < 3; done++)
        {
            using BlockFixture disk = new(partitions: [0], tableBlocks: TableBlocks);
            Write(disk.Medium);
            disk.Device.HoldsRequests = true;
            disk.Boot();
            disk.Ask(0, c => Assert.True(c.TryRead(3, 1, 0, 7)));
            for (int i = 0; i < done; i++)
            {
                disk.Device.Work();
                disk.System.RunUntilIdle();
            }

            disk.System.Restart(disk.Virt);
            disk.System.RunUntilIdle();
            disk.Device.HoldsRequests = false;
            disk.Device.Work();
            disk.System.RunUntilIdle();
            Assert.Equal(BlockStatus.Ok, Assert.Single(disk.Users[0].Component.Responses).Status);
            Assert.Equal(disk.Medium[(11 * Block)..(12 * Block)], disk.Users[0].Component.Client.Data[..Block].ToArray());
        }
    }

    private static void IsNoDevice(uint partition, Action<byte[]> change, string why)
    {
        using BlockFixture disk = new(partitions: [partition], tableBlocks: TableBlocks);
        Write(disk.Medium);
        change(disk.Medium);
        disk.Boot();
        Assert.False(disk.Users[0].Component.Client.IsReady, why);
        disk.Ask(0, c => Assert.True(c.TryRead(0, 1, 0, 5)));
        Assert.Equal(BlockStatus.NoDevice, Assert.Single(disk.Users[0].Component.Responses).Status);
    }

    private static void Write(byte[] medium)
    {
        medium.AsSpan(0, TableBlocks * Block).Clear();
        medium[510] = 0x55;
        medium[511] = 0xaa;
        medium[446 + 4] = 0xee;
        medium[446 + 8] = 1;
        medium.AsSpan(446 + 12, 4).Fill(0xff);
        "EFI PART"u8.CopyTo(medium.AsSpan(Header));
        Span<byte> header = medium.AsSpan(Header, Sector);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], 0x10000);
        BinaryPrimitives.WriteUInt32LittleEndian(header[12..], 92);
        BinaryPrimitives.WriteUInt64LittleEndian(header[24..], 1);
        BinaryPrimitives.WriteUInt64LittleEndian(header[72..], EntriesSector);
        BinaryPrimitives.WriteUInt32LittleEndian(header[80..], Entries);
        BinaryPrimitives.WriteUInt32LittleEndian(header[84..], EntrySize);

        // The last sector of the first one does not fill a block.
        Entry(0, 8 * SectorsPerBlock, (12 * SectorsPerBlock) + 2);
        Entry(2, (8 * SectorsPerBlock) + 1, 12 * SectorsPerBlock);
        Entry(3, 12 * SectorsPerBlock, (8 * SectorsPerBlock) - 1);
        Entry(4, 24 * SectorsPerBlock, 33 * SectorsPerBlock);
        Entry(5, 0, 8 * SectorsPerBlock);
        Entry(6, 8 * SectorsPerBlock, ulong.MaxValue);
        Entry(127, 22 * SectorsPerBlock, (32 * SectorsPerBlock) - 1);
        Sign(medium);

        void Entry(int index, ulong first, ulong last)
        {
            Span<byte> entry = medium.AsSpan((EntriesSector * Sector) + (index * EntrySize), EntrySize);
            entry[15] = 1;
            BinaryPrimitives.WriteUInt64LittleEndian(entry[32..], first);
            BinaryPrimitives.WriteUInt64LittleEndian(entry[40..], last);
        }
    }

    private static void Sign(byte[] medium)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(medium.AsSpan(Header + 88), Crc32(medium.AsSpan(EntriesSector * Sector, Entries * EntrySize)));
        medium.AsSpan(Checksum, 4).Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(medium.AsSpan(Checksum), Crc32(medium.AsSpan(Header, 92)));
    }

    // By polynomial division of the bits in the order in which they are sent, unlike the code under test.
    private static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        uint rest = uint.MaxValue;
        foreach (byte b in bytes)
        {
            for (int bit = 0; bit < 8; bit++)
            {
                bool takes = (rest >> 31 != 0) != (((b >> bit) & 1) != 0);
                rest = (rest << 1) ^ (takes ? 0x04c1_1db7u : 0);
            }
        }

        uint reflected = 0;
        for (int bit = 0; bit < 32; bit++)
        {
            reflected = (reflected << 1) | ((~rest >> bit) & 1);
        }

        return reflected;
    }
}
