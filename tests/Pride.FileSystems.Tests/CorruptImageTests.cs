// Damaged images: each gives an error or wrong data, never a crash, an endless loop or an access outside.

using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using Pride.Abi.Fs;
using Xunit;

namespace Pride.FileSystems.Tests;

public sealed class CorruptImageTests
{
    // Where things lie in a volume made with "mkfs.fat -F 16 -s 4" of 16 MiB: learnt from its boot sector.
    private static readonly Lazy<byte[]> s_image = new(() => Images.Make(new ImageKind(16, 16384, 4), Images.Tree(100_000)));

    private static int FatStart(byte[] image) => BitConverter.ToUInt16(image, 14) * 512;

    private static int RootStart(byte[] image) => FatStart(image) + (image[16] * BitConverter.ToUInt16(image, 22) * 512);

    private static int DataStart(byte[] image) => RootStart(image) + (BitConverter.ToUInt16(image, 17) * 32);

    [Theory]
    [InlineData(510, 0x00)]
    [InlineData(11, 0x01)]
    [InlineData(12, 0x00)]
    [InlineData(12, 0x20)]
    [InlineData(13, 0)]
    [InlineData(13, 3)]
    [InlineData(14, 0)]
    [InlineData(16, 0)]
    [InlineData(20, 0)]
    public void AbsurdBootSectorsAreNotMounted(int offset, byte value)
    {
        byte[] image = (byte[])s_image.Value.Clone();
        image[offset] = value;
        if (offset == 14)
        {
            image[15] = 0;
        }

        using Harness harness = new(image);
        FsStatus status = harness.Do(FsCommand.Simple(FsCommandCode.Initialise)).Status;

        // Total sectors (19, 20) of a small number still describe a volume, though not this one.
        Assert.True(status == FsStatus.Error || offset == 20, $"{status}");
    }

    [Fact]
    public void AMissingOrFailingDeviceIsReported()
    {
        using Harness harness = new(new byte[4096]);
        harness.Device.Capacity = 0;
        harness.Device.FailEvery = 1;
        Assert.Equal(FsStatus.ServerWasDenied, harness.Do(FsCommand.Simple(FsCommandCode.Initialise)).Status);
        harness.Device.FailEvery = 0;
        Assert.Equal(FsStatus.Error, harness.Do(FsCommand.Simple(FsCommandCode.Initialise)).Status);
    }

    [Fact]
    public void AMountThatFailedCanBeTriedAgain()
    {
        using Harness harness = new(s_image.Value);
        harness.Device.FailEvery = 1;
        Assert.Equal(FsStatus.ServerWasDenied, harness.Do(FsCommand.Simple(FsCommandCode.Initialise)).Status);
        harness.Device.FailEvery = 0;
        Assert.Equal(FsStatus.Success, harness.Do(FsCommand.Simple(FsCommandCode.Initialise)).Status);
        Assert.Equal(FsStatus.Success, harness.Stat("index.html").Status);
    }

    [Theory]
    [InlineData(0x0000)]
    [InlineData(0x0001)]
    [InlineData(0xfff7)]
    [InlineData(0xfff0)]
    [InlineData(0xffff)]
    public void ChainsThatLeadAstrayOrEndEarlyGiveErrors(int link)
    {
        byte[] image = (byte[])s_image.Value.Clone();
        SetLink(image, FirstCluster(image, "LARGEST BIN") + 5, (ushort)link);
        using Harness harness = Harness.Mounted(image);
        (FsStatus status, byte[] bytes) = harness.ReadAll("largest.bin", 2048);
        Assert.Equal(FsStatus.Error, status);
        Assert.Equal(6 * 2048, bytes.Length);
        Assert.Equal(FsStatus.Success, harness.Stat("index.html").Status);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(10)]
    public void ChainsThatRunInACircleGiveErrors(int target)
    {
        byte[] image = (byte[])s_image.Value.Clone();
        int first = FirstCluster(image, "LARGEST BIN");
        SetLink(image, first + 10, (ushort)(first + target));
        using Harness harness = Harness.Mounted(image);
        Assert.Equal(FsStatus.Error, harness.ReadAll("largest.bin", 2048).Status);
    }

    [Fact]
    public void DirectoriesThatRunInACircleEnd()
    {
        byte[] image = (byte[])s_image.Value.Clone();
        int many = FirstCluster(image, "MANY       ");
        SetLink(image, many, (ushort)many);
        using Harness harness = Harness.Mounted(image);
        Assert.Equal(FsStatus.Error, harness.List("many").Status);
        Assert.Equal(FsStatus.Error, harness.Stat("many/no such file").Status);
    }

