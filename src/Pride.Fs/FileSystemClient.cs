// The client of a file-system server, for PDs that await.
//
// Each command has a piece of the share while it is on its way; callers wait for one, in order (OperationPool).
// The PD hands in notifications of the server's channel (ProcessCompletions), where the callers' continuations run, and submits
// at the end of each event (Submit), so that a batch of commands costs one notification.
//
// After a restart of the client's PD, answers to commands of its life before are recognised by their ids and dropped. After a
// restart of the server nothing is mounted and nothing open: commands that it had, and those that come, fail with Error, and
// descriptors of its life before name nothing (InvalidDescriptor). RemountAsync tells that from damage, and mends it.

using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Pride.Abi.Fs;
using Pride.Machine;
using Pride.Microkit;

namespace Pride.Fs;

/// <summary>One server. Single-threaded, as a PD is.</summary>
public sealed class FileSystemClient
{
    /// <summary>Callers that may wait for a piece of the share.</summary>
    public const int MaximumWaiters = 4096;

    private const int IndexBits = 8;
    private const int NameBytes = 1024;

    private readonly OperationPool _pool;
    private FsQueueProducer<FsCommand> _commands;
    private FsQueueConsumer<FsCompletion> _completions;
    private bool _hasAsked;

    /// <exception cref="InvalidOperationException">The configuration is not one of a file system's client.</exception>
    public FileSystemClient(Config<FsClientConfig> config)
        : this(in Check(in config.Value).Server)
    {
    }

    /// <summary>A client of one connection.</summary>
    /// <exception cref="InvalidOperationException">The share is too small.</exception>
    public FileSystemClient(in FsConnection connection)
    {
        _pool = new OperationPool(connection.Share);
        Channel = new Channel(connection.ChannelId);
        _commands = new FsQueueProducer<FsCommand>(connection.CommandQueue);
        _completions = new FsQueueConsumer<FsCompletion>(connection.CompletionQueue);
    }

    /// <summary>Where the server notifies of completions.</summary>
    public Channel Channel { get; }

    /// <summary>Bytes that one command can read.</summary>
    public int MaximumTransfer => _pool.PieceSize - FsOperation.PathBytes;

    /// <summary>Commands that the server has.</summary>
    public int InFlight => _pool.InUse;

    /// <summary>Completions of nothing that was asked: of a life before, or of a server that is wrong.</summary>
    public ulong StrayCompletions { get; private set; }

    /// <summary>Mounts the file system. One that was left mounted by a life before is mounted anew.</summary>
    /// <exception cref="FileSystemException">No device, or no file system on it.</exception>
    public async ValueTask MountAsync(CancellationToken token = default)
    {
        FsStatus status = await DoAsync(FsCommand.Simple(FsCommandCode.Initialise), token);
        if (status == FsStatus.Error)
        {
            // What the life before had asked must end first; each question takes the server's time, not only ours.
            while (await DoAsync(FsCommand.Simple(FsCommandCode.Deinitialise), token) == FsStatus.OutstandingOperations)
            {
            }

            status = await DoAsync(FsCommand.Simple(FsCommandCode.Initialise), token);
        }

        Require(status);
    }

    /// <summary>
    /// Mounts the file system if the server says that nothing is mounted, as after its restart; false when it was mounted, so that a failure
    /// had another reason. What others have open stays open.
    /// </summary>
    /// <exception cref="FileSystemException">It cannot be mounted.</exception>
    public async ValueTask<bool> RemountAsync(CancellationToken token = default)
    {
        FsStatus status;
        do
        {
            // Somebody else may be mounting just now; each question takes the server's time, not only ours.
            status = await DoAsync(FsCommand.Simple(FsCommandCode.Initialise), token);
        }
        while (status == FsStatus.OutstandingOperations);

        if (status != FsStatus.Error)
        {
            Require(status);
        }

        return status == FsStatus.Success;
    }

    /// <summary>Unmounts the file system; what is open is closed.</summary>
    public async ValueTask UnmountAsync(CancellationToken token = default) =>
        Require(await DoAsync(FsCommand.Simple(FsCommandCode.Deinitialise), token));

