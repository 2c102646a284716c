// One connection, from its first byte to its last: the loop that reads heads, calls handlers and sends responses.
//
// The loop is ONE async method, so that a connection costs one state machine in its whole life and a request whose file is in the
// cache costs no allocation at all. What follows from that: the steps are small methods that return the transport's own
// ValueTask, and the loop awaits. Objects of this class are used again for later connections.
//
// Buffers: heads are parsed in a small buffer that grows to one block when a head needs it; output is gathered in a block that
// is held only while there is something to send. So an idle connection holds about 4 KiB.
//
// Everything runs on one thread (in a PD there is no other): no locks.

using System;
using System.Threading.Tasks;

namespace Pride.Http;

/// <summary>The server's side of one connection.</summary>
internal sealed partial class HttpConnection
{
    private const int SmallInputBytes = 2 << 10;

    // A response head: the handler's fields, and well below 1 KiB of the server's own.
    private const int HeadReserve = HttpResponse.MaximumFieldBytes + 1024;

    // Bodies up to this length are copied behind their head; longer pieces go to the transport from where they are.
    private const int CopiedPieceBytes = 4 << 10;

    // With more than this in the output, another head and a small body may not fit.
    private const int FullOutputBytes = BlockPool.BlockBytes - HeadReserve - CopiedPieceBytes;

    private readonly HttpServer _server;
    private readonly HttpLimits _limits;
    private readonly RequestHead _head;
    private readonly RequestBody _body;
    private readonly HttpRequest _request;
    private readonly HttpResponse _response;
    private readonly HttpContext _context;
    private readonly byte[] _smallInput = new byte[SmallInputBytes];

    private IConnection _transport = null!;
    private byte[] _input;
    private int _start;
    private int _end;
    private byte[]? _output;
    private int _outputLength;
    private byte[]? _headCopy;
    private bool _isClosing;
    private bool _isLost;
    private bool _hasExpired;
    private bool _owesContinue;
    private Phase _phase;
    private long _deadline;
    private long _bodyDeadline;
    private long _discarded;

    public HttpConnection(HttpServer server)
    {
        _server = server;
        _limits = server.Limits;
        _head = new RequestHead(_limits);
        _body = new RequestBody(_limits);
        _request = new HttpRequest(this, _head);
        _response = new HttpResponse(this, server.Pool, _limits);
        _context = new HttpContext(server, _request, _response);
        _input = _smallInput;
    }

    private enum Phase
    {
        Idle,
        Head,
        Body,
        Handling,
        Writing,
        Lingering,
    }

    private enum Step
    {
        ReadMore,
        Handle,
        Answer,
        End,
    }

    /// <summary>Where the server's list of open connections holds this one.</summary>
    public int Index { get; set; }

    /// <summary>The server may close it to make room for another.</summary>
    public bool IsIdle => _phase == Phase.Idle && !_hasExpired;

    /// <summary>When the current phase must be over, in the clock's milliseconds.</summary>
    public long Deadline => _deadline;

    /// <summary>Serves the connection to its end. Never throws.</summary>
    public async Task RunAsync(IConnection transport)
    {
        Begin(transport);
        try
        {
            await ServeAsync();
            if (!_isLost)
            {
                await LingerAsync();
            }
        }
        catch (Exception failure)
        {
            _isLost = true;
            _server.ReportFailure(failure);
        }
        finally
        {
            End();
        }
    }

    /// <summary>The deadline has passed, or the server wants the place of an idle connection.</summary>
    public void Expire(bool isEviction)
    {
        if (_hasExpired && (_phase is Phase.Idle or Phase.Head or Phase.Body))
        {
            return;
        }

        _hasExpired = true;
        if (isEviction)
        {
            _server.Statistics.Evicted++;
        }
        else if (_phase is not (Phase.Idle or Phase.Lingering))
        {
            _server.Statistics.TimedOut++;
        }

        if (!isEviction && (_phase is Phase.Idle or Phase.Head or Phase.Body))
        {
            // The loop sees the end of the input, and answers 408 where a request has begun.
            _transport.CancelRead();
        }
        else
        {
            _isLost = true;
            _transport.Abort();
        }
    }

    private void Begin(IConnection transport)
    {
        _transport = transport;
        _start = 0;
        _end = 0;
        _outputLength = 0;
        _isClosing = false;
        _isLost = false;
        _hasExpired = false;
        _owesContinue = false;
        _head.Reset();
        _response.Reset();
        Enter(Phase.Head, _limits.HeadMilliseconds);
    }

