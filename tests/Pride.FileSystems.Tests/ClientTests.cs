// The asynchronous client against the server: both on the host, with the device's answers in any order.

using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Pride.Abi.Fs;
using Pride.Fs;
using Xunit;

namespace Pride.FileSystems.Tests;

public sealed class ClientTests
{
    private static readonly Dictionary<string, byte[]> s_tree = Images.Tree(400_000);
    private static readonly Lazy<byte[]> s_image = new(() => Images.Make(new ImageKind(16, 16384, 4), s_tree));

    [Fact]
    public void FilesAreReadThroughTheClient()
    {
        using Harness harness = new(s_image.Value);
        FileSystemClient client = new(harness.Connection);
        Finish(harness, client, async () =>
        {
            await client.MountAsync();
            foreach ((string path, byte[] content) in s_tree)
            {
                FileHandle file = await client.OpenAsync(path);
                Assert.Equal(content.Length, await client.GetSizeAsync(file));
                byte[] read = new byte[content.Length + 10];
                Assert.Equal(content.Length, await client.ReadAsync(file, 0, read));
                Assert.True(content.AsSpan().SequenceEqual(read.AsSpan(0, content.Length)), path);
                await client.CloseAsync(file);
            }

            Assert.Equal(60, (await client.ListAsync("many", 1000)).Count);
            Assert.Equal(7, (await client.ListAsync("many", 7)).Count);
            Assert.Null(await client.StatAsync("absent"));
            Assert.Equal(400_000ul, (await client.StatAsync("largest.bin"))!.Value.Size);
            FileSystemException failure = await Assert.ThrowsAsync<FileSystemException>(async () => await client.OpenAsync("absent"));
            Assert.Equal(FsStatus.NoFile, failure.Status);
        });
        Assert.Equal(0, client.InFlight);
        Assert.Equal(0, harness.Service.OpenFileCount);
    }

    [Fact]
    public void MoreCallersThanPiecesWaitTheirTurn()
    {
        using Harness harness = new(s_image.Value);
        FileSystemClient client = new(harness.Connection);
        byte[] content = s_tree["largest.bin"];
        Finish(harness, client, async () =>
        {
            await client.MountAsync();
            FileHandle file = await client.OpenAsync("largest.bin");
            IEnumerable<Task> readers = Enumerable.Range(0, 300).Select(async i =>
            {
                byte[] bytes = new byte[1000];
                Assert.Equal(1000, await client.ReadAsync(file, i * 1000, bytes));
                Assert.True(content.AsSpan(i * 1000, 1000).SequenceEqual(bytes));
            });
            await Task.WhenAll(readers);
        });
        Assert.Equal(0, client.InFlight);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public void ReadersShareFewOpenFiles(int capacity)
    {
        using Harness harness = new(s_image.Value);
        FileSystemClient client = new(harness.Connection);
        SharedFiles shared = new(client, capacity);
        Random random = new(capacity);
        Finish(harness, client, async () =>
        {
            await client.MountAsync();
            List<Task> readers = [];
            for (int i = 0; i < 500; i++)
            {
                (string path, byte[] content) = s_tree.ElementAt(random.Next(s_tree.Count));
                readers.Add(ReadWhole(path, content));
                readers.Add(Assert.ThrowsAsync<FileSystemException>(async () => await shared.GetSizeAsync("absent" + (i % 3))));
            }

            await Task.WhenAll(readers);
        });
        Assert.Equal(0, client.InFlight);
        Assert.InRange(shared.OpenCount, 0, capacity);
        Assert.Equal(shared.OpenCount, harness.Service.OpenFileCount);

        async Task ReadWhole(string path, byte[] content)
        {
            Assert.Equal(content.Length, await shared.GetSizeAsync(path));
            byte[] read = new byte[content.Length];
            for (int at = 0; at < read.Length; at += 50_000)
            {
                await shared.ReadAsync(path, at, read.AsMemory(at, Math.Min(50_000, read.Length - at)));
            }

            Assert.True(content.AsSpan().SequenceEqual(read), path);
            Assert.InRange(harness.Service.OpenFileCount, 0, capacity);
        }
    }

    [Fact]
    public void CancelledCallersLeaveNothingBehind()
    {
        using Harness harness = new(s_image.Value);
        FileSystemClient client = new(harness.Connection);
        Finish(harness, client, async () => await client.MountAsync());
        for (int i = 0; i < 200; i++)
        {
            using CancellationTokenSource cancel = new();
            Task open = client.OpenAsync("a/b/c/d/e/f/g/h/i/j/k/l/m/deep file.txt", token: cancel.Token).AsTask();
            if (i % 2 == 0)
            {
                harness.Service.Run();
            }

            cancel.Cancel();
            Assert.True(open.IsCanceled);

            // The piece is the server's until it has answered.
            Assert.Equal(1, client.InFlight);
            Pump(harness, client, () => client.InFlight == 0);
            Assert.Equal(0, harness.Service.OpenFileCount);
        }
    }

    [Fact]
    public void AClientThatWasRestartedDropsOldAnswers()
    {
        using Harness harness = new(s_image.Value);
        FileSystemClient before = new(harness.Connection);
        Finish(harness, before, async () => await before.MountAsync());
        ValueTask<FsStat?> lost = before.StatAsync("index.html");
        FileSystemClient after = new(harness.Connection);
        Finish(harness, after, async () =>
        {
            await after.MountAsync();
            Assert.Equal(1ul, (await after.StatAsync("index.html"))!.Value.Size);
        });
        Assert.Equal(1ul, after.StrayCompletions);
        Assert.False(lost.IsCompleted);
    }

    private static void Finish(Harness harness, FileSystemClient client, Func<Task> work)
    {
        OneThread loop = new();
        SynchronizationContext? xunits = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(loop);
        try
        {
            Task task = work();
            Pump(harness, client, () => task.IsCompleted);
            task.GetAwaiter().GetResult();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(xunits);
        }
    }

    private static void Pump(Harness harness, FileSystemClient client, Func<bool> isDone)
    {
        for (int i = 0; !isDone(); i++)
        {
            Assert.True(i < 1_000_000, "client and server do not come to an end");
            harness.Service.Run();
            harness.Device.AnswerOne(harness.Service);
            client.ProcessCompletions();
            (SynchronizationContext.Current as OneThread)?.Run();
        }
    }
}
