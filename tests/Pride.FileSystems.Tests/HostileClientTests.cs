// Clients that break the protocol's rules get the right status, or are counted; the server goes on.

using System;
using System.Collections.Generic;
using System.Linq;
using Pride.Abi.Fs;
using Xunit;

namespace Pride.FileSystems.Tests;

public sealed class HostileClientTests
{
    private static readonly Lazy<byte[]> s_image = new(() => Images.Make(new ImageKind(16, 16384, 4), Images.Tree(100_000)));

    [Fact]
    public void NothingWorksBeforeMountingAndMountingWorksOnce()
    {
        using Harness harness = new(s_image.Value);
        Assert.Equal(FsStatus.Error, harness.Stat("/index.html").Status);
        Assert.Equal(FsStatus.Error, harness.Do(FsCommand.Simple(FsCommandCode.Deinitialise)).Status);
        Assert.Equal(FsStatus.Success, harness.Do(FsCommand.Simple(FsCommandCode.Initialise)).Status);
        Assert.Equal(FsStatus.Error, harness.Do(FsCommand.Simple(FsCommandCode.Initialise)).Status);
        ulong file = harness.Open("index.html").Data;
        Assert.Equal(FsStatus.Success, harness.Do(FsCommand.Simple(FsCommandCode.Deinitialise)).Status);
        Assert.Equal(0, harness.Service.OpenFileCount);
        Assert.Equal(FsStatus.Success, harness.Do(FsCommand.Simple(FsCommandCode.Initialise)).Status);
        Assert.Equal(FsStatus.InvalidDescriptor, harness.Do(FsCommand.On(FsCommandCode.FileSize, file)).Status);
    }

    [Theory]
    [InlineData(Harness.ShareSize, 1ul)]
    [InlineData(0ul, 0ul)]
    [InlineData(Harness.ShareSize - 10, 11ul)]
    [InlineData(ulong.MaxValue, 1ul)]
    [InlineData(ulong.MaxValue, ulong.MaxValue)]
    [InlineData(1ul, ulong.MaxValue)]
    [InlineData(0ul, Harness.ShareSize + 1ul)]
    public void BuffersOutsideTheShareAreRefused(ulong offset, ulong size)
    {
        using Harness harness = Harness.Mounted(s_image.Value);
        FsBuffer bad = new(offset, size);
        ulong file = harness.Open("largest.bin").Data;
        ulong directory = harness.Do(FsCommand.Named(FsCommandCode.DirectoryOpen, harness.Path("many"))).Data;
        Assert.Equal(FsStatus.InvalidPath, harness.Do(FsCommand.FileOpen(bad, FsOpenFlags.ReadOnly)).Status);
        Assert.Equal(FsStatus.InvalidPath, harness.Do(FsCommand.Named(FsCommandCode.DirectoryOpen, bad)).Status);
        Assert.Equal(FsStatus.InvalidPath, harness.Do(FsCommand.TwoBuffers(FsCommandCode.Stat, bad, new FsBuffer(0, 200))).Status);
        Assert.Equal(FsStatus.InvalidBuffer, harness.Do(FsCommand.TwoBuffers(FsCommandCode.Stat, harness.Path("many"), bad)).Status);
        Assert.Equal(FsStatus.InvalidBuffer, harness.Do(FsCommand.Transfer(FsCommandCode.FileRead, file, 0, bad)).Status);
        Assert.Equal(FsStatus.InvalidBuffer, harness.Do(FsCommand.Transfer(FsCommandCode.FileWrite, file, 0, bad)).Status);
        Assert.Equal(FsStatus.InvalidBuffer, harness.Do(FsCommand.DirectoryRead(directory, bad)).Status);
        Assert.Equal(FsStatus.InvalidPath, harness.Do(FsCommand.TwoBuffers(FsCommandCode.Rename, harness.Path("a"), bad)).Status);
    }

    [Fact]
    public void PathsAndNamesHaveTheirLimits()
    {
        using Harness harness = Harness.Mounted(s_image.Value);
        Assert.Equal(FsStatus.InvalidPath, harness.Do(FsCommand.FileOpen(new FsBuffer(0, 4096), FsOpenFlags.ReadOnly)).Status);
        Assert.Equal(FsStatus.InvalidName, harness.Open(new string('x', 256)).Status);
        Assert.Equal(FsStatus.NoFile, harness.Open(new string('x', 255)).Status);
        Assert.Equal(FsStatus.InvalidName, harness.Open("a:b").Status);
        Assert.Equal(FsStatus.NoFile, harness.Open(string.Concat(Enumerable.Repeat("a/", 2000))).Status);
        Assert.Equal(FsStatus.Success, harness.Stat(string.Concat(Enumerable.Repeat("./", 1000)) + "index.html\0junk").Status);
        Assert.Equal(FsStatus.Success, harness.Stat(string.Concat(Enumerable.Repeat("../", 1300)) + "index.html").Status);
    }

