// ARP, ICMP, fragments and UDP sockets.

using System;
using System.Linq;
using System.Threading.Tasks;
using Pride.Net;
using Xunit;

namespace Pride.Net.Tests;

public class NeighbourAndDatagramTests
{
    [Fact]
    public void FramesWaitForTheNeighboursAddressInOrder()
    {
        var network = new SimulatedNetwork();
        SimulatedHost a = network.AddHost(1);
        SimulatedHost b = network.AddHost(2);
        UdpSocket to = b.Stack.OpenUdp(7);
        UdpSocket from = a.Stack.OpenUdp(0);
        for (byte i = 0; i < 3; i++)
        {
            Assert.True(from.SendTo([i], new Endpoint(b.Address, 7)));
        }

        byte[] buffer = new byte[10];
        for (byte i = 0; i < 3; i++)
        {
            UdpReceiveResult result = network.Run(to.ReceiveFromAsync(buffer).AsTask());
            Assert.Equal((1, i), (result.Length, buffer[0]));
            Assert.Equal(new Endpoint(a.Address, from.LocalPort), result.Source);
        }

        Assert.Equal(1ul, a.Stack.Counters[NetworkCounter.ArpRequestsSent]);
    }

    [Fact]
    public void FramesForAbsentNeighboursAreBoundedAndDropped()
    {
        var network = new SimulatedNetwork();
        SimulatedHost a = network.AddHost(1, new NetworkStackOptions { ArpPendingFrames = 8 });
        UdpSocket from = a.Stack.OpenUdp(0);
        for (byte i = 0; i < 20; i++)
        {
            from.SendTo([i], new Endpoint(Packets.Host(50), 7));
        }

        Assert.Equal(12ul, a.Stack.Counters[NetworkCounter.ArpPendingDrop]);
        network.RunFor(10);
        Assert.Equal(8ul, a.Stack.Counters[NetworkCounter.ArpUnresolvedDrop]);
        Assert.Equal(4ul, a.Stack.Counters[NetworkCounter.ArpRequestsSent]);
        Assert.Equal(long.MaxValue, a.Stack.Poll());
    }

    [Fact]
    public void ANeighbourThatMovesIsFollowed()
    {
        var peer = new ScriptedPeer();
        UdpSocket socket = peer.Stack.OpenUdp(9);
        socket.SendTo([1], new Endpoint(Packets.Host(2), 7));
        Assert.Equal(2, peer.Frames[^1][5]);
        peer.Send(Packets.Ethernet(1, 9, 0x0806, [0, 1, 8, 0, 6, 4, 0, 2, 0x52, 0x54, 0, 0, 0, 9, 10, 0, 0, 2, 0, 0, 0, 0, 0, 0, 10, 0, 0, 1]));
        socket.SendTo([1], new Endpoint(Packets.Host(2), 7));
        Assert.Equal(9, peer.Frames[^1][5]);
    }

    [Fact]
    public void OtherNetworksGoToTheGateway()
    {
        var network = new SimulatedNetwork();
        SimulatedHost a = network.AddHost(1);
        SimulatedHost gateway = network.AddHost(254);
        byte[]? seen = null;
        network.Filter = (from, frame) =>
        {
            seen = from == a ? frame : seen;
            return true;
        };
        a.Stack.OpenUdp(0).SendTo([1], new Endpoint(new Ipv4Address(192, 168, 9, 9), 7));
        network.RunFor(1);
        Assert.Equal(254, seen![5]);
        Assert.Equal([192, 168, 9, 9], seen[30..34]);
        Assert.Equal(1ul, gateway.Stack.Counters[NetworkCounter.Ipv4DropNotForUs]);
    }

    [Fact]
    public void WithoutAGatewayThereIsNoRoute()
    {
        var network = new SimulatedNetwork();
        SimulatedHost a = network.AddHost(1, configure: false);
        a.Stack.Configure(new Ipv4Configuration(a.Address, 24, Ipv4Address.Any));
        Assert.False(a.Stack.OpenUdp(0).SendTo([1], new Endpoint(new Ipv4Address(192, 168, 9, 9), 7)));
        Assert.Equal(1ul, a.Stack.Counters[NetworkCounter.Ipv4SendDropNoRoute]);
    }

    [Fact]
    public void OurAddressIsDefendedButNotInAStorm()
    {
        var peer = new ScriptedPeer();
        byte[] claim = Packets.Ethernet(1, 9, 0x0806, [0, 1, 8, 0, 6, 4, 0, 2, 0x52, 0x54, 0, 0, 0, 9, 10, 0, 0, 1, 0, 0, 0, 0, 0, 0, 10, 0, 0, 1]);
        for (int i = 0; i < 10; i++)
        {
            peer.Send(claim);
        }

        Assert.Single(peer.Frames);
        peer.Network.RunFor(11);
        peer.Send(claim);
        Assert.Equal(2, peer.Frames.Count);
    }

    [Fact]
    public void PingIsAnsweredOddLengthsToo()
    {
        var peer = new ScriptedPeer();
        byte[] message = [8, 0, 0, 0, 0x12, 0x34, 0, 1, 1, 2, 3, 4, 5];
        ushort checksum = Packets.PlainChecksum(message, 0);
        message[2] = (byte)(checksum >> 8);
        message[3] = (byte)checksum;
        peer.Send(Packets.Ipv4(1, 2, 1, message));
        byte[] reply = peer.Frames.Single()[34..47];
        Assert.Equal(0, reply[0]);
        Assert.Equal(message[4..], reply[4..]);
        Assert.Equal(0, Packets.PlainChecksum(reply, 0));
    }

