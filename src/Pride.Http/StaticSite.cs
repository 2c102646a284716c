// Serves a tree of files: index pages, listings, conditional requests, ranges, a cache for small files, bounded streaming for large ones.
//
// The hot path is HandleAsync alone: a file in the cache that the file system has confirmed lately is answered from memory, with a ready-made
// head, and without allocation. Everything else goes through the asynchronous path below.

using System;
using System.Collections.Generic;
using System.Text;
using System.Threading.Tasks;

namespace Pride.Http;

/// <summary>How a <see cref="StaticSite"/> behaves.</summary>
public sealed class StaticSiteOptions
{
    /// <summary>The page that stands for a directory.</summary>
    public string Index { get; init; } = "index.html";

    /// <summary>List directories that have no index; otherwise they are 404.</summary>
    public bool ListDirectories { get; init; } = true;

    /// <summary>Bytes of files kept in memory.</summary>
    public int CacheBytes { get; init; } = 8 << 20;

    /// <summary>Larger files are never kept.</summary>
    public int CachedFileBytes { get; init; } = 2 << 20;

    /// <summary>How long a file in the cache is served without asking the file system whether it has changed.</summary>
    public int TrustMilliseconds { get; init; } = 2000;
}

/// <summary>A handler that serves files.</summary>
public sealed class StaticSite : IHttpHandler
{
    private readonly IFileSource _files;
    private readonly HttpServer _server;
    private readonly StaticSiteOptions _options;
    private readonly SiteCache _cache;

    /// <summary>A site over <paramref name="files"/>; its memory comes from the server's pool.</summary>
    public StaticSite(IFileSource files, HttpServer server, StaticSiteOptions? options = null)
    {
        _files = files;
        _server = server;
        _options = options ?? new StaticSiteOptions();
        _cache = new SiteCache(_options.CacheBytes / BlockPool.BlockBytes);
        server.Pool.Reclaim = _cache.TryReclaim;
    }

    /// <inheritdoc/>
    public HttpMethods Methods => HttpMethods.Get | HttpMethods.Head;

    /// <summary>Files in the cache.</summary>
    public int CachedFiles => _cache.FileCount;

    /// <inheritdoc/>
    public ValueTask HandleAsync(HttpContext context)
    {
        CachedFile? cached = _cache.Find(context.Request.Path);
        if (cached is null || _server.Now - cached.CheckedAt > _options.TrustMilliseconds)
        {
            return ServeAsync(context, cached);
        }

        _server.Statistics.CacheHits++;
        SendCached(context, cached);
        return default;
    }

    private async ValueTask ServeAsync(HttpContext context, CachedFile? stale)
    {
        if (stale is not null && await ConfirmAsync(stale))
        {
            SendCached(context, stale);
            return;
        }

        string path = context.Request.PathText;
        bool namesDirectory = path.EndsWith('/');
        FileStatus status = await _files.StatusAsync(path);
        if (namesDirectory && status.Kind == FileKind.Directory)
        {
            string index = path + _options.Index;
            FileStatus indexStatus = await _files.StatusAsync(index);
            if (indexStatus.Kind != FileKind.File)
            {
                await ListAsync(context, path);
                return;
            }

            path = index;
            status = indexStatus;
        }
        else if (status.Kind == FileKind.Directory)
        {
            Redirect(context);
            return;
        }
        else if (status.Kind == FileKind.Missing || namesDirectory)
        {
            NotFound(context);
            return;
        }

        await SendFileAsync(context, path, status);
    }

    // Asks the file system whether the file is still the one in the cache; if not, it leaves the cache.
    private async ValueTask<bool> ConfirmAsync(CachedFile cached)
    {
        cached.Body.Share();
        FileStatus now = await _files.StatusAsync(cached.Path);
        bool isSame = now == cached.Status;
        if (isSame)
        {
            cached.CheckedAt = _server.Now;
        }
        else if (_cache.Find(cached.Key) == cached)
        {
            _cache.Remove(cached);
        }

        cached.Body.Release();
        return isSame && _cache.Find(cached.Key) == cached;
    }

