// An SD card for tests, as both ways to reach one see it (SD Physical Layer Simplified Specification 6.00): what it holds, and its registers.

using System;
using System.Buffers.Binary;

namespace Pride.Testing.Devices;

/// <summary>A card.</summary>
public sealed class SdCardModel(byte[] medium, bool highCapacity)
{
    private const int Sector = 512;

    private int _startsLeft = 3;

    /// <summary>False: the slot is empty.</summary>
    public bool IsPresent { get; set; } = true;

    /// <summary>True: the card counts in sectors; else in bytes.</summary>
    public bool IsHighCapacity => highCapacity;

    /// <summary>Data that goes over the wire is spoiled this many times.</summary>
    public int Spoils { get; set; }

    /// <summary>Data that is to be written is refused this many times.</summary>
    public int Refusals { get; set; }

    /// <summary>Sectors that cannot be read or written.</summary>
    public Predicate<int> IsBad { get; set; } = _ => false;

    /// <summary>Operating conditions; bit 31 once the card has started, which takes it some time.</summary>
    public uint OperatingConditions => (_startsLeft <= 0 ? 1U << 31 : 0) | (highCapacity && _startsLeft <= 0 ? 1U << 30 : 0) | 0x00ff_8000;

    /// <summary>Asked to start; true when it has.</summary>
    public bool Start() => --_startsLeft <= 0;

    public void Reset() => _startsLeft = 3;

    /// <summary>The card-specific data register, most significant byte first.</summary>
    public byte[] SpecificData()
    {
        byte[] data = new byte[16];
        int sectors = medium.Length / Sector;
        if (highCapacity)
        {
            data[0] = 1 << 6;
            int size = (sectors / 1024) - 1;
            data[7] = (byte)((size >> 16) & 0x3f);
            data[8] = (byte)(size >> 8);
            data[9] = (byte)size;
        }
        else
        {
            // Blocks of 512 bytes in units of four.
            int size = (sectors / 4) - 1;
            data[5] = 9;
            data[6] = (byte)((size >> 10) & 3);
            data[7] = (byte)(size >> 2);
            data[8] = (byte)(size << 6);
        }

        return data;
    }

    /// <summary>The sector that an argument of a read or write names; -1: there is none.</summary>
    public int SectorOf(uint argument)
    {
        if (!highCapacity && argument % Sector != 0)
        {
            return -1;
        }

        long sector = highCapacity ? argument : argument / Sector;
        return sector < medium.Length / Sector && !IsBad((int)sector) ? (int)sector : -1;
    }

    public byte[] Read(int sector)
    {
        byte[] data = medium.AsSpan(sector * Sector, Sector).ToArray();
        if (Spoils > 0)
        {
            Spoils--;
            data[100] ^= 4;
        }

        return data;
    }

    /// <summary>False: the card refuses the data.</summary>
    public bool TryWrite(int sector, ReadOnlySpan<byte> data)
    {
        if (Refusals > 0)
        {
            Refusals--;
            return false;
        }

        data.CopyTo(medium.AsSpan(sector * Sector, Sector));
        return true;
    }

    /// <summary>The check of a data block: x^16 + x^12 + x^5 + 1, bit by bit.</summary>
    public static ushort Check(ReadOnlySpan<byte> data)
    {
        int check = 0;
        foreach (byte value in data)
        {
            for (int bit = 7; bit >= 0; bit--)
            {
                int top = ((check >> 15) ^ (value >> bit)) & 1;
                check = ((check << 1) & 0xffff) ^ (top * 0x1021);
            }
        }

        return (ushort)check;
    }

    /// <summary>The check of a command's first five bytes: x^7 + x^3 + 1, with the end bit.</summary>
    public static byte CommandCheck(ReadOnlySpan<byte> command)
    {
        int check = 0;
        foreach (byte value in command)
        {
            for (int bit = 7; bit >= 0; bit--)
            {
                int top = ((check >> 6) ^ (value >> bit)) & 1;
                check = ((check << 1) & 0x7f) ^ (top * 9);
            }
        }

        return (byte)((check << 1) | 1);
    }

    /// <summary>The argument of a command's bytes.</summary>
    public static uint Argument(ReadOnlySpan<byte> command) => BinaryPrimitives.ReadUInt32BigEndian(command[1..]);
}
