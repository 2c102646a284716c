// Where a site's files come from: an FS server in a PD, a folder on a host, memory in a test.

using System;
using System.Collections.Generic;
using System.Threading.Tasks;

namespace Pride.Http;

/// <summary>What a path names.</summary>
public enum FileKind
{
    /// <summary>Nothing.</summary>
    Missing,

    /// <summary>A file.</summary>
    File,

    /// <summary>A directory.</summary>
    Directory,
}

/// <summary>What is known of a file without opening it.</summary>
/// <param name="Kind">File, directory or nothing.</param>
/// <param name="Size">Bytes; 0 for directories.</param>
/// <param name="ModifiedUnixSeconds">Time of the last change, 0 when unknown.</param>
public readonly record struct FileStatus(FileKind Kind, long Size, long ModifiedUnixSeconds);

/// <summary>One name in a directory.</summary>
/// <param name="Name">The name, without its path.</param>
/// <param name="Status">What it is.</param>
public readonly record struct DirectoryEntry(string Name, FileStatus Status);

/// <summary>A read-only tree of files. Paths begin with '/', are relative to the site's folder, and never hold "." or ".." as a segment.</summary>
public interface IFileSource
{
    /// <summary>What the path names. An unreadable device throws <see cref="System.IO.IOException"/>, a name that is not there does not.</summary>
    ValueTask<FileStatus> StatusAsync(string path);

    /// <summary>Opens a file for reading; null when it is not there or is no file.</summary>
    ValueTask<ISiteFile?> OpenAsync(string path);

    /// <summary>The names in a directory, at most <paramref name="limit"/> of them; null when it is not there.</summary>
    ValueTask<IReadOnlyList<DirectoryEntry>?> ListAsync(string path, int limit);
}

/// <summary>An open file.</summary>
public interface ISiteFile
{
    /// <summary>The size in bytes when it was opened.</summary>
    long Size { get; }

    /// <summary>Reads at a place. Returns the number of bytes, fewer than asked for only at the end of the file, 0 beyond it.</summary>
    ValueTask<int> ReadAsync(long offset, Memory<byte> buffer);

    /// <summary>Gives the file back.</summary>
    ValueTask CloseAsync();
}
