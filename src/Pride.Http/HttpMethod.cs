// Request methods (RFC 9110, section 9).

using System;

namespace Pride.Http;

/// <summary>The methods the server knows by name. Bits, so that a route can say which it takes.</summary>
[Flags]
public enum HttpMethods
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>GET.</summary>
    Get = 1,

    /// <summary>HEAD: as GET, without the body.</summary>
    Head = 2,

    /// <summary>POST.</summary>
    Post = 4,

    /// <summary>PUT.</summary>
    Put = 8,

    /// <summary>DELETE.</summary>
    Delete = 16,

    /// <summary>PATCH (RFC 5789).</summary>
    Patch = 32,

    /// <summary>OPTIONS; the server answers it itself.</summary>
    Options = 64,

    /// <summary>Any other token, CONNECT and TRACE among them: 501.</summary>
    Unknown = 128,
}

/// <summary>Reads methods.</summary>
internal static class HttpMethod
{
    /// <summary>The method that a token names. Methods are case-sensitive.</summary>
    public static HttpMethods Parse(ReadOnlySpan<byte> token)
    {
        if (token.SequenceEqual("GET"u8))
        {
            return HttpMethods.Get;
        }

        return token.Length switch
        {
            3 when token.SequenceEqual("PUT"u8) => HttpMethods.Put,
            4 when token.SequenceEqual("HEAD"u8) => HttpMethods.Head,
            4 when token.SequenceEqual("POST"u8) => HttpMethods.Post,
            5 when token.SequenceEqual("PATCH"u8) => HttpMethods.Patch,
            6 when token.SequenceEqual("DELETE"u8) => HttpMethods.Delete,
            7 when token.SequenceEqual("OPTIONS"u8) => HttpMethods.Options,
            _ => HttpMethods.Unknown,
        };
    }
}
