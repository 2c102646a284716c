// The five bytes that open every configuration blob of sDDF 0.7 (include/sddf/*/config.h): "sDDF" and a class number.
//
// A component checks them in Init, before it believes anything else of the blob.

using System;
using System.Runtime.CompilerServices;

namespace Pride.Abi.Sddf;

/// <summary>sDDF's device classes by the number in their magic.</summary>
public enum SddfClass : byte
{
    Device = 1,
    Block = 2,
    Serial = 3,
    I2c = 4,
    Network = 5,
    Timer = 6,

    /// <summary>sDDF's lwIP library, whose configuration has a magic like a class's.</summary>
    Lwip = 8,
}

/// <summary>Layout: 's', 'D', 'D', 'F', class number.</summary>
[InlineArray(Length)]
public struct SddfMagic
{
    /// <summary>Bytes.</summary>
    public const int Length = 5;

    private byte _first;

    /// <summary>The magic of <paramref name="sddfClass"/>.</summary>
    public static SddfMagic Of(SddfClass sddfClass)
    {
        SddfMagic magic = default;
        Prefix.CopyTo(magic);
        magic[Length - 1] = (byte)sddfClass;
        return magic;
    }

    private static ReadOnlySpan<byte> Prefix => "sDDF"u8;

    /// <summary>True when these bytes are the magic of <paramref name="sddfClass"/>.</summary>
    public readonly bool Is(SddfClass sddfClass)
    {
        ReadOnlySpan<byte> bytes = this;
        return bytes[..(Length - 1)].SequenceEqual(Prefix) && bytes[Length - 1] == (byte)sddfClass;
    }
}
