// The FAT server as a PD dies and is restarted while a site's files are read through it: no caller waits for ever, no byte is wrong, and with
// one restart at a time no caller even notices.

using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using Pride.Abi.Fs;
using Pride.Abi.Sddf;
using Pride.FileSystems.Fat;
using Pride.Fs;
using Pride.Http;
using Pride.Machine;
using Pride.Microkit;
using Pride.Sddf;
using Pride.Testing;
using Webserver.Domains;
using Xunit;

namespace Pride.FileSystems.Tests;

/// <summary>A block system with an image for a medium. Requests are done when the test wants, in any order between two barriers.</summary>
public sealed class ImageDisk : ProtectionDomain
{
    private readonly List<BlockRequest> _requests = [];
    private BlockResponder _client;
    private Channel _channel;

    [Wired]
    public BlockConnection Client;

    [Wired]
    public Region Data;

    public byte[] Image { get; set; } = [];

    public Random Random { get; set; } = new(1);

    public bool HasWork => _requests.Count > 0;

    public override void Init()
    {
        _client = new BlockResponder(in Client);
        _channel = new Channel(Client.ChannelId);
    }

    public override void Notified(Channel channel) => Take();

    /// <summary>Does one request; the data arrive only now.</summary>
    public void Answer()
    {
        Take();
        if (_requests.Count == 0)
        {
            return;
        }

        int barrier = _requests.FindIndex(r => r.Code == BlockRequestCode.Barrier);
        int chosen = barrier < 0 ? Random.Next(_requests.Count) : barrier == 0 ? 0 : Random.Next(barrier);
        BlockRequest request = _requests[chosen];
        _requests.RemoveAt(chosen);
        if (request.Code == BlockRequestCode.Read)
        {
            Image.AsSpan((int)request.BlockNumber * 4096, request.Count * 4096).CopyTo(Data.Bytes[(int)request.IoAddressOrOffset..]);
        }

        Assert.True(_client.TryReserveResponse(out _));
        _client.PutResponse(new BlockResponse { Id = request.Id, SuccessCount = request.Count });
        _channel.Notify();
    }

    private void Take()
    {
        while (_client.TryPeekRequest(out BlockRequest request))
        {
            _client.AdvanceRequest();
            _requests.Add(request);
        }
    }
}

/// <summary>The client's PD: what the test starts in it goes on when the server answers.</summary>
public sealed class SiteUser : ProtectionDomain
{
    [Wired]
    public Config<FsClientConfig> Configuration;

    public FileSystemClient Files { get; private set; } = null!;

    public IFileSource Source { get; private set; } = null!;

    public override void Init()
    {
        Files = new FileSystemClient(Configuration);
        Source = new FileSystemSource(Files);
    }

    public override void Notified(Channel channel) => Files.ProcessCompletions();

    public override void Idle()
    {
        (SynchronizationContext.Current as OneThread)?.Run();
        Files.Submit();
    }
}

public sealed class RestartTests
{
    private const int StepLimit = 20_000;

    private static readonly Dictionary<string, byte[]> s_tree = Images.Tree(300_000);
    private static readonly Lazy<byte[]> s_image = new(() => Images.Make(new ImageKind(16, 16384, 4), s_tree));
    private static readonly string[] s_paths = [.. s_tree.Keys.Order(StringComparer.Ordinal)];

    [Fact]
    public void APageArrivesWhereverTheServerIsRestarted()
    {
        int restarts = 0;
        int leftovers = 0;
        for (int at = 0; at < 120; at++)
        {
            using Fixture site = new(seed: null);
            List<Task> pages = [];
            site.RunInClient(user => pages.AddRange(s_paths[..6].Append("largest.bin").Select(p => ReadAsync(user.Source, p))));
            int steps = 0;
            while (!pages.TrueForAll(p => p.IsCompleted))
            {
                Assert.True(steps < StepLimit, $"restarted at {at}: somebody waits for ever");
                if (steps++ == at)
                {
                    restarts++;
                    site.System.Restart(site.Server);
                }

                site.Step(steps);
                leftovers += (int)Math.Min(1, site.Files.StrayCompletions);
            }

            pages.ForEach(Check);
        }

        Assert.Equal(0, leftovers);
        Assert.True(restarts > 90, $"only {restarts} restarts: the test does not do its work");
    }

