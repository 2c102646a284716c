// The site's files as the HTTP server wants them, from a file-system server.
//
// The file system is mounted when the first file is asked for, and again after a failure: a disk that is missing or
// damaged costs each request an error page, and nothing else.

using System;
using System.Collections.Generic;
using System.Threading.Tasks;
using Pride.Abi.Fs;
using Pride.Fs;
using Pride.Http;

namespace Webserver.Domains;

/// <summary>A file system as the tree of a site.</summary>
public sealed class FileSystemSource(FileSystemClient files) : IFileSource
{
    private Task? _mounting;

    /// <inheritdoc/>
    public async ValueTask<FileStatus> StatusAsync(string path)
    {
        await MountAsync();
        FsStat? found = await files.StatAsync(path);
        if (found is not { } stat)
        {
            return default;
        }

        FileKind kind = (stat.Mode & FsMode.TypeMask) == FsMode.Directory ? FileKind.Directory : FileKind.File;
        return new FileStatus(kind, (long)stat.Size, (long)stat.ModificationTime);
    }

    /// <inheritdoc/>
    public async ValueTask<ISiteFile?> OpenAsync(string path)
    {
        await MountAsync();
        try
        {
            FileHandle handle = await files.OpenAsync(path);
            return new SiteFile(files, handle, await files.GetSizeAsync(handle));
        }
        catch (FileSystemException failure) when (failure.Status is FsStatus.NoFile or FsStatus.NotDirectory or FsStatus.InvalidName)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<DirectoryEntry>?> ListAsync(string path, int limit)
    {
        FileStatus directory = await StatusAsync(path);
        if (directory.Kind != FileKind.Directory)
        {
            return null;
        }

        string prefix = path.EndsWith('/') ? path : path + "/";
        List<DirectoryEntry> entries = [];
        foreach (string name in await files.ListAsync(path, limit))
        {
            entries.Add(new DirectoryEntry(name, await StatusAsync(prefix + name)));
        }

        return entries;
    }

    private async ValueTask MountAsync()
    {
        Task mounting = _mounting ??= files.MountAsync().AsTask();
        try
        {
            await mounting;
        }
        catch
        {
            _mounting = null;
            throw;
        }
    }

    private sealed class SiteFile(FileSystemClient files, FileHandle handle, long size) : ISiteFile
    {
        public long Size { get; } = size;

        public ValueTask<int> ReadAsync(long offset, Memory<byte> buffer) => files.ReadAsync(handle, offset, buffer);

        public ValueTask CloseAsync() => files.CloseAsync(handle);
    }
}
