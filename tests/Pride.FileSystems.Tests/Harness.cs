// A server on an image in memory and a client that writes what it likes into the queues: no PD, no kernel.

using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;
using Pride.Abi.Fs;
using Pride.FileSystems.Fat;
using Pride.Fs;
using Pride.Machine;
using Xunit;

namespace Pride.FileSystems.Tests;

/// <summary>An image as a block device whose answers come when the test wants them, in any order.</summary>
internal sealed class ImageDevice(byte[] image, Random random, int dataBytes = 2 << 20, int queueCapacity = 64) : IBlockDevice
{
    private readonly byte[] _data = new byte[dataBytes];
    private readonly List<(ulong Block, ushort Count, ulong Offset, uint Id)> _asked = [];

    public Span<byte> Data => _data;

    public ulong Capacity { get; set; } = (ulong)image.Length / 4096;

    /// <summary>Every so many requests fail; 0: none.</summary>
    public int FailEvery { get; set; }

    public long Requests { get; private set; }

    public int Waiting => _asked.Count;

    public bool TryRead(ulong block, ushort count, ulong offset, uint id)
    {
        Assert.True(count > 0 && offset % 4096 == 0 && offset + (count * 4096UL) <= (ulong)_data.Length, "a read outside the data region");
        Assert.DoesNotContain(_asked, request => request.Id == id);
        if (_asked.Count == queueCapacity)
        {
            return false;
        }

        _asked.Add((block, count, offset, id));
        return true;
    }

    /// <summary>Answers one request; false when none waits.</summary>
    public bool AnswerOne(FatService service)
    {
        if (_asked.Count == 0)
        {
            return false;
        }

        int chosen = random.Next(_asked.Count);
        (ulong block, ushort count, ulong offset, uint id) = _asked[chosen];
        _asked.RemoveAt(chosen);
        Requests++;
        bool inside = block + count <= (ulong)image.Length / 4096;
        bool ok = inside && (FailEvery == 0 || Requests % FailEvery != 0);
        if (ok)
        {
            image.AsSpan((int)(block * 4096), count * 4096).CopyTo(_data.AsSpan((int)offset));
        }

        service.CompleteBlock(id, ok, ok ? count : 0);
        return true;
    }
}

/// <summary>Shared memory, server and a bare client.</summary>
internal sealed unsafe class Harness : IDisposable
{
    public const int ShareSize = 1 << 20;

    private const int LedgerSize = 4096;

    private readonly byte* _memory;
    private FsQueueProducer<FsCommand> _commands;
    private FsQueueConsumer<FsCompletion> _completions;
    private ulong _nextId;

    public Harness(byte[] image, int seed = 1, int dataBytes = 2 << 20, int queueCapacity = 64)
    {
        _memory = (byte*)NativeMemory.AllocZeroed(ShareSize + (2 * FsQueueLayout.Size) + LedgerSize);
        Connection = new FsConnection
        {
            Share = new Region((nuint)_memory, ShareSize),
            CommandQueue = new Region((nuint)_memory + ShareSize, FsQueueLayout.Size),
            CompletionQueue = new Region((nuint)_memory + ShareSize + FsQueueLayout.Size, FsQueueLayout.Size),
            QueueCapacity = FsLimits.QueueCapacity,
        };
        Ledger = new Region(Connection.CompletionQueue.Address + FsQueueLayout.Size, LedgerSize);
        Device = new ImageDevice(image, new Random(seed), dataBytes, queueCapacity);
        Service = new FatService(Device, Connection, Ledger);
        _commands = new FsQueueProducer<FsCommand>(Connection.CommandQueue);
        _completions = new FsQueueConsumer<FsCompletion>(Connection.CompletionQueue);
    }

    public FsConnection Connection { get; }

    public Region Ledger { get; }

    public ImageDevice Device { get; }

    public FatService Service { get; }

    public Span<byte> Share => Connection.Share.Bytes;

    public static Harness Mounted(byte[] image, int seed = 1, int dataBytes = 2 << 20, int queueCapacity = 64)
    {
        Harness harness = new(image, seed, dataBytes, queueCapacity);
        Assert.Equal(FsStatus.Success, harness.Do(FsCommand.Simple(FsCommandCode.Initialise)).Status);
        return harness;
    }

    public ulong Post(FsCommand command)
    {
        command.Id = _nextId++;
        Assert.True(_commands.Free() > 0);
        _commands.Enqueue(in command);
        return command.Id;
    }

    public bool TryTake(out FsCompletion completion) => _completions.TryDequeue(out completion);

    /// <summary>Serves until nothing is left to do; fails when that takes absurdly long.</summary>
    public void Settle()
    {
        Service.Run();
        for (int i = 0; Device.AnswerOne(Service); i++)
        {
            Service.Run();
            Assert.True(i < 2_000_000, "the server does not come to an end");
        }
    }

    public FsCompletion Do(FsCommand command)
    {
        ulong id = Post(command);
        Settle();
        Assert.True(TryTake(out FsCompletion completion), "no answer");
        Assert.Equal(id, completion.Id);
        return completion;
    }

    public FsBuffer Path(string path, int offset = 0)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(path);
        bytes.CopyTo(Share[offset..]);
        return new FsBuffer((ulong)offset, (ulong)bytes.Length);
    }

    public FsCompletion Open(string path, FsOpenFlags flags = FsOpenFlags.ReadOnly) => Do(FsCommand.FileOpen(Path(path), flags));

    public (FsStatus Status, FsStat Stat) Stat(string path)
    {
        FsStatus status = Do(FsCommand.TwoBuffers(FsCommandCode.Stat, Path(path), new FsBuffer(8192, FsStat.Length))).Status;
        return (status, MemoryMarshal.Read<FsStat>(Share.Slice(8192, FsStat.Length)));
    }

    public (FsStatus Status, byte[] Bytes) ReadAll(string path, int chunk = 32768)
    {
        FsCompletion open = Open(path);
        if (open.Status != FsStatus.Success)
        {
            return (open.Status, []);
        }

        List<byte> all = [];
        FsStatus status;
        while (true)
        {
            FsCompletion read = Do(FsCommand.Transfer(FsCommandCode.FileRead, open.Data, (ulong)all.Count, new FsBuffer(65536, (ulong)chunk)));
            status = read.Status;
            if (status != FsStatus.Success || read.Data == 0)
            {
                break;
            }

            all.AddRange(Share.Slice(65536, (int)read.Data).ToArray());
        }

        Assert.Equal(FsStatus.Success, Do(FsCommand.On(FsCommandCode.FileClose, open.Data)).Status);
        return (status, [.. all]);
    }

    public (FsStatus Status, List<string> Names) List(string path)
    {
        List<string> names = [];
        FsCompletion open = Do(FsCommand.Named(FsCommandCode.DirectoryOpen, Path(path)));
        if (open.Status != FsStatus.Success)
        {
            return (open.Status, names);
        }

        FsCompletion read;
        while ((read = Do(FsCommand.DirectoryRead(open.Data, new FsBuffer(4096, 1024)))).Status == FsStatus.Success)
        {
            names.Add(Encoding.UTF8.GetString(Share.Slice(4096, (int)read.Data)));
            Assert.True(names.Count <= 65536, "a directory without an end");
        }

        Do(FsCommand.On(FsCommandCode.DirectoryClose, open.Data));
        return (read.Status, names);
    }

    public void Dispose() => NativeMemory.Free(_memory);
}
