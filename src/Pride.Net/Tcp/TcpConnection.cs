// A connection as the application holds it: a small value that names a control block and its use number, so that a handle kept too long
// never touches the connection that uses the block afterwards.
//
// Two styles over the same ring buffers. Async: ReadAsync, WriteAsync, FlushAsync, one of each at a time. Without async: Read, Write,
// or in place Received/Consume and SendSpan/Commit, with an ITcpHandler for the events. Written bytes leave when the stack is polled.

using System;
using System.Threading;
using System.Threading.Tasks;

namespace Pride.Net;

/// <summary>A handle to a TCP connection. Dispose of it exactly once; copies then are invalid.</summary>
public readonly struct TcpConnection : IDisposable, IEquatable<TcpConnection>
{
    private readonly TcpControlBlock? _block;
    private readonly uint _generation;

    internal TcpConnection(TcpControlBlock block)
    {
        _block = block;
        _generation = block.Generation;
    }

    /// <summary>False after Dispose or Abort, and for the default value.</summary>
    public bool IsValid => _block is not null && _block.Generation == _generation;

    /// <summary>A number from 0 to <see cref="NetworkStackOptions.MaximumConnections"/> - 1, unique among open connections: an index for the application's own state.</summary>
    public int Slot => Block.Index;

    public TcpState State => Block.State;

    public Endpoint Remote => new(Block.RemoteAddress, Block.RemotePort);

    public ushort LocalPort => Block.LocalPort;

    /// <summary>Why the connection ended, or None.</summary>
    public NetworkError Error => Block.Error;

    /// <summary>Received bytes that wait to be read.</summary>
    public int Available => Block.Receive.Count;

    /// <summary>The peer has finished and everything is read.</summary>
    public bool IsEndOfStream => Block.Receive.Count == 0 && (Block.FinReceived || Block.State == TcpState.Closed);

    /// <summary>Received bytes in place: the first contiguous piece.</summary>
    public ReadOnlySpan<byte> Received => Block.Receive.ReadableSpan();

    /// <summary>Free bytes of the send buffer; 0 when nothing can be sent any more.</summary>
    public int SendSpace => Block.MaySend ? Block.Send.Free : 0;

    /// <summary>Written bytes that the peer has not acknowledged yet.</summary>
    public int Unacknowledged => Block.Send.Count;

    /// <summary>Free bytes of the send buffer in place: the first contiguous piece, empty when nothing can be sent.</summary>
    public Span<byte> SendSpan => Block.MaySend ? Block.Send.WritableSpan() : default;

    /// <summary>Short segments are sent at once, though another may still be unacknowledged (Nagle's rule off).</summary>
    public bool NoDelay
    {
        get => Block.NoDelay;
        set => Block.NoDelay = value;
    }

    /// <summary>Milliseconds after which a pending read fails with TimedOut; 0: never.</summary>
    public int ReadTimeoutMilliseconds
    {
        get => (int)(Block.ReadTimeoutNanoseconds / 1_000_000);
        set => Block.ReadTimeoutNanoseconds = value * 1_000_000L;
    }

    /// <summary>Milliseconds without progress after which a pending write or flush fails with TimedOut; 0: never.</summary>
    public int WriteTimeoutMilliseconds
    {
        get => (int)(Block.WriteTimeoutNanoseconds / 1_000_000);
        set => Block.WriteTimeoutNanoseconds = value * 1_000_000L;
    }

    private TcpControlBlock Block => IsValid ? _block! : throw new NetworkException(NetworkError.Closed);

    public static bool operator ==(TcpConnection left, TcpConnection right) => left.Equals(right);

    public static bool operator !=(TcpConnection left, TcpConnection right) => !left.Equals(right);

    /// <summary>Probes a peer that has been silent for so long (RFC 9293 section 3.8.4); 0: never.</summary>
    public void SetKeepAlive(int milliseconds) => Block.Protocol.SetKeepAlive(Block, milliseconds * 1_000_000L);

    /// <summary>Takes received bytes; 0 when there are none now.</summary>
    public int Read(Span<byte> destination) => Block.Protocol.Read(Block, destination);

    /// <summary>Drops <paramref name="count"/> bytes seen in <see cref="Received"/>.</summary>
    public void Consume(int count)
    {
        TcpControlBlock block = Block;
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)block.Receive.Count, nameof(count));
        block.Receive.Consume(count);
        block.Protocol.AfterRead(block);
    }

    /// <summary>Queues as many bytes as there is room for, and tells how many.</summary>
    public int Write(ReadOnlySpan<byte> source)
    {
        TcpControlBlock block = Block;
        return block.MaySend ? block.Protocol.Write(block, source) : 0;
    }

    /// <summary>Queues <paramref name="count"/> bytes put into <see cref="SendSpan"/>.</summary>
    public void Commit(int count)
    {
        TcpControlBlock block = Block;
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(block.MaySend ? block.Send.Free : 0), nameof(count));
        block.Send.Commit(count);
        block.Protocol.MarkDirty(block);
    }

    /// <summary>
    /// Waits for bytes and takes them; 0: the peer has finished. With an empty buffer: waits until there is something, and returns how much.
    /// </summary>
    /// <exception cref="NetworkException">The connection has failed or timed out.</exception>
    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        TcpControlBlock block = Block;
        cancellationToken.ThrowIfCancellationRequested();
        TcpAsyncOperations operations = TcpAsyncOperations.Of(block);
        if (!operations.Read.IsBusy && block.Receive.Count != 0)
        {
            return new ValueTask<int>(buffer.IsEmpty ? block.Receive.Count : block.Protocol.Read(block, buffer.Span));
        }

        return new ValueTask<int>(operations.Read, operations.StartRead(buffer, cancellationToken));
    }

    /// <summary>Queues all of <paramref name="source"/>, waiting for room as needed. The bytes must not change before it completes.</summary>
    /// <exception cref="NetworkException">The connection has failed, timed out or been shut down.</exception>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        TcpControlBlock block = Block;
        cancellationToken.ThrowIfCancellationRequested();
        ThrowUnlessSendable(block);
        TcpAsyncOperations operations = TcpAsyncOperations.Of(block);
        if (!operations.Write.IsBusy)
        {
            source = source[block.Protocol.Write(block, source.Span)..];
            if (source.IsEmpty)
            {
                return default;
            }
        }

        return new ValueTask(operations.Write, operations.StartWrite(source, 0, cancellationToken));
    }

    /// <summary>Waits until at least <paramref name="bytes"/> (not more than the send buffer holds) can be written without waiting; returns how many can.</summary>
    public ValueTask<int> WaitWritableAsync(int bytes, CancellationToken cancellationToken = default)
    {
        TcpControlBlock block = Block;
        cancellationToken.ThrowIfCancellationRequested();
        ThrowUnlessSendable(block);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, block.Send.Capacity);
        TcpAsyncOperations operations = TcpAsyncOperations.Of(block);
        if (!operations.Write.IsBusy && block.Send.Free >= bytes)
        {
            return new ValueTask<int>(block.Send.Free);
        }

        return new ValueTask<int>(operations.Write, operations.StartWrite(default, bytes, cancellationToken));
    }

    /// <summary>Waits until the peer has acknowledged every byte written.</summary>
    public ValueTask FlushAsync(CancellationToken cancellationToken = default)
    {
        TcpControlBlock block = Block;
        cancellationToken.ThrowIfCancellationRequested();
        TcpAsyncOperations operations = TcpAsyncOperations.Of(block);
        if (block.Send.Count == 0 && !operations.Flush.IsBusy)
        {
            return default;
        }

        if (block.State == TcpState.Closed)
        {
            throw new NetworkException(block.Error == NetworkError.None ? NetworkError.Closed : block.Error);
        }

        return new ValueTask(operations.Flush, operations.StartFlush(cancellationToken));
    }

    /// <summary>Half-close: after what is written the peer sees the end of the stream. Reading goes on.</summary>
    public void Shutdown() => Block.Protocol.Shutdown(Block);

    /// <summary>Ends the connection at once; the peer gets a reset.</summary>
    public void Abort()
    {
        if (IsValid)
        {
            _block!.Protocol.Abort(_block, this);
        }
    }

    /// <summary>Lets go: what is written is still delivered, then the connection closes. With received bytes unread, it is reset instead.</summary>
    public void Dispose()
    {
        if (IsValid)
        {
            _block!.Protocol.Close(_block, this);
        }
    }

    public bool Equals(TcpConnection other) => ReferenceEquals(_block, other._block) && _generation == other._generation;

    public override bool Equals(object? obj) => obj is TcpConnection other && Equals(other);

    public override int GetHashCode() => _block is null ? 0 : (_block.Index * 397) ^ (int)_generation;

    private static void ThrowUnlessSendable(TcpControlBlock block)
    {
        if (!block.MaySend)
        {
            throw new NetworkException(block.Error == NetworkError.None ? NetworkError.Closed : block.Error);
        }
    }
}
