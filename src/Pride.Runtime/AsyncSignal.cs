// An auto-reset event for one waiter: the join between notifications (a channel was signalled) and async code.
//
// Rules: one waiter at a time. Set runs the waiter at once, on the caller's stack, so call it where no state is half
// changed (a Notified entry point). A Set without a waiter is remembered; several count as one.

using System;
using System.Threading.Tasks;
using System.Threading.Tasks.Sources;

namespace Pride.Runtime;

/// <summary>Awaits without allocating: one object serves for the life of the PD.</summary>
public sealed class AsyncSignal : IValueTaskSource
{
    private ManualResetValueTaskSourceCore<bool> _source;
    private bool _isSet;
    private bool _hasWaiter;

    /// <summary>Completes when <see cref="Set"/> is called, or at once when it was called since the last wait.</summary>
    /// <exception cref="InvalidOperationException">Somebody waits already.</exception>
    public ValueTask WaitAsync()
    {
        if (_hasWaiter)
        {
            throw new InvalidOperationException("an AsyncSignal has one waiter");
        }

        if (_isSet)
        {
            _isSet = false;
            return ValueTask.CompletedTask;
        }

        _source.Reset();
        _hasWaiter = true;
        return new ValueTask(this, _source.Version);
    }

    /// <summary>Wakes the waiter, or the next one.</summary>
    public void Set()
    {
        if (!_hasWaiter)
        {
            _isSet = true;
            return;
        }

        _hasWaiter = false;
        _source.SetResult(true);
    }

    void IValueTaskSource.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);
}
