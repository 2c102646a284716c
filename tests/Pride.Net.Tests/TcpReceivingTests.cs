// What TCP does with the segments it gets, with the test as the peer: order, overlaps, windows, acknowledgements.

using System.Linq;
using Pride.Net;
using Xunit;

namespace Pride.Net.Tests;

public class TcpReceivingTests
{
    private const byte Ack = SeenSegment.Ack;
    private const byte Fin = SeenSegment.Fin;

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
}
