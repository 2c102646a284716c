// The service's addresses:
//
//   GET    /items[?match=PATTERN&tag=T&min=P&max=P&sort=[-]FIELD&skip=N&take=N]
//   POST   /items                ItemDraft           201, the item
//   GET    /items/ID             PUT, DELETE         with If-Match: "REVISION" only when nobody changed it meanwhile
//   POST   /items/ID/moves       Movement            the item afterwards
//   POST   /orders               Order               all lines or nothing
//   POST   /import               an ItemDraft on each line
//   GET    /changes[?since=N&wait=MILLISECONDS]      waits until something happens
//   GET    /report
//
// What goes wrong is a Problem with a status of its own. An exception that nothing here foresees is the server's 500.

using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Pride.Http;

namespace Inventory.Domains;

/// <summary>Turns requests into questions and changes of a <see cref="Store"/>.</summary>
public sealed class InventoryApi(Store store) : IHttpHandler
{
    private const int LongestWaitMilliseconds = 20_000;
    private const int MaximumImportErrors = 20;

    /// <summary>What a server of this needs: 64 connections with a block each for input and output.</summary>
    public static HttpLimits Limits { get; } = new() { Connections = 64, Blocks = 256 };

    /// <inheritdoc/>
    public HttpMethods Methods => HttpMethods.Get | HttpMethods.Head | HttpMethods.Post | HttpMethods.Put | HttpMethods.Delete;

    /// <inheritdoc/>
    public async ValueTask HandleAsync(HttpContext context)
    {
        try
        {
            await DispatchAsync(context);
        }
        catch (ApiException e)
        {
            Fail(context.Response, new Problem(e.Status, e.Code, e.Message));
        }
        catch (JsonException e)
        {
            Fail(context.Response, new Problem(HttpStatus.BadRequest, "badJson", e.Message, e.Path));
        }
        catch (RegexMatchTimeoutException e)
        {
            Fail(context.Response, new Problem(HttpStatus.UnprocessableContent, "slowPattern", $"the pattern '{e.Pattern}' takes too long"));
        }
    }

    private Task DispatchAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        HttpMethods method = request.IsHead ? HttpMethods.Get : request.Method;
        if (Queries.TryParseItemPath(request.PathText, out int id, out bool isMoves))
        {
            return isMoves && method == HttpMethods.Post ? MoveAsync(context, id) : isMoves ? throw WrongMethod() : ItemAsync(context, method, id);
        }

        return (request.PathText, method) switch
        {
            ("/items", HttpMethods.Get) => Answer(context, Queries.Search(store.Items, new QueryParameters(request.Query)), Json.Default.ItemPage),
            ("/items", HttpMethods.Post) => CreateAsync(context),
            ("/orders", HttpMethods.Post) => OrderAsync(context),
            ("/import", HttpMethods.Post) => ImportAsync(context),
            ("/changes", HttpMethods.Get) => ChangesAsync(context),
            ("/report", HttpMethods.Get) => Answer(context, Queries.Summarise(store.Items), Json.Default.Report),
            ("/items" or "/orders" or "/import" or "/changes" or "/report", _) => throw WrongMethod(),
            _ => throw new ApiException(HttpStatus.NotFound, "noSuchPath", "there is nothing of this name"),
        };
    }

    private async Task CreateAsync(HttpContext context)
    {
        Item item = await store.AddAsync(await Bodies.ReadAsync(context.Request, Json.Default.ItemDraft));
        context.Response.Status = HttpStatus.Created;
        context.Response.AddField("Location"u8, Encoding.ASCII.GetBytes($"/items/{item.Id}"));
        AnswerItem(context, item);
    }

    private async Task ItemAsync(HttpContext context, HttpMethods method, int id)
    {
        int? revision = RevisionOf(context.Request);
        switch (method)
        {
            case HttpMethods.Get:
                AnswerItem(context, store.Get(id));
                break;
            case HttpMethods.Put:
                AnswerItem(context, await store.ReplaceAsync(id, await Bodies.ReadAsync(context.Request, Json.Default.ItemDraft), revision));
                break;
            case HttpMethods.Delete:
                await store.DeleteAsync(id, revision);
                context.Response.Status = HttpStatus.NoContent;
                break;
            default:
                throw WrongMethod();
        }
    }

    private async Task MoveAsync(HttpContext context, int id)
    {
        Movement movement = await Bodies.ReadAsync(context.Request, Json.Default.Movement);
        AnswerItem(context, await store.MoveAsync(id, movement, RevisionOf(context.Request)));
    }

    private async Task OrderAsync(HttpContext context)
    {
        Receipt receipt = await store.OrderAsync(await Bodies.ReadAsync(context.Request, Json.Default.Order));
        context.Response.Status = HttpStatus.Created;
        await Answer(context, receipt, Json.Default.Receipt);
    }

    private async Task ImportAsync(HttpContext context)
    {
        List<ImportError> errors = [];
        int line = 0;
        int imported = 0;
        await foreach (byte[] json in Bodies.LinesAsync(context.Request))
        {
            line++;
            try
            {
                await store.AddAsync(Bodies.Parse(json, Json.Default.ItemDraft));
                imported++;
            }
            catch (Exception e) when (e is ApiException or JsonException && errors.Count < MaximumImportErrors)
            {
                errors.Add(new ImportError(line, e.Message));
            }
        }

        await Answer(context, new ImportResult(imported, errors), Json.Default.ImportResult);
    }

    private async Task ChangesAsync(HttpContext context)
    {
        QueryParameters query = new(context.Request.Query);
        int since = query.Number("since", 0, 0, int.MaxValue);
        TimeSpan wait = TimeSpan.FromMilliseconds(query.Number("wait", 0, 0, LongestWaitMilliseconds));
        await Answer(context, await store.ChangesAsync(since, wait), Json.Default.ChangeList);
    }

    // If-Match: "REVISION"; null when the client does not mind.
    private static int? RevisionOf(HttpRequest request)
    {
        if (!request.TryGetField("if-match"u8, out ReadOnlySpan<byte> value) || value.SequenceEqual("*"u8))
        {
            return null;
        }

        return int.TryParse(Encoding.ASCII.GetString(value).Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out int revision)
            ? revision
            : throw new ApiException(HttpStatus.PreconditionFailed, "noSuchRevision", "If-Match has the revision of an item");
    }

    private static void AnswerItem(HttpContext context, Item item)
    {
        context.Response.AddField("ETag"u8, Encoding.ASCII.GetBytes($"\"{item.Revision}\""));
        Write(context.Response, item, Json.Default.Item);
    }

    private static Task Answer<T>(HttpContext context, T value, JsonTypeInfo<T> type)
    {
        Write(context.Response, value, type);
        return Task.CompletedTask;
    }

    private static void Fail(HttpResponse response, Problem problem)
    {
        response.Clear();
        response.Status = problem.Status;
        Write(response, problem, Json.Default.Problem);
    }

    private static void Write<T>(HttpResponse response, T value, JsonTypeInfo<T> type)
    {
        response.SetContentType("application/json"u8);
        response.Write(JsonSerializer.SerializeToUtf8Bytes(value, type));
    }

    private static ApiException WrongMethod() => new(HttpStatus.MethodNotAllowed, "wrongMethod", "this address does not take the method");
}