    [Fact]
    public void DirectoriesThatContainThemselvesAreWalkedAsFarAsThePathGoes()
    {
        byte[] image = (byte[])s_image.Value.Clone();
        int a = FirstCluster(image, "A          ");
        int entryOfB = Find(image, "B          ", DataStart(image));
        BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(entryOfB + 26), (ushort)a);
        using Harness harness = Harness.Mounted(image);
        Assert.Equal(FsStatus.Success, harness.Stat("a" + string.Concat(System.Linq.Enumerable.Repeat("/b", 2000))).Status);
        BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(entryOfB + 26), 0);
        using Harness again = Harness.Mounted(image);
        Assert.Equal(FsStatus.Error, again.Stat("a/b/c").Status);
    }

    [Fact]
    public void TruncatedImagesGiveErrorsWhereTheyEnd()
    {
        byte[] whole = s_image.Value;
        for (int size = 4096; size < whole.Length; size += whole.Length / 40 / 4096 * 4096)
        {
            using Harness harness = new(whole[..size]);
            if (harness.Do(FsCommand.Simple(FsCommandCode.Initialise)).Status == FsStatus.Success)
            {
                Exercise(harness);
            }
        }
    }

    [Fact]
    public void RandomlyDamagedImagesNeverHurt()
    {
        byte[][] images =
        [
            s_image.Value,
            Images.Make(new ImageKind(12, 1440, 1), Images.Tree(50_000)),
            Images.Make(new ImageKind(32, 36864, 1), Images.Tree(50_000)),
        ];
        Random random = new(4711);
        for (int round = 0; round < 2500; round++)
        {
            byte[] source = images[round % images.Length];
            int used = Math.Min(source.Length, DamageLimit(source));
            int start = FatStart(source) + 2048;
            List<(int Offset, byte Old)> damage = [];
            for (int i = random.Next(1, 40); i > 0; i--)
            {
                // Half of it where it hurts most: boot sector and the first entries of the FAT.
                int offset = random.Next(2) == 0 ? random.Next(start) : random.Next(used);
                damage.Add((offset, source[offset]));
                source[offset] = random.Next(3) == 0 ? (byte)0xff : (byte)random.Next(256);
            }

            using (Harness harness = new(source, round, 704 << 10))
            {
                harness.Device.FailEvery = random.Next(4) == 0 ? 5 : 0;
                if (harness.Do(FsCommand.Simple(FsCommandCode.Initialise)).Status == FsStatus.Success)
                {
                    Exercise(harness);
                }
            }

            for (int i = damage.Count - 1; i >= 0; i--)
            {
                source[damage[i].Offset] = damage[i].Old;
            }
        }
    }

    // Everything a client might do; what comes of it does not matter, that it comes to an end does.
    private static void Exercise(Harness harness)
    {
        foreach (string path in new[] { "/", "many", "a/b", "a/b/c/d/e/f/g/h/i/j/k/l/m" })
        {
            harness.Stat(path);
            harness.List(path);
        }

        foreach (string path in new[] { "largest.bin", "EMPTY.TXT", "many/file number 033 of a directory of several clusters.txt" })
        {
            FsCompletion open = harness.Open(path);
            for (int i = 0; open.Status == FsStatus.Success && i < 8; i++)
            {
                harness.Do(FsCommand.Transfer(FsCommandCode.FileRead, open.Data, (ulong)i * 7000, new FsBuffer(65536, 5000)));
            }
        }

        Assert.Equal(0u, harness.Service.QueueViolations);
    }

    // Boot sector, FAT, root directory and the first 64 KiB of data.
    private static int DamageLimit(byte[] image)
    {
        int fatSize = BitConverter.ToUInt16(image, 22) != 0 ? BitConverter.ToUInt16(image, 22) : BitConverter.ToInt32(image, 36);
        return FatStart(image) + (image[16] * fatSize * 512) + (BitConverter.ToUInt16(image, 17) * 32) + 65536;
    }

    private static void SetLink(byte[] image, int cluster, ushort link) =>
        BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(FatStart(image) + (cluster * 2)), link);

    private static int FirstCluster(byte[] image, string shortName) => BitConverter.ToUInt16(image, Find(image, shortName, RootStart(image)) + 26);

    private static int Find(byte[] image, string shortName, int from)
    {
        byte[] name = System.Text.Encoding.ASCII.GetBytes(shortName);
        for (int offset = from; ; offset += 32)
        {
            if (image.AsSpan(offset, name.Length).SequenceEqual(name))
            {
                return offset;
            }
        }
    }
}
