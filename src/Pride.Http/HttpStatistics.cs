// What the server counts. Everything that is refused or dropped is counted somewhere.

namespace Pride.Http;

/// <summary>Counters since the server was made.</summary>
public sealed class HttpStatistics
{
    /// <summary>Requests whose head was understood.</summary>
    public long Requests { get; internal set; }

    /// <summary>Responses by class: index 2 counts 200..299, and so on.</summary>
    public long[] Responses { get; } = new long[6];

    /// <summary>Bytes handed to the transport.</summary>
    public long BytesSent { get; internal set; }

    /// <summary>Connections accepted.</summary>
    public long Connections { get; internal set; }

    /// <summary>Connections open now.</summary>
    public int OpenConnections { get; internal set; }

    /// <summary>Heads that were no HTTP, or broke a rule or a limit.</summary>
    public long MalformedRequests { get; internal set; }

    /// <summary>Connections ended because the client was too slow.</summary>
    public long TimedOut { get; internal set; }

    /// <summary>Idle connections closed to make room for new ones.</summary>
    public long Evicted { get; internal set; }

    /// <summary>Connections or responses given up because no block of memory was left.</summary>
    public long OutOfMemory { get; internal set; }

    /// <summary>Handlers that threw.</summary>
    public long HandlerFailures { get; internal set; }

    /// <summary>Files served from the cache without asking the file system.</summary>
    public long CacheHits { get; internal set; }
}
