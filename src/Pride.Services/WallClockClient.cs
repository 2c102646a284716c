// The client's end of the wall clock: what the date is. Asked once: Pride.Runtime.Time.Clock goes on from there.

using Pride.Abi;
using Pride.Abi.Services;
using Pride.Microkit;
using Pride.Runtime.Time;

namespace Pride.Services;

/// <summary>A real-time clock's driver, as its client calls it.</summary>
public readonly struct WallClockClient(Channel channel)
{
    /// <summary>Nanoseconds since 1970-01-01 UTC.</summary>
    public long NowNanoseconds()
    {
        channel.Call(new MessageInfo(WallClockProtocol.GetTime, 0));
        return (long)MessageRegisters.Get(0);
    }

    /// <summary>Sets this PD's clock.</summary>
    public void SetClock() => Clock.SetWallClock(NowNanoseconds());
}
