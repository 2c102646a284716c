// A DHCP server for tests, that answers as it is told.

using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using Pride.Net;

namespace Pride.Net.Tests;

/// <summary>Runs on a host of the simulated network; written against RFC 2131, not against the client.</summary>
internal sealed class DhcpServer : IUdpHandler
{
    private readonly SimulatedHost _host;

    public DhcpServer(SimulatedHost host)
    {
        _host = host;
        host.Stack.OpenUdp(67, this);
    }

    public byte OfferedHost { get; set; } = 77;

    public uint LeaseSeconds { get; set; } = 3600;

    public bool IsSilent { get; set; }

    public bool Refuses { get; set; }

    /// <summary>Message types seen, and whether they came by broadcast.</summary>
    public List<(byte Type, bool IsRenewal)> Seen { get; } = [];

    void IUdpHandler.Received(UdpSocket socket, in UdpDatagram datagram)
    {
        ReadOnlySpan<byte> payload = datagram.Payload;
        byte type = FindOption(payload, 53)[0];
        bool isRenewal = payload[12] != 0;
        Seen.Add((type, isRenewal));
        if (IsSilent)
        {
            return;
        }

        byte[] answer = new byte[300];
        payload[..236].CopyTo(answer);
        answer[0] = 2;
        BinaryPrimitives.WriteUInt32BigEndian(answer.AsSpan(16), new Ipv4Address(10, 0, 0, OfferedHost).Value);
        byte answerType = type == 1 ? (byte)2 : Refuses ? (byte)6 : (byte)5;
        byte[] options =
        [
            0x63, 0x82, 0x53, 0x63, 53, 1, answerType, 1, 4, 255, 255, 255, 0, 3, 4, 10, 0, 0, 254, 6, 4, 10, 0, 0, 53, 54, 4, 10, 0, 0, _host.Number,
            51, 4, (byte)(LeaseSeconds >> 24), (byte)(LeaseSeconds >> 16), (byte)(LeaseSeconds >> 8), (byte)LeaseSeconds, 255,
        ];
        options.CopyTo(answer, 236);
        Ipv4Address to = isRenewal ? datagram.Source.Address : Ipv4Address.Broadcast;
        socket.SendTo(answer, new Endpoint(to, 68));
    }

    private static ReadOnlySpan<byte> FindOption(ReadOnlySpan<byte> message, byte option)
    {
        ReadOnlySpan<byte> options = message[240..];
        while (options[0] != option)
        {
            options = options[(2 + options[1])..];
        }

        return options.Slice(2, options[1]);
    }
}
