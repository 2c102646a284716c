// How connections come to be, segment by segment, with the test as the peer: RFC 9293's handshakes, RFC 5961's defences, floods.

using System.Linq;
using Pride.Net;
using Xunit;

namespace Pride.Net.Tests;

public class TcpHandshakeTests
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
