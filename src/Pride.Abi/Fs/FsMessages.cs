// The messages of the LionsOS file-system protocol (include/lions/fs/protocol.h): 64 bytes each, a command's
// parameters being a union of up to six words. The factory methods say which word is which.

using System.Runtime.InteropServices;

namespace Pride.Abi.Fs;

/// <summary>fs_buffer, 16 bytes: a piece of the share. Both words come from the other side: check before use.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly struct FsBuffer(ulong offset, ulong size)
{
    /// <summary>Bytes from the start of the share.</summary>
    public ulong Offset { get; } = offset;

    /// <summary>Bytes.</summary>
    public ulong Size { get; } = size;

    /// <summary>True when the buffer is not empty and lies wholly in a share of <paramref name="shareSize"/> bytes.</summary>
    public bool IsInside(ulong shareSize) => Size != 0 && Offset < shareSize && Size <= shareSize - Offset;
}

/// <summary>fs_cmd, 64 bytes: id (0), code (8), parameters (16).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct FsCommand
{
    /// <summary>Chosen by the client; the completion carries it back.</summary>
    public ulong Id;
    public FsCommandCode Code;
    public ulong Word0;
    public ulong Word1;
    public ulong Word2;
    public ulong Word3;
    public ulong Word4;
    public ulong Word5;

    /// <summary>Of the commands on something open: its descriptor.</summary>
    public readonly ulong Descriptor => Word0;

    /// <summary>Of the commands that name something: its path. Rename: the old path.</summary>
    public readonly FsBuffer Path => new(Word0, Word1);

    /// <summary>FileOpen: the flags.</summary>
    public readonly FsOpenFlags OpenFlags => (FsOpenFlags)Word2;

    /// <summary>Stat: where the result goes. Rename: the new path.</summary>
    public readonly FsBuffer SecondBuffer => new(Word2, Word3);

    /// <summary>FileRead, FileWrite: place in the file, in bytes.</summary>
    public readonly ulong FileOffset => Word1;

    /// <summary>FileRead, FileWrite: the data.</summary>
    public readonly FsBuffer Data => new(Word2, Word3);

    /// <summary>DirectoryRead: where the name goes.</summary>
    public readonly FsBuffer Name => new(Word1, Word2);

    /// <summary>DirectorySeek: the location, as DirectoryTell gave it.</summary>
    public readonly long Location => (long)Word1;

    /// <summary>Initialise, Deinitialise.</summary>
    public static FsCommand Simple(FsCommandCode code) => new() { Code = code };

    /// <summary>FileClose, FileSize, FileSync, DirectoryClose, DirectoryTell, DirectoryRewind.</summary>
    public static FsCommand On(FsCommandCode code, ulong descriptor) => new() { Code = code, Word0 = descriptor };

    /// <summary>DirectoryOpen, DirectoryCreate, DirectoryRemove, FileRemove.</summary>
    public static FsCommand Named(FsCommandCode code, FsBuffer path) => new() { Code = code, Word0 = path.Offset, Word1 = path.Size };

    public static FsCommand FileOpen(FsBuffer path, FsOpenFlags flags) =>
        new() { Code = FsCommandCode.FileOpen, Word0 = path.Offset, Word1 = path.Size, Word2 = (ulong)flags };

    /// <summary>Stat (with the result's buffer) and Rename (with the new path).</summary>
    public static FsCommand TwoBuffers(FsCommandCode code, FsBuffer path, FsBuffer second) =>
        new() { Code = code, Word0 = path.Offset, Word1 = path.Size, Word2 = second.Offset, Word3 = second.Size };

    /// <summary>FileRead and FileWrite.</summary>
    public static FsCommand Transfer(FsCommandCode code, ulong descriptor, ulong fileOffset, FsBuffer data) =>
        new() { Code = code, Word0 = descriptor, Word1 = fileOffset, Word2 = data.Offset, Word3 = data.Size };

    public static FsCommand FileTruncate(ulong descriptor, ulong length) =>
        new() { Code = FsCommandCode.FileTruncate, Word0 = descriptor, Word1 = length };

    public static FsCommand DirectoryRead(ulong descriptor, FsBuffer name) =>
        new() { Code = FsCommandCode.DirectoryRead, Word0 = descriptor, Word1 = name.Offset, Word2 = name.Size };

    public static FsCommand DirectorySeek(ulong descriptor, long location) =>
        new() { Code = FsCommandCode.DirectorySeek, Word0 = descriptor, Word1 = (ulong)location };
}

/// <summary>fs_cmpl in its 64-byte message: id (0), status (8), data (16).</summary>
[StructLayout(LayoutKind.Sequential, Size = 64)]
public struct FsCompletion
{
    /// <summary>The command's id.</summary>
    public ulong Id;
    public FsStatus Status;

    /// <summary>
    /// FileOpen, DirectoryOpen: the descriptor. FileRead, FileWrite: bytes moved. FileSize: bytes.
    /// DirectoryRead: bytes of the name. DirectoryTell: the location.
    /// </summary>
    public ulong Data;
}

/// <summary>fs_stat, 136 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct FsStat
{
    /// <summary>Bytes of the structure.</summary>
    public const int Length = 136;

    public ulong Device;

    /// <summary>Different for different files of a volume, and the same as long as a file stays where it is.</summary>
    public ulong Inode;

    /// <summary>Type and permissions (<see cref="FsMode"/>).</summary>
    public ulong Mode;
    public ulong LinkCount;
    public ulong UserId;
    public ulong GroupId;
    public ulong RawDevice;

    /// <summary>Bytes; 0 for directories.</summary>
    public ulong Size;

    /// <summary>The best unit for reading, in bytes.</summary>
    public ulong BlockSize;

    /// <summary>Space taken, in units of 512 bytes.</summary>
    public ulong Blocks;

    /// <summary>Last access, seconds since 1970.</summary>
    public ulong AccessTime;

    /// <summary>Last change of the content, seconds since 1970.</summary>
    public ulong ModificationTime;

    /// <summary>Creation (FAT has no time of the last change of attributes), seconds since 1970.</summary>
    public ulong ChangeTime;
    public ulong AccessTimeNanoseconds;
    public ulong ModificationTimeNanoseconds;
    public ulong ChangeTimeNanoseconds;

    /// <summary>Space taken, in bytes.</summary>
    public ulong Used;
}
