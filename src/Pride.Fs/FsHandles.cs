// What a client of a file-system server holds: descriptors, and bytes that still lie in the share.

using System;

namespace Pride.Fs;

/// <summary>A file's descriptor at the server.</summary>
public readonly record struct FileHandle(ulong Descriptor);

/// <summary>A directory's descriptor at the server.</summary>
public readonly record struct DirectoryHandle(ulong Descriptor);

/// <summary>Bytes that were read into the share. They stay until this is disposed, once.</summary>
public readonly struct SharedBytes : IDisposable
{
    private readonly OperationPool _pool;
    private readonly FsOperation _operation;

    internal SharedBytes(OperationPool pool, FsOperation operation, int length)
    {
        _pool = pool;
        _operation = operation;
        Length = length;
    }

    /// <summary>Bytes; 0 at or beyond the end of the file.</summary>
    public int Length { get; }

    public ReadOnlySpan<byte> Span => _operation.Data[..Length];

    public void Dispose() => _pool.Release(_operation);
}