    private async ValueTask SendFileAsync(HttpContext context, string path, FileStatus status)
    {
        if (await _files.OpenAsync(path) is not { } file)
        {
            NotFound(context);
            return;
        }

        try
        {
            status = status with { Size = file.Size };
            bool isSmall = status.Size <= _options.CachedFileBytes && _cache.HasRoomFor(status.Size);
            if (isSmall && await ReadIntoCacheAsync(context.Request.Path.ToArray(), path, status, file) is { } cached)
            {
                SendCached(context, cached);
                return;
            }

            await StreamAsync(context, path, status, file);
        }
        finally
        {
            await file.CloseAsync();
        }
    }

    // Null when the pool has no room, or the file does not have the length it said; then it is streamed.
    private async ValueTask<CachedFile?> ReadIntoCacheAsync(byte[] key, string path, FileStatus status, ISiteFile file)
    {
        var body = new BlockList(_server.Pool);
        try
        {
            while (body.Length < status.Size)
            {
                Memory<byte> space = body.FreeSpace();
                if (space.IsEmpty)
                {
                    return null;
                }

                int wanted = (int)Math.Min(space.Length, status.Size - body.Length);
                int count = await file.ReadAsync(body.Length, space[..wanted]);
                if (count == 0)
                {
                    return null;
                }

                body.Advance(count);
            }

            Validators validators = Validators.Of(status);
            var cached = new CachedFile(key, path, status, validators, body, MakeHead(path, status.Size, validators)) { CheckedAt = _server.Now };
            _cache.Add(cached);
            return cached;
        }
        finally
        {
            body.Release();
        }
    }

    private void SendCached(HttpContext context, CachedFile cached)
    {
        HttpResponse response = context.Response;
        int length = (int)cached.Status.Size;
        if (!context.Request.HasConditions)
        {
            response.UseStored(cached.Body, 0, length, cached.Head);
            return;
        }

        if (!TryApplyConditions(context, cached.Path, cached.Validators, length, out long start, out long partLength))
        {
            return;
        }

        response.UseStored(cached.Body, (int)start, (int)partLength, null);
    }

    private async ValueTask StreamAsync(HttpContext context, string path, FileStatus status, ISiteFile file)
    {
        HttpResponse response = context.Response;
        if (!TryApplyConditions(context, path, Validators.Of(status), status.Size, out long offset, out long length)
            || !await response.StartAsync(length) || context.Request.IsHead)
        {
            return;
        }

        if (!_server.Pool.TryRent(out byte[]? block))
        {
            _server.Statistics.OutOfMemory++;
            return;
        }

        try
        {
            while (length > 0)
            {
                int count = await file.ReadAsync(offset, block.AsMemory(0, (int)Math.Min(block.Length, length)));
                if (count == 0 || !await response.SendAsync(block.AsMemory(0, count)))
                {
                    // The file has become shorter, or the client is gone: the length promised tells the client which bytes are missing.
                    return;
                }

                offset += count;
                length -= count;
            }
        }
        finally
        {
            _server.Pool.Return(block);
        }
    }

    // Sets status and fields for what is to be sent of a file. False: the answer is complete without a body of the file.
    private static bool TryApplyConditions(HttpContext context, string path, in Validators validators, long size, out long start, out long length)
    {
        start = 0;
        length = size;
        HttpResponse response = context.Response;
        if (context.Request.HasConditions)
        {
            switch (Conditions.Evaluate(context.Request, validators))
            {
                case ConditionResult.NotModified:
                    response.Status = HttpStatus.NotModified;
                    AddValidators(response, validators);
                    return false;
                case ConditionResult.Failed:
                    ErrorPage.Write(response, HttpStatus.PreconditionFailed, "the file is not the version asked for");
                    return false;
            }

            RangeResult range = Conditions.Range(context.Request, validators, size, out start, out length);
            if (range != RangeResult.Whole && !TryApplyRange(response, range, size, start, length))
            {
                return false;
            }
        }

        response.SetContentType(ContentTypes.Of(Encoding.UTF8.GetBytes(path)));
        response.AddField("Accept-Ranges"u8, "bytes"u8);
        AddValidators(response, validators);
        return true;
    }

