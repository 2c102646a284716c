// What TCP does segment by segment, with the test as the peer: RFC 9293's rules, RFC 5961's defences, limits and their counters.

using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Pride.Net;
using Xunit;

namespace Pride.Net.Tests;

public class TcpBehaviourTests
{
    private const byte Ack = SeenSegment.Ack;
    private const byte Syn = SeenSegment.Syn;
    private const byte Rst = SeenSegment.Rst;
    private const byte Fin = SeenSegment.Fin;

    [Fact]
    public void SynIsAnsweredWithOptionsAndTheRightNumbers()
    {
        var peer = new ScriptedPeer(new NetworkStackOptions { ReceiveBufferBytes = 256 * 1024 });
        peer.Stack.Listen(80);
        peer.Send(Syn, 1000, 0, options: [2, 4, 5, 180, 1, 3, 3, 7]);
        SeenSegment answer = peer.TakeOne();
        Assert.Equal(Syn | Ack, answer.Flags);
        Assert.Equal(1001u, answer.Acknowledgment);
        Assert.Equal([2, 4, 5, 180, 1, 3, 3, 3], answer.Options);
        Assert.Equal(1, peer.Stack.HalfOpenCount);
        Assert.Equal(0, peer.Stack.ConnectionCount);
    }

    [Fact]
    public void ScaleIsOfferedOnlyToWhoScales()
    {
        var peer = new ScriptedPeer();
        peer.Stack.Listen(80);
        peer.Send(Syn, 1000, 0);
        Assert.Equal([2, 4, 5, 180], peer.TakeOne().Options);
    }

    [Fact]
    public void SegmentsToNobodyAreReset()
    {
        var peer = new ScriptedPeer();
        peer.Send(Syn, 1000, 0);
        SeenSegment answer = peer.TakeOne();
        Assert.Equal((Rst | Ack, 0u, 1001u), (answer.Flags, answer.Sequence, answer.Acknowledgment));
        peer.Send(Ack, 1000, 77, [1, 2, 3]);
        answer = peer.TakeOne();
        Assert.Equal((Rst, 77u), (answer.Flags, answer.Sequence));
        peer.Send(Rst, 1000, 0);
        Assert.Empty(peer.Take());
    }

    [Fact]
    public void SynAckIsRepeatedWithBackOffThenForgotten()
    {
        var peer = new ScriptedPeer();
        peer.Stack.Listen(80);
        peer.Send(Syn, 1000, 0);
        peer.Network.RunFor(14);
        Assert.Equal(4, peer.Take().Length);
        peer.Network.RunFor(60);
        Assert.Equal(0, peer.Stack.HalfOpenCount);
        Assert.Single(peer.Take());
    }

    [Fact]
    public void AFloodOfSynsDropsTheOldestAndLeavesNothingBehind()
    {
        var peer = new ScriptedPeer(new NetworkStackOptions { MaximumHalfOpen = 16 });
        TcpListener listener = peer.Stack.Listen(80);
        for (ushort i = 0; i < 1000; i++)
        {
            peer.Port = (ushort)(2000 + i);
            peer.Send(Syn, 1000, 0);
        }

        Assert.Equal(16, peer.Stack.HalfOpenCount);
        Assert.Equal(984ul, peer.Count(NetworkCounter.TcpHalfOpenDrop));
        peer.Port = 5000;
        peer.Open();
        Assert.True(listener.TryAccept(out TcpConnection connection));
        connection.Dispose();
        peer.Network.RunFor(300);
        Assert.Equal(0, peer.Stack.HalfOpenCount + peer.Stack.ConnectionCount);
    }

    [Fact]
    public void AThousandConnectionsDroppedHalfWayFreeTheirBlocks()
    {
        var peer = new ScriptedPeer(new NetworkStackOptions { MaximumConnections = 8, MaximumTimeWait = 8 });
        TcpListener listener = peer.Stack.Listen(80);
        for (ushort i = 0; i < 1000; i++)
        {
            peer.Port = (ushort)(2000 + i);
            peer.Next = i;
            peer.Open();
            Assert.True(listener.TryAccept(out TcpConnection connection));
            connection.Write(new byte[100]);
            peer.SendBytes([1, 2, 3]);
            switch (i % 3)
            {
                case 0:
                    peer.Send(Rst, peer.Next, 0);
                    connection.Dispose();
                    break;
                case 1:
                    connection.Abort();
                    break;
                default:
                    connection.Read(new byte[10]);
                    connection.Dispose();
                    peer.Host.Poll();
                    SeenSegment last = peer.Take()[^1];
                    peer.Send(Fin | Ack, peer.Next, last.Sequence + (uint)last.Payload.Length + 1);
                    break;
            }

            Assert.Equal(0, peer.Stack.ConnectionCount);
        }

        Assert.Equal(8, peer.Stack.TimeWaitCount);
        peer.Network.RunFor(60);
        Assert.Equal(0, peer.Stack.TimeWaitCount);
    }

