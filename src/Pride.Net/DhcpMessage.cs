// DHCP messages (RFC 2131 section 2, options of RFC 2132): reading the server's, writing ours.

using System;
using System.Buffers.Binary;

namespace Pride.Net;

/// <summary>Option 53 of RFC 2132.</summary>
internal enum DhcpMessageType : byte
{
    None = 0,
    Discover = 1,
    Offer = 2,
    Request = 3,
    Decline = 4,
    Ack = 5,
    Nak = 6,
}

/// <summary>What a server's message says.</summary>
internal struct DhcpReply
{
    public DhcpMessageType Type;
    public uint Transaction;
    public Ipv4Address YourAddress;
    public Ipv4Address Server;
    public Ipv4Address Router;
    public Ipv4Address DnsServer;
    public uint Mask;

    /// <summary>Seconds; 0 when the option is absent. Likewise the two below.</summary>
    public uint LeaseSeconds;
    public uint RenewSeconds;
    public uint RebindSeconds;
}

/// <summary>What our message asks for; absent addresses are 0.0.0.0.</summary>
internal struct DhcpRequest
{
    public DhcpMessageType Type;
    public uint Transaction;
    public ushort SecondsElapsed;
    public Ipv4Address ClientAddress;
    public Ipv4Address RequestedAddress;
    public Ipv4Address Server;
    public bool AskForBroadcast;
}

/// <summary>The format.</summary>
internal static class DhcpMessage
{
    /// <summary>The fixed part up to the options, the magic cookie included.</summary>
    private const int FixedSize = 240;

    /// <summary>RFC 1542 section 2.1: relays may drop shorter messages.</summary>
    private const int LeastSize = 300;

    private const byte BootRequest = 1;
    private const byte BootReply = 2;
    private const byte HardwareEthernet = 1;
    private const uint Cookie = 0x63825363;
    private const ushort BroadcastFlag = 0x8000;

    private const byte OptionPad = 0;
    private const byte OptionMask = 1;
    private const byte OptionRouter = 3;
    private const byte OptionDnsServer = 6;
    private const byte OptionHostName = 12;
    private const byte OptionRequestedAddress = 50;
    private const byte OptionLease = 51;
    private const byte OptionMessageType = 53;
    private const byte OptionServer = 54;
    private const byte OptionParameters = 55;
    private const byte OptionMaximumSize = 57;
    private const byte OptionRenew = 58;
    private const byte OptionRebind = 59;
    private const byte OptionClientId = 61;
    private const byte OptionEnd = 255;

    /// <summary>RFC 2131 section 2: what every client must take.</summary>
    private const ushort MaximumSize = 1500;

    private static ReadOnlySpan<byte> Parameters => [OptionMask, OptionRouter, OptionDnsServer, OptionLease, OptionRenew, OptionRebind];

    /// <summary>Reads a server's message to <paramref name="client"/>. False: it is malformed, or not for this client.</summary>
    public static bool TryParse(ReadOnlySpan<byte> message, MacAddress client, out DhcpReply reply)
    {
        reply = default;
        if (message.Length < FixedSize || message[0] != BootReply || message[1] != HardwareEthernet || message[2] != MacAddress.Size
            || BinaryPrimitives.ReadUInt32BigEndian(message[236..]) != Cookie || MacAddress.FromBytes(message[28..]) != client)
        {
            return false;
        }

        reply.Transaction = BinaryPrimitives.ReadUInt32BigEndian(message[4..]);
        reply.YourAddress = new Ipv4Address(BinaryPrimitives.ReadUInt32BigEndian(message[16..]));
        ReadOnlySpan<byte> options = message[FixedSize..];
        while (!options.IsEmpty && options[0] != OptionEnd)
        {
            if (options[0] == OptionPad)
            {
                options = options[1..];
                continue;
            }

            if (options.Length < 2 || options.Length < 2 + options[1])
            {
                return false;
            }

            ReadOption(options[0], options.Slice(2, options[1]), ref reply);
            options = options[(2 + options[1])..];
        }

        return reply.Type != DhcpMessageType.None;
    }