    private void End()
    {
        FinishRequest();
        ReturnInput();
        ReturnOutput();
        if (_isLost)
        {
            _transport.Abort();
        }

        _transport.Release();
        _transport = null!;
        _server.Closed(this);
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            Step step = NextRequest();
            if (step == Step.ReadMore)
            {
                (Phase phase, long deadline) = (_phase, _deadline);
                if (!Sent(await FlushAsync(moreFollows: false)))
                {
                    return;
                }

                (_phase, _deadline) = (phase, deadline);
                AcceptInput(await ReadInputAsync());
                continue;
            }

            if (step == Step.End || (_outputLength > FullOutputBytes && !Sent(await FlushAsync(moreFollows: true))))
            {
                return;
            }

            if (step == Step.Handle)
            {
                try
                {
                    await _server.DispatchAsync(_context);
                }
                catch (Exception failure)
                {
                    HandlerFailed(failure);
                }
            }

            if (_isLost || !TryWriteHead())
            {
                _isLost = true;
                return;
            }

            while (!_request.IsHead && _response.TryNextPiece(out ReadOnlyMemory<byte> piece, out bool isLast))
            {
                bool isCopied = TryCopyToOutput(piece.Span);
                if (!isCopied && (!Sent(await FlushAsync(moreFollows: true)) || !Sent(await WriteAsync(piece, moreFollows: !isLast))))
                {
                    return;
                }
            }

            while (BodyIsWorthDiscarding())
            {
                if (!Sent(await FlushAsync(moreFollows: false)))
                {
                    return;
                }

                EnterBody();
                AcceptBodyInput(await ReadInputAsync());
            }

            FinishRequest();
            if (_isClosing)
            {
                Sent(await FlushAsync(moreFollows: false));
                return;
            }
        }
    }

    // Ends this side, and gives the client time to read the answer: closing at once while it still sends would reset the connection,
    // and the reset overtakes the answer (RFC 9112, section 9.6).
    private async Task LingerAsync()
    {
        _transport.CloseSend();
        Enter(Phase.Lingering, _limits.LingerMilliseconds);
        long budget = _limits.LingerBytes;
        while (budget > 0)
        {
            int count = await _transport.ReadAsync(_input);
            if (count == 0)
            {
                return;
            }

            budget -= count;
        }

        _isLost = true;
    }

    private void Enter(Phase phase, int milliseconds)
    {
        _phase = phase;
        _deadline = _server.Now + milliseconds;
    }

    // Looks for the next request in what has been read.
    private Step NextRequest()
    {
        if (_isLost)
        {
            return Step.End;
        }

        switch (_head.Parse(_input.AsSpan(_start, _end - _start)))
        {
            case HeadProgress.Bad:
                _server.Statistics.MalformedRequests++;
                Refuse(_head.ErrorStatus, _head.ErrorText);
                return Step.Answer;
            case HeadProgress.Complete:
                return BeginRequest();
            default:
                if (!_isClosing)
                {
                    return EnsureInputSpace() ? Step.ReadMore : Step.End;
                }

                // The input has ended: in order between two requests, in disorder within one.
                if (_hasExpired && _head.HasBegun)
                {
                    Refuse(HttpStatus.RequestTimeout, "the request took too long to arrive");
                    return Step.Answer;
                }

                return Step.End;
        }
    }

    private Step BeginRequest()
    {
        _server.Statistics.Requests++;
        Enter(Phase.Handling, int.MaxValue);
        _body.Start(_head);
        if (_head.HasBody)
        {
            _discarded = 0;
            _bodyDeadline = _server.Now + _limits.BodyMilliseconds;

            // The input buffer is wanted for the body, so the head moves away.
            if (!_server.Pool.TryRent(out _headCopy))
            {
                _server.Statistics.OutOfMemory++;
                Refuse(HttpStatus.ServiceUnavailable, "the server has no memory left for this request");
                return Step.Answer;
            }

            _input.AsSpan(_start, _head.Length).CopyTo(_headCopy);
            _request.Place(_headCopy, 0);
        }
        else
        {
            _request.Place(_input, _start);
        }

        _start += _head.Length;
        _owesContinue = _head.ExpectsContinue;
        _isClosing |= !_head.KeepAlive;
        return Step.Handle;
    }

    private void FinishRequest()
    {
        _response.Release();
        _response.Reset();
        _head.Reset();
        if (_outputLength == 0)
        {
            ReturnOutput();
        }

        if (_headCopy is { } copy)
        {
            _server.Pool.Return(copy);
            _headCopy = null;
        }

        if (_start == _end)
        {
            _start = 0;
            _end = 0;
            ReturnInput();
            Enter(Phase.Idle, _limits.IdleMilliseconds);
        }
        else
        {
            Enter(Phase.Head, _limits.HeadMilliseconds);
        }
    }

    // An answer after which the connection cannot go on, because where the next request begins is not known.
    private void Refuse(int status, string text)
    {
        _isClosing = true;
        _body.Start(_head);
        ErrorPage.Write(_response, status, text);
    }

    private void HandlerFailed(Exception failure)
    {
        if (failure is not HttpException)
        {
            _server.ReportFailure(failure);
        }

        if (_response.HasStarted)
        {
            // Half a response has gone out; only a broken connection can tell the client so.
            _isLost = true;
            return;
        }

        if (failure is HttpException refusal)
        {
            _isClosing |= _body.IsBad;
            ErrorPage.Write(_response, refusal.Status, refusal.Message);
            return;
        }

        ErrorPage.Write(_response, HttpStatus.InternalServerError, "the server made a mistake while it served this request");
    }
}
