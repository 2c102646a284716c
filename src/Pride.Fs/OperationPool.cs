// The share of a file-system server, divided into pieces: one for each command that can be on its way.
//
// Callers who find no piece free wait, first come first served. A piece whose caller was cancelled comes back when the server has
// answered (FsOperation).

using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Pride.Abi.Fs;
using Pride.Machine;

namespace Pride.Fs;

/// <summary>The operations of one client. Single-threaded.</summary>
internal sealed class OperationPool
{
    // A piece holds a path and 32 KiB of data, what one read moves.
    private const int MaximumOperations = 64;
    private const int PreferredPiece = FsOperation.PathBytes + (32 * 1024);
    private const int MinimumPiece = FsOperation.PathBytes + 4096;

    private readonly FsOperation[] _operations;
    private readonly Stack<FsOperation> _free = new();
    private readonly Queue<TaskCompletionSource<FsOperation>> _waiters = new();

    /// <exception cref="InvalidOperationException">The share is too small for one piece.</exception>
    public OperationPool(Region share)
    {
        int count = (int)Math.Clamp(share.Size / PreferredPiece, 1, MaximumOperations);
        PieceSize = (int)(share.Size / (uint)count) & ~(FsOperation.PathBytes - 1);
        if (PieceSize < MinimumPiece)
        {
            throw new InvalidOperationException("the share of a file system must have 8 KiB or more");
        }

        _operations = new FsOperation[count];
        for (int i = 0; i < count; i++)
        {
            _operations[i] = new FsOperation(share, i, PieceSize);
            _free.Push(_operations[i]);
        }
    }

    /// <summary>Bytes of a piece.</summary>
    public int PieceSize { get; }

    /// <summary>Pieces that callers or the server have.</summary>
    public int InUse => _operations.Length - _free.Count;

    /// <summary>A piece for one command. It must be released.</summary>
    /// <exception cref="FileSystemException">Too many callers wait.</exception>
    public ValueTask<FsOperation> AcquireAsync(CancellationToken token)
    {
        token.ThrowIfCancellationRequested();
        return _free.TryPop(out FsOperation? operation) ? new ValueTask<FsOperation>(operation) : WaitAsync(token);
    }

    /// <summary>Takes a piece back, at once or when the server has answered.</summary>
    public void Release(FsOperation operation)
    {
        if (operation.IsAbandoned)
        {
            return;
        }

        while (_waiters.TryDequeue(out TaskCompletionSource<FsOperation>? waiter))
        {
            if (waiter.TrySetResult(operation))
            {
                return;
            }
        }

        _free.Push(operation);
    }

    /// <summary>The operation that waits for an answer with this identifier; null when none does.</summary>
    public FsOperation? Find(ulong id, ulong number) =>
        number < (ulong)_operations.Length && _operations[number].IsWithServer && _operations[number].Id == id ? _operations[number] : null;

    private async ValueTask<FsOperation> WaitAsync(CancellationToken token)
    {
        if (_waiters.Count >= FileSystemClient.MaximumWaiters)
        {
            throw new FileSystemException(FsStatus.AllocationError);
        }

        TaskCompletionSource<FsOperation> waiter = new();
        _waiters.Enqueue(waiter);
        using CancellationTokenRegistration registration =
            token.UnsafeRegister(static state => ((TaskCompletionSource<FsOperation>)state!).TrySetCanceled(), waiter);
        return await waiter.Task;
    }
}
