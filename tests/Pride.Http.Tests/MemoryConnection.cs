// A connection whose other end is the test: everything happens at once and in order, on the test's own thread.

using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using System.Threading.Tasks;

namespace Pride.Http.Tests;

/// <summary>The server's end; the test uses Send, CloseFromClient and Received.</summary>
public sealed class MemoryConnection : IConnection
{
    private readonly Queue<byte[]> _incoming = new();
    private readonly MemoryStream _received = new();
    private TaskCompletionSource<int>? _reader;
    private Memory<byte> _readerBuffer;
    private TaskCompletionSource<bool>? _writer;
    private byte[] _unread = [];
    private bool _isCancelled;
    private bool _isClientClosed;

    public bool IsAborted { get; private set; }

    public bool IsSendClosed { get; private set; }

    public bool IsReleased { get; private set; }

    /// <summary>While true the client takes nothing: writes wait.</summary>
    public bool IsStalled { get; set; }

    public bool IsReading => _reader is not null;

    public bool IsOver => IsReleased;

    /// <summary>All that the server has sent, as Latin-1 text.</summary>
    public string Received => Encoding.Latin1.GetString(_received.ToArray());

    public byte[] ReceivedBytes => _received.ToArray();

    public string TakeReceived()
    {
        string text = Received;
        _received.SetLength(0);
        return text;
    }

    public void Send(string text) => Send(Encoding.Latin1.GetBytes(text));

    public void Send(byte[] data)
    {
        if (data.Length > 0)
        {
            _incoming.Enqueue(data);
            Deliver();
        }
    }

    public void CloseFromClient()
    {
        _isClientClosed = true;
        Deliver();
    }

    public void ResetFromClient() => Abort();

    public void Unstall()
    {
        IsStalled = false;
        TaskCompletionSource<bool>? writer = _writer;
        _writer = null;
        writer?.SetResult(!IsAborted);
    }

    public ValueTask<int> ReadAsync(Memory<byte> buffer)
    {
        if (_reader is not null || IsReleased || buffer.IsEmpty)
        {
            throw new InvalidOperationException("a second read, one after release, or one without room");
        }

        if (TryRead(buffer, out int count))
        {
            return new ValueTask<int>(count);
        }

        _reader = new TaskCompletionSource<int>();
        _readerBuffer = buffer;
        return new ValueTask<int>(_reader.Task);
    }

    public ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> data, bool moreFollows)
    {
        if (_writer is not null || IsReleased || IsSendClosed || data.IsEmpty)
        {
            throw new InvalidOperationException("a second write, an empty one, or one after the end");
        }

        if (IsAborted)
        {
            return new ValueTask<bool>(false);
        }

        _received.Write(data.Span);
        if (!IsStalled)
        {
            return new ValueTask<bool>(true);
        }

        _writer = new TaskCompletionSource<bool>();
        return new ValueTask<bool>(_writer.Task);
    }

    public void CancelRead()
    {
        _isCancelled = true;
        Deliver();
    }

    public void CloseSend() => IsSendClosed = true;

    public void Abort()
    {
        IsAborted = true;
        Deliver();
        Unstall();
    }

    public void Release()
    {
        if (IsReleased)
        {
            throw new InvalidOperationException("released twice");
        }

        IsReleased = true;
    }

    private void Deliver()
    {
        if (_reader is { } reader && TryRead(_readerBuffer, out int count))
        {
            _reader = null;
            reader.SetResult(count);
        }
    }

    private bool TryRead(Memory<byte> buffer, out int count)
    {
        count = 0;
        if (IsAborted || _isCancelled)
        {
            _isCancelled = false;
            return true;
        }

        if (_unread.Length == 0 && !_incoming.TryDequeue(out _unread!))
        {
            _unread = [];
            return _isClientClosed;
        }

        count = Math.Min(_unread.Length, buffer.Length);
        _unread.AsSpan(0, count).CopyTo(buffer.Span);
        _unread = _unread[count..];
        return true;
    }
}

/// <summary>A listener that the test hands connections to.</summary>
public sealed class MemoryListener : IListener
{
    private readonly Queue<IConnection> _waiting = new();
    private TaskCompletionSource<IConnection?>? _acceptor;

    public ValueTask<IConnection?> AcceptAsync()
    {
        if (_waiting.TryDequeue(out IConnection? connection))
        {
            return new ValueTask<IConnection?>(connection);
        }

        _acceptor = new TaskCompletionSource<IConnection?>();
        return new ValueTask<IConnection?>(_acceptor.Task);
    }

    public MemoryConnection Connect()
    {
        var connection = new MemoryConnection();
        Connect(connection);
        return connection;
    }

    public void Connect(IConnection connection)
    {
        _waiting.Enqueue(connection);
        TaskCompletionSource<IConnection?>? acceptor = _acceptor;
        if (acceptor is not null)
        {
            _acceptor = null;
            acceptor.SetResult(_waiting.Dequeue());
        }
    }
}
