// The timer class: two protected procedure calls and one notification (sDDF 0.7, include/sddf/timer/).

using System.Runtime.InteropServices;
using Pride.Machine;

namespace Pride.Abi.Sddf;

/// <summary>Labels of the calls that a timer driver serves.</summary>
public static class TimerProtocol
{
    /// <summary>No argument; the reply's word 0 is the time since start in nanoseconds.</summary>
    public const ulong GetTime = 0;

    /// <summary>Word 0: nanoseconds from now until the driver notifies the caller. A client has one timeout; a new one replaces it.</summary>
    public const ulong SetTimeout = 1;
}

/// <summary>timer_client_config, 6 bytes: magic, channel id of the driver (5).</summary>
[ConfigurationSection(".timer_client_config")]
[StructLayout(LayoutKind.Sequential)]
public struct TimerClientConfig
{
    /// <summary>SDDF_TIMER_MAX_CLIENTS.</summary>
    public const int MaximumClients = 64;

    public SddfMagic Magic;
    public byte DriverChannelId;
}