    /// <summary>Writes our message and returns its length.</summary>
    public static int Write(Span<byte> message, in DhcpRequest request, MacAddress client, ReadOnlySpan<char> hostName)
    {
        message[..LeastSize].Clear();
        message[0] = BootRequest;
        message[1] = HardwareEthernet;
        message[2] = MacAddress.Size;
        BinaryPrimitives.WriteUInt32BigEndian(message[4..], request.Transaction);
        BinaryPrimitives.WriteUInt16BigEndian(message[8..], request.SecondsElapsed);
        BinaryPrimitives.WriteUInt16BigEndian(message[10..], request.AskForBroadcast ? BroadcastFlag : (ushort)0);
        BinaryPrimitives.WriteUInt32BigEndian(message[12..], request.ClientAddress.Value);
        WriteMac(message[28..], client);
        BinaryPrimitives.WriteUInt32BigEndian(message[236..], Cookie);
        int length = FixedSize;
        message[length] = OptionMessageType;
        message[length + 1] = 1;
        message[length + 2] = (byte)request.Type;
        length += 3;
        message[length] = OptionClientId;
        message[length + 1] = 1 + MacAddress.Size;
        message[length + 2] = HardwareEthernet;
        WriteMac(message[(length + 3)..], client);
        length += 3 + MacAddress.Size;
        message[length] = OptionMaximumSize;
        message[length + 1] = 2;
        BinaryPrimitives.WriteUInt16BigEndian(message[(length + 2)..], MaximumSize);
        length += 4;
        length += WriteAddress(message[length..], OptionRequestedAddress, request.RequestedAddress);
        length += WriteAddress(message[length..], OptionServer, request.Server);
        length += WriteHostName(message[length..], hostName);
        message[length] = OptionParameters;
        message[length + 1] = (byte)Parameters.Length;
        Parameters.CopyTo(message[(length + 2)..]);
        length += 2 + Parameters.Length;
        message[length] = OptionEnd;
        return Math.Max(length + 1, LeastSize);
    }

    private static void ReadOption(byte option, ReadOnlySpan<byte> value, ref DhcpReply reply)
    {
        if (option == OptionMessageType && value.Length == 1)
        {
            reply.Type = (DhcpMessageType)value[0];
            return;
        }

        if (value.Length < sizeof(uint))
        {
            return;
        }

        // Lists of addresses: the first is the preferred one (RFC 2132 section 3.5).
        uint word = BinaryPrimitives.ReadUInt32BigEndian(value);
        switch (option)
        {
            case OptionMask:
                reply.Mask = word;
                break;
            case OptionRouter:
                reply.Router = new Ipv4Address(word);
                break;
            case OptionDnsServer:
                reply.DnsServer = new Ipv4Address(word);
                break;
            case OptionServer:
                reply.Server = new Ipv4Address(word);
                break;
            case OptionLease:
                reply.LeaseSeconds = word;
                break;
            case OptionRenew:
                reply.RenewSeconds = word;
                break;
            case OptionRebind:
                reply.RebindSeconds = word;
                break;
        }
    }

    private static void WriteMac(Span<byte> destination, MacAddress address)
    {
        for (int i = 0; i < MacAddress.Size; i++)
        {
            destination[i] = (byte)(address.Value >> (40 - (8 * i)));
        }
    }

    private static int WriteAddress(Span<byte> destination, byte option, Ipv4Address address)
    {
        if (address == Ipv4Address.Any)
        {
            return 0;
        }

        destination[0] = option;
        destination[1] = sizeof(uint);
        BinaryPrimitives.WriteUInt32BigEndian(destination[2..], address.Value);
        return 2 + sizeof(uint);
    }

    private static int WriteHostName(Span<byte> destination, ReadOnlySpan<char> name)
    {
        // RFC 1123 section 2.1: a label has at most 63 characters.
        const int longestLabel = 63;
        if (name.IsEmpty || name.Length > longestLabel)
        {
            return 0;
        }

        destination[0] = OptionHostName;
        destination[1] = (byte)name.Length;
        for (int i = 0; i < name.Length; i++)
        {
            destination[2 + i] = (byte)name[i];
        }

        return 2 + name.Length;
    }
}
