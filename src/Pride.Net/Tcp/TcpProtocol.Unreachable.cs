// What ICMP says about a segment of ours: hard and soft errors (RFC 5927: believed only within the window), and path MTU discovery (RFC 1191).

using System;

namespace Pride.Net;

internal sealed partial class TcpProtocol
{
    /// <summary>An ICMP error about a segment of ours; <paramref name="quoted"/> begins with its ports and sequence number.</summary>
    public void ReceiveUnreachable(Ipv4Address destination, ReadOnlySpan<byte> quoted, byte code, int nextHopMtu)
    {
        const byte protocolUnreachable = 2;
        const byte portUnreachable = 3;
        ushort localPort = System.Buffers.Binary.BinaryPrimitives.ReadUInt16BigEndian(quoted);
        ushort remotePort = System.Buffers.Binary.BinaryPrimitives.ReadUInt16BigEndian(quoted[2..]);
        uint sequence = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(quoted[4..]);
        int number = _table.Find(ConnectionKey.Of(destination, remotePort, localPort));

        // RFC 5927 section 4.1: the quoted number must be one that is in flight.
        if (number < 0 || number >= _firstHalfOpen || sequence - _blocks[number].SndUna >= Math.Max(_blocks[number].Flight, 1))
        {
            _counters.Add(NetworkCounter.IcmpErrorsIgnored);
            return;
        }

        TcpControlBlock block = _blocks[number];
        if (nextHopMtu != 0)
        {
            ReduceSegment(block, nextHopMtu);
        }
        else if (block.State == TcpState.SynSent && code is protocolUnreachable or portUnreachable)
        {
            // RFC 5461 section 4.1: a hard error ends only what is not established yet.
            Fail(block, code == portUnreachable ? NetworkError.ConnectionRefused : NetworkError.Unreachable);
        }
    }

    /// <summary>Path MTU discovery (RFC 1191): send smaller segments from the first unacknowledged byte on.</summary>
    private void ReduceSegment(TcpControlBlock block, int nextHopMtu)
    {
        // RFC 791: every host takes 68 bytes; nobody honest asks for less than that of us.
        const int leastMtu = 68;
        int segment = Math.Max(nextHopMtu, leastMtu) - Ipv4Header.Size - TcpHeader.Size;
        if (segment >= block.Mss || !block.IsSynchronised)
        {
            return;
        }

        block.Mss = segment;
        block.Congestion.SetSegment(segment);
        block.SndNxt = block.SndUna;
        block.RoundTrip.StopMeasuring();
        MarkDirty(block);
    }
}
