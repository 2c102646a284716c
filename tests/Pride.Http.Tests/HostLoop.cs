// One thread with a queue: what a PD's event loop is on the host, so that the server runs under the same rules.

using System;
using System.Collections.Concurrent;
using System.Threading;

namespace Pride.Http.Tests;

/// <summary>Runs everything that is posted to it on one thread of its own.</summary>
public sealed class HostLoop : SynchronizationContext, IDisposable
{
    private readonly BlockingCollection<(SendOrPostCallback Callback, object? State)> _queue = [];
    private readonly Thread _thread;

    public HostLoop()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "host loop" };
        _thread.Start();
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        try
        {
            _queue.Add((d, state));
        }
        catch (InvalidOperationException)
        {
            // The loop has been disposed: sockets that complete late have nobody to tell.
        }
    }

    public void Dispose()
    {
        _queue.CompleteAdding();
        _thread.Join();
    }

    private void Run()
    {
        SetSynchronizationContext(this);
        foreach ((SendOrPostCallback callback, object? state) in _queue.GetConsumingEnumerable())
        {
            callback(state);
        }
    }
}
