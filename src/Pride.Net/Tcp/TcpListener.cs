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
    private Waiter? _accept;
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
        if (_accept is not AcceptOperation accept)
        {
            accept = new AcceptOperation(this);
            _accept = accept;
        }

        if (!accept.Source.IsBusy && TryAccept(out TcpConnection connection))
        {
            return new ValueTask<TcpConnection>(connection);
        }

        short version = accept.Source.Start(cancellationToken);
        return new ValueTask<TcpConnection>(accept.Source, version);
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

        _accept?.Fail(NetworkError.Closed);
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
        if (_accept is { IsPending: true })
        {
            _protocol.Stack.RequestEvents();
        }
    }

    /// <summary>Hands a waiting accept its connection, between packets.</summary>
    internal void RunEvents() => _accept?.Progress();

    private sealed class AcceptOperation(TcpListener listener) : Waiter
    {
        public OperationSource<TcpConnection> Source { get; } = new();

        public override bool IsPending => Source.IsPending;

        public override void Progress()
        {
            if (Source.IsPending && listener.TryAccept(out TcpConnection connection))
            {
                Source.Complete(connection);
            }
        }

        public override void Fail(NetworkError error)
        {
            if (Source.IsPending)
            {
                Source.Fail(error);
            }
        }
    }
}