    [Fact]
    public void ResetsAreBelievedOnlyWithTheExactNumber()
    {
        var peer = new ScriptedPeer();
        TcpListener listener = peer.Stack.Listen(80);
        peer.Open();
        listener.TryAccept(out TcpConnection connection);
        peer.Send(Rst, peer.Next + 10, 0);
        Assert.Equal(Ack, peer.TakeOne().Flags);
        Assert.Equal(TcpState.Established, connection.State);
        peer.Send(Rst, peer.Next - 10, 0);
        peer.Send(Rst, peer.Next + 100_000, 0);
        Assert.Empty(peer.Take());
        Assert.Equal(TcpState.Established, connection.State);
        peer.Send(Rst, peer.Next, 0);
        Assert.Equal((TcpState.Closed, NetworkError.ConnectionReset), (connection.State, connection.Error));
        Assert.Equal(1ul, peer.Count(NetworkCounter.TcpChallengeAcknowledgements));
    }

    [Fact]
    public void ASynInAConnectionIsChallenged()
    {
        var peer = new ScriptedPeer();
        TcpListener listener = peer.Stack.Listen(80);
        peer.Open();
        listener.TryAccept(out TcpConnection connection);
        peer.Send(Syn, peer.Next + 5, 0);
        peer.Send(Syn, peer.Next - 500, 0);
        Assert.All(peer.Take(), s => Assert.Equal(Ack, s.Flags));
        Assert.Equal(TcpState.Established, connection.State);
        Assert.Equal(2ul, peer.Count(NetworkCounter.TcpChallengeAcknowledgements));
    }

    [Fact]
    public void AcknowledgementsOfWhatWasNeverSentAreChallenged()
    {
        var peer = new ScriptedPeer();
        TcpListener listener = peer.Stack.Listen(80);
        peer.Open();
        listener.TryAccept(out TcpConnection connection);
        peer.Send(Ack, peer.Next, peer.Acknowledged + 1, [1, 2, 3]);
        peer.Send(Ack, peer.Next, peer.Acknowledged - 200_000, [1, 2, 3]);
        Assert.Equal(2ul, peer.Count(NetworkCounter.TcpChallengeAcknowledgements));
        Assert.Equal(0, connection.Available);
    }

    [Fact]
    public void SegmentsArePutInOrderAndOverlapsAreTrimmed()
    {
        var peer = new ScriptedPeer();
        TcpListener listener = peer.Stack.Listen(80);
        peer.Open();
        listener.TryAccept(out TcpConnection connection);
        uint start = peer.Next;
        byte[] data = TcpTransferTests.RandomBytes(1, 1000);
        void SendPart(int from, int to, byte flags = Ack) => peer.Send(flags, start + (uint)from, peer.Acknowledged, data[from..to]);
        SendPart(800, 1000, Ack | Fin);
        SendPart(100, 300);
        SendPart(250, 500);
        SendPart(450, 850);
        Assert.All(peer.Take(), s => Assert.Equal(start, s.Acknowledgment));
        Assert.Equal(0, connection.Available);
        SendPart(0, 150);
        byte[] received = new byte[2000];
        Assert.Equal(1000, connection.Read(received));
        Assert.Equal(data, received[..1000]);
        Assert.True(connection.IsEndOfStream);
        Assert.Equal(TcpState.CloseWait, connection.State);
        Assert.Equal(start + 1001, peer.TakeOne().Acknowledgment);
    }

    [Fact]
    public void WhatWasReceivedAlreadyIsCutOff()
    {
        var peer = new ScriptedPeer();
        TcpListener listener = peer.Stack.Listen(80);
        peer.Open();
        listener.TryAccept(out TcpConnection connection);
        uint start = peer.Next;
        byte[] data = TcpTransferTests.RandomBytes(1, 400);
        peer.Send(Ack, start, peer.Acknowledged, data[..200]);
        peer.Send(Ack, start + 50, peer.Acknowledged, data[50..300]);
        peer.Send(Ack, start + 100, peer.Acknowledged, data[100..200]);
        peer.Send(Ack | Fin, start + 299, peer.Acknowledged, data[299..400]);
        byte[] received = new byte[500];
        Assert.Equal(400, connection.Read(received));
        Assert.Equal(data, received[..400]);
        Assert.Equal(TcpState.CloseWait, connection.State);
    }

