// The LionsOS file-system protocol: its numbers (include/lions/fs/protocol.h of LionsOS main).
//
// A client and a server share two queues of 64-byte messages, commands one way and completions the other, and one region, the
// share, that holds paths, names and data. A buffer in a message is an offset and a size in the share. After adding
// messages a side notifies the other once; there is no signalling flag.

namespace Pride.Abi.Fs;

/// <summary>Limits of the protocol.</summary>
public static class FsLimits
{
    /// <summary>Messages that a queue holds (FS_QUEUE_CAPACITY). Not a power of two: with its header a queue is exactly 32 KiB.</summary>
    public const int QueueCapacity = 511;

    /// <summary>Bytes of a name without a terminator (FS_MAX_NAME_LENGTH).</summary>
    public const int MaximumNameLength = 255;

    /// <summary>Bytes of a path without a terminator (FS_MAX_PATH_LENGTH).</summary>
    public const int MaximumPathLength = 4095;
}

/// <summary>What a command asks for (FS_CMD_*).</summary>
public enum FsCommandCode : ulong
{
    /// <summary>Mounts the file system. Every other command fails before it.</summary>
    Initialise = 0,
    Deinitialise = 1,
    FileOpen = 2,
    FileClose = 3,
    Stat = 4,
    FileRead = 5,
    FileWrite = 6,
    FileSize = 7,
    Rename = 8,
    FileRemove = 9,
    FileTruncate = 10,
    DirectoryCreate = 11,
    DirectoryRemove = 12,
    DirectoryOpen = 13,
    DirectoryClose = 14,
    FileSync = 15,

    /// <summary>The next name of an open directory.</summary>
    DirectoryRead = 16,
    DirectorySeek = 17,
    DirectoryTell = 18,
    DirectoryRewind = 19,
}

/// <summary>How a command ended (FS_STATUS_*).</summary>
public enum FsStatus : ulong
{
    Success = 0,

    /// <summary>Failed for no particular reason: here, a damaged file system or a device error.</summary>
    Error = 1,

    /// <summary>The buffer does not lie in the share, is empty, or is too small.</summary>
    InvalidBuffer = 2,

    /// <summary>The path does not lie in the share, is empty or too long.</summary>
    InvalidPath = 3,

    /// <summary>No open file (or directory, where one is asked for) has this descriptor.</summary>
    InvalidDescriptor = 4,

    /// <summary>The server has no memory for it.</summary>
    AllocationError = 5,

    /// <summary>Not closed, because other commands on the descriptor are not finished.</summary>
    OutstandingOperations = 6,

    /// <summary>A name in the path cannot be a name in this file system.</summary>
    InvalidName = 7,
    TooManyOpenFiles = 8,

    /// <summary>The device, or the file system's mode (read-only), does not allow it.</summary>
    ServerWasDenied = 9,

    /// <summary>The file is not open for writing.</summary>
    InvalidWrite = 10,

    /// <summary>The file is not open for reading.</summary>
    InvalidRead = 11,
    DirectoryIsFull = 12,

    /// <summary>No command has this code.</summary>
    InvalidCommand = 13,
    EndOfDirectory = 14,

    /// <summary>Nothing has this path.</summary>
    NoFile = 15,

    /// <summary>The path names something that is not a directory.</summary>
    NotDirectory = 16,
    AlreadyExists = 17,
    NotEmpty = 18,
}

/// <summary>How a file is opened (FS_OPEN_FLAGS_*): an access mode in bits 1..0, and flags.</summary>
[System.Flags]
public enum FsOpenFlags : ulong
{
    ReadOnly = 0,
    WriteOnly = 1,
    ReadWrite = 2,

    /// <summary>The bits of the access mode; 3 is no mode.</summary>
    AccessMask = 3,

    /// <summary>A file that is not there is made.</summary>
    Create = 4,
}

/// <summary>Bits of <see cref="FsStat.Mode"/>, which are POSIX's.</summary>
public static class FsMode
{
    public const ulong TypeMask = 0xf000;
    public const ulong Directory = 0x4000;
    public const ulong RegularFile = 0x8000;

    /// <summary>Anybody may read: 0444.</summary>
    public const ulong ReadAll = 0x124;

    /// <summary>Anybody may search: 0111.</summary>
    public const ulong ExecuteAll = 0x49;

    /// <summary>The owner may write: 0200.</summary>
    public const ulong WriteOwner = 0x80;
}
