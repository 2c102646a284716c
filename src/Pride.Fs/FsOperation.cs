// One command on its way, with the piece of the share that it uses.
//
// The piece belongs to the operation until the server has answered, whatever its caller does meanwhile: a caller that was
// cancelled leaves, and the operation lives on until the answer. So the server never writes into memory that
// has another owner.

using System;
using System.Text;
using System.Threading;
using System.Threading.Tasks.Sources;
using Pride.Abi.Fs;
using Pride.Machine;

namespace Pride.Fs;

/// <summary>A place for a command; awaited as a ValueTask. Single-threaded.</summary>
internal sealed class FsOperation(Region share, int index, int pieceSize) : IValueTaskSource<FsCompletion>
{
    /// <summary>The first bytes of the piece hold paths; the others hold data, names and status.</summary>
    public const int PathBytes = 4096;

    private static readonly Action<object?> s_cancel = static operation => ((FsOperation)operation!).Cancel();

    private Phase _phase;
    private short _version;
    private FsCommandCode _code;
    private FsCompletion _completion;
    private bool _isCancelled;
    private CancellationToken _token;
    private CancellationTokenRegistration _registration;
    private Action<object?>? _continuation;
    private object? _continuationState;

    private enum Phase : byte
    {
        /// <summary>The caller has it and has asked nothing.</summary>
        Held,

        /// <summary>The server has the command, and the caller waits.</summary>
        Asked,

        /// <summary>The server has the command, and the caller has gone.</summary>
        Abandoned,

        /// <summary>The answer is there.</summary>
        Answered,
    }

    public int Index { get; } = index;

    /// <summary>What the server must carry back.</summary>
    public ulong Id { get; private set; }

    /// <summary>True while the server has the command.</summary>
    public bool IsWithServer => _phase is Phase.Asked or Phase.Abandoned;

    /// <summary>True when the caller has gone and the server has not answered.</summary>
    public bool IsAbandoned => _phase == Phase.Abandoned;

    /// <summary>The data part of the piece.</summary>
    public Span<byte> Data => Piece[PathBytes..];

    /// <summary>The data part as the protocol names it.</summary>
    public FsBuffer DataBuffer(int length) => new(Offset + PathBytes, (ulong)length);

    private Span<byte> Piece => share.Bytes.Slice(Index * pieceSize, pieceSize);

    private ulong Offset => (ulong)Index * (uint)pieceSize;

    /// <summary>Puts a path into the piece.</summary>
    /// <exception cref="FileSystemException">Empty, or longer than the protocol allows.</exception>
    public FsBuffer WritePath(string path)
    {
        if (path.Length is 0 or > FsLimits.MaximumPathLength
            || !Encoding.UTF8.TryGetBytes(path, Piece[..FsLimits.MaximumPathLength], out int length))
        {
            throw new FileSystemException(FsStatus.InvalidPath);
        }

        return new FsBuffer(Offset, (ulong)length);
    }

    /// <summary>Notes that the command was put into the queue; returns the version for its ValueTask.</summary>
    public short Begin(FsCommandCode code, ulong id, CancellationToken token)
    {
        _phase = Phase.Asked;
        _code = code;
        Id = id;
        _token = token;
        _isCancelled = false;
        if (token.CanBeCanceled)
        {
            _registration = token.UnsafeRegister(s_cancel, this);
        }

        return _version;
    }

    /// <summary>Takes the server's answer. Returns the command that undoes it when nobody wants it: a file that was opened is closed.</summary>
    public FsCommand? Complete(in FsCompletion completion)
    {
        if (_phase == Phase.Abandoned)
        {
            _phase = Phase.Held;
            FsCommandCode? undo = _code switch
            {
                FsCommandCode.FileOpen => FsCommandCode.FileClose,
                FsCommandCode.DirectoryOpen => FsCommandCode.DirectoryClose,
                _ => null,
            };
            return completion.Status == FsStatus.Success && undo is { } close ? FsCommand.On(close, completion.Data) : null;
        }

        _completion = completion;
        Finish();
        return null;
    }

    /// <summary>The command was asked for by nobody (an undo).</summary>
    public void Abandon(FsCommandCode code, ulong id)
    {
        Begin(code, id, CancellationToken.None);
        _phase = Phase.Abandoned;
    }

    public ValueTaskSourceStatus GetStatus(short token) => _phase switch
    {
        Phase.Asked => ValueTaskSourceStatus.Pending,
        _ when _isCancelled => ValueTaskSourceStatus.Canceled,
        _ => ValueTaskSourceStatus.Succeeded,
    };

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        if (_phase != Phase.Asked)
        {
            continuation(state);
            return;
        }

        _continuation = continuation;
        _continuationState = state;
    }

    public FsCompletion GetResult(short token)
    {
        if (token != _version)
        {
            throw new InvalidOperationException("this operation has been awaited already");
        }

        _version++;
        if (_isCancelled)
        {
            throw new OperationCanceledException(_token);
        }

        _phase = Phase.Held;
        return _completion;
    }

    private void Cancel()
    {
        if (_phase == Phase.Asked)
        {
            _isCancelled = true;
            Continue(Phase.Abandoned);
        }
    }

    private void Finish() => Continue(Phase.Answered);

    private void Continue(Phase phase)
    {
        _phase = phase;
        _registration.Dispose();
        _registration = default;
        Action<object?>? continuation = _continuation;
        object? state = _continuationState;
        _continuation = null;
        _continuationState = null;
        continuation?.Invoke(state);
    }
}
