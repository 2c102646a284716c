// Open files that readers share: as many files as one likes over a server that keeps few open.
//
// A reader holds a file only while one of its reads is under way, so that a reader who is slow in between holds nothing. Files that
// nobody reads stay open until their place is wanted, the one used longest ago first. When every place is being read from, more
// readers wait, in order.

using System;
using System.Collections.Generic;
using System.Threading.Tasks;

namespace Pride.Fs;

/// <summary>The files that one client has open. Single-threaded, as a PD is.</summary>
/// <param name="files">The client.</param>
/// <param name="capacity">Files open at once: fewer than the server allows.</param>
public sealed class SharedFiles(FileSystemClient files, int capacity)
{
    private readonly Dictionary<string, SharedFile> _byPath = new(StringComparer.Ordinal);
    private readonly LinkedList<SharedFile> _idle = new();
    private readonly Queue<TaskCompletionSource> _waiters = new();
    private int _places;

    /// <summary>Files open, or being opened or closed.</summary>
    public int OpenCount => _places;

    /// <summary>The size of the file at <paramref name="path"/>, in bytes.</summary>
    /// <exception cref="FileSystemException">With the server's status.</exception>
    public async ValueTask<long> GetSizeAsync(string path)
    {
        SharedFile file = await AcquireAsync(path);
        long size = file.Size;
        Release(file);
        return size;
    }

    /// <summary>Reads at a place; fewer bytes than asked for only at the end of the file, 0 beyond it.</summary>
    /// <exception cref="FileSystemException">With the server's status.</exception>
    public async ValueTask<int> ReadAsync(string path, long offset, Memory<byte> destination)
    {
        SharedFile file = await AcquireAsync(path);
        try
        {
            return await files.ReadAsync(file.Handle, offset, destination);
        }
        finally
        {
            Release(file);
        }
    }

    /// <summary>Forgets every file without closing it: the server has forgotten them too (it was mounted anew).</summary>
    public void Forget()
    {
        foreach (SharedFile file in _byPath.Values)
        {
            file.IsForgotten = true;
        }

        _byPath.Clear();
        _places -= _idle.Count;
        _idle.Clear();
        LetOneGoOn();
    }

    private async ValueTask<SharedFile> AcquireAsync(string path)
    {
        while (true)
        {
            if (_byPath.TryGetValue(path, out SharedFile? known))
            {
                Use(known);
                await known.Opening;
                return known;
            }

            if (_places < capacity)
            {
                return await OpenAsync(path);
            }

            if (_idle.First is { } oldest)
            {
                await CloseAsync(oldest.Value);
            }
            else
            {
                // Each from the event loop, not one inside the other: hundreds may wait.
                TaskCompletionSource waiter = new(TaskCreationOptions.RunContinuationsAsynchronously);
                _waiters.Enqueue(waiter);
                await waiter.Task;
            }
        }
    }

    private async ValueTask<SharedFile> OpenAsync(string path)
    {
        SharedFile file = new(path);
        _places++;
        _byPath.Add(path, file);
        Use(file);
        file.Opening = BeginAsync(file);
        await file.Opening;
        return file;
    }

    // Who waits for the opening sees its failure; the place is free again before they go on.
    private async Task BeginAsync(SharedFile file)
    {
        try
        {
            file.Handle = await files.OpenAsync(file.Path);
            file.Size = await files.GetSizeAsync(file.Handle);
        }
        catch
        {
            if (!file.IsForgotten)
            {
                file.IsForgotten = true;
                _byPath.Remove(file.Path);
            }

            _places--;
            LetOneGoOn();
            throw;
        }
    }

    private async ValueTask CloseAsync(SharedFile file)
    {
        _idle.Remove(file.Idle);
        _byPath.Remove(file.Path);
        try
        {
            await files.CloseAsync(file.Handle);
        }
        finally
        {
            _places--;
            LetOneGoOn();
        }
    }

    private void Use(SharedFile file)
    {
        if (file.Users++ == 0 && file.Idle.List is not null)
        {
            _idle.Remove(file.Idle);
        }
    }

    private void Release(SharedFile file)
    {
        if (--file.Users > 0)
        {
            return;
        }

        if (file.IsForgotten)
        {
            _places--;
        }
        else
        {
            _idle.AddLast(file.Idle);
        }

        LetOneGoOn();
    }

    // One place, one waiter: who is woken looks again, and may find that somebody was faster.
    private void LetOneGoOn()
    {
        if (_waiters.TryDequeue(out TaskCompletionSource? waiter))
        {
            waiter.SetResult();
        }
    }

    private sealed class SharedFile
    {
        public SharedFile(string path)
        {
            Path = path;
            Idle = new LinkedListNode<SharedFile>(this);
        }

        public string Path { get; }

        public FileHandle Handle { get; set; }

        public long Size { get; set; }

        /// <summary>Ends when <see cref="Handle"/> and <see cref="Size"/> are known.</summary>
        public Task Opening { get; set; } = Task.CompletedTask;

        /// <summary>Reads under way.</summary>
        public int Users { get; set; }

        /// <summary>No longer among the open files; its place is free when its last user is done.</summary>
        public bool IsForgotten { get; set; }

        public LinkedListNode<SharedFile> Idle { get; }
    }
}
