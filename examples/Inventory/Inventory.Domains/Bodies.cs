// Bodies of requests: one JSON value, or one on each line.

using System;
using System.Collections.Generic;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Threading.Tasks;
using Pride.Http;

namespace Inventory.Domains;

/// <summary>Reads bodies within limits.</summary>
internal static class Bodies
{
    /// <summary>The largest JSON value, in bytes.</summary>
    public const int MaximumBytes = 16 * 1024;

    private const int ReadBytes = 4096;

    /// <summary>The whole body as one value.</summary>
    /// <exception cref="JsonException">It is not what <paramref name="type"/> says.</exception>
    public static async Task<T> ReadAsync<T>(HttpRequest request, JsonTypeInfo<T> type)
        where T : class
    {
        RequireType(request, "application/json");
        List<byte> body = [];
        byte[] buffer = new byte[ReadBytes];
        for (int count = 1; count > 0;)
        {
            count = await request.ReadBodyAsync(buffer);
            if (body.Count + count > MaximumBytes)
            {
                throw TooLarge();
            }

            body.AddRange(buffer.AsSpan(0, count));
        }

        return Parse(body.ToArray(), type);
    }

    /// <summary>Every line of the body, without its end.</summary>
    public static async IAsyncEnumerable<byte[]> LinesAsync(HttpRequest request)
    {
        RequireType(request, "application/x-ndjson");
        List<byte> line = [];
        byte[] buffer = new byte[ReadBytes];
        int count;
        while ((count = await request.ReadBodyAsync(buffer)) > 0)
        {
            for (int start = 0; start < count;)
            {
                int end = Array.IndexOf(buffer, (byte)'\n', start, count - start);
                line.AddRange(buffer.AsSpan(start..(end < 0 ? count : end)));
                if (line.Count > MaximumBytes)
                {
                    throw TooLarge();
                }

                if (end < 0)
                {
                    break;
                }

                yield return line.ToArray();
                line.Clear();
                start = end + 1;
            }
        }

        if (line.Count > 0)
        {
            yield return line.ToArray();
        }
    }

    /// <summary>One value.</summary>
    public static T Parse<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> type)
        where T : class => JsonSerializer.Deserialize(json, type) ?? throw ApiException.Invalid("null is nothing");

    private static ApiException TooLarge() => new(HttpStatus.ContentTooLarge, "tooLarge", $"more than {MaximumBytes} bytes");

    private static void RequireType(HttpRequest request, string type)
    {
        ReadOnlySpan<byte> found = request.TryGetField("content-type"u8, out ReadOnlySpan<byte> value) ? value : default;
        int end = found.IndexOf((byte)';');
        string text = System.Text.Encoding.ASCII.GetString(end < 0 ? found : found[..end]).Trim();
        if (!text.Equals(type, StringComparison.OrdinalIgnoreCase))
        {
            throw new ApiException(HttpStatus.UnsupportedMediaType, "wrongType", $"the body is {type}");
        }
    }
}
