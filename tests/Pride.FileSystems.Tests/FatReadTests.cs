// What the server says of images, compared byte for byte with what was copied into them.

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Pride.Abi.Fs;
using Xunit;

namespace Pride.FileSystems.Tests;

public sealed class FatReadTests
{
    public static TheoryData<ImageKind> Kinds => new()
    {
        new ImageKind(12, 1440, 1),
        new ImageKind(12, 8192, 8),
        new ImageKind(16, 16384, 1),
        new ImageKind(16, 40000, 4),
        new ImageKind(12, 131072, 128),
        new ImageKind(32, 36864, 1),
        new ImageKind(32, 140000, 4),
        new ImageKind(32, 300000, 1, 4096),
        new ImageKind(16, 65536, 2, 2048),
        new ImageKind(16, 40000, 4, 512, 2048),
        new ImageKind(32, 80000, 2, 512, 63),
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void EverythingThatWasCopiedInIsReadBack(ImageKind kind)
    {
        Dictionary<string, byte[]> tree = Images.Tree(kind.KiB < 4096 ? 200_001 : 3_000_001);
        using Harness harness = Harness.Mounted(Images.Make(kind, tree));
        foreach ((string path, byte[] content) in tree)
        {
            (FsStatus status, FsStat stat) = harness.Stat("/" + path);
            Assert.Equal(FsStatus.Success, status);
            Assert.Equal((ulong)content.Length, stat.Size);
            Assert.Equal(FsMode.RegularFile, stat.Mode & FsMode.TypeMask);
            (status, byte[] bytes) = harness.ReadAll(path);
            Assert.Equal(FsStatus.Success, status);
            Assert.True(content.AsSpan().SequenceEqual(bytes), path);
        }

        CompareDirectories(harness, tree);
        Assert.Equal(0, harness.Service.OpenFileCount);
        Assert.Equal(0u, harness.Service.StrayBlocks);
    }

    [Fact]
    public void NamesAreFoundWithoutRegardToCase()
    {
        using Harness harness = Harness.Mounted(Images.Make(new ImageKind(16, 16384, 4), Images.Tree(1000)));
        Assert.Equal(FsStatus.Success, harness.Stat("INDEX.HTML").Status);
        Assert.Equal(FsStatus.Success, harness.Stat("STRAßE-ÜNÏCODE-ĄĆĘ-ΕΛΛΗΝΙΚΆ-КИРИЛЛИЦА-日本語.HTML").Status);
        Assert.Equal(FsStatus.Success, harness.Stat("A/B/c/D/e/F/g/h/i/j/k/l/m/DEEP FILE.txt").Status);
        Assert.Equal(FsStatus.Success, harness.Stat("//a/./b//c/../c/d").Status);
        Assert.Equal(FsStatus.Success, harness.Stat("/../../index.html").Status);
        Assert.Equal(FsStatus.NoFile, harness.Stat("INDEX.HTM").Status);
        Assert.Equal(FsStatus.NoFile, harness.Stat("index.html.").Status);
        Assert.Equal(FsStatus.NoFile, harness.Stat("absent/index.html").Status);
        Assert.Equal(FsStatus.NotDirectory, harness.Stat("index.html/x").Status);
        Assert.Equal(FsStatus.Success, harness.Stat("ALONGN~1.TEX").Status);
        Assert.Equal(FsMode.Directory, harness.Stat("/").Stat.Mode & FsMode.TypeMask);
        Assert.Equal(FsMode.Directory, harness.Stat("many").Stat.Mode & FsMode.TypeMask);
    }

    [Fact]
    public void FragmentedFilesAreReadWithManyExtents()
    {
        // Two files grow in turns, so every cluster is an extent: far more than a chain keeps.
        Random random = new(7);
        byte[] first = Images.Bytes(random, 300_000);
        byte[] second = Images.Bytes(random, 300_000);
        byte[] image = Images.Make(new ImageKind(16, 16384, 1), [], drive => Interleave(drive, first, second));
        using Harness harness = Harness.Mounted(image);
        Assert.Equal(first, harness.ReadAll("left.bin").Bytes);
        ulong file = harness.Open("left.bin").Data;
        for (int i = 0; i < 500; i++)
        {
            int offset = random.Next(first.Length);
            int length = random.Next(1, 5000);
            FsCompletion read = harness.Do(FsCommand.Transfer(FsCommandCode.FileRead, file, (ulong)offset, new FsBuffer(65536, (ulong)length)));
            Assert.Equal(FsStatus.Success, read.Status);
            int expected = Math.Min(length, first.Length - offset);
            Assert.Equal((ulong)expected, read.Data);
            Assert.True(first.AsSpan(offset, expected).SequenceEqual(harness.Share.Slice(65536, expected)));
        }
    }

    [Fact]
    public void ManyReadsAtOnceOnATinyCacheAllEnd()
    {
        Dictionary<string, byte[]> tree = Images.Tree(900_000);
        byte[] image = Images.Make(new ImageKind(32, 80000, 1), tree);
        using Harness harness = Harness.Mounted(image, seed: 5, dataBytes: 640 << 10, queueCapacity: 2);
        byte[] content = tree["largest.bin"];
        ulong file = harness.Open("largest.bin").Data;
        Dictionary<ulong, (int Offset, int Place)> asked = [];
        Random random = new(3);
        for (int i = 0; i < 100; i++)
        {
            (int Offset, int Place) where = (random.Next(content.Length - 5000), 65536 + (i * 5000));
            asked[harness.Post(FsCommand.Transfer(FsCommandCode.FileRead, file, (ulong)where.Offset, new FsBuffer((ulong)where.Place, 5000)))] = where;
        }

        harness.Settle();
        while (harness.TryTake(out FsCompletion completion))
        {
            Assert.Equal(FsStatus.Success, completion.Status);
            Assert.True(asked.Remove(completion.Id, out (int Offset, int Place) where));
            Assert.True(content.AsSpan(where.Offset, 5000).SequenceEqual(harness.Share.Slice(where.Place, 5000)));
        }

        Assert.Empty(asked);
    }

    [Fact]
    public void SequentialReadingAsksTheDeviceForWholeWindows()
    {
        byte[] content = Images.Bytes(new Random(1), 4 << 20);
        using Harness harness = Harness.Mounted(Images.Make(new ImageKind(32, 140000, 4), new() { ["big.bin"] = content }));
        long before = harness.Device.Requests;
        Assert.Equal(content, harness.ReadAll("big.bin").Bytes);

        // 64 windows of 64 KiB, one more for the misalignment, and a few blocks of the FAT and the root directory.
        Assert.InRange(harness.Device.Requests - before, 64, 64 + 10);
    }

    [Fact]
    public void LookingAgainCostsNoRequests()
    {
        using Harness harness = Harness.Mounted(Images.Make(new ImageKind(16, 16384, 4), Images.Tree(1000)));
        harness.Stat("a/b/c/d/e/f/g/h/i/j/k/l/m/deep file.txt");
        harness.Stat("a/b/absent");
        long before = harness.Device.Requests;
        Assert.Equal(FsStatus.Success, harness.Stat("a/b/c/d/e/f/g/h/i/j/k/l/m/deep file.txt").Status);
        Assert.Equal(FsStatus.NoFile, harness.Stat("a/b/absent").Status);
        Assert.Equal(before, harness.Device.Requests);
    }

    [Fact]
    public void DirectoriesCanBeSoughtAndRewound()
    {
        using Harness harness = Harness.Mounted(Images.Make(new ImageKind(16, 16384, 1), Images.Tree(1000)));
        List<string> names = harness.List("many").Names;
        Assert.Equal(60, names.Count);
        ulong directory = harness.Do(FsCommand.Named(FsCommandCode.DirectoryOpen, harness.Path("many"))).Data;
        foreach (int location in new[] { 10, 11, 59, 3, 0, 60, 1000, 30 })
        {
            Assert.Equal(FsStatus.Success, harness.Do(FsCommand.DirectorySeek(directory, location)).Status);
            Assert.Equal((ulong)location, harness.Do(FsCommand.On(FsCommandCode.DirectoryTell, directory)).Data);
            FsCompletion read = harness.Do(FsCommand.DirectoryRead(directory, new FsBuffer(4096, 1024)));
            Assert.Equal(location < 60 ? FsStatus.Success : FsStatus.EndOfDirectory, read.Status);
            if (location < 60)
            {
                Assert.Equal(names[location], System.Text.Encoding.UTF8.GetString(harness.Share.Slice(4096, (int)read.Data)));
            }
        }

        Assert.Equal(FsStatus.Error, harness.Do(FsCommand.DirectorySeek(directory, -1)).Status);
        Assert.Equal(FsStatus.Success, harness.Do(FsCommand.On(FsCommandCode.DirectoryRewind, directory)).Status);
        Assert.Equal(FsStatus.InvalidBuffer, harness.Do(FsCommand.DirectoryRead(directory, new FsBuffer(4096, 3))).Status);
        Assert.Equal((ulong)names[0].Length, harness.Do(FsCommand.DirectoryRead(directory, new FsBuffer(4096, 255))).Data);
    }

    [Fact]
    public void TimesAreThoseOfTheFile()
    {
        byte[] image = Images.Make(new ImageKind(16, 16384, 4), [], drive =>
        {
            using TemporaryFolder folder = new();
            File.WriteAllText(folder.File("t.txt"), "t");
            File.SetLastWriteTimeUtc(folder.File("t.txt"), new DateTime(2024, 2, 29, 13, 37, 42, DateTimeKind.Utc));
            HostTools.Run("env", "TZ=UTC", "mcopy", "-m", "-i", drive, folder.File("t.txt"), "::/");
        });
        using Harness harness = Harness.Mounted(image);
        Assert.Equal(1709213862ul, harness.Stat("t.txt").Stat.ModificationTime);
    }

    private static void CompareDirectories(Harness harness, Dictionary<string, byte[]> tree)
    {
        Dictionary<string, HashSet<string>> directories = new() { [string.Empty] = [] };
        foreach (string path in tree.Keys)
        {
            string[] parts = path.Split('/');
            for (int i = 0; i < parts.Length; i++)
            {
                string parent = string.Join('/', parts[..i]);
                directories.TryAdd(parent, []);
                directories[parent].Add(parts[i]);
            }
        }

        foreach ((string path, HashSet<string> expected) in directories)
        {
            (FsStatus status, List<string> names) = harness.List("/" + path);
            Assert.Equal(FsStatus.EndOfDirectory, status);
            Assert.Equal(expected.Order(StringComparer.Ordinal), names.Order(StringComparer.Ordinal));
        }
    }

    private static void Interleave(string drive, byte[] first, byte[] second)
    {
        // mtools cannot append. So: pairs of one-cluster fillers are written, every other one is removed, and a file fills the holes.
        using TemporaryFolder folder = new();
        List<string> fillers = [];
        for (int i = 0; i < 700; i++)
        {
            string name = folder.File($"f{i:d4}");
            File.WriteAllBytes(name, new byte[512]);
            fillers.Add(name);
        }

        HostTools.Run("mmd", "-i", drive, "::/fill");
        HostTools.Run("mcopy", ["-i", drive, .. fillers, "::/fill"]);
        HostTools.Run("mdel", ["-i", drive, .. Enumerable.Range(0, 700).Where(i => i % 2 == 0).Select(i => $"::/fill/f{i:d4}")]);
        File.WriteAllBytes(folder.File("left.bin"), first);
        File.WriteAllBytes(folder.File("right.bin"), second);
        HostTools.Run("mcopy", "-i", drive, folder.File("left.bin"), folder.File("right.bin"), "::/");
    }
}
