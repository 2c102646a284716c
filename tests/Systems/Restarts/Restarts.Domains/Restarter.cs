// The parent of the block driver, the block virtualiser and the FAT server: every few milliseconds it starts one of them anew, wherever that
// one is just now.

using Pride.Abi;
using Pride.Abi.Sddf;
using Pride.Machine;
using Pride.Microkit;
using Pride.Runtime;
using Pride.Sddf;

namespace Restarts.Domains;

/// <summary>Has the highest priority, so its timer stops its children in the middle of their work.</summary>
[Profile(Profile.Driver)]
public sealed class Restarter : ProtectionDomain
{
    /// <summary>Children, with the ids 0 and on.</summary>
    public const int Children = 3;

    // Odd, so that the restarts come at other places of what repeats itself; the server gets its work done in between.
    private const ulong IntervalNanoseconds = 3_370_000;

    private TimerClient _timer;
    private ulong _restarts;

    [Wired]
    public Config<TimerClientConfig> Timer;

    /// <summary>Where a restarted child begins: one address serves all.</summary>
    [Wired]
    public ulong EntryPoint;

    [Wired]
    public Channel Reader;

    public override void Init()
    {
        _timer = new TimerClient(Timer);
        _timer.SetTimeout(IntervalNanoseconds);
    }

    public override void Notified(Channel channel)
    {
        if (channel == Reader)
        {
            DebugConsole.Write("restarter: restarts 0x"u8);
            DebugConsole.WriteHexadecimal(_restarts);
            DebugConsole.WriteLine(""u8);
            return;
        }

        new Child(_restarts++ % Children).Restart(EntryPoint);
        _timer.SetTimeout(IntervalNanoseconds);
    }

    /// <summary>None of them has a reason to fault.</summary>
    public override bool Fault(Child child, MessageInfo message, out MessageInfo reply)
    {
        FaultReport.Print("a restarted component"u8, child.Id, CapSlots.BaseTcb + child.Id, message, 0);
        reply = default;
        return false;
    }
}