    [Fact]
    public void NobodyWaitsForEverAndNoByteIsWrongWhereverTheServerDies()
    {
        long crashes = 0;
        int failures = 0;
        for (int seed = 0; seed < 30; seed++)
        {
            using Fixture site = new(seed);
            Random random = new(seed);
            int odds = random.Next(100, 1000);
            site.System.Crashes = pd => pd == site.Server && random.Next(odds) == 0;
            List<Task> readers = [];
            site.RunInClient(user => readers.AddRange(Enumerable.Range(0, 5).Select(_ => ReadManyAsync(user.Source, random, 10, () => failures++))));
            int steps = 0;
            while (!readers.TrueForAll(r => r.IsCompleted))
            {
                Assert.True(steps++ < StepLimit, $"seed {seed}: somebody waits for ever");
                site.Step(random.Next());
            }

            readers.ForEach(Check);
            crashes += site.System.CrashCount;
            site.System.Crashes = null;
            Task last = Task.CompletedTask;
            site.RunInClient(user => last = ReadAsync(user.Source, "largest.bin"));
            site.Finish(last);
            Assert.Equal(0, site.Files.InFlight);
            Assert.Equal(0u, site.Server.Component.Forgotten);
        }

        Assert.True(crashes > 100, $"only {crashes} crashes: the test does not do its work");
    }

    [Fact]
    public void AScribbledLedgerHurtsNothing()
    {
        uint forgotten = 0;
        for (int seed = 0; seed < 40; seed++)
        {
            using Fixture site = new(seed);
            Random random = new(seed);
            List<Task> readers = [];
            site.RunInClient(user => readers.AddRange(s_paths.Take(5).Select(p => ReadAsync(user.Source, p))));
            for (int steps = random.Next(40); steps > 0; steps--)
            {
                site.Step(random.Next());
            }

            Span<byte> ledger = site.Ledger.Bytes[random.Next(0, 17)..400];
            for (int n = random.Next(1, 60); n > 0; n--)
            {
                ledger[random.Next(ledger.Length)] ^= (byte)(1 << random.Next(8));
            }

            site.System.Restart(site.Server);
            forgotten += site.Server.Component.Forgotten;
            for (int steps = 0; steps < 1000; steps++)
            {
                site.Step(steps);
            }

            // A command that was forgotten keeps its caller waiting; whoever asks anew is served.
            Assert.All(readers, r => Assert.False(r.IsFaulted));
            Task mount = Task.CompletedTask;
            site.RunInClient(user => mount = user.Files.RemountAsync().AsTask());
            site.Finish(mount);
            Task last = Task.CompletedTask;
            FileSystemSource other = new(site.Files);
            site.RunInClient(_ => last = ReadAsync(other, "largest.bin"));
            site.Finish(last);
        }

        Assert.True(forgotten > 20, $"only {forgotten} entries were dropped: the test does not do its work");
    }

    [Fact]
    public void DescriptorsOfALifeBeforeNameNothing()
    {
        using Fixture site = new(seed: null);
        FileHandle before = default;
        site.Finish(user => OpenAsync(user, "largest.bin"));
        for (int life = 0; life < 5; life++)
        {
            site.System.Restart(site.Server);
            site.Finish(user => user.Files.RemountAsync().AsTask());
            FileHandle old = before;
            site.Finish(user => OpenAsync(user, s_paths[0]));
            Assert.NotEqual(old, before);
            site.Finish(async user =>
            {
                FileSystemException failure = await Assert.ThrowsAsync<FileSystemException>(async () => await user.Files.GetSizeAsync(old));
                Assert.Equal(FsStatus.InvalidDescriptor, failure.Status);
            });
        }

        async Task OpenAsync(SiteUser user, string path)
        {
            await user.Files.MountAsync();
            before = await user.Files.OpenAsync(path);
        }
    }

    private static void Check(Task finished) => finished.GetAwaiter().GetResult();

    private static async Task ReadManyAsync(IFileSource source, Random random, int count, Action failed)
    {
        while (count > 0)
        {
            string path = s_paths[random.Next(s_paths.Length)];
            try
            {
                await ReadAsync(source, path);
                count--;
            }
            catch (FileSystemException)
            {
                // More than one crash for one operation: told, not hidden.
                failed();
            }
        }
    }