    /// <summary>Opens a file.</summary>
    /// <exception cref="FileSystemException">With the server's status.</exception>
    public async ValueTask<FileHandle> OpenAsync(string path, FsOpenFlags flags = FsOpenFlags.ReadOnly, CancellationToken token = default)
    {
        FsOperation operation = await _pool.AcquireAsync(token);
        try
        {
            FsCompletion completion = await AskAsync(operation, FsCommand.FileOpen(operation.WritePath(path), flags), token);
            Require(completion.Status);
            return new FileHandle(completion.Data);
        }
        finally
        {
            _pool.Release(operation);
        }
    }

    public async ValueTask CloseAsync(FileHandle file) => Require(await DoAsync(FsCommand.On(FsCommandCode.FileClose, file.Descriptor), default));

    /// <summary>The size of an open file, in bytes.</summary>
    public async ValueTask<long> GetSizeAsync(FileHandle file, CancellationToken token = default)
    {
        FsOperation operation = await _pool.AcquireAsync(token);
        try
        {
            FsCompletion completion = await AskAsync(operation, FsCommand.On(FsCommandCode.FileSize, file.Descriptor), token);
            Require(completion.Status);
            return (long)completion.Data;
        }
        finally
        {
            _pool.Release(operation);
        }
    }

    /// <summary>Reads at a place; fewer bytes than asked for only at the end of the file, 0 beyond it.</summary>
    public async ValueTask<int> ReadAsync(FileHandle file, long offset, Memory<byte> destination, CancellationToken token = default)
    {
        int total = 0;
        while (total < destination.Length)
        {
            int wanted = Math.Min(destination.Length - total, MaximumTransfer);
            using SharedBytes bytes = await ReadSharedAsync(file, offset + total, wanted, token);
            bytes.Span.CopyTo(destination.Span[total..]);
            total += bytes.Length;
            if (bytes.Length < wanted)
            {
                break;
            }
        }

        return total;
    }

    /// <summary>
    /// Reads without copying: the bytes lie in the share until the result is disposed. At most <see cref="MaximumTransfer"/>; fewer
    /// than asked for only at the end of the file.
    /// </summary>
    public async ValueTask<SharedBytes> ReadSharedAsync(FileHandle file, long offset, int length, CancellationToken token = default)
    {
        FsOperation operation = await _pool.AcquireAsync(token);
        bool isGiven = false;
        try
        {
            int wanted = Math.Clamp(length, 1, MaximumTransfer);
            FsCommand command = FsCommand.Transfer(FsCommandCode.FileRead, file.Descriptor, (ulong)offset, operation.DataBuffer(wanted));
            FsCompletion completion = await AskAsync(operation, command, token);
            Require(completion.Status);
            isGiven = true;
            return new SharedBytes(_pool, operation, LengthOf(in completion, wanted));
        }
        finally
        {
            if (!isGiven)
            {
                _pool.Release(operation);
            }
        }
    }

    /// <summary>What a path names; null when it names nothing.</summary>
    public async ValueTask<FsStat?> StatAsync(string path, CancellationToken token = default)
    {
        FsOperation operation = await _pool.AcquireAsync(token);
        try
        {
            FsCommand command = FsCommand.TwoBuffers(FsCommandCode.Stat, operation.WritePath(path), operation.DataBuffer(FsStat.Length));
            FsCompletion completion = await AskAsync(operation, command, token);
            if (completion.Status is FsStatus.NoFile or FsStatus.NotDirectory or FsStatus.InvalidName)
            {
                return null;
            }

            Require(completion.Status);
            return MemoryMarshal.Read<FsStat>(operation.Data);
        }
        finally
        {
            _pool.Release(operation);
        }
    }

    public async ValueTask<DirectoryHandle> OpenDirectoryAsync(string path, CancellationToken token = default)
    {
        FsOperation operation = await _pool.AcquireAsync(token);
        try
        {
            FsCompletion completion = await AskAsync(operation, FsCommand.Named(FsCommandCode.DirectoryOpen, operation.WritePath(path)), token);
            Require(completion.Status);
            return new DirectoryHandle(completion.Data);
        }
        finally
        {
            _pool.Release(operation);
        }
    }