    [Fact]
    public void DescriptorsOfNothingAndOfTheOtherKindAreRefused()
    {
        using Harness harness = Harness.Mounted(s_image.Value);
        ulong file = harness.Open("index.html").Data;
        ulong directory = harness.Do(FsCommand.Named(FsCommandCode.DirectoryOpen, harness.Path("many"))).Data;
        foreach (ulong bad in new[] { directory, file + 64, 12345ul, ulong.MaxValue, 1ul << 63 })
        {
            Assert.Equal(FsStatus.InvalidDescriptor, harness.Do(FsCommand.Transfer(FsCommandCode.FileRead, bad, 0, new FsBuffer(0, 10))).Status);
            Assert.Equal(FsStatus.InvalidDescriptor, harness.Do(FsCommand.On(FsCommandCode.FileClose, bad)).Status);
        }

        Assert.Equal(FsStatus.InvalidDescriptor, harness.Do(FsCommand.On(FsCommandCode.DirectoryClose, file)).Status);
        Assert.Equal(FsStatus.Success, harness.Do(FsCommand.On(FsCommandCode.FileClose, file)).Status);
        Assert.Equal(FsStatus.InvalidDescriptor, harness.Do(FsCommand.On(FsCommandCode.FileClose, file)).Status);

        // The place is used again, the old descriptor not.
        Assert.NotEqual(file, harness.Open("index.html").Data);
        Assert.Equal(FsStatus.InvalidDescriptor, harness.Do(FsCommand.On(FsCommandCode.FileSize, file)).Status);
    }

    [Fact]
    public void OffsetsBeyondTheEndGiveNothing()
    {
        using Harness harness = Harness.Mounted(s_image.Value);
        ulong file = harness.Open("largest.bin").Data;
        foreach (ulong offset in new[] { 100_000ul, 100_001ul, 1ul << 32, ulong.MaxValue, ulong.MaxValue - 5 })
        {
            FsCompletion read = harness.Do(FsCommand.Transfer(FsCommandCode.FileRead, file, offset, new FsBuffer(0, 100)));
            Assert.Equal(FsStatus.Success, read.Status);
            Assert.Equal(0ul, read.Data);
        }

        Assert.Equal(1ul, harness.Do(FsCommand.Transfer(FsCommandCode.FileRead, file, 99_999, new FsBuffer(0, 100))).Data);
    }

    [Fact]
    public void WritingIsDenied()
    {
        using Harness harness = Harness.Mounted(s_image.Value);
        Assert.Equal(FsStatus.ServerWasDenied, harness.Open("index.html", FsOpenFlags.ReadWrite).Status);
        Assert.Equal(FsStatus.ServerWasDenied, harness.Open("new.txt", FsOpenFlags.Create).Status);
        Assert.Equal(FsStatus.Success, harness.Open("index.html", FsOpenFlags.Create).Status);
        Assert.Equal(FsStatus.Error, harness.Open("index.html", (FsOpenFlags)3).Status);
        Assert.Equal(FsStatus.Error, harness.Open("index.html", (FsOpenFlags)8).Status);
        ulong file = harness.Open("index.html").Data;
        Assert.Equal(FsStatus.InvalidWrite, harness.Do(FsCommand.Transfer(FsCommandCode.FileWrite, file, 0, new FsBuffer(0, 1))).Status);
        Assert.Equal(FsStatus.InvalidWrite, harness.Do(FsCommand.FileTruncate(file, 0)).Status);
        Assert.Equal(FsStatus.Success, harness.Do(FsCommand.On(FsCommandCode.FileSync, file)).Status);
        foreach (FsCommandCode code in new[] { FsCommandCode.FileRemove, FsCommandCode.DirectoryCreate, FsCommandCode.DirectoryRemove })
        {
            Assert.Equal(FsStatus.ServerWasDenied, harness.Do(FsCommand.Named(code, harness.Path("many"))).Status);
        }

        Assert.Equal(FsStatus.ServerWasDenied, harness.Do(FsCommand.TwoBuffers(FsCommandCode.Rename, harness.Path("a"), harness.Path("b", 100))).Status);
    }

