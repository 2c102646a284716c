// The site's files as the HTTP server wants them, from a file-system server.
//
// The file system is mounted when the first file is asked for, and again after a failure: a disk that is missing or
// damaged costs each request an error page, and nothing else.

using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Pride.Abi.Fs;
using Pride.Fs;
using Pride.Http;

namespace Webserver.Domains;

/// <summary>A file system as the tree of a site.</summary>
public sealed class FileSystemSource(FileSystemClient files) : IFileSource
{
    // Pride's FAT server keeps 64 files and directories open: these together must stay below.
    private const int OpenFiles = 40;
    private const int OpenDirectories = 16;

    private readonly SharedFiles _shared = new(files, OpenFiles);
    private readonly SemaphoreSlim _listings = new(OpenDirectories);
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
            return new SiteFile(_shared, path, await _shared.GetSizeAsync(path));
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
        foreach (string name in await NamesAsync(path, limit))
        {
            entries.Add(new DirectoryEntry(name, await StatusAsync(prefix + name)));
        }

        return entries;
    }

    private async ValueTask<List<string>> NamesAsync(string path, int limit)
    {
        await _listings.WaitAsync();
        try
        {
            return await files.ListAsync(path, limit);
        }
        finally
        {
            _listings.Release();
        }
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

    private sealed class SiteFile(SharedFiles files, string path, long size) : ISiteFile
    {
        public long Size { get; } = size;

        public ValueTask<int> ReadAsync(long offset, Memory<byte> buffer) => files.ReadAsync(path, offset, buffer);

        public ValueTask CloseAsync() => default;
    }
}
