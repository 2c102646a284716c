// A response as a handler makes it. Two ways:
//
//   collect    Write(...) as often as needed; the server sends it whole, with its length, when the handler is done.
//   stream     StartAsync(length), then SendAsync(...) until the length is reached: for what is larger than memory should hold.
//
// For HEAD the body is left out here, whatever the handler writes.

using System;
using System.Text;
using System.Threading.Tasks;

namespace Pride.Http;

/// <summary>One response.</summary>
public sealed class HttpResponse
{
    /// <summary>Fields that a handler may set, in bytes together; with the server's own they fit well into one block.</summary>
    public const int MaximumFieldBytes = 4096;

    private const int InitialFieldBytes = 512;
    private const long NotStreaming = -2;
    private const long UnknownLength = -1;

    private readonly HttpConnection _connection;
    private readonly BlockList _collected;
    private readonly int _collectedLimit;
    private byte[] _fields = new byte[InitialFieldBytes];
    private int _fieldsLength;
    private byte[]? _preparedHead;
    private BlockList? _stored;
    private int _storedOffset;
    private int _storedEnd;
    private long _streamLength;
    private long _streamed;

    internal HttpResponse(HttpConnection connection, BlockPool pool, HttpLimits limits)
    {
        _connection = connection;
        _collected = new BlockList(pool);
        _collectedLimit = limits.CollectedResponseBytes;
    }

    /// <summary>The status code; 200 unless set.</summary>
    public int Status { get; set; }

    /// <summary>The head has been sent: too late for fields and for another status.</summary>
    public bool HasStarted { get; private set; }

    /// <summary>Close the connection after this response.</summary>
    public bool CloseAfter { get; set; }

    internal bool IsChunked => _streamLength == UnknownLength;

    /// <summary>All that was promised has been sent.</summary>
    internal bool IsStreamComplete => _streamLength == NotStreaming || _streamLength == _streamed;

    /// <summary>Adds a field. Names are tokens; values hold no control characters, so nothing can be smuggled in through one.</summary>
    public void AddField(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        RequireNotStarted();
        int length = name.Length + value.Length + 4;
        if (!Bytes.IsToken(name) || value.IndexOfAnyInRange((byte)0, (byte)8) >= 0 || value.IndexOfAnyInRange((byte)10, (byte)31) >= 0)
        {
            throw new ArgumentException("a field name or value holds a byte that cannot stand there");
        }

        if (_fieldsLength + length > MaximumFieldBytes)
        {
            throw new InvalidOperationException("the response has too many fields");
        }

        if (_fieldsLength + length > _fields.Length)
        {
            Array.Resize(ref _fields, MaximumFieldBytes);
        }

        Span<byte> free = _fields.AsSpan(_fieldsLength);
        name.CopyTo(free);
        ": "u8.CopyTo(free[name.Length..]);
        value.CopyTo(free[(name.Length + 2)..]);
        "\r\n"u8.CopyTo(free[(name.Length + 2 + value.Length)..]);
        _fieldsLength += length;
    }

    /// <summary>Sets Content-Type.</summary>
    public void SetContentType(ReadOnlySpan<byte> type) => AddField("Content-Type"u8, type);

    /// <summary>Appends bytes to the collected body.</summary>
    public void Write(ReadOnlySpan<byte> data)
    {
        RequireNotStarted();
        if (data.Length > _collectedLimit - _collected.Length || !_collected.TryAppend(data))
        {
            throw new HttpException(HttpStatus.ServiceUnavailable, "the response is too long to be collected; stream it");
        }
    }

    /// <summary>Appends text, in UTF-8.</summary>
    public void Write(string text)
    {
        Span<byte> utf8 = stackalloc byte[384];
        ReadOnlySpan<char> rest = text;
        const int CharsAtOnce = 128;
        while (!rest.IsEmpty)
        {
            int count = Math.Min(rest.Length, CharsAtOnce);
            if (count < rest.Length && char.IsHighSurrogate(rest[count - 1]))
            {
                count--;
            }

            Write(utf8[..Encoding.UTF8.GetBytes(rest[..count], utf8)]);
            rest = rest[count..];
        }
    }

    /// <summary>Appends a decimal number.</summary>
    public void Write(long value)
    {
        Span<byte> digits = stackalloc byte[20];
        Write(digits[Utf8.FormatNumber(value, digits)..]);
    }

    /// <summary>Appends text so that HTML and JSON strings alike show it as it is.</summary>
    public void WriteEscaped(ReadOnlySpan<byte> text)
    {
        foreach (byte octet in text)
        {
            switch (octet)
            {
                case (byte)'<': Write("&lt;"u8); break;
                case (byte)'>': Write("&gt;"u8); break;
                case (byte)'&': Write("&amp;"u8); break;
                case (byte)'"': Write("&quot;"u8); break;
                case (byte)'\'': Write("&#39;"u8); break;
                default: Write([octet]); break;
            }
        }
    }

