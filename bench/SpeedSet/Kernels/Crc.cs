// CRC-32 (IEEE 802.3, reflected) over 16 MiB, by the byte-wise table.

using System;

namespace SpeedSet;

/// <summary>A table look-up in a loop over a span.</summary>
internal static class Crc
{
    private const int Bytes = 16 * 1024 * 1024;
    private const uint Polynomial = 0xEDB88320;

    private static readonly byte[] s_data = new byte[Bytes];
    private static readonly uint[] s_table = new uint[256];

    public static void Main()
    {
        for (uint i = 0; i < 256; i++)
        {
            uint value = i;
            for (int bit = 0; bit < 8; bit++)
            {
                value = (value & 1) != 0 ? (value >> 1) ^ Polynomial : value >> 1;
            }

            s_table[i] = value;
        }

        for (int i = 0; i < Bytes; i++)
        {
            s_data[i] = (byte)(i * 31 >> 3);
        }

        Rounds.Run(nameof(Crc), static () => Compute(s_data));
    }

    private static uint Compute(ReadOnlySpan<byte> data)
    {
        uint[] table = s_table;
        uint crc = uint.MaxValue;
        for (int i = 0; i < data.Length; i++)
        {
            crc = table[(byte)(crc ^ data[i])] ^ (crc >> 8);
        }

        return ~crc;
    }
}
