// What every real-time clock's driver does: it serves Pride's wall-clock protocol. Meant to run passive. A device's own class knows its registers.

using Pride.Abi;
using Pride.Abi.Services;
using Pride.Microkit;

namespace Pride.Drivers.Clock;

/// <summary>A real-time clock's driver.</summary>
public abstract class WallClockDriver : ProtectionDomain
{
    /// <summary>Calls with a label that no clock serves.</summary>
    public uint UnknownRequests { get; private set; }

    public override MessageInfo Protected(Channel channel, MessageInfo message)
    {
        if (message.Label != WallClockProtocol.GetTime)
        {
            UnknownRequests++;
            return new MessageInfo(0, 0);
        }

        MessageRegisters.Set(0, ReadNanoseconds());
        return new MessageInfo(0, 1);
    }

    /// <summary>Nanoseconds since 1970-01-01 UTC.</summary>
    protected abstract ulong ReadNanoseconds();
}
