// Parses the head of a request: request line and header fields (RFC 9112, sections 2 to 6).
//
// Rules: strict, because leniency here is how requests get smuggled. Lines end in CRLF, no folding, no blank before a colon,
// one Host in HTTP/1.1, never two ways of saying how long the body is. The parser keeps its place, so a head that arrives byte
// by byte costs no more than one that arrives at once. Nothing is copied: fields are places in the connection's buffer.

using System;

namespace Pride.Http;

/// <summary>The head of one request after another on one connection.</summary>
internal sealed class RequestHead(HttpLimits limits)
{
    private const int NoLength = -1;

    // Empty lines before a request line, which some old clients send after a body (RFC 9112, 2.2).
    private const int MaximumEmptyLines = 2;

    private HeaderField[] _fields = new HeaderField[16];
    private int _scanned;
    private int _lineStart;
    private int _emptyLines;
    private bool _hasRequestLine;
    private int _hosts;
    private bool _hasTransferCoding;
    private bool _isUnknownCoding;
    private bool _isClose;
    private bool _isKeepAlive;
    private int _targetStart;
    private int _targetLength;

    /// <summary>Bytes of the head, its last empty line included.</summary>
    public int Length { get; private set; }

    public HttpMethods Method { get; private set; }

    /// <summary>1 for HTTP/1.1 and later 1.x, 0 for HTTP/1.0.</summary>
    public int MinorVersion { get; private set; }

    public int FieldCount { get; private set; }

    /// <summary>Body length in bytes as the client says it, 0 without a body; not valid when <see cref="IsChunked"/>.</summary>
    public long ContentLength { get; private set; }

    public bool IsChunked { get; private set; }

    public bool HasBody => IsChunked || ContentLength > 0;

    /// <summary>The client waits for "100 Continue" before it sends the body.</summary>
    public bool ExpectsContinue { get; private set; }

    /// <summary>Some field (If-..., Range) makes the response conditional.</summary>
    public bool HasConditions { get; private set; }

    /// <summary>The client wants the connection to go on.</summary>
    public bool KeepAlive => !_isClose && (MinorVersion > 0 || _isKeepAlive);

    public int ErrorStatus { get; private set; }

    /// <summary>What is wrong, for the body of the answer.</summary>
    public string ErrorText { get; private set; } = "";

    /// <summary>Something of this head has arrived.</summary>
    public bool HasBegun => _hasRequestLine || _scanned > _lineStart;

    /// <summary>Makes ready for the next head.</summary>
    public void Reset()
    {
        _scanned = 0;
        _lineStart = 0;
        _emptyLines = 0;
        _hasRequestLine = false;
        _hosts = 0;
        _hasTransferCoding = false;
        _isUnknownCoding = false;
        _isClose = false;
        _isKeepAlive = false;
        Length = 0;
        Method = HttpMethods.None;
        MinorVersion = 1;
        FieldCount = 0;
        ContentLength = NoLength;
        IsChunked = false;
        ExpectsContinue = false;
        HasConditions = false;
        ErrorStatus = 0;
    }

    public ReadOnlySpan<byte> Target(ReadOnlySpan<byte> head) => head.Slice(_targetStart, _targetLength);

    public ReadOnlySpan<byte> FieldName(ReadOnlySpan<byte> head, int index) =>
        head.Slice(_fields[index].NameStart, _fields[index].NameLength);

    public ReadOnlySpan<byte> FieldValue(ReadOnlySpan<byte> head, int index) =>
        head.Slice(_fields[index].ValueStart, _fields[index].ValueLength);

    /// <summary>Goes on where it stopped. <paramref name="data"/> begins with the first byte of the head each time.</summary>
    public HeadProgress Parse(ReadOnlySpan<byte> data)
    {
        if (!_hasRequestLine && data.Length > _lineStart && data[_lineStart] != '\r' && !Bytes.IsToken(data[_lineStart]))
        {
            return Bad(HttpStatus.BadRequest, "this is not an HTTP request");
        }

        while (true)
        {
            int newline = data[_scanned..].IndexOf((byte)'\n');
            if (newline < 0)
            {
                _scanned = data.Length;
                return CheckGrowth(data.Length);
            }

            int lineEnd = _scanned + newline;
            int lineStart = _lineStart;
            _scanned = lineEnd + 1;
            _lineStart = _scanned;
            if (lineEnd == lineStart || data[lineEnd - 1] != '\r')
            {
                return Bad(HttpStatus.BadRequest, "a line of the head does not end in CR LF");
            }

            if (_scanned > limits.HeadBytes)
            {
                return CheckGrowth(_scanned);
            }

            HeadProgress progress = TakeLine(data, lineStart, lineEnd - 1);
            if (progress != HeadProgress.More)
            {
                return progress;
            }
        }
    }

