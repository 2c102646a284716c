// Integers as they lie on the wire: big-endian, at any address.
//
// Header structs are made of these, so a header's fields can be read and written by name without one call to a byte-order
// function being forgotten. All targets of Pride are little-endian.

using System.Buffers.Binary;

namespace Pride.Net;

/// <summary>16 bits in network byte order.</summary>
public readonly struct BigEndian16
{
    private BigEndian16(ushort raw) => Raw = raw;

    /// <summary>The bytes as the machine loads them: what checksums add up and are stored as.</summary>
    public ushort Raw { get; }

    public static implicit operator ushort(BigEndian16 value) => BinaryPrimitives.ReverseEndianness(value.Raw);

    public static implicit operator BigEndian16(ushort value) => new(BinaryPrimitives.ReverseEndianness(value));

    /// <summary>From bytes already in network order.</summary>
    public static BigEndian16 FromRaw(ushort raw) => new(raw);
}

/// <summary>32 bits in network byte order.</summary>
public readonly struct BigEndian32
{
    private BigEndian32(uint raw) => Raw = raw;

    /// <summary>The bytes as the machine loads them.</summary>
    public uint Raw { get; }

    public static implicit operator uint(BigEndian32 value) => BinaryPrimitives.ReverseEndianness(value.Raw);

    public static implicit operator BigEndian32(uint value) => new(BinaryPrimitives.ReverseEndianness(value));
}
