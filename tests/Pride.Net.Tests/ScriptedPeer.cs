// A peer that sends exactly what the test says, and keeps what it gets: for what no honest stack would do.

using System;
using System.Collections.Generic;
using System.Linq;
using Pride.Net;

namespace Pride.Net.Tests;

/// <summary>One stack (host 1) against host 2, played by the test.</summary>
internal sealed class ScriptedPeer
{
    private const byte Us = 1;
    private const byte Peer = 2;

    public ScriptedPeer(NetworkStackOptions? options = null)
    {
        Network = new SimulatedNetwork();
        Host = Network.AddHost(Us, options);
        Network.Filter = (_, frame) =>
        {
            Frames.Add(frame);
            if (frame[13] == 6 && frame[21] == 1)
            {
                Network.Deliver(Host, ArpReply);
            }

            if (Packets.ReadTcp(frame) is { } segment)
            {
                Segments.Add(segment);
            }

            return true;
        };

        // The stack learns the peer's address from its ARP request.
        Send(Arp(1));
        Frames.Clear();
    }

    public SimulatedNetwork Network { get; }

    public SimulatedHost Host { get; }

    public NetworkStack Stack => Host.Stack;

    public List<byte[]> Frames { get; } = [];

    public List<SeenSegment> Segments { get; } = [];

    /// <summary>The peer's ports and numbers in the connection under test.</summary>
    public ushort Port { get; set; } = 5000;

    public uint Next { get; set; } = 1000;

    public uint Acknowledged { get; set; }

    public ulong Count(NetworkCounter counter) => Stack.Counters[counter];

    private static byte[] ArpReply => Arp(2);

    public void Send(byte[] frame) => SimulatedNetwork.Inject(Host, frame);

    public void Send(byte flags, uint sequence, uint acknowledgment, byte[]? payload = null, ushort window = 65535, byte[]? options = null) =>
        Send(Packets.Tcp(Us, Peer, new SeenSegment(Port, 80, sequence, acknowledgment, flags, window, options ?? [], payload ?? [])));

    /// <summary>Takes the segments sent since the last time.</summary>
    public SeenSegment[] Take()
    {
        SeenSegment[] segments = [.. Segments];
        Segments.Clear();
        return segments;
    }

    /// <summary>The one segment sent since the last time.</summary>
    public SeenSegment TakeOne() => Take().Single();

    private static byte[] Arp(byte operation) => Packets.Ethernet(
        Us, Peer, 0x0806, [0, 1, 8, 0, 6, 4, 0, operation, 0x52, 0x54, 0, 0, 0, Peer, 10, 0, 0, Peer, 0, 0, 0, 0, 0, 0, 10, 0, 0, Us]);

    /// <summary>Opens a connection to port 80, where a listener must be.</summary>
    public void Open(byte[]? options = null, ushort window = 65535)
    {
        Take();
        Send(SeenSegment.Syn, Next, 0, null, window, options);
        SeenSegment answer = TakeOne();
        Next++;
        Acknowledged = answer.Sequence + 1;
        Send(SeenSegment.Ack, Next, Acknowledged, null, window);
        Take();
    }

    /// <summary>Sends bytes in order.</summary>
    public void SendBytes(byte[] payload, byte flags = SeenSegment.Ack)
    {
        Send((byte)(flags | SeenSegment.Ack), Next, Acknowledged, payload);
        Next += (uint)payload.Length + ((flags & SeenSegment.Fin) != 0 ? 1u : 0);
    }
}
