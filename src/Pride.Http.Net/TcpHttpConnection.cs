// One TCP connection as the HTTP server sees it.

using System;
using System.Threading.Tasks;
using System.Threading.Tasks.Sources;
using Pride.Net;

namespace Pride.Http.Net;

/// <summary>Turns the stack's events into completed reads and writes.</summary>
internal sealed class TcpHttpConnection(TcpHttpListener owner) : IConnection, IValueTaskSource<int>, IValueTaskSource<bool>
{
    private TcpConnection _tcp;
    private ManualResetValueTaskSourceCore<int> _read;
    private ManualResetValueTaskSourceCore<bool> _write;
    private Memory<byte> _readBuffer;
    private ReadOnlyMemory<byte> _unsent;
    private bool _isReading;
    private bool _isWriting;
    private bool _isCancelled;
    private bool _isOver;

    public void Begin(TcpConnection connection)
    {
        _tcp = connection;
        _isReading = false;
        _isWriting = false;
        _isCancelled = false;
        _isOver = false;
    }

    public bool Is(TcpConnection connection) => _tcp == connection;

    public void Readable()
    {
        if (_isReading && TryRead(_readBuffer.Span, out int count))
        {
            EndRead(count);
        }
    }

    public void Writable()
    {
        if (!_isWriting)
        {
            return;
        }

        _unsent = _unsent[_tcp.Write(_unsent.Span)..];
        if (_unsent.IsEmpty)
        {
            EndWrite(true);
        }
    }

    /// <summary>The connection has ended; its handle is about to become invalid.</summary>
    public void Over()
    {
        _isOver = true;
        if (_isWriting)
        {
            EndWrite(false);
        }

        if (_isReading)
        {
            EndRead(0);
        }
    }

    /// <inheritdoc/>
    public ValueTask<int> ReadAsync(Memory<byte> buffer)
    {
        if (_isCancelled || _isOver)
        {
            _isCancelled = false;
            return new ValueTask<int>(0);
        }

        if (TryRead(buffer.Span, out int count))
        {
            return new ValueTask<int>(count);
        }

        _readBuffer = buffer;
        _isReading = true;
        _read.Reset();
        return new ValueTask<int>(this, _read.Version);
    }

    /// <inheritdoc/>
    public ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> data, bool moreFollows)
    {
        // The stack sends when its event loop comes round, so what follows at once is joined to this without being announced.
        if (_isOver)
        {
            return new ValueTask<bool>(false);
        }

        int count = _tcp.Write(data.Span);
        if (count == data.Length)
        {
            return new ValueTask<bool>(true);
        }

        _unsent = data[count..];
        _isWriting = true;
        _write.Reset();
        return new ValueTask<bool>(this, _write.Version);
    }

    /// <inheritdoc/>
    public void CancelRead()
    {
        if (_isReading)
        {
            EndRead(0);
        }
        else
        {
            _isCancelled = true;
        }
    }

    /// <inheritdoc/>
    public void CloseSend()
    {
        if (!_isOver)
        {
            _tcp.Shutdown();
        }
    }

    /// <inheritdoc/>
    public void Abort()
    {
        if (!_isOver)
        {
            _tcp.Abort();
            Over();
        }
    }

    /// <inheritdoc/>
    public void Release()
    {
        _isOver = true;
        _tcp.Dispose();
        _tcp = default;
        _readBuffer = default;
        _unsent = default;
        owner.TakeBack(this);
    }

    int IValueTaskSource<int>.GetResult(short token) => _read.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _read.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _read.OnCompleted(continuation, state, token, flags);

    bool IValueTaskSource<bool>.GetResult(short token) => _write.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token) => _write.GetStatus(token);

    void IValueTaskSource<bool>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _write.OnCompleted(continuation, state, token, flags);

    private bool TryRead(Span<byte> buffer, out int count)
    {
        count = _tcp.Read(buffer);
        return count > 0 || _tcp.IsEndOfStream;
    }

    private void EndRead(int count)
    {
        _isReading = false;
        _read.SetResult(count);
    }

    private void EndWrite(bool isSent)
    {
        _isWriting = false;
        _write.SetResult(isSent);
    }
}