    private HeadProgress CheckGrowth(int length)
    {
        if (!_hasRequestLine && length - _lineStart > limits.RequestLineBytes)
        {
            return Bad(HttpStatus.UriTooLong, "the request line is too long");
        }

        return length < limits.HeadBytes
            ? HeadProgress.More
            : Bad(HttpStatus.HeaderFieldsTooLarge, "the header fields are too long");
    }

    private HeadProgress TakeLine(ReadOnlySpan<byte> data, int start, int end)
    {
        if (!_hasRequestLine)
        {
            if (start == end)
            {
                return ++_emptyLines > MaximumEmptyLines ? Bad(HttpStatus.BadRequest, "there is no request line") : HeadProgress.More;
            }

            _hasRequestLine = true;
            return TakeRequestLine(data, start, end);
        }

        if (start != end)
        {
            return TakeField(data, start, end);
        }

        Length = _scanned;
        return Finish();
    }

    private HeadProgress TakeRequestLine(ReadOnlySpan<byte> data, int start, int end)
    {
        ReadOnlySpan<byte> line = data[start..end];
        if (line.Length > limits.RequestLineBytes)
        {
            return Bad(HttpStatus.UriTooLong, "the request line is too long");
        }

        int afterMethod = line.IndexOf((byte)' ');
        if (afterMethod <= 0 || !Bytes.IsToken(line[..afterMethod]))
        {
            return Bad(HttpStatus.BadRequest, "the request line has no method");
        }

        Method = HttpMethod.Parse(line[..afterMethod]);
        ReadOnlySpan<byte> rest = line[(afterMethod + 1)..];
        int afterTarget = rest.IndexOf((byte)' ');
        if (afterTarget <= 0)
        {
            return Bad(HttpStatus.BadRequest, "the request line is not: method, target, version");
        }

        _targetStart = start + afterMethod + 1;
        _targetLength = afterTarget;
        return TakeVersion(rest[(afterTarget + 1)..]);
    }

    private HeadProgress TakeVersion(ReadOnlySpan<byte> version)
    {
        const int MajorAt = 5;
        const int MinorAt = 7;
        bool isVersion = version.Length == MinorAt + 1 && version.StartsWith("HTTP/"u8) && version[MajorAt + 1] == '.'
            && Bytes.IsDigit(version[MajorAt]) && Bytes.IsDigit(version[MinorAt]);
        if (!isVersion)
        {
            return Bad(HttpStatus.BadRequest, "the request line does not end in a version such as HTTP/1.1");
        }

        if (version[MajorAt] != '1')
        {
            return Bad(HttpStatus.VersionNotSupported, "this server speaks HTTP/1.1 and HTTP/1.0");
        }

        MinorVersion = version[MinorAt] == '0' ? 0 : 1;
        return HeadProgress.More;
    }

    private HeadProgress TakeField(ReadOnlySpan<byte> data, int start, int end)
    {
        ReadOnlySpan<byte> line = data[start..end];
        int colon = 0;
        while (colon < line.Length && Bytes.IsToken(line[colon]))
        {
            colon++;
        }

        if (colon == 0 || colon == line.Length || line[colon] != ':')
        {
            return Bad(HttpStatus.BadRequest, "a header field is not: name, colon, value");
        }

        if (FieldCount == limits.HeaderFields)
        {
            return Bad(HttpStatus.HeaderFieldsTooLarge, "there are too many header fields");
        }

        int valueStart = colon + 1;
        int valueEnd = line.Length;
        while (valueStart < valueEnd && Bytes.IsBlank(line[valueStart]))
        {
            valueStart++;
        }

        while (valueEnd > valueStart && Bytes.IsBlank(line[valueEnd - 1]))
        {
            valueEnd--;
        }

        ReadOnlySpan<byte> value = line[valueStart..valueEnd];
        foreach (byte octet in value)
        {
            if ((octet < ' ' && octet != '\t') || octet == 0x7f)
            {
                return Bad(HttpStatus.BadRequest, "a header field holds a control character");
            }
        }

        AddField(new HeaderField(start, colon, start + valueStart, value.Length));
        return Note(line[..colon], value);
    }

    private void AddField(HeaderField field)
    {
        if (FieldCount == _fields.Length)
        {
            Array.Resize(ref _fields, Math.Min(2 * _fields.Length, limits.HeaderFields));
        }

        _fields[FieldCount++] = field;
    }

