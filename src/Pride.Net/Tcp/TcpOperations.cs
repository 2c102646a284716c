// What a program awaits on a connection. A program that uses handlers never makes one of these, and the compiler then leaves all
// of async out of its image: the protocol knows only the abstract class.

using System;
using System.Threading;

namespace Pride.Net;

/// <summary>The pending operations of one connection block, as the protocol sees them.</summary>
internal abstract class TcpOperations
{
    /// <summary>A write waits for room, or a flush for acknowledgements.</summary>
    public abstract bool WaitsForRoom { get; }

    /// <summary>Something has happened: completes what can be completed. Continuations may close the connection.</summary>
    public abstract void Deliver(TcpEvents events);

    public abstract void ReadTimedOut();

    public abstract void WriteTimedOut();

    /// <summary>The application lets go: what it still awaits fails.</summary>
    public abstract void LetGo();

    /// <summary>The block begins a new connection.</summary>
    public abstract void Reset();
}

/// <summary>The operations in fact: made with a block's first await, used again for each later connection of the block.</summary>
internal sealed class TcpAsyncOperations(TcpControlBlock block) : TcpOperations
{
    private readonly OperationSource<TcpConnection> _connect = new();
    private readonly OperationSource<int> _read = new();
    private readonly OperationSource<int> _write = new();
    private readonly OperationSource<int> _flush = new();
    private Memory<byte> _readBuffer;
    private ReadOnlyMemory<byte> _writeBuffer;

    /// <summary>Free bytes a pending wait for room asks for; 0: the pending write has bytes of its own.</summary>
    private int _spaceWanted;

    public OperationSource<TcpConnection> Connect => _connect;

    public OperationSource<int> Read => _read;

    public OperationSource<int> Write => _write;

    public OperationSource<int> Flush => _flush;

    public override bool WaitsForRoom => _write.IsPending || _flush.IsPending;

    private NetworkError EndError => block.Error == NetworkError.None ? NetworkError.Closed : block.Error;

    /// <summary>The operations of a block.</summary>
    public static TcpAsyncOperations Of(TcpControlBlock block)
    {
        if (block.Operations is TcpAsyncOperations existing)
        {
            return existing;
        }

        var made = new TcpAsyncOperations(block);
        block.Operations = made;
        return made;
    }

    public short StartRead(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        short version = _read.Start(cancellationToken);
        _readBuffer = buffer;
        block.Protocol.ArmReadTimeout(block);
        ProgressRead();
        return version;
    }

    public short StartWrite(ReadOnlyMemory<byte> source, int space, CancellationToken cancellationToken)
    {
        short version = _write.Start(cancellationToken);
        _writeBuffer = source;
        _spaceWanted = space;
        block.Protocol.ArmWriteTimeout(block);
        return version;
    }

    public short StartFlush(CancellationToken cancellationToken)
    {
        short version = _flush.Start(cancellationToken);
        block.Protocol.ArmWriteTimeout(block);
        return version;
    }

    public override void Deliver(TcpEvents events)
    {
        uint generation = block.Generation;
        if ((events & (TcpEvents.Connected | TcpEvents.Closed)) != 0 && _connect.IsPending)
        {
            CompleteConnect();
        }

        if (block.Generation == generation)
        {
            ProgressRead();
        }

        if (block.Generation == generation)
        {
            ProgressWrite();
        }

        if (block.Generation == generation)
        {
            ProgressFlush();
        }
    }

    public override void ReadTimedOut() => FailIfPending(_read, NetworkError.TimedOut);

    public override void WriteTimedOut()
    {
        FailIfPending(_write, NetworkError.TimedOut);
        FailIfPending(_flush, NetworkError.TimedOut);
    }

    public override void LetGo()
    {
        _readBuffer = default;
        _writeBuffer = default;
        FailIfPending(_read, NetworkError.Closed);
        FailIfPending(_write, NetworkError.Closed);
        FailIfPending(_flush, NetworkError.Closed);
        FailIfPending(_connect, NetworkError.Closed);
    }

    public override void Reset()
    {
        _connect.Reset();
        _read.Reset();
        _write.Reset();
        _flush.Reset();
        _readBuffer = default;
        _writeBuffer = default;
    }

    private static void FailIfPending<T>(OperationSource<T> operation, NetworkError error)
    {
        if (operation.IsPending)
        {
            operation.Fail(error);
        }
    }

    private void CompleteConnect()
    {
        if (block.IsSynchronised)
        {
            _connect.Complete(new TcpConnection(block));
        }
        else if (block.State == TcpState.Closed)
        {
            _connect.Fail(EndError);
        }
    }

    private void ProgressRead()
    {
        bool isAtEnd = block.FinReceived || block.State == TcpState.Closed;
        if (!_read.IsPending || (block.Receive.Count == 0 && !isAtEnd))
        {
            return;
        }

        block.ReadTimeoutAt = long.MaxValue;
        if (block.Receive.Count == 0 && !block.FinReceived && block.Error != NetworkError.None)
        {
            _read.Fail(block.Error);
            return;
        }

        // An empty buffer waits for readability and learns how much there is.
        int count = _readBuffer.IsEmpty ? block.Receive.Count : block.Protocol.Read(block, _readBuffer.Span);
        _readBuffer = default;
        _read.Complete(count);
    }

    private void ProgressWrite()
    {
        if (!_write.IsPending)
        {
            return;
        }

        if (!block.MaySend)
        {
            _writeBuffer = default;
            _write.Fail(EndError);
            return;
        }

        _writeBuffer = _writeBuffer[block.Protocol.Write(block, _writeBuffer.Span)..];
        if (_writeBuffer.IsEmpty && block.Send.Free >= _spaceWanted)
        {
            block.WriteTimeoutAt = long.MaxValue;
            _write.Complete(block.Send.Free);
        }
    }

    private void ProgressFlush()
    {
        if (!_flush.IsPending)
        {
            return;
        }

        if (block.Send.Count == 0)
        {
            block.WriteTimeoutAt = long.MaxValue;
            _flush.Complete(0);
        }
        else if (block.State == TcpState.Closed)
        {
            _flush.Fail(EndError);
        }
    }
}
