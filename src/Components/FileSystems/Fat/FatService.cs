// The commands of the file-system protocol on a FAT volume, several at once.
//
// A command is copied from the queue, checked, and run until it needs a block; then the next one runs. Completions may come in
// another order than commands. As many commands are taken as there are requests and room in the completion queue, so a client
// that does not fetch its completions only stops itself.
//
// Commands without an answer are in the server's ledger. After a restart nothing is mounted and nothing is open; the commands that
// the life before had are answered Error, each once, and so is everything until the client has mounted again.
//
// The volume is read-only for now: what would change it is answered ServerWasDenied, or InvalidWrite on an open file.

using System;
using System.Runtime.InteropServices;
using Pride.Abi.Fs;
using Pride.Fs;
using Pride.Machine;
using Pride.Sddf;

namespace Pride.FileSystems.Fat;

/// <summary>One client's file-system server.</summary>
public sealed partial class FatService
{
    /// <summary>Commands that are worked on at once.</summary>
    public const int MaximumRequests = 16;

    private readonly Stall _stall = new();
    private readonly FatVolume _volume;
    private readonly Region _share;
    private readonly FatRequest[] _requests = new FatRequest[MaximumRequests];
    private readonly Ledger<HeldCommand> _held;
    private FsQueueConsumer<FsCommand> _commands;
    private FsQueueProducer<FsCompletion> _completions;
    private bool _isMounted;
    private bool _hasAnswered;

    /// <param name="device">Where the volume lies.</param>
    /// <param name="client">The client's queues and share.</param>
    /// <param name="ledger">Memory of the server's own, for <see cref="MaximumRequests"/> commands.</param>
    /// <exception cref="InvalidOperationException">The queues, the ledger or the data region are too small.</exception>
    public FatService(IBlockDevice device, in FsConnection client, Region ledger)
    {
        _share = client.Share;
        _commands = new FsQueueConsumer<FsCommand>(client.CommandQueue);
        _completions = new FsQueueProducer<FsCompletion>(client.CompletionQueue);
        _held = new Ledger<HeldCommand>(ledger, MaximumRequests);

        // What opens a file is a command, so a place was never used more often than there were commands.
        _volume = new FatVolume(device, _stall, _commands.Consumed);
        for (int i = 0; i < MaximumRequests; i++)
        {
            _requests[i] = new FatRequest(_volume.Names, _volume.NewScanner(), _stall);
        }

        Recover();
    }

    /// <summary>Commands answered.</summary>
    public ulong Answered { get; private set; }

    /// <summary>The device's answers to nothing that was asked.</summary>
    public uint StrayBlocks { get; private set; }

    /// <summary>Times the client's queue indices made no sense.</summary>
    public uint QueueViolations => _commands.Violations + _completions.Violations;

    /// <summary>The server was restarted, and its client may have to be told.</summary>
    public bool IsRestarted => _held.Life != 0;

    /// <summary>Entries of the ledger that made no sense after a restart.</summary>
    public uint Forgotten => _held.Dropped;

    /// <summary>Open files and directories.</summary>
    public int OpenFileCount => _volume.Files.Count;

    /// <summary>Takes the device's answer to one read; whoever waits for it goes on at once, before its block can be replaced.</summary>
    public void CompleteBlock(uint id, bool succeeded, int blocks)
    {
        if (!_volume.TryComplete(id, succeeded, blocks))
        {
            StrayBlocks++;
            return;
        }

        Resume(id);
    }

    /// <summary>Goes on with all that can go on. True when there are new completions, of which the client must be notified.</summary>
    public bool Run()
    {
        Resume(Stall.AnyBlock);
        while (_held.FreeCount > 0 && _completions.Free() > _held.HeldCount && _commands.TryPeek(out FsCommand command))
        {
            ushort slot = _held.Hold(new HeldCommand(command.Id, _commands.Consumed));
            _commands.Advance();
            Accept(slot, in command);
        }

        bool hasAnswered = _hasAnswered;
        _hasAnswered = false;
        return hasAnswered;
    }

