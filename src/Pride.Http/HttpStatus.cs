// The status codes that the server sends and their reason phrases (RFC 9110, section 15).

using System;

namespace Pride.Http;

/// <summary>Status codes by name.</summary>
public static class HttpStatus
{
    public const int Ok = 200;
    public const int Created = 201;
    public const int NoContent = 204;
    public const int PartialContent = 206;
    public const int MovedPermanently = 301;
    public const int SeeOther = 303;
    public const int NotModified = 304;
    public const int BadRequest = 400;
    public const int Forbidden = 403;
    public const int NotFound = 404;
    public const int MethodNotAllowed = 405;
    public const int RequestTimeout = 408;
    public const int Conflict = 409;
    public const int PreconditionFailed = 412;
    public const int ContentTooLarge = 413;
    public const int UriTooLong = 414;
    public const int UnsupportedMediaType = 415;
    public const int RangeNotSatisfiable = 416;
    public const int ExpectationFailed = 417;
    public const int UnprocessableContent = 422;
    public const int HeaderFieldsTooLarge = 431;
    public const int InternalServerError = 500;
    public const int NotImplemented = 501;
    public const int ServiceUnavailable = 503;
    public const int VersionNotSupported = 505;

    /// <summary>The reason phrase; "Status" for a code that has no name here.</summary>
    public static ReadOnlySpan<byte> Reason(int status) => status switch
    {
        Ok => "OK"u8,
        Created => "Created"u8,
        NoContent => "No Content"u8,
        PartialContent => "Partial Content"u8,
        MovedPermanently => "Moved Permanently"u8,
        SeeOther => "See Other"u8,
        NotModified => "Not Modified"u8,
        BadRequest => "Bad Request"u8,
        Forbidden => "Forbidden"u8,
        NotFound => "Not Found"u8,
        MethodNotAllowed => "Method Not Allowed"u8,
        RequestTimeout => "Request Timeout"u8,
        Conflict => "Conflict"u8,
        PreconditionFailed => "Precondition Failed"u8,
        ContentTooLarge => "Content Too Large"u8,
        UriTooLong => "URI Too Long"u8,
        UnsupportedMediaType => "Unsupported Media Type"u8,
        RangeNotSatisfiable => "Range Not Satisfiable"u8,
        ExpectationFailed => "Expectation Failed"u8,
        UnprocessableContent => "Unprocessable Content"u8,
        HeaderFieldsTooLarge => "Request Header Fields Too Large"u8,
        InternalServerError => "Internal Server Error"u8,
        NotImplemented => "Not Implemented"u8,
        ServiceUnavailable => "Service Unavailable"u8,
        VersionNotSupported => "HTTP Version Not Supported"u8,
        _ => "Status"u8,
    };

    /// <summary>Responses with these codes never have a body (RFC 9110, 6.4.1).</summary>
    public static bool HasNoBody(int status) => status is NoContent or NotModified or (>= 100 and < 200);
}
