// Files in memory, with switches for what goes wrong on real disks.

using System;
using System.Collections.Generic;
using System.IO;
using System.Threading.Tasks;

namespace Pride.Http.Tests;

/// <summary>A file source for tests.</summary>
public sealed class MemoryFiles : IFileSource
{
    private readonly Dictionary<string, (byte[] Data, long Modified)> _files = [];

    /// <summary>Every operation fails as a broken disk does.</summary>
    public bool IsBroken { get; set; }

    public int StatusCalls { get; private set; }

    public int OpenFiles { get; private set; }

    public int Reads { get; private set; }

    public List<string> Asked { get; } = [];

    /// <summary>Reads return fewer bytes than the size promises from here on.</summary>
    public long ShortenedTo { get; set; } = long.MaxValue;

    /// <summary>Largest number of bytes that one read gives.</summary>
    public int ReadLimit { get; set; } = int.MaxValue;

    public void Put(string path, byte[] data, long modified = 1000) => _files[path] = (data, modified);

    public void Put(string path, string text, long modified = 1000) => Put(path, System.Text.Encoding.UTF8.GetBytes(text), modified);

    public ValueTask<FileStatus> StatusAsync(string path)
    {
        StatusCalls++;
        Check(path);
        if (_files.TryGetValue(path, out (byte[] Data, long Modified) file))
        {
            return new ValueTask<FileStatus>(new FileStatus(FileKind.File, file.Data.Length, file.Modified));
        }

        string prefix = path.EndsWith('/') ? path : path + "/";
        foreach (string name in _files.Keys)
        {
            if (name.StartsWith(prefix, StringComparison.Ordinal))
            {
                return new ValueTask<FileStatus>(new FileStatus(FileKind.Directory, 0, 0));
            }
        }

        return default;
    }

    public ValueTask<ISiteFile?> OpenAsync(string path)
    {
        Check(path);
        if (!_files.TryGetValue(path, out (byte[] Data, long Modified) file))
        {
            return default;
        }

        OpenFiles++;
        return new ValueTask<ISiteFile?>(new MemoryFile(this, file.Data));
    }

    public ValueTask<IReadOnlyList<DirectoryEntry>?> ListAsync(string path, int limit)
    {
        Check(path);
        var names = new List<DirectoryEntry>();
        foreach ((string name, (byte[] data, long modified)) in _files)
        {
            if (name.StartsWith(path, StringComparison.Ordinal) && !name[path.Length..].Contains('/') && names.Count < limit)
            {
                names.Add(new DirectoryEntry(name[path.Length..], new FileStatus(FileKind.File, data.Length, modified)));
            }
        }

        return new ValueTask<IReadOnlyList<DirectoryEntry>?>(names);
    }

    private void Check(string path)
    {
        Asked.Add(path);
        if (IsBroken)
        {
            throw new IOException("the disk is broken");
        }
    }

    private sealed class MemoryFile(MemoryFiles owner, byte[] data) : ISiteFile
    {
        public long Size => data.Length;

        public ValueTask<int> ReadAsync(long offset, Memory<byte> buffer)
        {
            owner.Reads++;
            long end = Math.Min(data.Length, owner.ShortenedTo);
            int count = (int)Math.Clamp(end - offset, 0, Math.Min(buffer.Length, owner.ReadLimit));
            data.AsSpan((int)offset, count).CopyTo(buffer.Span);
            return new ValueTask<int>(count);
        }

        public ValueTask CloseAsync()
        {
            owner.OpenFiles--;
            return default;
        }
    }
}