    /// <summary>The next name of a directory; null at its end.</summary>
    public async ValueTask<string?> ReadNameAsync(DirectoryHandle directory, CancellationToken token = default)
    {
        FsOperation operation = await _pool.AcquireAsync(token);
        try
        {
            FsCommand command = FsCommand.DirectoryRead(directory.Descriptor, operation.DataBuffer(NameBytes));
            FsCompletion completion = await AskAsync(operation, command, token);
            if (completion.Status == FsStatus.EndOfDirectory)
            {
                return null;
            }

            Require(completion.Status);
            return Encoding.UTF8.GetString(operation.Data[..LengthOf(in completion, NameBytes)]);
        }
        finally
        {
            _pool.Release(operation);
        }
    }

    public async ValueTask CloseDirectoryAsync(DirectoryHandle directory) =>
        Require(await DoAsync(FsCommand.On(FsCommandCode.DirectoryClose, directory.Descriptor), default));

    /// <summary>The names in a directory, at most <paramref name="limit"/>.</summary>
    public async ValueTask<List<string>> ListAsync(string path, int limit, CancellationToken token = default)
    {
        List<string> names = [];
        DirectoryHandle directory = await OpenDirectoryAsync(path, token);
        try
        {
            while (names.Count < limit && await ReadNameAsync(directory, token) is { } name)
            {
                names.Add(name);
            }
        }
        finally
        {
            await CloseDirectoryAsync(directory);
        }

        return names;
    }

    /// <summary>Takes the server's answers; the callers' continuations run here. To be called when <see cref="Channel"/> is signalled.</summary>
    public void ProcessCompletions()
    {
        while (_completions.TryDequeue(out FsCompletion completion))
        {
            if (_pool.Find(completion.Id, completion.Id & ((1 << IndexBits) - 1)) is { } operation)
            {
                Complete(operation, in completion);
            }
            else
            {
                StrayCompletions++;
            }
        }
    }

    /// <summary>Tells the server of the commands of this event. Joins the PD's next wait.</summary>
    public void Submit()
    {
        if (_hasAsked)
        {
            _hasAsked = false;
            Channel.NotifyDeferred();
        }
    }

    private void Complete(FsOperation operation, in FsCompletion completion)
    {
        bool wasAbandoned = operation.IsAbandoned;
        if (operation.Complete(in completion) is { } undo)
        {
            operation.Abandon(undo.Code, Enqueue(operation, undo));
        }
        else if (wasAbandoned)
        {
            _pool.Release(operation);
        }
    }

    private async ValueTask<FsStatus> DoAsync(FsCommand command, CancellationToken token)
    {
        FsOperation operation = await _pool.AcquireAsync(token);
        try
        {
            return (await AskAsync(operation, command, token)).Status;
        }
        finally
        {
            _pool.Release(operation);
        }
    }

    private ValueTask<FsCompletion> AskAsync(FsOperation operation, FsCommand command, CancellationToken token)
    {
        token.ThrowIfCancellationRequested();
        short version = operation.Begin(command.Code, Enqueue(operation, command), token);
        return new ValueTask<FsCompletion>(operation, version);
    }

    // There are fewer operations than the queue has places, so there is room unless the server spoils its index.
    private ulong Enqueue(FsOperation operation, FsCommand command)
    {
        if (_commands.Free() == 0)
        {
            throw new FileSystemException(FsStatus.Error);
        }

        command.Id = (_commands.Produced << IndexBits) | (uint)operation.Index;
        _commands.Enqueue(in command);
        _hasAsked = true;
        return command.Id;
    }

    private static int LengthOf(in FsCompletion completion, int limit) =>
        completion.Data <= (ulong)limit ? (int)completion.Data : throw new FileSystemException(FsStatus.Error);

    private static void Require(FsStatus status)
    {
        if (status != FsStatus.Success)
        {
            throw new FileSystemException(status);
        }
    }

    private static ref readonly FsClientConfig Check(ref readonly FsClientConfig config)
    {
        if (!config.Magic.IsValid || config.Server.QueueCapacity != FsLimits.QueueCapacity)
        {
            throw new InvalidOperationException("no file-system client configuration: connect this PD to a file-system server");
        }

        return ref config;
    }
}
