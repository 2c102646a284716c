// The body of a request as it comes off the connection: counted, or in chunks (RFC 9112, sections 6 and 7.1).

using System;

namespace Pride.Http;

/// <summary>Decodes the body of one request after another on one connection.</summary>
internal sealed class RequestBody(HttpLimits limits)
{
    // A size line is some hexadecimal digits and extensions that nobody uses; trailers are ignored. Both have limits of their own.
    private const int MaximumSizeLineBytes = 256;
    private const int MaximumSizeDigits = 12;
    private const int MaximumTrailerBytes = 4096;

    private State _state = State.Done;
    private long _remaining;
    private long _total;
    private int _lineBytes;
    private int _digits;
    private int _trailerBytes;
    private bool _sawReturn;

    private enum State
    {
        Done,
        Counted,
        ChunkSize,
        ChunkExtension,
        ChunkData,
        ChunkEnd,
        Trailer,
        Bad,
    }

    public bool IsDone => _state == State.Done;

    public bool IsBad => _state == State.Bad;

    public int ErrorStatus { get; private set; }

    public string ErrorText { get; private set; } = "";

    /// <summary>What is known to be still to come, in bytes; for chunks 0.</summary>
    public long Remaining => _state == State.Counted ? _remaining : 0;

    public void Start(RequestHead head)
    {
        _total = 0;
        _remaining = head.IsChunked ? 0 : head.ContentLength;
        _state = head.IsChunked ? State.ChunkSize : _remaining > 0 ? State.Counted : State.Done;
        BeginLine();
        _trailerBytes = 0;
    }

    /// <summary>
    /// Decodes from <paramref name="input"/> until it is used up, <paramref name="destination"/> is full, or the body has ended. A null destination (default) with
    /// <paramref name="discard"/> throws the bytes away. Returns how many bytes of the input are used.
    /// </summary>
    public int Take(ReadOnlySpan<byte> input, Span<byte> destination, bool discard, out int produced)
    {
        int used = 0;
        produced = 0;
        while (used < input.Length && _state is not (State.Done or State.Bad))
        {
            if (_state is State.Counted or State.ChunkData)
            {
                long room = discard ? long.MaxValue : destination.Length - produced;
                int count = (int)Math.Min(Math.Min(_remaining, input.Length - used), room);
                if (count == 0)
                {
                    break;
                }

                if (!discard)
                {
                    input.Slice(used, count).CopyTo(destination[produced..]);
                }

                used += count;
                produced += count;
                _remaining -= count;
                EndDataWhenComplete();
            }
            else
            {
                TakeFraming(input[used++]);
            }
        }

        return used;
    }

    private void EndDataWhenComplete()
    {
        if (_remaining == 0)
        {
            _state = _state == State.Counted ? State.Done : State.ChunkEnd;
            BeginLine();
        }
    }

    private void BeginLine()
    {
        _lineBytes = 0;
        _digits = 0;
        _sawReturn = false;
    }

    private void TakeFraming(byte octet)
    {
        if (_state == State.Trailer)
        {
            TakeTrailer(octet);
            return;
        }

        if (++_lineBytes > MaximumSizeLineBytes)
        {
            Fail(HttpStatus.BadRequest, "the size line of a chunk is too long");
        }
        else if (_sawReturn)
        {
            EndLine(octet);
        }
        else if (octet == '\r')
        {
            _sawReturn = true;
        }
        else if (_state == State.ChunkSize)
        {
            TakeSize(octet);
        }
        else if (_state == State.ChunkEnd || (octet < ' ' && octet != '\t'))
        {
            Fail(HttpStatus.BadRequest, "a chunk does not end where its size says");
        }
    }

    private void TakeSize(byte octet)
    {
        int digit = Bytes.HexValue(octet);
        if (digit >= 0 && _digits < MaximumSizeDigits)
        {
            _remaining = (_remaining << 4) | (uint)digit;
            _digits++;
        }
        else if (_digits > 0 && octet is (byte)';' or (byte)' ' or (byte)'\t')
        {
            _state = State.ChunkExtension;
        }
        else
        {
            Fail(HttpStatus.BadRequest, "a chunk does not begin with its size");
        }
    }

    private void EndLine(byte octet)
    {
        if (octet != '\n' || (_state == State.ChunkSize && _digits == 0))
        {
            Fail(HttpStatus.BadRequest, "a chunk's framing is broken");
            return;
        }

        bool wasSize = _state != State.ChunkEnd;
        BeginLine();
        if (!wasSize)
        {
            _state = State.ChunkSize;
            _remaining = 0;
        }
        else if (_remaining == 0)
        {
            _state = State.Trailer;
        }
        else if ((_total += _remaining) > limits.BodyBytes)
        {
            Fail(HttpStatus.ContentTooLarge, "the body is too long");
        }
        else
        {
            _state = State.ChunkData;
        }
    }

    private void TakeTrailer(byte octet)
    {
        if (++_trailerBytes > MaximumTrailerBytes)
        {
            Fail(HttpStatus.HeaderFieldsTooLarge, "the trailer is too long");
            return;
        }

        if (octet != '\n')
        {
            // _lineBytes counts what stands before the CR: an empty line ends the trailer.
            _lineBytes += octet == '\r' && !_sawReturn ? 0 : 1;
            _sawReturn = octet == '\r';
            return;
        }

        if (!_sawReturn)
        {
            Fail(HttpStatus.BadRequest, "a line of the trailer does not end in CR LF");
        }
        else if (_lineBytes == 0)
        {
            _state = State.Done;
        }
        else
        {
            BeginLine();
        }
    }

    private void Fail(int status, string text)
    {
        _state = State.Bad;
        ErrorStatus = status;
        ErrorText = text;
    }
}
