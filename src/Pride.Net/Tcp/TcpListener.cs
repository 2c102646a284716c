// A listening port and its queue of connections that the application has not accepted yet.

using System;
using System.Threading;
using System.Threading.Tasks;

namespace Pride.Net;

/// <summary>A TCP port that takes connections.</summary>
public sealed class TcpListener : IDisposable
{
    private readonly TcpProtocol _protocol;
    private readonly TcpConnection[] _queue;
    private readonly OperationSource<TcpConnection> _accept = new();
    private int _limit;
    private int _first;
    private int _count;

    internal TcpListener(TcpProtocol protocol, int index, int connections)
    {
        _protocol = protocol;
        Index = index;
        _queue = new TcpConnection[connections];
    }

    public ushort Port { get; private set; }

    public bool IsOpen { get; private set; }

    /// <summary>For the connections accepted from now on: short segments are sent at once, though another may still be unacknowledged.</summary>
    public bool NoDelay { get; set; }

    internal int Index { get; }

    internal ITcpHandler? Handler { get; private set; }

    internal bool IsAcceptQueueFull => Handler is null && _count == _limit;

    /// <summary>Takes a waiting connection, if there is one.</summary>
    public bool TryAccept(out TcpConnection connection)
    {
        if (_count == 0)
        {
            connection = default;
            return false;
        }

        connection = _queue[_first];
        _first = (_first + 1) % _queue.Length;
        _count--;
        return true;
    }

    /// <summary>Waits for a connection. One accept at a time; the connection must be disposed of in the end.</summary>
    public ValueTask<TcpConnection> AcceptAsync(CancellationToken cancellationToken = default)
    {
        if (!IsOpen)
        {
            throw new NetworkException(NetworkError.Closed);
        }

        cancellationToken.ThrowIfCancellationRequested();
        if (!_accept.IsBusy && TryAccept(out TcpConnection connection))
        {
            return new ValueTask<TcpConnection>(connection);
        }

        short version = _accept.Start(cancellationToken);
        return new ValueTask<TcpConnection>(_accept, version);
    }

    /// <summary>Closes the port. Connections not yet accepted are reset; accepted ones live on.</summary>
    public void Dispose()
    {
        if (!IsOpen)
        {
            return;
        }

        IsOpen = false;
        Handler = null;
        _protocol.StopListening(this);
        while (TryAccept(out TcpConnection connection))
        {
            connection.Abort();
        }

        if (_accept.IsPending)
        {
            _accept.Fail(NetworkError.Closed);
        }
    }

    internal void Open(ushort port, int acceptQueue, ITcpHandler? handler)
    {
        Port = port;
        IsOpen = true;
        NoDelay = false;
        Handler = handler;
        _limit = Math.Clamp(acceptQueue, 1, _queue.Length);
        _first = _count = 0;
    }

    /// <summary>A new connection; without a handler it waits in the queue, which has room.</summary>
    internal void Enqueue(TcpControlBlock block)
    {
        if (Handler is not null)
        {
            _protocol.RaiseConnected(block);
            return;
        }

        _queue[(_first + _count) % _queue.Length] = new TcpConnection(block);
        _count++;
        if (_accept.IsPending)
        {
            _protocol.Stack.RequestEvents();
        }
    }

    /// <summary>Hands a waiting accept its connection, between packets.</summary>
    internal void RunEvents()
    {
        if (_accept.IsPending && TryAccept(out TcpConnection connection))
        {
            _accept.Complete(connection);
        }
    }
}
