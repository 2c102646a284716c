// One connection's input and output: its buffers, and the body of the request.

using System;
using System.Threading.Tasks;

namespace Pride.Http;

internal sealed partial class HttpConnection
{
    /// <summary>For handlers: the next bytes of the request's body.</summary>
    public async ValueTask<int> ReadBodyAsync(Memory<byte> buffer)
    {
        if (_owesContinue)
        {
            _owesContinue = false;
            if (!TryRentOutput())
            {
                throw new HttpException(HttpStatus.ServiceUnavailable, "the server has no memory left for this request");
            }

            TryCopyToOutput("HTTP/1.1 100 Continue\r\n\r\n"u8);
            if (!Sent(await FlushAsync(moreFollows: false)))
            {
                throw new HttpException(HttpStatus.BadRequest, "the client is gone");
            }
        }

        while (true)
        {
            _start += _body.Take(_input.AsSpan(_start, _end - _start), buffer.Span, discard: false, out int produced);
            if (_body.IsBad)
            {
                throw new HttpException(_body.ErrorStatus, _body.ErrorText);
            }

            if (produced > 0 || _body.IsDone || buffer.IsEmpty)
            {
                Enter(Phase.Handling, int.MaxValue);
                return produced;
            }

            if (!EnsureInputSpace())
            {
                throw new HttpException(HttpStatus.ServiceUnavailable, "the server has no memory left for this request");
            }

            EnterBody();
            int count = await ReadInputAsync();
            if (count == 0)
            {
                _isClosing = true;
                throw _hasExpired
                    ? new HttpException(HttpStatus.RequestTimeout, "the body took too long to arrive")
                    : new HttpException(HttpStatus.BadRequest, "the body ended too early");
            }

            _end += count;
        }
    }

    /// <summary>For handlers that stream: sends the head.</summary>
    public async ValueTask<bool> StartStreamAsync()
    {
        if (_response.IsChunked && _head.MinorVersion == 0)
        {
            // HTTP/1.0 knows no chunks: the end of the connection is the end of the body.
            _isClosing = true;
        }

        if (!TryWriteHead())
        {
            _isLost = true;
            return false;
        }

        return _request.IsHead || Sent(await FlushAsync(moreFollows: true));
    }

    /// <summary>For handlers that stream: sends a piece.</summary>
    public ValueTask<bool> SendPieceAsync(ReadOnlyMemory<byte> data, bool moreFollows)
    {
        if (_request.IsHead || data.IsEmpty)
        {
            return new ValueTask<bool>(!_isLost);
        }

        return _response.IsChunked && _head.MinorVersion > 0 ? SendChunkAsync(data) : WriteAsync(data, moreFollows);
    }

    private async ValueTask<bool> SendChunkAsync(ReadOnlyMemory<byte> data)
    {
        if (!TryRentOutput())
        {
            return false;
        }

        WriteChunkSize(data.Length);
        if (!Sent(await FlushAsync(moreFollows: true)) || !Sent(await WriteAsync(data, moreFollows: true)) || !TryRentOutput())
        {
            return false;
        }

        return TryCopyToOutput("\r\n"u8);
    }

    private void WriteChunkSize(int length)
    {
        var writer = new SpanWriter(_output.AsSpan(_outputLength));
        writer.WriteHex((uint)length);
        writer.Write("\r\n"u8);
        _outputLength += writer.Length;
    }

    // Puts the head of the response into the output, unless a handler that streams has sent it; then it checks the end of the stream.
    private bool TryWriteHead()
    {
        if (_response.HasStarted)
        {
            if (_response.IsChunked && _head.MinorVersion > 0 && !_request.IsHead)
            {
                return TryRentOutput() && TryCopyToOutput("0\r\n\r\n"u8);
            }

            return _response.IsChunked || _request.IsHead || _response.IsStreamComplete;
        }

        if (!TryRentOutput())
        {
            return false;
        }

        if (_owesContinue || (!_body.IsDone && _body.Remaining > _limits.DiscardedBodyBytes))
        {
            // The client has not been told to send, or sends more than is worth reading: the next request cannot be found.
            _isClosing = true;
        }

        _isClosing |= _response.CloseAfter;
        _server.Count(_response.Status);
        _outputLength += _response.WriteHead(_output.AsSpan(_outputLength), _server.DateField, !_isClosing, _head.MinorVersion);
        return true;
    }