    /// <summary>Checks a command's parameters, once.</summary>
    private Progress Begin(FatRequest request)
    {
        FsCommand command = request.Command;
        if (command.Code > FsCommandCode.DirectoryRewind)
        {
            return _stall.Fail(FsStatus.InvalidCommand);
        }

        if (_isMounted == (command.Code == FsCommandCode.Initialise))
        {
            return _stall.Fail(FsStatus.Error);
        }

        switch (command.Code)
        {
            case FsCommandCode.Initialise:
                return _held.HeldCount == 1 ? Progress.Done : _stall.Fail(FsStatus.OutstandingOperations);
            case FsCommandCode.Deinitialise:
                return _held.HeldCount == 1 ? Progress.Done : _stall.Fail(FsStatus.OutstandingOperations);
            case FsCommandCode.Stat when !command.SecondBuffer.IsInside(_share.Size) || command.SecondBuffer.Size < FsStat.Length:
                return _stall.Fail(FsStatus.InvalidBuffer);
            case FsCommandCode.FileOpen when !IsValid(command.OpenFlags):
                return _stall.Fail(FsStatus.Error);
            case FsCommandCode.Rename when !request.Path.TryCopy(_share.Bytes, command.SecondBuffer):
                return _stall.Fail(FsStatus.InvalidPath);
            case FsCommandCode.FileOpen or FsCommandCode.Stat or FsCommandCode.DirectoryOpen or FsCommandCode.Rename
                or FsCommandCode.FileRemove or FsCommandCode.DirectoryCreate or FsCommandCode.DirectoryRemove:
                return BeginPath(request);
            default:
                return BeginOnFile(request);
        }
    }

    private Progress BeginPath(FatRequest request)
    {
        if (!request.Path.TryCopy(_share.Bytes, request.Command.Path))
        {
            return _stall.Fail(FsStatus.InvalidPath);
        }

        request.Lookup.Start(in _volume.Geometry);
        return Progress.Done;
    }

    private Progress BeginOnFile(FatRequest request)
    {
        FsCommand command = request.Command;
        bool moves = command.Code is FsCommandCode.FileRead or FsCommandCode.FileWrite;
        if ((moves && !command.Data.IsInside(_share.Size))
            || (command.Code == FsCommandCode.DirectoryRead && !command.Name.IsInside(_share.Size)))
        {
            return _stall.Fail(FsStatus.InvalidBuffer);
        }

        OpenKind kind = command.Code is FsCommandCode.DirectoryRead or FsCommandCode.DirectoryClose or FsCommandCode.DirectorySeek
            or FsCommandCode.DirectoryTell or FsCommandCode.DirectoryRewind ? OpenKind.Directory : OpenKind.File;
        if (_volume.Files.Find(command.Descriptor, kind) is not { } file)
        {
            return _stall.Fail(FsStatus.InvalidDescriptor);
        }

        file.Operations++;
        request.File = file;
        if (command.Code == FsCommandCode.FileRead)
        {
            ulong size = file.Entry.Size;
            request.Length = command.FileOffset >= size ? 0 : Math.Min(command.Data.Size, size - command.FileOffset);
        }

        return Progress.Done;
    }

    /// <summary>Goes on with a command whose parameters are sound.</summary>
    private Progress Continue(FatRequest request)
    {
        switch (request.Command.Code)
        {
            case FsCommandCode.Initialise:
                return Mount();
            case FsCommandCode.Deinitialise:
                _volume.Unmount();
                _isMounted = false;
                return Progress.Done;
            case FsCommandCode.FileOpen:
                return OpenFile(request);
            case FsCommandCode.DirectoryOpen:
                return OpenDirectory(request);
            case FsCommandCode.Stat:
                return Stat(request);
            case FsCommandCode.FileRead:
                return Read(request);
            case FsCommandCode.FileSize:
                request.Result = request.File!.Entry.Size;
                return Progress.Done;
            case FsCommandCode.FileClose:
            case FsCommandCode.DirectoryClose:
                return Close(request);
            case FsCommandCode.DirectoryRead:
            case FsCommandCode.DirectorySeek:
            case FsCommandCode.DirectoryTell:
            case FsCommandCode.DirectoryRewind:
                return OnDirectory(request, request.File!);
            case FsCommandCode.FileSync:
                return Progress.Done;
            case FsCommandCode.FileWrite:
            case FsCommandCode.FileTruncate:
                return _stall.Fail(FsStatus.InvalidWrite);
            default:
                return _stall.Fail(FsStatus.ServerWasDenied);
        }
    }

    private Progress Mount()
    {
        Progress progress = _volume.TryMount();
        _isMounted = progress == Progress.Done;
        if (progress == Progress.Failed)
        {
            // What was read may be read again, since the medium may be another by then.
            _volume.Unmount();
        }

        return progress;
    }

