// Joins the HTTP server to Pride.Net: a listening port whose connections' events drive the server's reads and writes.
//
// The stack's events are used rather than its awaitable operations: so a lost connection is a return value and no exception, a
// read can be cancelled, and nothing is allocated for a request.

using System;
using System.Collections.Generic;
using System.Threading.Tasks;
using System.Threading.Tasks.Sources;
using Pride.Net;

namespace Pride.Http.Net;

/// <summary>A TCP port as a source of connections for an <see cref="HttpServer"/>.</summary>
public sealed class TcpHttpListener : IListener, ITcpHandler, IValueTaskSource<IConnection?>
{
    private readonly TcpListener _listener;
    private readonly Queue<TcpHttpConnection> _waiting = new();
    private readonly Stack<TcpHttpConnection> _spare = new();
    private TcpHttpConnection?[] _bySlot = [];
    private ManualResetValueTaskSourceCore<IConnection?> _accept;
    private bool _isAccepting;
    private bool _isClosed;

    /// <summary>Opens the port.</summary>
    /// <exception cref="NetworkException">The port is in use, or the stack has no listener left.</exception>
    public TcpHttpListener(NetworkStack stack, ushort port)
    {
        _listener = stack.Listen(port, this);

        // The server hands over whole responses, so there is nothing to wait for when the last segment is short.
        _listener.NoDelay = true;
    }

    /// <inheritdoc/>
    public ValueTask<IConnection?> AcceptAsync()
    {
        if (_waiting.TryDequeue(out TcpHttpConnection? connection))
        {
            return new ValueTask<IConnection?>(connection);
        }

        if (_isClosed)
        {
            return default;
        }

        _accept.Reset();
        _isAccepting = true;
        return new ValueTask<IConnection?>(this, _accept.Version);
    }

    /// <summary>Closes the port; the server's accept then returns null.</summary>
    public void Close()
    {
        _isClosed = true;
        _listener.Dispose();
        Offer();
    }

    void ITcpHandler.Connected(TcpConnection connection)
    {
        if (connection.Slot >= _bySlot.Length)
        {
            Array.Resize(ref _bySlot, Math.Max(connection.Slot + 1, 2 * _bySlot.Length));
        }

        if (!_spare.TryPop(out TcpHttpConnection? joined))
        {
            joined = new TcpHttpConnection(this);
        }

        joined.Begin(connection);
        _bySlot[connection.Slot] = joined;
        _waiting.Enqueue(joined);
        Offer();
    }

    void ITcpHandler.Readable(TcpConnection connection) => Find(connection)?.Readable();

    void ITcpHandler.Writable(TcpConnection connection) => Find(connection)?.Writable();

    void ITcpHandler.Closed(TcpConnection connection, NetworkError error) => Find(connection)?.Over();

    IConnection? IValueTaskSource<IConnection?>.GetResult(short token) => _accept.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<IConnection?>.GetStatus(short token) => _accept.GetStatus(token);

    void IValueTaskSource<IConnection?>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _accept.OnCompleted(continuation, state, token, flags);

    /// <summary>The server has let go of a connection, so its object may serve another.</summary>
    internal void TakeBack(TcpHttpConnection connection) => _spare.Push(connection);

    private TcpHttpConnection? Find(TcpConnection connection)
    {
        // A slot is used again as soon as its connection is gone, so the handle decides whose event this is.
        TcpHttpConnection? joined = _bySlot[connection.Slot];
        return joined is not null && joined.Is(connection) ? joined : null;
    }

    private void Offer()
    {
        if (_isAccepting && (_isClosed || _waiting.Count > 0))
        {
            _isAccepting = false;
            _accept.SetResult(_waiting.TryDequeue(out TcpHttpConnection? connection) ? connection : null);
        }
    }
}
