// Content types by file name extension.

using System;

namespace Pride.Http;

/// <summary>What kind of content a name promises.</summary>
public static class ContentTypes
{
    private const int MaximumExtensionBytes = 8;

    /// <summary>The media type for a path, by its extension; "application/octet-stream" when that is unknown.</summary>
    public static ReadOnlySpan<byte> Of(ReadOnlySpan<byte> path)
    {
        int dot = path.LastIndexOfAny((byte)'.', (byte)'/');
        ReadOnlySpan<byte> extension = dot < 0 || path[dot] == '/' ? default : path[(dot + 1)..];
        if (extension.Length > MaximumExtensionBytes)
        {
            extension = default;
        }

        Span<byte> lower = stackalloc byte[MaximumExtensionBytes];
        for (int i = 0; i < extension.Length; i++)
        {
            lower[i] = Bytes.ToLower(extension[i]);
        }

        scoped ReadOnlySpan<byte> key = lower[..extension.Length];
        ReadOnlySpan<byte> text = TextType(key);
        return text.IsEmpty ? BinaryType(key) : text;
    }

    private static ReadOnlySpan<byte> TextType(scoped ReadOnlySpan<byte> extension)
    {
        if (extension.SequenceEqual("html"u8) || extension.SequenceEqual("htm"u8))
        {
            return "text/html; charset=utf-8"u8;
        }

        if (extension.SequenceEqual("css"u8))
        {
            return "text/css; charset=utf-8"u8;
        }

        if (extension.SequenceEqual("js"u8) || extension.SequenceEqual("mjs"u8))
        {
            return "text/javascript; charset=utf-8"u8;
        }

        if (extension.SequenceEqual("txt"u8) || extension.SequenceEqual("md"u8) || extension.SequenceEqual("log"u8))
        {
            return "text/plain; charset=utf-8"u8;
        }

        if (extension.SequenceEqual("json"u8))
        {
            return "application/json"u8;
        }

        if (extension.SequenceEqual("xml"u8))
        {
            return "application/xml"u8;
        }

        return extension.SequenceEqual("svg"u8) ? "image/svg+xml"u8 : default;
    }

    private static ReadOnlySpan<byte> BinaryType(scoped ReadOnlySpan<byte> extension)
    {
        if (extension.SequenceEqual("png"u8))
        {
            return "image/png"u8;
        }

        if (extension.SequenceEqual("jpg"u8) || extension.SequenceEqual("jpeg"u8))
        {
            return "image/jpeg"u8;
        }

        if (extension.SequenceEqual("gif"u8))
        {
            return "image/gif"u8;
        }

        if (extension.SequenceEqual("webp"u8))
        {
            return "image/webp"u8;
        }

        if (extension.SequenceEqual("ico"u8))
        {
            return "image/x-icon"u8;
        }

        if (extension.SequenceEqual("pdf"u8))
        {
            return "application/pdf"u8;
        }

        if (extension.SequenceEqual("wasm"u8))
        {
            return "application/wasm"u8;
        }

        return extension.SequenceEqual("woff2"u8) ? "font/woff2"u8 : "application/octet-stream"u8;
    }
}
