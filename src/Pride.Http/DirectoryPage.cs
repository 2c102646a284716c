// The page for a directory that has no index of its own.

using System;
using System.Collections.Generic;
using System.Text;

namespace Pride.Http;

/// <summary>Generated listings.</summary>
internal static class DirectoryPage
{
    /// <summary>Names shown; more are said to exist.</summary>
    public const int MaximumEntries = 1000;

    // FAT has names of up to 255 UTF-16 units, so at most 765 bytes in UTF-8.
    private const int MaximumNameBytes = 1024;

    public static void Write(HttpResponse response, ReadOnlySpan<byte> path, IReadOnlyList<DirectoryEntry> entries)
    {
        response.SetContentType("text/html; charset=utf-8"u8);
        response.Write("<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>"u8);
        response.WriteEscaped(path);
        response.Write("</title></head><body><h1>"u8);
        response.WriteEscaped(path);
        response.Write("</h1><ul>\n"u8);
        if (path.Length > 1)
        {
            response.Write("<li><a href=\"../\">../</a></li>\n"u8);
        }

        foreach (DirectoryEntry entry in Sorted(entries))
        {
            WriteEntry(response, entry);
        }

        response.Write("</ul>"u8);
        if (entries.Count >= MaximumEntries)
        {
            response.Write("<p>There are more names than are shown.</p>"u8);
        }

        response.Write("</body></html>\n"u8);
    }

    private static List<DirectoryEntry> Sorted(IReadOnlyList<DirectoryEntry> entries)
    {
        var sorted = new List<DirectoryEntry>(entries.Count);
        for (int i = 0; i < entries.Count; i++)
        {
            sorted.Add(entries[i]);
        }

        sorted.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        return sorted;
    }

    private static void WriteEntry(HttpResponse response, DirectoryEntry entry)
    {
        if (entry.Name is "." or "..")
        {
            return;
        }

        byte[] name = Encoding.UTF8.GetBytes(entry.Name);
        if (name.Length > MaximumNameBytes)
        {
            return;
        }

        Span<byte> encoded = stackalloc byte[MaximumNameBytes * PercentEncoding.MaximumExpansion];
        var writer = new SpanWriter(encoded);
        PercentEncoding.WritePath(ref writer, name);
        ReadOnlySpan<byte> slash = entry.Status.Kind == FileKind.Directory ? "/"u8 : default;
        response.Write("<li><a href=\"./"u8);
        response.Write(encoded[..writer.Length]);
        response.Write(slash);
        response.Write("\">"u8);
        response.WriteEscaped(name);
        response.Write(slash);
        response.Write("</a>"u8);
        if (slash.IsEmpty)
        {
            response.Write(" "u8);
            response.Write(entry.Status.Size);
        }

        response.Write("</li>\n"u8);
    }
}
