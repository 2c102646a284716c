// A request parser and response writer over bytes, as a web server has it.
using System;
using System.Buffers.Text;
using System.Collections.Generic;
using System.Text;
namespace Programs;

public static class HttpParsing
{
    private sealed class BadRequest(string why) : Exception(why);
    private static Dictionary<string, string> Parse(ReadOnlySpan<byte> request, out string method, out string path)
    {
        int end = request.IndexOf("\r\n\r\n"u8);
        if (end < 0) { throw new BadRequest("no end"); }
        ReadOnlySpan<byte> head = request[..end];
        int line = head.IndexOf("\r\n"u8);
        ReadOnlySpan<byte> first = line < 0 ? head : head[..line];
        int a = first.IndexOf((byte)' '), b = first.LastIndexOf((byte)' ');
        if (a < 0 || b <= a) { throw new BadRequest("request line"); }
        method = Encoding.ASCII.GetString(first[..a]);
        path = Encoding.UTF8.GetString(first[(a + 1)..b]);
        Dictionary<string, string> headers = new(StringComparer.OrdinalIgnoreCase);
        while (line >= 0)
        {
            head = head[(line + 2)..];
            line = head.IndexOf("\r\n"u8);
            ReadOnlySpan<byte> field = line < 0 ? head : head[..line];
            int colon = field.IndexOf((byte)':');
            if (colon <= 0) { throw new BadRequest("header"); }
            headers[Encoding.ASCII.GetString(field[..colon])] = Encoding.ASCII.GetString(field[(colon + 1)..]).Trim();
        }
        return headers;
    }
    private static int Respond(Span<byte> to, int status, ReadOnlySpan<byte> body)
    {
        int n = 0;
        "HTTP/1.1 "u8.CopyTo(to); n += 9;
        Utf8Formatter.TryFormat(status, to[n..], out int written); n += written;
        "\r\nContent-Length: "u8.CopyTo(to[n..]); n += 18;
        Utf8Formatter.TryFormat(body.Length, to[n..], out written); n += written;
        "\r\n\r\n"u8.CopyTo(to[n..]); n += 4;
        body.CopyTo(to[n..]);
        return n + body.Length;
    }
    public static void Main()
    {
        Dictionary<string, string> headers = Parse("GET /a/b.html?x=1 HTTP/1.1\r\nHost: pride\r\nContent-LENGTH:  12 \r\n\r\n"u8, out string method, out string path);
        Console.WriteLine(method + " " + path + " " + headers.Count + " " + headers["host"] + " " + int.Parse(headers["content-length"]));
        foreach (string bad in new[] { "GET", "GET\r\n\r\n", "GET / HTTP/1.1\r\nbroken\r\n\r\n" })
        {
            try { Parse(Encoding.ASCII.GetBytes(bad), out _, out _); Console.WriteLine("accepted"); } catch (BadRequest e) { Console.WriteLine("bad: " + e.Message); }
        }
        Span<byte> response = stackalloc byte[256];
        int length = Respond(response, 200, "<h1>hi</h1>"u8);
        Console.WriteLine(Encoding.ASCII.GetString(response[..length]).Replace("\r\n", "|"));
        long sum = 0;
        for (int i = 0; i < 2000; i++) { sum += Parse("GET /x HTTP/1.1\r\nHost: a\r\nAccept: */*\r\n\r\n"u8, out _, out string p).Count + p.Length; }
        Console.WriteLine(sum);
    }
}
