// The addresses of the network: Ethernet (48 bits), IPv4 (32 bits), and an IPv4 address with a port.
//
// All three are values that compare by bits; text is made and read only for people, never on a packet's path.

using System;
using System.Diagnostics.CodeAnalysis;

namespace Pride.Net;

/// <summary>An Ethernet address. <paramref name="value"/> holds it in the low 48 bits, first byte on the wire highest.</summary>
public readonly struct MacAddress(ulong value) : IEquatable<MacAddress>
{
    /// <summary>Bytes on the wire.</summary>
    public const int Size = 6;

    /// <summary>ff:ff:ff:ff:ff:ff.</summary>
    public static MacAddress Broadcast => new(0xFFFF_FFFF_FFFF);

    /// <summary>The low 48 bits.</summary>
    public ulong Value { get; } = value & 0xFFFF_FFFF_FFFF;

    /// <summary>True for group addresses (the broadcast address too): bit 0 of the first byte, IEEE 802.3 section 3.2.3.</summary>
    public bool IsMulticast => (Value & 0x0100_0000_0000) != 0;

    public static bool operator ==(MacAddress left, MacAddress right) => left.Value == right.Value;

    public static bool operator !=(MacAddress left, MacAddress right) => left.Value != right.Value;

    /// <summary>From six bytes in the order of the wire.</summary>
    public static MacAddress FromBytes(ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        for (int i = 0; i < Size; i++)
        {
            value = (value << 8) | bytes[i];
        }

        return new MacAddress(value);
    }

    public bool Equals(MacAddress other) => Value == other.Value;

    public override bool Equals([NotNullWhen(true)] object? obj) => obj is MacAddress other && Equals(other);

    public override int GetHashCode() => (int)Value ^ (int)(Value >> 32);

    public override string ToString()
    {
        const string digits = "0123456789abcdef";
        Span<char> text = stackalloc char[17];
        for (int i = 0; i < Size; i++)
        {
            int b = (int)(Value >> (40 - (8 * i))) & 0xFF;
            text[3 * i] = digits[b >> 4];
            text[(3 * i) + 1] = digits[b & 15];
            if (i < Size - 1)
            {
                text[(3 * i) + 2] = ':';
            }
        }

        return new string(text);
    }
}

/// <summary>An IPv4 address. <paramref name="value"/> is in host order: 10.0.2.15 is 0x0A00020F.</summary>
public readonly struct Ipv4Address(uint value) : IEquatable<Ipv4Address>
{
    /// <summary>a.b.c.d.</summary>
    public Ipv4Address(byte a, byte b, byte c, byte d)
        : this(((uint)a << 24) | ((uint)b << 16) | ((uint)c << 8) | d)
    {
    }

    /// <summary>0.0.0.0: no address, or "any".</summary>
    public static Ipv4Address Any => default;

    /// <summary>255.255.255.255, RFC 919 section 7.</summary>
    public static Ipv4Address Broadcast => new(0xFFFF_FFFF);

    /// <summary>The address in host order.</summary>
    public uint Value { get; } = value;

    /// <summary>224.0.0.0/4, RFC 5771.</summary>
    public bool IsMulticast => Value >> 28 == 0xE;

    /// <summary>127.0.0.0/8, which must never appear on a wire (RFC 1122 section 3.2.1.3).</summary>
    public bool IsLoopback => Value >> 24 == 127;

    public static bool operator ==(Ipv4Address left, Ipv4Address right) => left.Value == right.Value;

    public static bool operator !=(Ipv4Address left, Ipv4Address right) => left.Value != right.Value;

    /// <summary>Reads "a.b.c.d" in decimal, nothing else.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Ipv4Address address)
    {
        address = default;
        uint value = 0;
        uint part = 0;
        int digits = 0;
        int parts = 1;
        foreach (char c in text)
        {
            if (c == '.')
            {
                if (digits == 0 || parts == 4)
                {
                    return false;
                }

                value = (value << 8) | part;
                part = 0;
                digits = 0;
                parts++;
                continue;
            }

            if (!char.IsAsciiDigit(c) || ++digits > 3)
            {
                return false;
            }

            part = (part * 10) + (uint)(c - '0');
            if (part > 255)
            {
                return false;
            }
        }

        address = new Ipv4Address((value << 8) | part);
        return parts == 4 && digits > 0;
    }

    public bool Equals(Ipv4Address other) => Value == other.Value;

    public override bool Equals([NotNullWhen(true)] object? obj) => obj is Ipv4Address other && Equals(other);

    public override int GetHashCode() => (int)Value;

    public override string ToString() =>
        string.Concat(
            string.Concat((Value >> 24).ToString(), ".", ((Value >> 16) & 0xFF).ToString(), "."),
            ((Value >> 8) & 0xFF).ToString(),
            ".",
            (Value & 0xFF).ToString());
}

/// <summary>An IPv4 address and a UDP or TCP port.</summary>
public readonly struct Endpoint(Ipv4Address address, ushort port) : IEquatable<Endpoint>
{
    public Ipv4Address Address { get; } = address;

    public ushort Port { get; } = port;

    public static bool operator ==(Endpoint left, Endpoint right) => left.Equals(right);

    public static bool operator !=(Endpoint left, Endpoint right) => !left.Equals(right);

    public bool Equals(Endpoint other) => Address == other.Address && Port == other.Port;

    public override bool Equals([NotNullWhen(true)] object? obj) => obj is Endpoint other && Equals(other);

    public override int GetHashCode() => (int)Address.Value ^ Port;

    public override string ToString() => string.Concat(Address.ToString(), ":", Port.ToString());
}