    [Fact]
    public void AStreamMayEndSoonerThanAnEarlierFinSaid()
    {
        var peer = new ScriptedPeer();
        TcpListener listener = peer.Stack.Listen(80);
        peer.Open();
        listener.TryAccept(out TcpConnection connection);
        peer.Send(Ack | Fin, peer.Next + 4, peer.Acknowledged);
        Assert.Equal(TcpState.Established, connection.State);
        peer.Send(Ack | Fin, peer.Next, peer.Acknowledged);
        Assert.Equal(TcpState.CloseWait, connection.State);
        Assert.True(connection.IsEndOfStream);
    }

    [Fact]
    public void TheScaledWindowTellsTheWholeRoom()
    {
        var peer = new ScriptedPeer(new NetworkStackOptions { ReceiveBufferBytes = 256 * 1024 });
        TcpListener listener = peer.Stack.Listen(80);
        peer.Open([2, 4, 5, 180, 1, 3, 3, 7]);
        listener.TryAccept(out TcpConnection connection);
        peer.SendBytes(new byte[1460]);
        peer.SendBytes(new byte[1460]);
        Assert.InRange(peer.TakeOne().Window << 3, (256 * 1024) - 2920 - 7, (256 * 1024) - 2920);
        Assert.Equal(2920, connection.Available);
    }

    [Fact]
    public void AnAcknowledgementThatRodeAlongIsNotSentAgain()
    {
        var peer = new ScriptedPeer();
        TcpListener listener = peer.Stack.Listen(80);
        peer.Open();
        listener.TryAccept(out TcpConnection connection);
        peer.SendBytes([1]);
        connection.Write([2]);
        peer.Host.Poll();
        Assert.Equal(peer.Next, peer.TakeOne().Acknowledgment);
        peer.Send(Ack, peer.Next, peer.Acknowledged + 1);
        peer.Network.RunFor(1);
        Assert.Empty(peer.Take());
    }

    [Fact]
    public void HolesBeyondTheLimitAreDroppedNotStored()
    {
        var peer = new ScriptedPeer();
        TcpListener listener = peer.Stack.Listen(80);
        peer.Open();
        listener.TryAccept(out TcpConnection connection);
        for (uint i = 0; i < 20; i++)
        {
            peer.Send(Ack, peer.Next + 10 + (20 * i), peer.Acknowledged, [1]);
        }

        Assert.Equal(12ul, peer.Count(NetworkCounter.TcpOutOfOrderDrop));
        Assert.Equal(20, peer.Take().Length);
        Assert.Equal(TcpState.Established, connection.State);
    }

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
    public void TheWindowClosesAndTellsWhenItOpens()
    {
        var peer = new ScriptedPeer(new NetworkStackOptions { ReceiveBufferBytes = 4096 });
        TcpListener listener = peer.Stack.Listen(80);
        peer.Open();
        listener.TryAccept(out TcpConnection connection);
        peer.SendBytes(new byte[4096]);
        Assert.Equal(0, peer.TakeOne().Window);
        peer.SendBytes([9]);
        Assert.Equal(0, peer.TakeOne().Window);
        peer.Next--;

        // A little room is not worth a packet: silly window avoidance.
        connection.Read(new byte[100]);
        peer.Host.Poll();
        Assert.Empty(peer.Take());
        connection.Read(new byte[2000]);
        peer.Host.Poll();
        Assert.Equal(2100, peer.TakeOne().Window);
    }

