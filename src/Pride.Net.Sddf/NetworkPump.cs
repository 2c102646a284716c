// What a PD with a network stack does in its events: frames in, stack, frames out, one timer.
//
// The PD makes the pump in Init, calls Notified for each notification and Run from Idle. Run leaves nothing behind that
// would need another wake-up: it asks for signals, looks again, and only then returns.

using System;
using Pride.Microkit;
using Pride.Runtime.Time;
using Pride.Sddf;

namespace Pride.Net.Sddf;

/// <summary>Joins a network client, a timer client and a stack.</summary>
public sealed class NetworkPump
{
    private readonly NetworkClient _client;
    private readonly TimerClient? _timer;

    /// <summary>When the timer will notify, on the runtime's clock; <see cref="long.MaxValue"/>: it is not set.</summary>
    private long _armedFor = long.MaxValue;
    private bool _timerFired;

    /// <summary>Makes the stack, with all its memory.</summary>
    /// <param name="client">The network.</param>
    /// <param name="timer">Null: nothing is done but when a frame comes, which is enough to answer datagrams.</param>
    /// <param name="options">How much memory.</param>
    public NetworkPump(NetworkClient client, TimerClient? timer, NetworkStackOptions options)
    {
        ArgumentNullException.ThrowIfNull(client);
        _client = client;
        _timer = timer;
        Stack = new NetworkStack(new SddfNetworkInterface(client), new RuntimeClock(), new RuntimeEntropy(), options);
    }

    public NetworkStack Stack { get; }

    /// <summary>Notes a notification. False: it is neither the network's nor the timer's.</summary>
    public bool Notified(Channel channel)
    {
        if (channel == _timer?.Channel)
        {
            _armedFor = long.MaxValue;
            _timerFired = true;
            return true;
        }

        return _client.Owns(channel);
    }

    /// <summary>
    /// Does all that is to be done now and sets the timer for the rest; <paramref name="otherDeadline"/>: when the PD itself wants to be woken at the latest.
    /// </summary>
    public void Run(long otherDeadline = long.MaxValue)
    {
        if (_timerFired)
        {
            _timerFired = false;
            Stack.ProcessTimers();
        }

        long deadline;
        do
        {
            while (_client.TryReceive(out NetworkFrame frame))
            {
                Stack.ProcessFrame(_client.ReceivedBytes(frame));
                _client.Release(frame);
            }

            deadline = Stack.Poll();

            // In each round, or a neighbour that never stops sending would keep the answers here.
            _client.Flush();
        }
        while (_client.ArmReceive() || (Stack.WaitsForTransmitBuffers && _client.ArmTransmit()));

        ArmTimer(Math.Min(deadline, otherDeadline));
    }

    private void ArmTimer(long deadline)
    {
        // A timer set too early costs one needless wake-up; setting it again costs a call each time.
        if (deadline >= _armedFor || _timer is not { } timer)
        {
            return;
        }

        _armedFor = deadline;
        timer.SetTimeout((ulong)Math.Max(deadline - Clock.Nanoseconds, 0));
    }
}
