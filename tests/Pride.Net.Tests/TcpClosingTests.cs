// How connections end, with the test as the peer: RFC 9293 section 3.6 and what RFC 2525 forbids.

using System;
using System.Linq;
using Pride.Net;
using Xunit;

namespace Pride.Net.Tests;

public class TcpClosingTests
{
    private const byte Ack = SeenSegment.Ack;
    private const byte Rst = SeenSegment.Rst;
    private const byte Fin = SeenSegment.Fin;

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
}
