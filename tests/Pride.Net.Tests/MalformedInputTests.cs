// Whatever arrives, the stack goes on: every frame is answered, or dropped and counted, and no memory is held for good.

using System;
using System.Linq;
using System.Threading.Tasks;
using Pride.Net;
using Xunit;

namespace Pride.Net.Tests;

public class MalformedInputTests
{
    public static TheoryData<NetworkCounter, byte[]> BadFrames => new()
    {
        { NetworkCounter.EthernetDropTooShort, new byte[13] },
        { NetworkCounter.EthernetDropNotForUs, Packets.Ethernet(9, 2, 0x0800, new byte[40]) },
        { NetworkCounter.EthernetDropUnknownType, Packets.Ethernet(1, 2, 0x86DD, new byte[40]) },
        { NetworkCounter.ArpDropMalformed, Packets.Ethernet(1, 2, 0x0806, new byte[27]) },
        { NetworkCounter.ArpDropMalformed, Packets.Ethernet(1, 2, 0x0806, new byte[28]) },
        { NetworkCounter.Ipv4DropMalformed, Packets.Ethernet(1, 2, 0x0800, new byte[19]) },
        { NetworkCounter.Ipv4DropMalformed, Changed(Good(), 14, 0x65) },
        { NetworkCounter.Ipv4DropMalformed, Changed(Good(), 14, 0x44) },
        { NetworkCounter.Ipv4DropMalformed, Changed(Good(), 16, 0x40) },
        { NetworkCounter.Ipv4DropMalformed, Good()[..30] },
        { NetworkCounter.Ipv4DropChecksum, Changed(Good(), 22, 1) },
        { NetworkCounter.Ipv4DropNotForUs, Packets.Ethernet(1, 2, 0x0800, Packets.Udp(9, 2, 7, 7, [1]).AsSpan(14)) },
        { NetworkCounter.Ipv4DropSource, Packets.Udp(1, 1, 7, 7, [1]) },
        { NetworkCounter.Ipv4DropUnknownProtocol, Packets.Ipv4(1, 2, 99, [1, 2, 3]) },
        { NetworkCounter.Ipv4FragmentsDrop, Packets.Ipv4(1, 2, 17, [1, 2, 3], 0x2000) },
        { NetworkCounter.Ipv4FragmentsDrop, Packets.Ipv4(1, 2, 17, new byte[8], 0x3FFF) },
        { NetworkCounter.IcmpDropMalformed, Packets.Ipv4(1, 2, 1, new byte[7]) },
        { NetworkCounter.IcmpDropChecksum, Packets.Ipv4(1, 2, 1, [8, 0, 1, 1, 0, 0, 0, 0]) },
        { NetworkCounter.UdpDropMalformed, Packets.Ipv4(1, 2, 17, new byte[7]) },
        { NetworkCounter.UdpDropMalformed, Packets.Ipv4(1, 2, 17, [0, 7, 0, 7, 0, 7, 0, 0]) },
        { NetworkCounter.UdpDropMalformed, Packets.Ipv4(1, 2, 17, [0, 7, 0, 7, 0, 9, 0, 0]) },
        { NetworkCounter.UdpDropChecksum, Changed(Packets.Udp(1, 2, 7, 7, [1, 2]), 42, 9) },
        { NetworkCounter.UdpDropNoSocket, Packets.Udp(1, 2, 8, 7, [1, 2]) },
        { NetworkCounter.TcpDropMalformed, Packets.Ipv4(1, 2, 6, new byte[19]) },
        { NetworkCounter.TcpDropMalformed, Packets.Ipv4(1, 2, 6, [0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0]) },
        { NetworkCounter.TcpDropMalformed, Packets.Ipv4(1, 2, 6, [0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0x60, 0, 0, 0, 0, 0, 0, 0]) },
        { NetworkCounter.TcpDropMalformed, Packets.Ipv4(1, 2, 6, [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0x50, 0, 0, 0, 0, 0, 0, 0]) },
        { NetworkCounter.TcpDropChecksum, Packets.Ipv4(1, 2, 6, [0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0x50, 0, 0, 0, 0, 0, 0, 0]) },
    };