    [Fact]
    public void ErrorsToOthersAreLimitedInRate()
    {
        var peer = new ScriptedPeer();
        for (int i = 0; i < 1000; i++)
        {
            peer.Send(Packets.Udp(1, 2, 99, 7, [1]));
        }

        Assert.Equal(100, peer.Frames.Count);
        Assert.Equal(900ul, peer.Count(NetworkCounter.IcmpRateLimited));
        byte[] error = peer.Frames[0][34..];
        Assert.Equal((3, 3), (error[0], error[1]));
        Assert.Equal(0, Packets.PlainChecksum(error, 0));
    }

    [Fact]
    public void FragmentsInAnyOrderMakeTheDatagram()
    {
        var peer = new ScriptedPeer();
        UdpSocket socket = peer.Stack.OpenUdp(7);
        byte[] whole = Packets.Udp(1, 2, 7, 9, TcpTransferTests.RandomBytes(1, 5000));
        byte[] payload = whole[34..];
        byte[][] fragments = [.. payload.Chunk(1480).Select((part, i) =>
            Packets.Ipv4(1, 2, 17, part, (ushort)((i * 185) | (part.Length == 1480 ? 0x2000 : 0)), 77))];
        foreach (int i in new[] { 3, 0, 2, 1 })
        {
            Assert.False(socket.TryReceiveFrom(new byte[1], out _));
            peer.Send(fragments[i]);
        }

        byte[] buffer = new byte[6000];
        Assert.True(socket.TryReceiveFrom(buffer, out UdpReceiveResult result));
        Assert.Equal(payload[8..], buffer[..result.Length]);

        // An overlap spoils the whole; a lonely fragment is given up.
        peer.Send(fragments[0]);
        peer.Send(fragments[0]);
        peer.Send(fragments[1]);
        peer.Network.RunFor(31);
        Assert.Equal(2ul, peer.Count(NetworkCounter.Ipv4FragmentsDrop));
    }

    [Fact]
    public void ManyUnfinishedDatagramsDisplaceTheOldest()
    {
        var peer = new ScriptedPeer();
        for (ushort i = 0; i < 100; i++)
        {
            peer.Send(Packets.Ipv4(1, 2, 17, new byte[8], 0x2000, i));
        }

        Assert.Equal(96ul, peer.Count(NetworkCounter.Ipv4FragmentsDrop));
    }

    [Fact]
    public void AFullQueueDropsAndCounts()
    {
        var peer = new ScriptedPeer(new NetworkStackOptions { UdpQueueBytes = 1024 });
        UdpSocket socket = peer.Stack.OpenUdp(7);
        for (int i = 0; i < 20; i++)
        {
            peer.Send(Packets.Udp(1, 2, 7, 9, new byte[92]));
        }

        Assert.Equal(10ul, peer.Count(NetworkCounter.UdpDropQueueFull));
        byte[] buffer = new byte[50];
        int received = 0;
        while (socket.TryReceiveFrom(buffer, out UdpReceiveResult result))
        {
            Assert.Equal(50, result.Length);
            received++;
        }

        Assert.Equal(10, received);
    }

    [Fact]
    public void DatagramsWithoutAChecksumAreTaken()
    {
        var peer = new ScriptedPeer();
        UdpSocket socket = peer.Stack.OpenUdp(7);
        peer.Send(Packets.Udp(1, 2, 7, 9, [1, 2, 3], withChecksum: false));
        Assert.True(socket.TryReceiveFrom(new byte[3], out _));
    }

    [Theory]
    [InlineData(1400, true)]
    [InlineData(1401, true)]
    [InlineData(7, true)]
    [InlineData(0, true)]
    [InlineData(100, false)]
    public void AForwardedPayloadHasTheRightChecksum(int length, bool withChecksum)
    {
        var peer = new ScriptedPeer();
        peer.Stack.OpenUdp(7, new Reflector());
        byte[] payload = TcpTransferTests.RandomBytes(length, length);
        peer.Send(Packets.Udp(1, 2, 7, 9, payload, withChecksum));
        byte[] expected = Packets.Udp(2, 1, 9, 7, payload);
        Assert.Equal(expected[34..], peer.Frames.Single()[34..]);
    }

    [Fact]
    public void PortsAndSocketsAreLimited()
    {
        var network = new SimulatedNetwork();
        NetworkStack stack = network.AddHost(1, new NetworkStackOptions { MaximumUdpSockets = 2 }).Stack;
        UdpSocket first = stack.OpenUdp(7);
        Assert.Throws<ArgumentException>(() => first.SendTo(new byte[1473], new Endpoint(Packets.Host(2), 7)));
        Assert.Equal(NetworkError.PortInUse, Assert.Throws<NetworkException>(() => stack.OpenUdp(7)).Error);
        stack.OpenUdp(0);
        Assert.Equal(NetworkError.LimitReached, Assert.Throws<NetworkException>(() => stack.OpenUdp(0)).Error);
        Task<UdpReceiveResult> pending = first.ReceiveFromAsync(new byte[1]).AsTask();
        first.Dispose();
        Assert.Equal(NetworkError.Closed, Assert.Throws<NetworkException>(() => network.Run(pending)).Error);
        Assert.Equal(7, stack.OpenUdp(7).LocalPort);
    }

    private sealed class Reflector : IUdpHandler
    {
        public void Received(UdpSocket socket, in UdpDatagram datagram) => socket.Forward(datagram, datagram.Source);
    }
}