    [Fact]
    public void AcknowledgementsAreDelayedForOneSegmentNotForTwo()
    {
        var peer = new ScriptedPeer();
        peer.Stack.Listen(80);
        peer.Open([2, 4, 5, 180]);
        peer.SendBytes(new byte[1460]);
        Assert.Empty(peer.Take());
        double before = peer.Network.NowSeconds;
        peer.Network.RunUntil(() => peer.Segments.Count == 1, 1);
        Assert.InRange(peer.Network.NowSeconds - before, 0.039, 0.041);
        peer.Take();
        peer.SendBytes(new byte[1460]);
        peer.SendBytes(new byte[1460]);
        Assert.Equal(peer.Next, peer.TakeOne().Acknowledgment);
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
    public void CloseWithUnreadBytesResets()
    {
        var peer = new ScriptedPeer();
        TcpListener listener = peer.Stack.Listen(80);
        peer.Open();
        listener.TryAccept(out TcpConnection connection);
        peer.SendBytes([1]);
        connection.Dispose();
        Assert.True(peer.TakeOne().Has(Rst));
        Assert.False(connection.IsValid);
        Assert.Throws<NetworkException>(() => connection.Available);
    }

    [Fact]
    public void BytesAfterCloseAreReset()
    {
        var peer = new ScriptedPeer();
        TcpListener listener = peer.Stack.Listen(80);
        peer.Open();
        listener.TryAccept(out TcpConnection connection);
        connection.Dispose();
        peer.Host.Poll();
        Assert.True(peer.TakeOne().Has(Fin));
        peer.Send(Ack, peer.Next, peer.Acknowledged + 1, [1, 2]);
        Assert.True(peer.TakeOne().Has(Rst));
        Assert.Equal(0, peer.Stack.ConnectionCount);
    }

    [Fact]
    public void FinWait2OfAnOrphanEnds()
    {
        var peer = new ScriptedPeer();
        TcpListener listener = peer.Stack.Listen(80);
        peer.Open();
        listener.TryAccept(out TcpConnection connection);
        connection.Dispose();
        peer.Host.Poll();
        peer.Send(Ack, peer.Next, peer.Acknowledged + 1);
        Assert.Equal(1, peer.Stack.ConnectionCount);
        peer.Network.RunFor(31);
        Assert.Equal(0, peer.Stack.ConnectionCount);
    }

    [Fact]
    public void SimultaneousCloseEndsInTimeWait()
    {
        var peer = new ScriptedPeer();
        TcpListener listener = peer.Stack.Listen(80);
        peer.Open();
        listener.TryAccept(out TcpConnection connection);
        connection.Shutdown();
        peer.Host.Poll();
        peer.Take();
        peer.SendBytes([], Fin);
        Assert.Equal(TcpState.Closing, connection.State);
        peer.Send(Ack, peer.Next, peer.Acknowledged + 1);
        Assert.Equal((TcpState.Closed, NetworkError.None), (connection.State, connection.Error));
        Assert.Equal(1, peer.Stack.TimeWaitCount);
        peer.Take();

        // A repeated FIN is acknowledged, a reset ignored, a new connection let in.
        peer.Send(Fin | Ack, peer.Next - 1, peer.Acknowledged + 1);
        Assert.Equal(peer.Next, peer.TakeOne().Acknowledgment);
        peer.Send(Rst, peer.Next, 0);
        Assert.Equal(1, peer.Stack.TimeWaitCount);
        peer.Next += 100;
        peer.Open();
        Assert.Equal(0, peer.Stack.TimeWaitCount);
        Assert.True(listener.TryAccept(out _));
    }

    [Fact]
    public void SimultaneousOpenConnects()
    {
        var peer = new ScriptedPeer();
        TcpConnection connection = peer.Stack.Connect(new Endpoint(Packets.Host(2), 80), new QuietHandler());
        SeenSegment syn = peer.TakeOne();
        Assert.Equal(Syn, syn.Flags);
        byte[] Answer(byte flags, uint acknowledgment) =>
            Packets.Tcp(1, 2, new SeenSegment(80, syn.From, 9000, acknowledgment, flags, 1000, [], []));
        peer.Send(Answer(Syn, 0));
        SeenSegment synAck = peer.TakeOne();
        Assert.Equal((Syn | Ack, syn.Sequence, 9001u), (synAck.Flags, synAck.Sequence, synAck.Acknowledgment));
        Assert.Equal(TcpState.SynReceived, connection.State);
        peer.Send(Answer(Syn | Ack, syn.Sequence + 1));
        Assert.Equal(TcpState.Established, connection.State);
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
    public void WhenBlocksRunOutTheHandshakeWaits()
    {
        var peer = new ScriptedPeer(new NetworkStackOptions { MaximumConnections = 1 });
        TcpListener listener = peer.Stack.Listen(80);
        peer.Open();
        listener.TryAccept(out TcpConnection first);
        peer.Port++;
        peer.Open();
        Assert.False(listener.TryAccept(out _));
        Assert.Equal(1ul, peer.Count(NetworkCounter.TcpConnectionsFullDrop));
        first.Abort();

        // The peer's first bytes, repeated as it must, complete the handshake.
        peer.Send(Ack, peer.Next, peer.Acknowledged, [1, 2, 3]);
        Assert.True(listener.TryAccept(out TcpConnection second));
        Assert.Equal(3, second.Available);
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

    private sealed class QuietHandler : ITcpHandler
    {
        public void Connected(TcpConnection connection)
        {
        }

        public void Readable(TcpConnection connection)
        {
        }

        public void Writable(TcpConnection connection)
        {
        }

        public void Closed(TcpConnection connection, NetworkError error)
        {
        }
    }
}
