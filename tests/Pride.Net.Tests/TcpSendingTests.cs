// When TCP sends what it has, and when again, with the test as the peer: retransmission, probes, Nagle, keep-alive, path MTU.

using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Pride.Net;
using Xunit;

namespace Pride.Net.Tests;

public class TcpSendingTests
{
    private const byte Ack = SeenSegment.Ack;

    [Fact]
    public void TheThirdDuplicateRepeatsTheFirstSegment()
    {
        var peer = new ScriptedPeer();
        TcpListener listener = peer.Stack.Listen(80);
        peer.Open([2, 4, 5, 180]);
        listener.TryAccept(out TcpConnection connection);
        connection.Write(new byte[10 * 1460]);
        peer.Host.Poll();
        SeenSegment[] flight = peer.Take();
        Assert.Equal(10, flight.Length);
        peer.Send(Ack, peer.Next, peer.Acknowledged);
        peer.Send(Ack, peer.Next, peer.Acknowledged);
        Assert.Empty(peer.Take());
        peer.Send(Ack, peer.Next, peer.Acknowledged);
        SeenSegment repeated = peer.TakeOne();
        Assert.Equal(flight[0].Sequence, repeated.Sequence);
        Assert.Equal(1460, repeated.Payload.Length);

        // A partial acknowledgement: the next hole is filled at once.
        peer.Send(Ack, peer.Next, flight[4].Sequence);
        Assert.Equal(flight[4].Sequence, peer.Take()[0].Sequence);
        Assert.Equal(0ul, peer.Count(NetworkCounter.TcpRetransmissionTimeouts));
    }

    [Fact]
    public void TimeoutsBackOffAndGiveUpInTheEnd()
    {
        var peer = new ScriptedPeer();
        TcpListener listener = peer.Stack.Listen(80);
        peer.Open();
        listener.TryAccept(out TcpConnection connection);
        connection.Write([1, 2, 3]);
        peer.Network.RunFor(0.01);
        Assert.Single(peer.Take());
        double[] times = new double[4];
        for (int i = 0; i < times.Length; i++)
        {
            double before = peer.Network.NowSeconds;
            peer.Network.RunUntil(() => peer.Segments.Count == 1);
            times[i] = peer.Network.NowSeconds - before;
            Assert.Equal(peer.Acknowledged, peer.TakeOne().Sequence);
        }

        Assert.InRange(times[1] / times[0], 1.8, 2.2);
        Assert.InRange(times[3] / times[2], 1.8, 2.2);
        peer.Network.RunFor(1000);
        Assert.Equal((TcpState.Closed, NetworkError.TimedOut), (connection.State, connection.Error));
        connection.Dispose();
        Assert.Equal(0, peer.Stack.ConnectionCount);
    }

    [Fact]
    public void AZeroWindowIsProbedForEverWhileThePeerAnswers()
    {
        var peer = new ScriptedPeer();
        TcpListener listener = peer.Stack.Listen(80);
        peer.Open(window: 0);
        listener.TryAccept(out TcpConnection connection);
        connection.Write([1, 2, 3, 4]);
        for (int i = 0; i < 40; i++)
        {
            peer.Network.RunUntil(() => peer.Segments.Count == 1, 70);
            SeenSegment probe = peer.TakeOne();
            Assert.Equal((peer.Acknowledged, 1), (probe.Sequence, probe.Payload.Length));
            peer.Send(Ack, peer.Next, peer.Acknowledged, window: 0);
        }

        Assert.Equal(TcpState.Established, connection.State);
        peer.Send(Ack, peer.Next, peer.Acknowledged, window: 100);
        Assert.Equal([1, 2, 3, 4], peer.TakeOne().Payload);
    }

