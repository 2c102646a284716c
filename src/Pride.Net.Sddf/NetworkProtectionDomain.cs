// A protection domain that awaits and has a network stack: between two waits the stack, the timers and whatever awaits them
// work until nothing is left to do; then the PD returns to wait for the next notification.

using Pride.Abi.Sddf;
using Pride.Machine;
using Pride.Microkit;
using Pride.Runtime;
using Pride.Sddf;

namespace Pride.Net.Sddf;

/// <summary>Base of network servers and clients written with async/await. Profile: managed.</summary>
public abstract class NetworkProtectionDomain : AsyncProtectionDomain
{
    private NetworkPump? _pump;
    private bool _hasAddress;

    private static long NextDeadline => EventLoop.Current.NextDeadline ?? long.MaxValue;

    /// <inheritdoc/>
    public override void Notified(Channel channel)
    {
        if (_pump?.Notified(channel) != true)
        {
            base.Notified(channel);
        }
    }

    /// <inheritdoc/>
    public override void Idle()
    {
        if (_pump is { } pump)
        {
            long deadline;
            do
            {
                EventLoop.Current.Drain();
                deadline = NextDeadline;
                pump.Run(deadline);
            }
            while (EventLoop.Current.Pending > 0 || NextDeadline != deadline);

            NoteAddress(pump.Stack);
        }

        base.Idle();
    }

    /// <summary>Makes the PD's stack. Called once, by RunAsync, before anything else of the network.</summary>
    protected NetworkStack StartNetwork(Config<NetworkClientConfig> network, Config<TimerClientConfig> timer, NetworkStackOptions options)
    {
        _pump = new NetworkPump(new NetworkClient(network), new TimerClient(timer), options);
        return _pump.Stack;
    }

    /// <summary>Told once, when the stack has got its first address.</summary>
    protected virtual void AddressAssigned(Ipv4Address address)
    {
    }

    private void NoteAddress(NetworkStack stack)
    {
        Ipv4Address address = stack.Configuration.Address;
        if (!_hasAddress && address != Ipv4Address.Any)
        {
            _hasAddress = true;
            AddressAssigned(address);
        }
    }
}
