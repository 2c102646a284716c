// Answers every UDP datagram with itself: the echo example without TCP and without a timer, whose driver is called, and calls stay on a core.

using Pride.Abi.Sddf;
using Pride.Machine;
using Pride.Microkit;
using Pride.Net;
using Pride.Net.Sddf;
using Pride.Runtime;
using Pride.Sddf;

namespace EchoCores.Domains;

/// <summary>A UDP echo server with a network stack of its own.</summary>
[Profile(Profile.Driver, FloatingPoint = true)]
public sealed class UdpEcho : ProtectionDomain, IUdpHandler
{
    /// <summary>The port of sDDF's echo server.</summary>
    public const ushort Port = 1235;

    private const int PrefixLength = 24;

    /// <summary>QEMU's gateway, 10.0.2.2.</summary>
    private const uint Gateway = 0x0A00_0202;

    [Wired]
    public Config<NetworkClientConfig> Network;

    /// <summary>Its IPv4 address in host order.</summary>
    [Wired]
    public uint Address;

    private NetworkPump _pump = null!;

    public override void Init()
    {
        var options = new NetworkStackOptions { MaximumConnections = 1, MaximumHalfOpen = 1, MaximumTimeWait = 1, MaximumUdpSockets = 2, MaximumListeners = 1, UdpQueueBytes = 256, MaximumReassemblies = 1 };
        _pump = new NetworkPump(new NetworkClient(Network), timer: null, options);
        _pump.Stack.Configure(new Ipv4Configuration(new Ipv4Address(Address), PrefixLength, new Ipv4Address(Gateway)));
        _pump.Stack.OpenUdp(Port, this);
        DebugConsole.WriteLine("echo: UDP port 1235"u8);
    }

    public override void Notified(Channel channel) => _pump.Notified(channel);

    public override void Idle() => _pump.Run();

    void IUdpHandler.Received(UdpSocket socket, in UdpDatagram datagram) => socket.Forward(datagram, datagram.Source);
}
