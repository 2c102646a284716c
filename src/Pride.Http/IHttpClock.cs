// Time, as the server needs it: deadlines from a monotonic clock, the Date field from a wall clock if there is one.

using System.Threading.Tasks;

namespace Pride.Http;

/// <summary>A monotonic clock, a wall clock that may be absent, and a way to wait.</summary>
public interface IHttpClock
{
    /// <summary>Milliseconds since some fixed moment; never goes back.</summary>
    long Milliseconds { get; }

    /// <summary>Seconds since 1970-01-01 UTC; 0 when the machine does not know. A server without a clock sends no Date (RFC 9110, 6.6.1).</summary>
    long UnixSeconds { get; }

    /// <summary>Completes after at least this many milliseconds.</summary>
    ValueTask DelayAsync(int milliseconds);
}
