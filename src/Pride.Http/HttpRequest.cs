// A request as a handler sees it. Valid only while the handler runs: it is a view of the connection's buffers, which are used again.

using System;
using System.Text;
using System.Threading.Tasks;

namespace Pride.Http;

/// <summary>One request.</summary>
public sealed class HttpRequest
{
    private readonly HttpConnection _connection;
    private readonly RequestHead _head;
    private readonly byte[] _path = new byte[RequestTarget.MaximumPathBytes];
    private int _pathLength;
    private byte[] _buffer = [];
    private int _offset;
    private string? _pathText;

    internal HttpRequest(HttpConnection connection, RequestHead head)
    {
        _connection = connection;
        _head = head;
    }

    /// <summary>The method: one bit.</summary>
    public HttpMethods Method => _head.Method;

    /// <summary>HEAD: the answer is that of GET, its body is left out by the server.</summary>
    public bool IsHead => _head.Method == HttpMethods.Head;

    /// <summary>0 for HTTP/1.0, 1 for HTTP/1.1.</summary>
    public int MinorVersion => _head.MinorVersion;

    /// <summary>The path, decoded and canonical: begins with '/', valid UTF-8, no dot segments, no empty ones.</summary>
    public ReadOnlySpan<byte> Path => _path.AsSpan(0, _pathLength);

    /// <summary>The path as text; made on first use.</summary>
    public string PathText => _pathText ??= Encoding.UTF8.GetString(Path);

    /// <summary>What follows the question mark, as it came; empty without one.</summary>
    public ReadOnlySpan<byte> Query
    {
        get
        {
            ReadOnlySpan<byte> target = _head.Target(Head);
            int mark = target.IndexOf((byte)'?');
            return mark < 0 ? default : target[(mark + 1)..];
        }
    }

    /// <summary>Some field asks for a condition or a range: look at If-... and Range.</summary>
    public bool HasConditions => _head.HasConditions;

    /// <summary>There is a body to read.</summary>
    public bool HasBody => _head.HasBody;

    private ReadOnlySpan<byte> Head => _buffer.AsSpan(_offset, _head.Length);

    /// <summary>The value of the first field of this name (in lower case); false when there is none.</summary>
    public bool TryGetField(ReadOnlySpan<byte> lowerCaseName, out ReadOnlySpan<byte> value)
    {
        ReadOnlySpan<byte> head = Head;
        for (int i = 0; i < _head.FieldCount; i++)
        {
            if (Bytes.EqualsIgnoreCase(_head.FieldName(head, i), lowerCaseName))
            {
                value = _head.FieldValue(head, i);
                return true;
            }
        }

        value = default;
        return false;
    }

    /// <summary>The next bytes of the body; 0 at its end. Throws <see cref="HttpException"/> when the client breaks it off.</summary>
    public ValueTask<int> ReadBodyAsync(Memory<byte> buffer) => _connection.ReadBodyAsync(buffer);

    internal void Place(byte[] buffer, int offset)
    {
        _buffer = buffer;
        _offset = offset;
    }

    internal TargetResult DecodeTarget()
    {
        _pathText = null;
        return RequestTarget.Decode(_head.Target(Head), _path, out _pathLength, out _);
    }
}

/// <summary>The request cannot be served; the server answers with <see cref="Status"/> unless the response has begun.</summary>
public sealed class HttpException(int status, string message) : Exception(message)
{
    /// <summary>The status code of the answer.</summary>
    public int Status { get; } = status;
}
