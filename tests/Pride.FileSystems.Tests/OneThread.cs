// The event loop of a client's PD, for tests that are not in one.

using System.Collections.Generic;
using System.Threading;

namespace Pride.FileSystems.Tests;

/// <summary>A PD is one thread: continuations wait here for the loop, as they do in the PD's event loop.</summary>
internal sealed class OneThread : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _posted = new();

    public override void Post(SendOrPostCallback d, object? state) => _posted.Enqueue((d, state));

    public void Run()
    {
        while (_posted.TryDequeue(out (SendOrPostCallback Callback, object? State) next))
        {
            next.Callback(next.State);
        }
    }
}
