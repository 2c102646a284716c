// Request methods (RFC 9110, section 9).

namespace Pride.Http;

/// <summary>The methods the server knows by name. Bits, so that a route can say which it takes.</summary>
[System.Flags]
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
