// A file-system server's refusal as an exception.

using System.IO;
using Pride.Abi.Fs;

namespace Pride.Fs;

/// <summary>The server answered with an error, or with nonsense.</summary>
public sealed class FileSystemException(FsStatus status) : IOException(Explain(status))
{
    public FsStatus Status { get; } = status;

    private static string Explain(FsStatus status) => status switch
    {
        FsStatus.InvalidBuffer => "file system: the buffer is too small",
        FsStatus.InvalidPath => "file system: the path is empty or too long",
        FsStatus.InvalidDescriptor => "file system: the file is not open",
        FsStatus.AllocationError => "file system: the server is out of memory",
        FsStatus.OutstandingOperations => "file system: other operations on it are not finished",
        FsStatus.InvalidName => "file system: a name in the path is not possible here",
        FsStatus.TooManyOpenFiles => "file system: too many files are open",
        FsStatus.ServerWasDenied => "file system: the device is missing or failed, or the file system is read-only",
        FsStatus.InvalidWrite => "file system: the file is not open for writing",
        FsStatus.InvalidRead => "file system: the file is not open for reading",
        FsStatus.DirectoryIsFull => "file system: the directory is full",
        FsStatus.NoFile => "file system: no such file",
        FsStatus.NotDirectory => "file system: not a directory",
        FsStatus.AlreadyExists => "file system: it exists already",
        FsStatus.NotEmpty => "file system: the directory is not empty",
        _ => "file system: damaged, or an error of the server",
    };
}
