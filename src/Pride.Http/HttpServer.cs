// The server: accepts connections, finds the handler of a request, watches deadlines.
//
//     var server = new HttpServer(clock);
//     server.Map("/status", HttpMethods.Get, context => ...);
//     server.Fallback = new StaticSite(files, server);
//     await server.RunAsync(listener);
//
// All of it runs on one thread: the event loop of a PD, or a synchronisation context on a host.

using System;
using System.Collections.Generic;
using System.Text;
using System.Threading.Tasks;

namespace Pride.Http;

/// <summary>An HTTP/1.1 server over any transport.</summary>
public sealed class HttpServer
{
    /// <summary>How often deadlines are looked at while there are connections; also the age of the coarse clock.</summary>
    public const int SweepMilliseconds = 1000;

    private readonly IHttpClock _clock;
    private readonly List<HttpConnection> _open = [];
    private readonly Stack<HttpConnection> _spare = new();
    private readonly List<Route> _routes = [];
    private readonly byte[] _dateField = new byte["Date: \r\n"u8.Length + HttpDate.Length];
    private TaskCompletionSource? _placeWaiter;
    private bool _hasDate;
    private bool _isSweeping;

    /// <summary>A server with no routes yet.</summary>
    public HttpServer(IHttpClock clock, HttpLimits? limits = null)
    {
        _clock = clock;
        Limits = limits ?? new HttpLimits();
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Limits.HeadBytes, BlockPool.BlockBytes);
        ArgumentOutOfRangeException.ThrowIfLessThan(Limits.Connections, 1);
        Pool = new BlockPool(Limits.Blocks);
        "Date: "u8.CopyTo(_dateField);
        "\r\n"u8.CopyTo(_dateField.AsSpan(_dateField.Length - 2));
        Tick();
        StartedAt = Now;
    }

    /// <summary>The limits in force.</summary>
    public HttpLimits Limits { get; }

    /// <summary>What has happened so far.</summary>
    public HttpStatistics Statistics { get; } = new();

    /// <summary>The server's memory.</summary>
    public BlockPool Pool { get; }

    /// <summary>Serves what no route matches; without it that is 404.</summary>
    public IHttpHandler? Fallback { get; set; }

    /// <summary>Told of every exception that a handler lets out.</summary>
    public Action<Exception>? OnFailure { get; set; }

    /// <summary>The clock, in milliseconds, as it was at most <see cref="SweepMilliseconds"/> ago: reading it costs nothing.</summary>
    public long Now { get; private set; }

    /// <summary>When the server was made, on the same clock.</summary>
    public long StartedAt { get; }

    /// <summary>Milliseconds since the server was made, exactly.</summary>
    public long UptimeMilliseconds => _clock.Milliseconds - StartedAt;

    internal ReadOnlySpan<byte> DateField => _hasDate ? _dateField : default;

    /// <summary>Sends requests for exactly this path (canonical, so "/status", never "/a/../status") to a handler.</summary>
    public void Map(string path, IHttpHandler handler)
    {
        if (!path.StartsWith('/'))
        {
            throw new ArgumentException("a path begins with '/'", nameof(path));
        }

        _routes.Add(new Route(Encoding.UTF8.GetBytes(path), handler));
    }

    /// <summary>As <see cref="Map(string, IHttpHandler)"/>, with a delegate. A handler for GET also serves HEAD.</summary>
    public void Map(string path, HttpMethods methods, Func<HttpContext, ValueTask> handle)
    {
        HttpMethods all = (methods & HttpMethods.Get) != 0 ? methods | HttpMethods.Head : methods;
        Map(path, new DelegateHandler(all, handle));
    }

    /// <summary>Accepts and serves until the listener is closed. Connections then open are served to their ends.</summary>
    public async Task RunAsync(IListener listener)
    {
        while (await listener.AcceptAsync() is { } transport)
        {
            Tick();
            if (_open.Count >= Limits.Connections)
            {
                await MakePlaceAsync();
            }

            Start(transport);
        }
    }

    internal ValueTask DispatchAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        if (request.Method == HttpMethods.Unknown)
        {
            ErrorPage.Write(context.Response, HttpStatus.NotImplemented, "this server does not know the method");
            return default;
        }

        switch (request.DecodeTarget())
        {
            case TargetResult.Path:
                break;
            case TargetResult.NoSuchName:
                ErrorPage.Write(context.Response, HttpStatus.NotFound, "there is nothing of this name");
                return default;
            case TargetResult.Server when request.Method == HttpMethods.Options:
                AnswerOptions(context.Response, HttpMethods.Get | HttpMethods.Head | HttpMethods.Options);
                return default;
            default:
                ErrorPage.Write(context.Response, HttpStatus.BadRequest, "the target of the request is not a path on this server");
                return default;
        }

        if (FindHandler(request.Path) is not { } handler)
        {
            ErrorPage.Write(context.Response, HttpStatus.NotFound, "there is nothing of this name");
            return default;
        }

        return (handler.Methods & request.Method) != 0 ? handler.HandleAsync(context) : RefuseMethod(context, handler.Methods);
    }

    internal void Closed(HttpConnection connection)
    {
        HttpConnection last = _open[^1];
        _open[connection.Index] = last;
        last.Index = connection.Index;
        _open.RemoveAt(_open.Count - 1);
        _spare.Push(connection);
        Statistics.OpenConnections = _open.Count;
        if (_placeWaiter is { } waiter)
        {
            _placeWaiter = null;
            waiter.SetResult();
        }
    }

    internal void Count(int status) => Statistics.Responses[status / 100]++;

    internal void ReportFailure(Exception failure)
    {
        Statistics.HandlerFailures++;
        OnFailure?.Invoke(failure);
    }

    private static ValueTask RefuseMethod(HttpContext context, HttpMethods allowed)
    {
        if (context.Request.Method == HttpMethods.Options)
        {
            AnswerOptions(context.Response, allowed | HttpMethods.Options);
            return default;
        }

        ErrorPage.Write(context.Response, HttpStatus.MethodNotAllowed, "this resource does not take the method");
        AddAllow(context.Response, allowed | HttpMethods.Options);
        return default;
    }

    private static void AnswerOptions(HttpResponse response, HttpMethods allowed)
    {
        response.Status = HttpStatus.NoContent;
        AddAllow(response, allowed);
    }

    private static void AddAllow(HttpResponse response, HttpMethods allowed)
    {
        Span<byte> list = stackalloc byte[64];
        var writer = new SpanWriter(list);
        AppendMethod(ref writer, allowed, HttpMethods.Get, "GET"u8);
        AppendMethod(ref writer, allowed, HttpMethods.Head, "HEAD"u8);
        AppendMethod(ref writer, allowed, HttpMethods.Post, "POST"u8);
        AppendMethod(ref writer, allowed, HttpMethods.Put, "PUT"u8);
        AppendMethod(ref writer, allowed, HttpMethods.Delete, "DELETE"u8);
        AppendMethod(ref writer, allowed, HttpMethods.Patch, "PATCH"u8);
        AppendMethod(ref writer, allowed, HttpMethods.Options, "OPTIONS"u8);
        response.AddField("Allow"u8, list[..writer.Length]);
    }

    private static void AppendMethod(ref SpanWriter writer, HttpMethods allowed, HttpMethods method, ReadOnlySpan<byte> name)
    {
        if ((allowed & method) != 0)
        {
            writer.Write(writer.Length == 0 ? default : ", "u8);
            writer.Write(name);
        }
    }

    private IHttpHandler? FindHandler(ReadOnlySpan<byte> path)
    {
        foreach (Route route in _routes)
        {
            if (path.SequenceEqual(route.Path))
            {
                return route.Handler;
            }
        }

        return Fallback;
    }

    private void Start(IConnection transport)
    {
        if (!_spare.TryPop(out HttpConnection? connection))
        {
            connection = new HttpConnection(this);
        }

        connection.Index = _open.Count;
        _open.Add(connection);
        Statistics.Connections++;
        Statistics.OpenConnections = _open.Count;
        _ = connection.RunAsync(transport);
        if (!_isSweeping && _open.Count > 0)
        {
            _ = SweepAsync();
        }
    }

    // The connection that has been idle longest gives up its place; with none idle, the next that ends does.
    private async Task MakePlaceAsync()
    {
        HttpConnection? oldest = null;
        foreach (HttpConnection connection in _open)
        {
            if (connection.IsIdle && (oldest is null || connection.Deadline < oldest.Deadline))
            {
                oldest = connection;
            }
        }

        oldest?.Expire(isEviction: true);
        while (_open.Count >= Limits.Connections)
        {
            _placeWaiter = new TaskCompletionSource();
            await _placeWaiter.Task;
        }
    }

    // Runs only while there are connections, so an idle server costs nothing.
    private async Task SweepAsync()
    {
        _isSweeping = true;
        while (_open.Count > 0)
        {
            await _clock.DelayAsync(SweepMilliseconds);
            Tick();
            for (int i = _open.Count - 1; i >= 0; i--)
            {
                if (i < _open.Count && Now >= _open[i].Deadline)
                {
                    _open[i].Expire(isEviction: false);
                }
            }
        }

        _isSweeping = false;
    }

    private void Tick()
    {
        Now = _clock.Milliseconds;
        long seconds = _clock.UnixSeconds;
        _hasDate = seconds > 0;
        if (_hasDate)
        {
            HttpDate.Format(seconds, _dateField.AsSpan("Date: "u8.Length));
        }
    }

    private readonly record struct Route(byte[] Path, IHttpHandler Handler);
}
