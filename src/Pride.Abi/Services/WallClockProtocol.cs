// The date: one protected procedure call to the driver of a real-time clock. Pride's own; sDDF has no such class.

namespace Pride.Abi.Services;

/// <summary>Labels of the calls that a real-time clock's driver serves.</summary>
public static class WallClockProtocol
{
    /// <summary>No argument; the reply's word 0 is the time since 1970-01-01 UTC in nanoseconds, as exact as the clock is.</summary>
    public const ulong GetTime = 0;
}
