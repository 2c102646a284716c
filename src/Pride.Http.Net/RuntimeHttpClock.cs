// The HTTP server's time in a protection domain: the CPU's counter, and the runtime's timers.

using System.Threading.Tasks;
using Pride.Runtime.Time;

namespace Pride.Http.Net;

/// <summary>The PD's clocks.</summary>
public sealed class RuntimeHttpClock : IHttpClock
{
    // Before this day the wall clock has not been set: Pride did not exist.
    private const long FirstPlausibleUnixSeconds = 1_704_067_200;

    public long Milliseconds => Clock.Milliseconds;

    public long UnixSeconds
    {
        get
        {
            long seconds = Clock.WallNanoseconds / Clock.NanosecondsPerSecond;
            return seconds >= FirstPlausibleUnixSeconds ? seconds : 0;
        }
    }

    public ValueTask DelayAsync(int milliseconds) => new(Task.Delay(milliseconds));
}