    // The fields that the server itself must understand; told apart by length first, since most fields are none of them.
    private HeadProgress Note(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        switch (name.Length)
        {
            case 4 when Bytes.EqualsIgnoreCase(name, "host"u8):
                return NoteHost(value);
            case 6 when Bytes.EqualsIgnoreCase(name, "expect"u8):
                ExpectsContinue = Bytes.EqualsIgnoreCase(value, "100-continue"u8);
                return ExpectsContinue ? HeadProgress.More : Bad(HttpStatus.ExpectationFailed, "the only expectation known is 100-continue");
            case 10 when Bytes.EqualsIgnoreCase(name, "connection"u8):
                NoteConnection(value);
                return HeadProgress.More;
            case 14 when Bytes.EqualsIgnoreCase(name, "content-length"u8):
                return NoteContentLength(value);
            case 17 when Bytes.EqualsIgnoreCase(name, "transfer-encoding"u8):
                return NoteTransferCoding(value);
            default:
                HasConditions |= (name.Length == 5 && Bytes.EqualsIgnoreCase(name, "range"u8))
                    || (name.Length >= 8 && Bytes.EqualsIgnoreCase(name[..3], "if-"u8));
                return HeadProgress.More;
        }
    }

    private HeadProgress NoteHost(ReadOnlySpan<byte> value)
    {
        if (++_hosts > 1)
        {
            return Bad(HttpStatus.BadRequest, "there is more than one Host field");
        }

        foreach (byte octet in value)
        {
            // What RFC 3986, section 3.2.2 lets a host and a port be made of, and nothing that could pass for more.
            bool isGood = Bytes.IsToken(octet) || octet is (byte)':' or (byte)'[' or (byte)']' or (byte)'(' or (byte)')' or (byte)';' or (byte)'=';
            if (!isGood || octet is (byte)'|' or (byte)'^' or (byte)'`' or (byte)'#')
            {
                return Bad(HttpStatus.BadRequest, "the Host field is not a host");
            }
        }

        return HeadProgress.More;
    }

    private void NoteConnection(ReadOnlySpan<byte> list)
    {
        while (Bytes.NextElement(ref list, out ReadOnlySpan<byte> option))
        {
            _isClose |= Bytes.EqualsIgnoreCase(option, "close"u8);
            _isKeepAlive |= Bytes.EqualsIgnoreCase(option, "keep-alive"u8);
        }
    }

    private HeadProgress NoteContentLength(ReadOnlySpan<byte> value)
    {
        bool isSecond = ContentLength != NoLength;
        if (!Bytes.TryParseNumber(value, out long length) || (isSecond && length != ContentLength))
        {
            return Bad(HttpStatus.BadRequest, "Content-Length is not one number");
        }

        ContentLength = length;
        return HeadProgress.More;
    }

    private HeadProgress NoteTransferCoding(ReadOnlySpan<byte> list)
    {
        while (Bytes.NextElement(ref list, out ReadOnlySpan<byte> coding))
        {
            if (IsChunked)
            {
                return Bad(HttpStatus.BadRequest, "chunked is not the last transfer coding");
            }

            _hasTransferCoding = true;
            IsChunked = Bytes.EqualsIgnoreCase(coding, "chunked"u8);
            _isUnknownCoding |= !IsChunked;
        }

        return HeadProgress.More;
    }

    // What can only be judged when all fields are known (RFC 9112, sections 3.2 and 6.3).
    private HeadProgress Finish()
    {
        if (MinorVersion > 0 && _hosts == 0)
        {
            return Bad(HttpStatus.BadRequest, "HTTP/1.1 asks for a Host field");
        }

        if (_hasTransferCoding)
        {
            if (ContentLength != NoLength || MinorVersion == 0)
            {
                return Bad(HttpStatus.BadRequest, "Transfer-Encoding cannot stand beside Content-Length, nor in HTTP/1.0");
            }

            if (!IsChunked)
            {
                return Bad(HttpStatus.BadRequest, "chunked is not the last transfer coding");
            }

            if (_isUnknownCoding)
            {
                return Bad(HttpStatus.NotImplemented, "the only transfer coding known is chunked");
            }
        }

        if (ContentLength == NoLength)
        {
            ContentLength = 0;
        }

        if (ContentLength > limits.BodyBytes)
        {
            return Bad(HttpStatus.ContentTooLarge, "the body is too long");
        }

        ExpectsContinue &= MinorVersion > 0 && HasBody;
        return HeadProgress.Complete;
    }

    private HeadProgress Bad(int status, string text)
    {
        ErrorStatus = status;
        ErrorText = text;
        return HeadProgress.Bad;
    }

    private readonly record struct HeaderField(int NameStart, int NameLength, int ValueStart, int ValueLength);
}
