// A protection domain written with async/await, the counterpart of LionsOS's coroutines: RunAsync starts in Init and awaits
// signals, timers and its own tasks; every event of the PD lets it go on.
//
// Between two events no frame of the PD is on the stack, so this is where the heap collects, exactly and
// bounded by what is alive.

using System;
using System.Threading.Tasks;
using Pride.Abi;
using Pride.Runtime;
using Pride.Runtime.Heap;
using Pride.Runtime.ObjectModel;

namespace Pride.Microkit;

/// <summary>Base of protection domains that await. Profile: managed.</summary>
public abstract class AsyncProtectionDomain : ProtectionDomain
{
    private const int ChannelCount = 64;

    private readonly Action?[] _handlers = new Action?[ChannelCount];
    private Task? _main;

    /// <summary>Notifications of channels that nobody handles; they are dropped.</summary>
    public ulong UnhandledNotifications { get; private set; }

    /// <summary>The PD's work. When it ends, the PD goes on serving handlers; when it throws, the PD faults.</summary>
    protected abstract Task RunAsync();

    /// <summary>Arms the PD's timer for <paramref name="dueNanoseconds"/> on <see cref="Pride.Runtime.Time.Clock"/>; the timer's channel then wakes the PD.</summary>
    protected virtual void ArmTimer(long dueNanoseconds)
    {
    }

    /// <summary>Calls <paramref name="handler"/> whenever <paramref name="channel"/> is signalled; one handler for each channel.</summary>
    protected void OnNotified(Channel channel, Action handler) => _handlers[(int)channel.Id] = handler;

    /// <summary>A signal that is set whenever <paramref name="channel"/> is signalled, for awaiting.</summary>
    protected AsyncSignal SignalOf(Channel channel)
    {
        AsyncSignal signal = new();
        OnNotified(channel, signal.Set);
        return signal;
    }

    /// <inheritdoc/>
    public override void Init()
    {
        EventLoop.Current.TimerArmed = ArmTimer;
        _main = RunAsync();
    }

    /// <inheritdoc/>
    public override void Notified(Channel channel)
    {
        if (channel.Id < ChannelCount && _handlers[(int)channel.Id] is { } handler)
        {
            handler();
        }
        else
        {
            UnhandledNotifications++;
        }
    }

    /// <inheritdoc/>
    public override void Idle()
    {
        EventLoop.Current.Drain();
        if (_main is { IsFaulted: true } main)
        {
            // Throws the first exception of the task, unwrapped.
            main.GetAwaiter().GetResult();
        }

        if (CompilerFacts.IsGuest)
        {
            Collector.CollectBetweenEvents();
        }
    }
}