    /// <summary>Throws away what has been collected and set so far, unless it is already on its way.</summary>
    public void Clear()
    {
        RequireNotStarted();
        _collected.Release();
        DropStored();
        _fieldsLength = 0;
        Status = HttpStatus.Ok;
    }

    /// <summary>Sends the head now; the body follows in <see cref="SendAsync"/>. Without a length the body is sent in chunks.</summary>
    public ValueTask<bool> StartAsync(long? length)
    {
        RequireNotStarted();
        _streamLength = length ?? UnknownLength;
        _streamed = 0;
        return _connection.StartStreamAsync();
    }

    /// <summary>Sends a piece of the body. False: the client is gone, and the handler should stop.</summary>
    public ValueTask<bool> SendAsync(ReadOnlyMemory<byte> data)
    {
        if (!HasStarted || _streamLength == NotStreaming)
        {
            throw new InvalidOperationException("StartAsync comes first");
        }

        _streamed += data.Length;
        if (_streamLength != UnknownLength && _streamed > _streamLength)
        {
            throw new InvalidOperationException("more is sent than StartAsync promised");
        }

        return _connection.SendPieceAsync(data, _streamed != _streamLength);
    }

    internal void Reset()
    {
        Status = HttpStatus.Ok;
        HasStarted = false;
        CloseAfter = false;
        _fieldsLength = 0;
        _preparedHead = null;
        _streamLength = NotStreaming;
        _streamed = 0;
    }

    /// <summary>Lets go of all blocks.</summary>
    internal void Release()
    {
        _collected.Release();
        DropStored();
    }

    /// <summary>The body is this part of a stored one, which is shared until it has been sent; the head may be ready-made.</summary>
    internal void UseStored(BlockList stored, int offset, int length, byte[]? preparedHead)
    {
        stored.Share();
        _stored = stored;
        _storedOffset = offset;
        _storedEnd = offset + length;
        _preparedHead = preparedHead;
    }

    /// <summary>The next piece of a collected or stored body.</summary>
    internal bool TryNextPiece(out ReadOnlyMemory<byte> piece, out bool isLast)
    {
        if (_stored is null && _collected.Length > 0 && !HttpStatus.HasNoBody(Status))
        {
            UseStored(_collected, 0, _collected.Length, null);
        }

        if (_stored is null || _storedOffset == _storedEnd)
        {
            piece = default;
            isLast = true;
            return false;
        }

        piece = _stored.Run(_storedOffset, _storedEnd - _storedOffset);
        _storedOffset += piece.Length;
        isLast = _storedOffset == _storedEnd;
        return true;
    }

    /// <summary>Writes the head; the destination has room for <see cref="MaximumFieldBytes"/> and the server's own fields.</summary>
    internal int WriteHead(Span<byte> destination, ReadOnlySpan<byte> dateField, bool keepsOpen, int minorVersion)
    {
        HasStarted = true;
        var writer = new SpanWriter(destination);
        if (_preparedHead is { } prepared)
        {
            writer.Write(prepared);
        }
        else
        {
            WriteStatusLine(ref writer, Status);
            writer.Write(_fields.AsSpan(0, _fieldsLength));
            WriteLength(ref writer, minorVersion);
        }

        writer.Write(dateField);
        if (!keepsOpen)
        {
            writer.Write("Connection: close\r\n"u8);
        }
        else if (minorVersion == 0)
        {
            writer.Write("Connection: keep-alive\r\n"u8);
        }

        writer.Write("\r\n"u8);
        return writer.Length;
    }

    internal static void WriteStatusLine(ref SpanWriter writer, int status)
    {
        writer.Write("HTTP/1.1 "u8);
        writer.Write(status);
        writer.Write(" "u8);
        writer.Write(HttpStatus.Reason(status));
        writer.Write("\r\nServer: Pride\r\nX-Content-Type-Options: nosniff\r\n"u8);
    }

    private void WriteLength(ref SpanWriter writer, int minorVersion)
    {
        if (HttpStatus.HasNoBody(Status))
        {
            return;
        }

        if (_streamLength != UnknownLength)
        {
            long stored = _stored is null ? _collected.Length : _storedEnd - _storedOffset;
            writer.Write("Content-Length: "u8);
            writer.Write(_streamLength == NotStreaming ? stored : _streamLength);
            writer.Write("\r\n"u8);
        }
        else if (minorVersion > 0)
        {
            writer.Write("Transfer-Encoding: chunked\r\n"u8);
        }
    }

    private void DropStored()
    {
        _stored?.Release();
        _stored = null;
        _preparedHead = null;
    }

    private void RequireNotStarted()
    {
        if (HasStarted)
        {
            throw new InvalidOperationException("the response is already on its way");
        }
    }
}
