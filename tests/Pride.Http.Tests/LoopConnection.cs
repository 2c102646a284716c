// A connection that sends the same request again and again and allocates nothing itself.

using System;
using System.Text;
using System.Threading.Tasks;
using System.Threading.Tasks.Sources;

namespace Pride.Http.Tests;

/// <summary>One request for each completed read.</summary>
public sealed class LoopConnection(string request) : IConnection, IValueTaskSource<int>
{
    private readonly byte[] _request = Encoding.ASCII.GetBytes(request);
    private ManualResetValueTaskSourceCore<int> _read;
    private Memory<byte> _buffer;

    public int Responses { get; private set; }

    /// <summary>Sends the request this many times, each when the server reads.</summary>
    public void Run(int count)
    {
        for (int i = 0; i < count; i++)
        {
            _request.CopyTo(_buffer.Span);
            _read.SetResult(_request.Length);
        }
    }

    public ValueTask<int> ReadAsync(Memory<byte> buffer)
    {
        _buffer = buffer;
        _read.Reset();
        return new ValueTask<int>(this, _read.Version);
    }

    public ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> data, bool moreFollows)
    {
        Responses++;
        return new ValueTask<bool>(data.Length > 1024);
    }

    public void CancelRead()
    {
    }

    public void CloseSend()
    {
    }

    public void Abort()
    {
    }

    public void Release()
    {
    }

    public int GetResult(short token) => _read.GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => _read.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _read.OnCompleted(continuation, state, token, flags);
}
