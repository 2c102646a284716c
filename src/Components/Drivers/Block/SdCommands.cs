// Commands and registers of SD cards (SD Specifications, Part 1: Physical Layer Simplified Specification, version 6.00), however they are reached.

using System;

namespace Pride.Drivers.Block;

/// <summary>Command numbers (4.7.4) and arguments.</summary>
internal static class SdCommands
{
    public const uint GoIdle = 0;
    public const uint AllSendIdentification = 2;
    public const uint SendRelativeAddress = 3;
    public const uint SelectCard = 7;
    public const uint SendInterfaceCondition = 8;
    public const uint SendCardSpecificData = 9;
    public const uint SetBlockLength = 16;
    public const uint ReadSingle = 17;
    public const uint ReadMultiple = 18;
    public const uint WriteSingle = 24;
    public const uint WriteMultiple = 25;
    public const uint ApplicationCommand = 55;
    public const uint ReadOperatingConditions = 58;
    public const uint ChecksOnOff = 59;

    /// <summary>Application command 41: starts the card, and says whether it is done.</summary>
    public const uint SendOperatingConditions = 41;

    /// <summary>2.7 V to 3.6 V, and a pattern that the card gives back (4.3.13).</summary>
    public const uint InterfaceCondition = 0x1aa;

    /// <summary>The host takes cards of high capacity (bit 30), at 3.2 V to 3.4 V (bits 20 and 21).</summary>
    public const uint HostConditions = (1U << 30) | (3 << 20);

    /// <summary>The card counts in sectors, not in bytes (OCR, bit 30).</summary>
    public const uint HighCapacity = 1U << 30;

    /// <summary>The card has started (OCR, bit 31).</summary>
    public const uint Ready = 1U << 31;

    /// <summary>Bytes of the card-specific data register.</summary>
    public const int CardSpecificDataBytes = 16;

    // A card counts its first second after power-on as its own (4.2.3); polls are far more than that has room for.
    public const int StartPollLimit = 100_000;

    /// <summary>The card's size in sectors, by its card-specific data, most significant byte first (5.3); 0: of a kind that nobody knows.</summary>
    public static ulong SectorsOf(ReadOnlySpan<byte> data)
    {
        switch (data[0] >> 6)
        {
            case 0:
                // Version 1.0: blocks of 2^READ_BL_LEN bytes, (C_SIZE + 1) * 2^(C_SIZE_MULT + 2) of them.
                int blockShift = data[5] & 15;
                ulong size = ((ulong)(data[6] & 3) << 10) | ((ulong)data[7] << 2) | ((ulong)data[8] >> 6);
                int multiplier = ((data[9] & 3) << 1) | (data[10] >> 7);
                const int SectorShift = 9;
                return ((size + 1) << (multiplier + 2 + blockShift)) >> SectorShift;
            case 1:
                // Version 2.0: units of 512 KiB.
                const int SectorsPerUnit = 1024;
                return (((ulong)(data[7] & 0x3f) << 16) + ((ulong)data[8] << 8) + data[9] + 1) * SectorsPerUnit;
            default:
                return 0;
        }
    }
}
