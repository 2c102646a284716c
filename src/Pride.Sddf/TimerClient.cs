// The client's end of the timer class: the time, and one timeout.

using System;
using Pride.Abi;
using Pride.Abi.Sddf;
using Pride.Machine;
using Pride.Microkit;

namespace Pride.Sddf;

/// <summary>A timer driver, as its client calls it.</summary>
public readonly struct TimerClient
{
    /// <exception cref="InvalidOperationException">The configuration is not one of the timer class.</exception>
    public TimerClient(Config<TimerClientConfig> config)
    {
        if (!config.Value.Magic.Is(SddfClass.Timer))
        {
            throw new InvalidOperationException("no timer configuration: connect this PD to a timer system");
        }

        Channel = new Channel(config.Value.DriverChannelId);
    }

    /// <summary>Where expiry arrives.</summary>
    public Channel Channel { get; }

    /// <summary>Nanoseconds since the machine started; never goes back.</summary>
    public ulong NowNanoseconds()
    {
        Channel.Call(new MessageInfo(TimerProtocol.GetTime, 0));
        return MessageRegisters.Get(0);
    }

    /// <summary>The driver will notify once, <paramref name="nanoseconds"/> from now or a little later. Replaces a timeout that is pending.</summary>
    public void SetTimeout(ulong nanoseconds)
    {
        MessageRegisters.Set(0, nanoseconds);
        Channel.Call(new MessageInfo(TimerProtocol.SetTimeout, 1));
    }
}