    [Theory]
    [MemberData(nameof(BadFrames))]
    public void ABadFrameIsCountedOnce(NetworkCounter counter, byte[] frame)
    {
        var peer = new ScriptedPeer();
        peer.Stack.OpenUdp(7, new Discard());
        peer.Send(frame);
        Assert.Equal(1ul, peer.Count(counter));
    }

    [Fact]
    public void TheGoodFrameIsNotCountedAsBad()
    {
        var peer = new ScriptedPeer();
        var discard = new Discard();
        peer.Stack.OpenUdp(7, discard);
        peer.Send(Good());
        Assert.Equal(1, discard.Received);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void RandomFramesNeitherThrowNorHoldMemory(int seed)
    {
        var peer = new ScriptedPeer(new NetworkStackOptions { MaximumConnections = 16, MaximumHalfOpen = 16, MaximumTimeWait = 16 });
        TcpListener listener = peer.Stack.Listen(80, 4);
        peer.Stack.OpenUdp(7);
        peer.Stack.Dhcp.Start();
        peer.Open();
        var random = new Random(seed);
        byte[][] seeds = Seeds(peer);
        for (int i = 0; i < 60_000; i++)
        {
            byte[] frame = (byte[])seeds[random.Next(seeds.Length)].Clone();
            Mutate(random, ref frame);
            peer.Send(frame);
            if (i % 64 == 0)
            {
                peer.Network.RunFor(random.NextDouble());
                peer.Frames.Clear();
                peer.Segments.Clear();
                while (listener.TryAccept(out TcpConnection connection))
                {
                    connection.Dispose();
                }
            }
        }

        while (listener.TryAccept(out TcpConnection connection))
        {
            connection.Dispose();
        }

        peer.Network.RunFor(1000);
        Assert.Equal(0, peer.Stack.ConnectionCount + peer.Stack.HalfOpenCount + peer.Stack.TimeWaitCount);
    }

    [Fact]
    public void NothingIsAllocatedPerPacket()
    {
        var sink = new CountingInterface();
        var stack = new NetworkStack(sink, new SimulatedNetwork(), sink, new NetworkStackOptions());
        stack.Configure(new Ipv4Configuration(Packets.Host(1), 24, Ipv4Address.Any));
        stack.OpenUdp(7, new Echo());
        stack.ProcessFrame(Packets.Ethernet(
            1, 2, 0x0806, [0, 1, 8, 0, 6, 4, 0, 1, 0x52, 0x54, 0, 0, 0, 2, 10, 0, 0, 2, 0, 0, 0, 0, 0, 0, 10, 0, 0, 1]));
        byte[] frame = Packets.Udp(1, 2, 7, 7, new byte[1400]);
        byte[] ping = Packets.Ipv4(1, 2, 1, [8, 0, 0xF7, 0xFF, 0, 0, 0, 0]);
        long allocated = 0;
        for (int i = 0; i < 2000; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            stack.ProcessFrame(frame);
            stack.ProcessFrame(ping);
            stack.Poll();
            allocated = i < 1000 ? 0 : allocated + GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal(0, allocated);
        Assert.True(sink.Sent >= 4000);
    }

    private static byte[] Good() => Packets.Udp(1, 2, 7, 7, [1, 2, 3, 4]);

    private static byte[] Changed(byte[] frame, int offset, byte value)
    {
        Assert.NotEqual(value, frame[offset]);
        frame[offset] = value;
        return frame;
    }

    private static byte[][] Seeds(ScriptedPeer peer)
    {
        byte[] Tcp(byte flags, uint sequence, uint acknowledgment, int length) => Packets.Tcp(
            1, 2, new SeenSegment(peer.Port, 80, sequence, acknowledgment, flags, 1000, [2, 4, 5, 180, 1, 3, 3, 7], new byte[length]));
        byte[] dhcp = new byte[300];
        dhcp[0] = 2;
        dhcp[1] = 1;
        dhcp[2] = 6;
        new byte[] { 0x52, 0x54, 0, 0, 0, 1 }.CopyTo(dhcp, 28);
        new byte[] { 0x63, 0x82, 0x53, 0x63, 53, 1, 2, 1, 4, 255, 255, 255, 0, 255 }.CopyTo(dhcp, 236);
        return
        [
            Tcp(SeenSegment.Syn, 1, 0, 0),
            Tcp(SeenSegment.Ack, peer.Next, peer.Acknowledged, 100),
            Tcp(SeenSegment.Ack | SeenSegment.Fin, peer.Next + 200, peer.Acknowledged, 100),
            Tcp(SeenSegment.Rst, peer.Next, 0, 0),
            Packets.Udp(1, 2, 7, 9, new byte[50]),
            Packets.Udp(1, 2, 68, 67, dhcp),
            Packets.Ipv4(1, 2, 1, [8, 0, 0xF7, 0xFF, 0, 0, 0, 0]),
            Packets.Ipv4(1, 2, 17, new byte[64], 0x2000, 5),
            Packets.Ipv4(1, 2, 17, new byte[64], 0x0008, 5),
            Packets.Ethernet(1, 2, 0x0806, [0, 1, 8, 0, 6, 4, 0, 1, 0x52, 0x54, 0, 0, 0, 2, 10, 0, 0, 2, 0, 0, 0, 0, 0, 0, 10, 0, 0, 1]),
        ];
    }

    private static void Mutate(Random random, ref byte[] frame)
    {
        int changes = random.Next(4);
        for (int i = 0; i < changes; i++)
        {
            int from = random.Next(8) == 0 ? 0 : 14;
            frame[random.Next(from, frame.Length)] = random.Next(3) == 0 ? (byte)random.Next(256) : (byte)(frame[^1] ^ (1 << random.Next(8)));
        }

        if (random.Next(10) == 0)
        {
            frame = frame[..random.Next(frame.Length)];
        }

        // Most keep right checksums, or nothing behind the checks would ever be reached.
        if (frame.Length >= 34 && frame[12] == 8 && frame[13] == 0 && random.Next(5) != 0)
        {
            FixChecksums(frame.AsSpan(14));
        }
    }

    private static void FixChecksums(Span<byte> packet)
    {
        int headerLength = (packet[0] & 15) * 4;
        if (headerLength < 20 || headerLength > packet.Length)
        {
            return;
        }

        Packets.FixIpv4Checksum(packet);
        Span<byte> payload = packet[headerLength..];
        int at = packet[9] switch
        {
            1 => 2,
            6 => 16,
            17 => 6,
            _ => int.MaxValue - 2,
        };
        if (at + 2 > payload.Length)
        {
            return;
        }

        payload[at] = payload[at + 1] = 0;
        uint pseudo = packet[9] == 1 ? 0 : (uint)(ushort)~Packets.PlainChecksum(packet.Slice(12, 8), 0) + packet[9] + (uint)payload.Length;
        ushort checksum = Packets.PlainChecksum(payload, pseudo);
        payload[at] = (byte)(checksum >> 8);
        payload[at + 1] = (byte)checksum;
    }

    private sealed class Discard : IUdpHandler
    {
        public int Received { get; private set; }

        void IUdpHandler.Received(UdpSocket socket, in UdpDatagram datagram) => Received++;
    }

    private sealed class CountingInterface : INetworkInterface, IEntropySource
    {
        private readonly byte[] _buffer = new byte[1514];

        public int Sent { get; private set; }

        public MacAddress Address => new(0x5254_0000_0001);

        public int MaximumTransmissionUnit => 1500;

        public ChecksumOffload Offload => ChecksumOffload.None;

        public Span<byte> GetTransmitBuffer() => _buffer;

        public void Transmit(int length) => Sent++;

        public void Fill(Span<byte> destination) => destination.Fill(7);
    }

    private sealed class Echo : IUdpHandler
    {
        void IUdpHandler.Received(UdpSocket socket, in UdpDatagram datagram) => socket.Forward(datagram, datagram.Source);
    }
}
