// What an application gives the server: something that turns a request into a response.

using System;
using System.Threading.Tasks;

namespace Pride.Http;

/// <summary>A request and its response.</summary>
public sealed class HttpContext
{
    internal HttpContext(HttpServer server, HttpRequest request, HttpResponse response)
    {
        Server = server;
        Request = request;
        Response = response;
    }

    /// <summary>The server that serves it.</summary>
    public HttpServer Server { get; }

    /// <summary>The request.</summary>
    public HttpRequest Request { get; }

    /// <summary>The response, 200 and empty until the handler says otherwise.</summary>
    public HttpResponse Response { get; }
}

/// <summary>Serves requests.</summary>
public interface IHttpHandler
{
    /// <summary>The methods it takes; others get 405 with this list. HEAD is GET to the handler.</summary>
    HttpMethods Methods { get; }

    /// <summary>
    /// Serves one request. An exception becomes 500 (or the status of an <see cref="HttpException"/>) if nothing has been sent yet, and a broken-off
    /// connection otherwise; the server goes on.
    /// </summary>
    ValueTask HandleAsync(HttpContext context);
}

/// <summary>A handler made from a delegate.</summary>
public sealed class DelegateHandler(HttpMethods methods, Func<HttpContext, ValueTask> handle) : IHttpHandler
{
    /// <inheritdoc/>
    public HttpMethods Methods => methods;

    /// <inheritdoc/>
    public ValueTask HandleAsync(HttpContext context) => handle(context);
}