    [Fact]
    public void OneShortSegmentWaitsForAnotherUnlessToldNotTo()
    {
        var peer = new ScriptedPeer();
        TcpListener listener = peer.Stack.Listen(80);
        peer.Open([2, 4, 5, 180]);
        listener.TryAccept(out TcpConnection connection);
        connection.Write([1]);
        peer.Host.Poll();
        connection.Write([2]);
        peer.Host.Poll();
        connection.Write([3]);
        peer.Host.Poll();
        Assert.Equal([1], peer.TakeOne().Payload);
        peer.Send(Ack, peer.Next, peer.Acknowledged + 1);
        Assert.Equal([2, 3], peer.TakeOne().Payload);
        connection.NoDelay = true;
        connection.Write([4]);
        peer.Host.Poll();
        Assert.Equal([4], peer.TakeOne().Payload);
    }

    [Fact]
    public void KeepAliveFindsADeadPeer()
    {
        var peer = new ScriptedPeer();
        TcpListener listener = peer.Stack.Listen(80);
        peer.Open();
        listener.TryAccept(out TcpConnection connection);
        connection.SetKeepAlive(10_000);
        peer.Network.RunFor(10.5);
        SeenSegment probe = peer.TakeOne();
        Assert.Equal(peer.Acknowledged - 1, probe.Sequence);
        peer.Send(Ack, peer.Next, peer.Acknowledged);
        peer.Network.RunFor(9);
        Assert.Empty(peer.Take());
        peer.Network.RunFor(100);
        Assert.Equal(5, peer.Take().Length);
        Assert.Equal(NetworkError.TimedOut, connection.Error);
    }

    [Fact]
    public void ReadTimeoutsAndCancellationLeaveTheConnectionUsable()
    {
        var peer = new ScriptedPeer();
        TcpListener listener = peer.Stack.Listen(80);
        peer.Open();
        listener.TryAccept(out TcpConnection connection);
        connection.ReadTimeoutMilliseconds = 500;
        byte[] buffer = new byte[10];
        Task<int> read = connection.ReadAsync(buffer).AsTask();
        Assert.Equal(NetworkError.TimedOut, Assert.Throws<NetworkException>(() => peer.Network.Run(read, 1)).Error);
        using var source = new CancellationTokenSource();
        read = connection.ReadAsync(buffer, source.Token).AsTask();
        source.Cancel();
        Assert.True(read.IsCanceled);
        read = connection.ReadAsync(buffer).AsTask();
        Assert.Throws<InvalidOperationException>(() => { _ = connection.ReadAsync(buffer); });
        peer.SendBytes([1, 2]);
        Assert.Equal(2, peer.Network.Run(read));
    }

    [Fact]
    public void SmallerPathsAreFoundByIcmpOnlyForSegmentsInFlight()
    {
        var peer = new ScriptedPeer();
        TcpListener listener = peer.Stack.Listen(80);
        peer.Open([2, 4, 5, 180]);
        listener.TryAccept(out TcpConnection connection);
        connection.Write(new byte[3000]);
        peer.Host.Poll();
        SeenSegment first = peer.Take()[0];
        byte[] sent = peer.Frames.First(f => f.Length > 1000);
        byte[] forged = (byte[])sent.Clone();
        forged[14 + 20 + 4] ^= 0x40;
        peer.Send(FragmentationNeeded(forged, 600));
        Assert.Empty(peer.Take());
        peer.Send(FragmentationNeeded(sent, 600));
        SeenSegment[] repeated = peer.Take();
        Assert.Equal((first.Sequence, 560), (repeated[0].Sequence, repeated[0].Payload.Length));
    }

    private static byte[] FragmentationNeeded(byte[] sent, byte mtuHigh, byte mtuLow)
    {
        byte[] message = new byte[8 + 28];
        message[0] = 3;
        message[1] = 4;
        message[6] = mtuHigh;
        message[7] = mtuLow;
        sent.AsSpan(14, 28).CopyTo(message.AsSpan(8));
        ushort checksum = Packets.PlainChecksum(message, 0);
        message[2] = (byte)(checksum >> 8);
        message[3] = (byte)checksum;
        return Packets.Ipv4(1, 2, 1, message);
    }

    private static byte[] FragmentationNeeded(byte[] sent, int mtu) => FragmentationNeeded(sent, (byte)(mtu >> 8), (byte)mtu);
}
