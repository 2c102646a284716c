// Answers every UDP datagram and every byte of a TCP stream with itself, as sDDF's echo server does, on the same ports.
//
// It is written in the style without async: nothing is allocated after Init, so it runs under the driver profile. Checksums
// are vector additions where the compiler makes them, hence the floating-point registers.

using System;
using Pride.Abi.Sddf;
using Pride.Machine;
using Pride.Microkit;
using Pride.Net;
using Pride.Net.Sddf;
using Pride.Runtime;
using Pride.Sddf;

namespace Echo.Domains;

/// <summary>A UDP and TCP echo server with a network stack of its own.</summary>
[Profile(Profile.Driver, FloatingPoint = true)]
public sealed class EchoPd : ProtectionDomain, IUdpHandler, ITcpHandler
{
    /// <summary>The ports of sDDF's echo server, so that the same load generators fit.</summary>
    public const ushort UdpPort = 1235;
    public const ushort TcpPort = 1237;

    /// <summary>A peer that has been silent for so long is probed: one that has vanished must not hold a connection for ever.</summary>
    private const int SilenceMilliseconds = 60_000;

    /// <summary>QEMU's user network: 10.0.2.0/24 with the gateway at .2.</summary>
    private const int PrefixLength = 24;
    private const byte GatewayHost = 2;

    [Wired]
    public Config<NetworkClientConfig> Network;

    [Wired]
    public Config<TimerClientConfig> Timer;

    /// <summary>The PD's IPv4 address in host order (10.0.2.15 is 0x0A00020F); 0: ask a DHCP server.</summary>
    [Wired]
    public uint StaticAddress;

    private NetworkPump _pump = null!;

    public override void Init()
    {
        var options = new NetworkStackOptions
        {
            MaximumConnections = 64,
            MaximumHalfOpen = 64,
            MaximumTimeWait = 128,
            MaximumUdpSockets = 2,
            MaximumListeners = 1,
            SendBufferBytes = 32 * 1024,
            ReceiveBufferBytes = 32 * 1024,
            UdpQueueBytes = 256,
            MaximumReassemblies = 1,
            KeepAliveMilliseconds = SilenceMilliseconds,
        };
        _pump = new NetworkPump(new NetworkClient(Network), new TimerClient(Timer), options);
        NetworkStack stack = _pump.Stack;
        if (StaticAddress != 0)
        {
            var gateway = new Ipv4Address((StaticAddress & 0xFFFF_FF00) | GatewayHost);
            stack.Configure(new Ipv4Configuration(new Ipv4Address(StaticAddress), PrefixLength, gateway));
        }
        else
        {
            stack.Dhcp.Start();
        }

        stack.OpenUdp(UdpPort, this);
        TcpListener listener = stack.Listen(TcpPort, this);
        listener.NoDelay = true;
        DebugConsole.WriteLine("echo: UDP port 1235, TCP port 1237"u8);
    }

    public override void Notified(Channel channel) => _pump.Notified(channel);

    public override void Idle() => _pump.Run();

    void IUdpHandler.Received(UdpSocket socket, in UdpDatagram datagram) => socket.Forward(datagram, datagram.Source);

    void ITcpHandler.Connected(TcpConnection connection)
    {
    }

    void ITcpHandler.Readable(TcpConnection connection) => Echo(connection);

    void ITcpHandler.Writable(TcpConnection connection) => Echo(connection);

    void ITcpHandler.Closed(TcpConnection connection, NetworkError error)
    {
    }

    private static void Echo(TcpConnection connection)
    {
        while (connection.Available != 0)
        {
            ReadOnlySpan<byte> received = connection.Received;
            int taken = connection.Write(received);
            connection.Consume(taken);
            if (taken < received.Length)
            {
                // The peer does not read: what it sent stays in its window until Writable.
                return;
            }
        }

        if (connection.IsEndOfStream)
        {
            connection.Dispose();
        }
    }
}