    private Progress OpenFile(FatRequest request)
    {
        FsOpenFlags flags = request.Command.OpenFlags;
        Progress progress = request.Lookup.TryFind(request.Path, out FatEntry entry);
        if (progress != Progress.Done)
        {
            bool wouldCreate = progress == Progress.Failed && _stall.Status == FsStatus.NoFile && (flags & FsOpenFlags.Create) != 0;
            return wouldCreate ? _stall.Fail(FsStatus.ServerWasDenied) : progress;
        }

        if (entry.IsDirectory)
        {
            return _stall.Fail(FsStatus.NoFile);
        }

        if ((flags & FsOpenFlags.AccessMask) != FsOpenFlags.ReadOnly)
        {
            return _stall.Fail(FsStatus.ServerWasDenied);
        }

        progress = _volume.TryOpenFile(in entry, out OpenFile? file);
        request.Result = progress == Progress.Done ? OpenFiles.DescriptorOf(file!) : 0;
        return progress;
    }

    private Progress OpenDirectory(FatRequest request)
    {
        Progress progress = request.Lookup.TryFind(request.Path, out FatEntry entry);
        if (progress != Progress.Done)
        {
            return progress;
        }

        progress = _volume.TryOpenDirectory(in entry, out OpenFile? directory);
        request.Result = progress == Progress.Done ? OpenFiles.DescriptorOf(directory!) : 0;
        return progress;
    }

    private Progress Stat(FatRequest request)
    {
        Progress progress = request.Lookup.TryFind(request.Path, out FatEntry entry);
        if (progress == Progress.Done)
        {
            FsStat status = _volume.StatusOf(in entry);
            MemoryMarshal.Write(_share.Bytes.Slice((int)request.Command.SecondBuffer.Offset, FsStat.Length), in status);
        }

        return progress;
    }

    private Progress Read(FatRequest request)
    {
        ulong done = request.Result;
        Span<byte> destination = _share.Bytes.Slice((int)request.Command.Data.Offset, (int)request.Length);
        Progress progress = _volume.TryRead(request.File!, request.Command.FileOffset, destination, ref done);
        request.Result = done;
        return progress;
    }

    private Progress Close(FatRequest request)
    {
        OpenFile file = request.File!;
        if (file.Operations != 1)
        {
            return _stall.Fail(FsStatus.OutstandingOperations);
        }

        file.Operations = 0;
        request.File = null;
        _volume.Files.Close(file);
        return Progress.Done;
    }

    private Progress OnDirectory(FatRequest request, OpenFile directory)
    {
        switch (request.Command.Code)
        {
            case FsCommandCode.DirectoryTell:
                request.Result = (ulong)directory.Wanted;
                return Progress.Done;
            case FsCommandCode.DirectorySeek when request.Command.Location < 0:
                return _stall.Fail(FsStatus.Error);
            case FsCommandCode.DirectorySeek:
                directory.Wanted = request.Command.Location;
                return Progress.Done;
            case FsCommandCode.DirectoryRewind:
                directory.Wanted = 0;
                return Progress.Done;
            default:
                return ReadDirectory(request, directory);
        }
    }

    private Progress ReadDirectory(FatRequest request, OpenFile directory)
    {
        if (directory.Wanted < directory.Location)
        {
            directory.Scanner.Rewind();
            directory.Location = 0;
            directory.HasName = false;
        }

        while (!directory.HasName || directory.Location < directory.Wanted)
        {
            directory.Location += directory.HasName ? 1 : 0;
            directory.HasName = false;
            Progress progress = directory.Scanner.TryNext(out bool atEnd);
            if (progress != Progress.Done || atEnd)
            {
                return progress != Progress.Done ? progress : _stall.Fail(FsStatus.EndOfDirectory);
            }

            directory.HasName = true;
        }

        FsBuffer buffer = request.Command.Name;
        int length = FatNames.ToUtf8(directory.Scanner.Name, _share.Bytes.Slice((int)buffer.Offset, (int)buffer.Size));
        if (length < 0)
        {
            // The name stays for a larger buffer.
            return _stall.Fail(FsStatus.InvalidBuffer);
        }

        directory.HasName = false;
        directory.Location++;
        directory.Wanted = directory.Location;
        request.Result = (uint)length;
        return Progress.Done;
    }

    private static bool IsValid(FsOpenFlags flags) =>
        (flags & ~(FsOpenFlags.AccessMask | FsOpenFlags.Create)) == 0 && (flags & FsOpenFlags.AccessMask) != FsOpenFlags.AccessMask;
}
