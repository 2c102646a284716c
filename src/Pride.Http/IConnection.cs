// What the server needs from a transport. Nothing here throws: a lost connection is an ordinary event, and exceptions for
// ordinary events would cost the most just when a server is under attack.

using System;
using System.Threading.Tasks;

namespace Pride.Http;

/// <summary>One byte-stream connection. At most one read and one write are under way at a time.</summary>
public interface IConnection
{
    /// <summary>
    /// Waits for bytes and copies as many as there are. Returns their number; 0 when the peer has closed its direction,
    /// when the connection is lost, or after <see cref="CancelRead"/>.
    /// </summary>
    ValueTask<int> ReadAsync(Memory<byte> buffer);

    /// <summary>
    /// Hands over all of <paramref name="data"/>; completes when the buffer may be used again. False: the connection is lost.
    /// </summary>
    /// <param name="data">The bytes; at least one.</param>
    /// <param name="moreFollows">More bytes come at once, so a transport need not send a short packet now.</param>
    ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> data, bool moreFollows);

    /// <summary>Lets a read that is under way, or else the next one, return 0. The connection itself stays as it is.</summary>
    void CancelRead();

    /// <summary>Closes this side's direction after the bytes written so far; the other direction stays open.</summary>
    void CloseSend();

    /// <summary>Ends the connection at once; reads and writes under way complete. Harmless when repeated.</summary>
    void Abort();

    /// <summary>The server will not touch the connection again. What has been written is still delivered, unless it was aborted.</summary>
    void Release();
}

/// <summary>Where connections come from.</summary>
public interface IListener
{
    /// <summary>The next connection; null when the listener has been closed.</summary>
    ValueTask<IConnection?> AcceptAsync();
}