    [Fact]
    public void UnknownCommandsAreAnswered()
    {
        using Harness harness = Harness.Mounted(s_image.Value);
        foreach (ulong code in new[] { 20ul, 255ul, ulong.MaxValue })
        {
            Assert.Equal(FsStatus.InvalidCommand, harness.Do(FsCommand.Simple((FsCommandCode)code)).Status);
        }
    }

    [Fact]
    public void FilesAreClosedOnlyWhenNothingWorksOnThem()
    {
        using Harness harness = Harness.Mounted(s_image.Value);
        ulong file = harness.Open("largest.bin").Data;
        ulong read = harness.Post(FsCommand.Transfer(FsCommandCode.FileRead, file, 0, new FsBuffer(65536, 1000)));
        ulong close = harness.Post(FsCommand.On(FsCommandCode.FileClose, file));
        harness.Settle();
        Dictionary<ulong, FsStatus> answers = [];
        while (harness.TryTake(out FsCompletion completion))
        {
            answers[completion.Id] = completion.Status;
        }

        Assert.Equal(FsStatus.Success, answers[read]);
        Assert.Equal(FsStatus.OutstandingOperations, answers[close]);
        Assert.Equal(FsStatus.Success, harness.Do(FsCommand.On(FsCommandCode.FileClose, file)).Status);
    }

    [Fact]
    public void OpenFilesAreBounded()
    {
        using Harness harness = Harness.Mounted(s_image.Value);
        List<ulong> open = [];
        FsCompletion completion;
        while ((completion = harness.Open("index.html")).Status == FsStatus.Success)
        {
            open.Add(completion.Data);
        }

        Assert.Equal(FsStatus.TooManyOpenFiles, completion.Status);
        Assert.Equal(64, open.Count);
        Assert.All(open, file => Assert.Equal(FsStatus.Success, harness.Do(FsCommand.On(FsCommandCode.FileClose, file)).Status));
        Assert.Equal(FsStatus.Success, harness.Open("index.html").Status);
    }

    [Fact]
    public void IndicesThatMakeNoSenseAreCountedAndIgnored()
    {
        using Harness harness = Harness.Mounted(s_image.Value);
        ref ulong commandTail = ref harness.Connection.CommandQueue.At<ulong>(FsQueueLayout.Tail);
        ref ulong completionHead = ref harness.Connection.CompletionQueue.At<ulong>(FsQueueLayout.Head);
        ulong goodTail = commandTail;
        ulong goodHead = completionHead;
        foreach (ulong bad in new[] { goodTail + 512, ulong.MaxValue, goodTail - 1, 1ul << 40 })
        {
            uint before = harness.Service.QueueViolations;
            commandTail = bad;
            Assert.False(harness.Service.Run());
            Assert.True(harness.Service.QueueViolations > before);
            commandTail = goodTail;
            completionHead = goodHead + 1;
            harness.Post(FsCommand.Simple((FsCommandCode)99));
            Assert.False(harness.Service.Run());
            completionHead = goodHead;
            Assert.True(harness.Service.Run());
            Assert.True(harness.TryTake(out _));
            goodTail = commandTail;
            goodHead = completionHead;
        }

        Assert.Equal(FsStatus.Success, harness.Stat("index.html").Status);
    }

    [Fact]
    public void RandomCommandsNeverHurt()
    {
        Random random = new(99);
        using Harness harness = Harness.Mounted(s_image.Value, seed: 2, dataBytes: 768 << 10);
        ulong[] words = [0, 1, 2, 63, 64, 65, 136, 4096, Harness.ShareSize - 1, Harness.ShareSize, ulong.MaxValue, 1ul << 63, 100_000];
        harness.Path("a/b/c", 0);
        harness.Path("largest.bin", 100);
        int posted = 0;
        int answered = 0;
        for (int round = 0; round < 4000; round++)
        {
            for (int i = random.Next(20); i > 0; i--)
            {
                posted++;
                harness.Post(new FsCommand
                {
                    Code = (FsCommandCode)(ulong)random.Next(2, 22),
                    Word0 = Word(),
                    Word1 = Word(),
                    Word2 = Word(),
                    Word3 = Word(),
                });
            }

            harness.Settle();
            while (harness.TryTake(out FsCompletion completion))
            {
                Assert.InRange((ulong)completion.Status, 0ul, 18ul);
                answered++;
            }
        }

        Assert.Equal(posted, answered);
        ulong Word() => random.Next(3) == 0 ? (ulong)random.Next(200) : words[random.Next(words.Length)];
    }
}
