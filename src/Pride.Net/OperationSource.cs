// One pending asynchronous operation, used again and again: what a ValueTask of the stack waits for.
//
// There is one source for each operation that can be pending at once (a connection's read, its write, a listener's accept, ...), so
// nothing is allocated by awaiting. The stack is single-threaded: a continuation runs inside Complete, Fail or a token's
// cancellation, and the stack calls these only between packets.

using System;
using System.Threading;
using System.Threading.Tasks.Sources;

namespace Pride.Net;

/// <summary>A reusable source of <c>ValueTask</c> and <c>ValueTask&lt;T&gt;</c>. At most one operation is pending at a time.</summary>
internal sealed class OperationSource<T> : IValueTaskSource<T>, IValueTaskSource
{
    private static readonly Action<object?> s_cancel = static source => ((OperationSource<T>)source!).Cancel();

    private short _version;
    private Phase _phase;
    private NetworkError _error;
    private T _result = default!;
    private Action<object?>? _continuation;
    private object? _continuationState;
    private CancellationToken _token;
    private CancellationTokenRegistration _registration;

    private enum Phase : byte
    {
        Idle,
        Pending,
        Completed,
    }

    /// <summary>True between <see cref="Start"/> and completion.</summary>
    public bool IsPending => _phase == Phase.Pending;

    /// <summary>True while a result has not been fetched yet or is still to come: no other operation may start.</summary>
    public bool IsBusy => _phase != Phase.Idle;

    /// <summary>Begins an operation and returns the version for its ValueTask.</summary>
    /// <exception cref="InvalidOperationException">The one before has not been awaited to its end.</exception>
    public short Start(CancellationToken token)
    {
        if (IsBusy)
        {
            throw new InvalidOperationException("an operation of this kind is already pending here");
        }

        _phase = Phase.Pending;
        _error = NetworkError.None;
        _token = token;
        if (token.CanBeCanceled)
        {
            _registration = token.UnsafeRegister(s_cancel, this);
        }

        return _version;
    }

    /// <summary>Ends the operation with a result; its continuation runs now.</summary>
    public void Complete(T result)
    {
        _result = result;
        Finish(NetworkError.None);
    }

    /// <summary>Ends the operation with an error; its continuation runs now.</summary>
    public void Fail(NetworkError error) => Finish(error);

    public ValueTaskSourceStatus GetStatus(short token)
    {
        Check(token);
        return _phase switch
        {
            Phase.Pending => ValueTaskSourceStatus.Pending,
            _ when _error == NetworkError.None => ValueTaskSourceStatus.Succeeded,
            _ when _error == NetworkError.Cancelled => ValueTaskSourceStatus.Canceled,
            _ => ValueTaskSourceStatus.Faulted,
        };
    }

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        Check(token);
        if (_phase == Phase.Completed)
        {
            continuation(state);
            return;
        }

        _continuation = continuation;
        _continuationState = state;
    }

    public T GetResult(short token)
    {
        Check(token);
        if (_phase != Phase.Completed)
        {
            throw new InvalidOperationException("the operation has not completed");
        }

        NetworkError error = _error;
        T result = _result;
        CancellationToken cancelled = _token;
        _phase = Phase.Idle;
        _version++;
        _result = default!;
        _token = default;
        return error switch
        {
            NetworkError.None => result,
            NetworkError.Cancelled => throw new OperationCanceledException(cancelled),
            _ => throw new NetworkException(error),
        };
    }

    void IValueTaskSource.GetResult(short token) => GetResult(token);

    /// <summary>Makes the source ready for a new owner; a result that nobody has fetched is forgotten.</summary>
    public void Reset()
    {
        if (_phase == Phase.Pending)
        {
            throw new InvalidOperationException("an operation is still pending");
        }

        if (_phase == Phase.Completed)
        {
            _phase = Phase.Idle;
            _version++;
            _result = default!;
            _token = default;
        }
    }

    private void Cancel()
    {
        if (IsPending)
        {
            Finish(NetworkError.Cancelled);
        }
    }

    private void Finish(NetworkError error)
    {
        if (_phase != Phase.Pending)
        {
            throw new InvalidOperationException("no operation is pending");
        }

        _phase = Phase.Completed;
        _error = error;
        _registration.Dispose();
        _registration = default;
        Action<object?>? continuation = _continuation;
        object? state = _continuationState;
        _continuation = null;
        _continuationState = null;
        continuation?.Invoke(state);
    }

    private void Check(short token)
    {
        if (token != _version)
        {
            throw new InvalidOperationException("this ValueTask has been awaited already");
        }
    }
}