    private bool TryCopyToOutput(ReadOnlySpan<byte> data)
    {
        if (_output is null || data.Length > CopiedPieceBytes || data.Length > _output.Length - _outputLength)
        {
            return false;
        }

        data.CopyTo(_output.AsSpan(_outputLength));
        _outputLength += data.Length;
        return true;
    }

    private ValueTask<bool> FlushAsync(bool moreFollows)
    {
        if (_outputLength == 0)
        {
            return new ValueTask<bool>(!_isLost);
        }

        ValueTask<bool> write = WriteAsync(_output.AsMemory(0, _outputLength), moreFollows);
        _outputLength = 0;
        if (write.IsCompleted)
        {
            // The block goes back at once; otherwise it stays with the connection until the next flush or its end.
            ReturnOutput();
        }

        return write;
    }

    private ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> data, bool moreFollows)
    {
        if (_isLost)
        {
            return new ValueTask<bool>(false);
        }

        Enter(Phase.Writing, _limits.WriteMilliseconds);
        _server.Statistics.BytesSent += data.Length;
        return _transport.WriteAsync(data, moreFollows);
    }

    // Every awaited write passes through here: a failed one ends the connection.
    private bool Sent(bool isSent)
    {
        _isLost |= !isSent;
        return !_isLost;
    }

    private ValueTask<int> ReadInputAsync() => _hasExpired ? new ValueTask<int>(0) : _transport.ReadAsync(_input.AsMemory(_end));

    private void AcceptInput(int count)
    {
        if (count == 0)
        {
            _isClosing = true;
            return;
        }

        if (_phase != Phase.Head)
        {
            // The clock starts with the first byte of a request, and further bytes do not set it back.
            Enter(Phase.Head, _limits.HeadMilliseconds);
        }

        _end += count;
    }

    private void AcceptBodyInput(int count)
    {
        if (count == 0)
        {
            _isClosing = true;
        }

        _end += count;
        if (!TryDiscard())
        {
            _isClosing = true;
        }
    }

    // A body that the handler has left is read to its end when that is cheap; then the connection can go on.
    private bool BodyIsWorthDiscarding()
    {
        if (_isClosing || _body.IsDone || !TryDiscard() || _body.IsDone)
        {
            return false;
        }

        return EnsureInputSpace();
    }

    private bool TryDiscard()
    {
        _start += _body.Take(_input.AsSpan(_start, _end - _start), default, discard: true, out int discarded);
        _discarded += discarded;
        if (_body.IsBad || _discarded > _limits.DiscardedBodyBytes)
        {
            _isClosing = true;
            return false;
        }

        return true;
    }

    private void EnterBody()
    {
        if (_phase != Phase.Body)
        {
            _phase = Phase.Body;
            _deadline = _bodyDeadline;
        }
    }

    // Makes room behind what has been read: moves it to the front, and takes a block when the small buffer is full.
    private bool EnsureInputSpace()
    {
        if (_start > 0)
        {
            _input.AsSpan(_start, _end - _start).CopyTo(_input);
            _end -= _start;
            _start = 0;
        }

        if (_end < _input.Length)
        {
            return true;
        }

        if (_input != _smallInput || !_server.Pool.TryRent(out byte[]? block))
        {
            _server.Statistics.OutOfMemory++;
            _isLost = true;
            return false;
        }

        _smallInput.AsSpan(0, _end).CopyTo(block);
        _input = block;
        return true;
    }

    private void ReturnInput()
    {
        if (_input != _smallInput)
        {
            _server.Pool.Return(_input);
            _input = _smallInput;
        }
    }

    private bool TryRentOutput()
    {
        if (_output is not null)
        {
            return true;
        }

        if (_server.Pool.TryRent(out _output))
        {
            return true;
        }

        _server.Statistics.OutOfMemory++;
        _isLost = true;
        return false;
    }

    private void ReturnOutput()
    {
        if (_output is { } block)
        {
            _server.Pool.Return(block);
            _output = null;
        }
    }
}