    private static bool TryApplyRange(HttpResponse response, RangeResult range, long size, long start, long length)
    {
        Span<byte> text = stackalloc byte[80];
        var writer = new SpanWriter(text);
        writer.Write("bytes "u8);
        if (range == RangeResult.Unsatisfiable)
        {
            ErrorPage.Write(response, HttpStatus.RangeNotSatisfiable, "the file has no such bytes");
            writer.Write("*"u8);
        }
        else
        {
            response.Status = HttpStatus.PartialContent;
            writer.Write(start);
            writer.Write("-"u8);
            writer.Write(start + length - 1);
        }

        writer.Write("/"u8);
        writer.Write(size);
        response.AddField("Content-Range"u8, text[..writer.Length]);
        return range == RangeResult.Part;
    }

    private static void AddValidators(HttpResponse response, in Validators validators)
    {
        response.AddField("ETag"u8, validators.Tag);
        response.AddField("Cache-Control"u8, "no-cache"u8);
        if (validators.ModifiedUnixSeconds > 0)
        {
            Span<byte> date = stackalloc byte[HttpDate.Length];
            HttpDate.Format(validators.ModifiedUnixSeconds, date);
            response.AddField("Last-Modified"u8, date);
        }
    }

    // The same head as AddField and WriteHead make, once for all requests.
    private static byte[] MakeHead(string path, long size, in Validators validators)
    {
        Span<byte> head = stackalloc byte[512];
        var writer = new SpanWriter(head);
        HttpResponse.WriteStatusLine(ref writer, HttpStatus.Ok);
        writer.Write("Content-Type: "u8);
        writer.Write(ContentTypes.Of(Encoding.UTF8.GetBytes(path)));
        writer.Write("\r\nAccept-Ranges: bytes\r\nETag: "u8);
        writer.Write(validators.Tag);
        writer.Write("\r\nCache-Control: no-cache\r\n"u8);
        if (validators.ModifiedUnixSeconds > 0)
        {
            Span<byte> date = stackalloc byte[HttpDate.Length];
            HttpDate.Format(validators.ModifiedUnixSeconds, date);
            writer.Write("Last-Modified: "u8);
            writer.Write(date);
            writer.Write("\r\n"u8);
        }

        writer.Write("Content-Length: "u8);
        writer.Write(size);
        writer.Write("\r\n"u8);
        return head[..writer.Length].ToArray();
    }

    private async ValueTask ListAsync(HttpContext context, string path)
    {
        IReadOnlyList<DirectoryEntry>? entries = _options.ListDirectories ? await _files.ListAsync(path, DirectoryPage.MaximumEntries) : null;
        if (entries is null)
        {
            NotFound(context);
            return;
        }

        DirectoryPage.Write(context.Response, context.Request.Path, entries);
    }

    private static void Redirect(HttpContext context)
    {
        Span<byte> location = stackalloc byte[HttpResponse.MaximumFieldBytes];
        var writer = new SpanWriter(location);
        PercentEncoding.WritePath(ref writer, context.Request.Path);
        writer.Write("/"u8);
        ReadOnlySpan<byte> query = context.Request.Query;
        const int RoomForOtherFields = 512;
        if (!query.IsEmpty && writer.Length + query.Length + RoomForOtherFields < HttpResponse.MaximumFieldBytes)
        {
            writer.Write("?"u8);
            writer.Write(query);
        }

        ErrorPage.Write(context.Response, HttpStatus.MovedPermanently, "this is a directory; its address ends in a slash");
        context.Response.AddField("Location"u8, location[..writer.Length]);
    }

    private static void NotFound(HttpContext context) =>
        ErrorPage.Write(context.Response, HttpStatus.NotFound, "there is nothing of this name");
}