    private static async Task ReadAsync(IFileSource source, string path)
    {
        byte[] expected = s_tree[path];
        Assert.Equal(expected.Length, (await source.StatusAsync("/" + path)).Size);
        ISiteFile file = await source.OpenAsync("/" + path) ?? throw new InvalidOperationException($"{path} is missing");
        Assert.Equal(expected.Length, file.Size);
        byte[] block = new byte[20_000];
        for (int offset = 0; ;)
        {
            int count = await file.ReadAsync(offset, block);
            Assert.True(expected.AsSpan(offset, count).SequenceEqual(block.AsSpan(0, count)), $"wrong bytes of {path} at {offset}");
            offset += count;
            if (count < block.Length)
            {
                Assert.Equal(expected.Length, offset);
                break;
            }
        }

        await file.CloseAsync();
    }

    private sealed class Fixture : IDisposable
    {
        private const ushort Capacity = 64;
        private readonly TestPd<ImageDisk> _disk;
        private readonly TestPd<SiteUser> _user;
        private readonly Random _random;
        private readonly SynchronizationContext? _xunits = SynchronizationContext.Current;

        public Fixture(int? seed)
        {
            SynchronizationContext.SetSynchronizationContext(new OneThread());
            _random = new Random(seed ?? 0);
            System = new TestSystem(seed);
            Ledger = System.Memory(4096);
            BlockClientConfig block = new() { Magic = SddfMagic.Of(SddfClass.Block), Data = System.Memory(768 << 10) };
            BlockConnection disk = default;
            FsServerConfig server = new() { Magic = FsMagic.Valid };
            FsClientConfig client = new() { Magic = FsMagic.Valid };
            _disk = System.Add<ImageDisk>("disk", 100, p =>
            {
                p.Client = disk;
                p.Data = block.Data;
            });
            Server = System.Add<FatServer>("fat", 99, p =>
            {
                p.Ledger = Ledger;
                p.Block = Config<BlockClientConfig>.OnHost(in block);
                p.FileSystem = Config<FsServerConfig>.OnHost(in server);
            });
            _user = System.Add<SiteUser>("user", 50, p => p.Configuration = Config<FsClientConfig>.OnHost(in client));
            BlockConnection queues = new()
            {
                StorageInfo = System.Memory(BlockStorageInfo.RegionSize),
                RequestQueue = System.Memory(BlockRequestQueueLayout.Entries + (Capacity * Unsafe.SizeOf<BlockRequest>())),
                ResponseQueue = System.Memory(BlockResponseQueueLayout.Entries + (Capacity * Unsafe.SizeOf<BlockResponse>())),
                BufferCount = Capacity,
            };
            (Channel first, Channel second) = TestSystem.Connect(_disk, Server);
            (disk, block.Virt) = (queues with { ChannelId = (byte)first.Id }, queues with { ChannelId = (byte)second.Id });
            ref BlockStorageInfo info = ref queues.StorageInfo.At<BlockStorageInfo>();
            (info.Capacity, info.Ready) = ((ulong)s_image.Value.Length / 4096, 1);
            FsConnection share = new()
            {
                CommandQueue = System.Memory(FsQueueLayout.Size),
                CompletionQueue = System.Memory(FsQueueLayout.Size),
                Share = System.Memory(512 << 10),
                QueueCapacity = FsLimits.QueueCapacity,
            };
            (first, second) = TestSystem.Connect(Server, _user);
            (server.Client, client.Server) = (share with { ChannelId = (byte)first.Id }, share with { ChannelId = (byte)second.Id });
            System.Start();
            (_disk.Component.Image, _disk.Component.Random) = (s_image.Value, _random);
            System.RunUntilIdle();
        }

        public TestSystem System { get; }

        public TestPd<FatServer> Server { get; }

        public Region Ledger { get; }

        public FileSystemClient Files => _user.Component.Files;

        /// <summary>One event of a PD or one answer of the disk, by an even or odd <paramref name="choice"/>.</summary>
        public void Step(int choice)
        {
            if (choice % 3 == 0 || !System.Step())
            {
                System.RunAs(_disk, _disk.Component.Answer);
            }
        }

        public void RunInClient(Action<SiteUser> action) => System.RunAs(_user, () =>
        {
            action(_user.Component);
            _user.Component.Idle();
        });

        public void Finish(Func<SiteUser, Task> work)
        {
            Task task = Task.CompletedTask;
            RunInClient(user => task = work(user));
            Finish(task);
        }

        public void Finish(Task task)
        {
            for (int steps = 0; !task.IsCompleted; steps++)
            {
                Assert.True(steps < StepLimit, "somebody waits for ever");
                Step(steps);
            }

            task.GetAwaiter().GetResult();
        }

        public void Dispose()
        {
            SynchronizationContext.SetSynchronizationContext(_xunits);
            System.Dispose();
        }
    }
}
