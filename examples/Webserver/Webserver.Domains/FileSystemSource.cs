// The site's files as the HTTP server wants them, from a file-system server.
//
// The file system is mounted when the first file is asked for, and again after a failure: a disk that is missing or
// damaged costs each request an error page, and nothing else. When the server was restarted, nothing is mounted and nothing open
// there: what failed for that is done once more after mounting, and the request's client notices nothing.

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

    // The last mounting: true when it mounted, false when it found the file system mounted.
    private Task<bool>? _mounting;

    /// <inheritdoc/>
    public async ValueTask<FileStatus> StatusAsync(string path)
    {
        FsStat? found = await DoAsync(() => files.StatAsync(path));
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
        try
        {
            return new SiteFile(this, path, await DoAsync(() => _shared.GetSizeAsync(path)));
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
            return await DoAsync(() => files.ListAsync(path, limit));
        }
        finally
        {
            _listings.Release();
        }
    }

    /// <summary>Does <paramref name="operation"/> on a mounted file system, and once more when the server was restarted meanwhile.</summary>
    private async ValueTask<T> DoAsync<T>(Func<ValueTask<T>> operation)
    {
        Task<bool> mounted = _mounting ??= MountAsync();
        await FinishAsync(mounted);
        FileSystemException failure;
        try
        {
            return await operation();
        }
        catch (FileSystemException first) when (first.Status is FsStatus.Error or FsStatus.InvalidDescriptor)
        {
            // What the server says of everything while nothing is mounted, and of descriptors of its life before.
            failure = first;
        }

        return await RemountAsync(mounted) ? await operation() : throw failure;
    }

    private async Task<bool> MountAsync()
    {
        await files.MountAsync();
        return true;
    }

    /// <summary>True when the file system was mounted anew since <paramref name="mounted"/>. Of many that ask, one asks the server.</summary>
    private ValueTask<bool> RemountAsync(Task<bool> mounted)
    {
        if (_mounting is null || _mounting == mounted)
        {
            _mounting = AgainAsync();
        }

        return FinishAsync(_mounting);

        async Task<bool> AgainAsync()
        {
            bool isAnew = await files.RemountAsync();
            if (isAnew)
            {
                _shared.Forget();
            }

            return isAnew;
        }
    }

    private async ValueTask<bool> FinishAsync(Task<bool> mounting)
    {
        try
        {
            return await mounting;
        }
        catch
        {
            _mounting = _mounting == mounting ? null : _mounting;
            throw;
        }
    }

    private sealed class SiteFile(FileSystemSource source, string path, long size) : ISiteFile
    {
        public long Size { get; } = size;

        public ValueTask<int> ReadAsync(long offset, Memory<byte> buffer) => source.DoAsync(() => source._shared.ReadAsync(path, offset, buffer));

        public ValueTask CloseAsync() => default;
    }
}
