// What ACPI says of this machine: cores, interrupt controllers, how pins signal, the event timer, PCI's configuration space, the IOMMU.

using System;
using System.Buffers.Binary;
using Pride.Kernel.Firmware;
using Pride.Kernel.Objects;

namespace Pride.Kernel.X64.Firmware;

/// <summary>How a pin of the IOAPIC signals where ACPI says so.</summary>
internal enum PinSignal : byte
{
    /// <summary>As its bus does.</summary>
    Unsaid = 0,
    RisingEdge = 1,
    FallingEdge = 2,
    HighLevel = 3,
    LowLevel = 4,
}

/// <summary>The facts. 0 stands for an address that no table gives.</summary>
internal unsafe struct AcpiPlatform
{
    // Four letters, the first in the lowest byte; the MADT's are APIC.
    public const uint MadtSignature = 0x4349_5041;
    public const uint HpetSignature = 0x5445_5048;
    public const uint McfgSignature = 0x4746_434D;
    public const uint DmarSignature = 0x5241_4D44;

    // MADT (5.2.12): local APIC's address, flags, then entries of type and length.
    private const int MadtBytes = 44;
    private const int MadtLocalApic = 36;
    private const int EntryHeader = 2;
    private const byte LocalApicEntry = 0;
    private const byte IoApicEntry = 1;
    private const byte OverrideEntry = 2;
    private const byte LocalApicAddressEntry = 5;
    private const uint IsEnabled = 1;

    // HPET table (IA-PC HPET specification 1.0a, 3.2.4): the registers' space (0: memory) and address.
    private const int HpetBytes = 56;
    private const int HpetSpace = 40;
    private const int HpetAddress = 44;

    // MCFG (PCI firmware specification 3.3, 4.1.2): from 44 on entries of 16 bytes: address, segment, first and last bus.
    private const int McfgBytes = 44;
    private const int McfgEntry = 16;
    private const int McfgSegment = 8;

    // DMAR (Intel VT-d 4.1, 8.1): from 48 on structures of type and length, 16 bits each; type 0 is a remapping unit.
    private const int DmarBytes = 48;
    private const int DmarHeader = 4;
    private const int DmarUnitBytes = 16;
    private const int DmarUnitAddress = 8;

    public ulong LocalApic;

    /// <summary>The IOAPIC that has pin 0.</summary>
    public ulong IoApic;
    public ulong Hpet;

    /// <summary>Of segment 0.</summary>
    public ulong PciConfiguration;

    /// <summary>The first remapping unit.</summary>
    public ulong DmaRemapping;

    /// <summary>Enabled cores, of which the first <see cref="MaximumCoreIds"/> are in <see cref="CoreIds"/>.</summary>
    public int CoreCount;

    public fixed byte CoreIds[MaximumCoreIds];

    /// <summary><see cref="PinSignal"/> by pin.</summary>
    public fixed byte Pins[(int)X64Interrupts.Pins];

    /// <summary>More than the kernel starts, since the boot core need not be the first.</summary>
    public const int MaximumCoreIds = 64;

    /// <summary>Reads all tables that the kernel needs. Those that the machine does not have leave zeroes.</summary>
    public static bool TryRead(AcpiTables tables, out AcpiPlatform platform, out BootProblem problem)
    {
        platform = default;
        return tables.TryFind(MadtSignature, MadtBytes, out AcpiTable madt, out problem)
            && tables.TryFind(HpetSignature, HpetBytes, out AcpiTable hpet, out problem)
            && tables.TryFind(McfgSignature, McfgBytes, out AcpiTable mcfg, out problem)
            && tables.TryFind(DmarSignature, DmarBytes, out AcpiTable dmar, out problem)
            && AreApart(MadtSignature, madt, hpet, out problem) && AreApart(MadtSignature, madt, mcfg, out problem) && AreApart(MadtSignature, madt, dmar, out problem)
            && AreApart(HpetSignature, hpet, mcfg, out problem) && AreApart(HpetSignature, hpet, dmar, out problem) && AreApart(McfgSignature, mcfg, dmar, out problem)
            && platform.TryReadMadt(madt, out problem)
            && platform.TryReadDmar(dmar, out problem)
            && platform.ReadPlaces(hpet, mcfg);
    }

    private static bool AreApart(uint signature, AcpiTable one, AcpiTable other, out BootProblem problem)
    {
        ulong oneEnd = one.Address + (ulong)one.Bytes.Length;
        ulong otherEnd = other.Address + (ulong)other.Bytes.Length;
        bool apart = !one.IsThere || !other.IsThere || oneEnd <= other.Address || otherEnd <= one.Address;
        problem = apart ? default : new BootProblem(BootFault.Overlap, signature, one.Address, other.Address, oneEnd);
        return apart;
    }

    private bool TryReadMadt(AcpiTable table, out BootProblem problem)
    {
        problem = default;
        if (!table.IsThere)
        {
            return true;
        }

        LocalApic = BinaryPrimitives.ReadUInt32LittleEndian(table.Bytes[MadtLocalApic..]);
        for (int at = MadtBytes; at < table.Bytes.Length;)
        {
            ReadOnlySpan<byte> rest = table.Bytes[at..];
            byte length = rest.Length < EntryHeader ? (byte)0 : rest[1];
            if (length < EntryHeader || length > rest.Length || length < LeastBytes(rest[0]))
            {
                problem = new BootProblem(BootFault.EntryLength, MadtSignature, table.Address + (ulong)at, length, (ulong)rest.Length);
                return false;
            }

            ReadEntry(rest[..length]);
            at += length;
        }

        return true;
    }

    private static int LeastBytes(byte type) => type switch
    {
        LocalApicEntry => 8,
        IoApicEntry or LocalApicAddressEntry => 12,
        OverrideEntry => 10,
        _ => EntryHeader,
    };

    private void ReadEntry(ReadOnlySpan<byte> entry)
    {
        switch (entry[0])
        {
            case LocalApicEntry when (BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]) & IsEnabled) != 0:
                if (CoreCount < MaximumCoreIds)
                {
                    CoreIds[CoreCount] = entry[3];
                }

                CoreCount++;
                break;
            case IoApicEntry when BinaryPrimitives.ReadUInt32LittleEndian(entry[8..]) == 0:
                IoApic = BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]);
                break;
            case OverrideEntry when BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]) is < X64Interrupts.Pins and uint pin:
                Pins[pin] = (byte)SignalOf(BinaryPrimitives.ReadUInt16LittleEndian(entry[8..]));
                break;
            case LocalApicAddressEntry:
                LocalApic = BinaryPrimitives.ReadUInt64LittleEndian(entry[4..]);
                break;
        }
    }

    // Bits 1..0: 1 high, 3 low; bits 3..2: 1 edge, 3 level; else as the bus does (5.2.12.5). What is said by halves is taken as unsaid.
    private static PinSignal SignalOf(ushort flags) => (flags & 15) switch
    {
        0b0101 => PinSignal.RisingEdge,
        0b0111 => PinSignal.FallingEdge,
        0b1101 => PinSignal.HighLevel,
        0b1111 => PinSignal.LowLevel,
        _ => PinSignal.Unsaid,
    };

    private bool TryReadDmar(AcpiTable table, out BootProblem problem)
    {
        problem = default;
        for (int at = DmarBytes; at < table.Bytes.Length;)
        {
            ReadOnlySpan<byte> rest = table.Bytes[at..];
            ushort length = rest.Length < DmarHeader ? (ushort)0 : BinaryPrimitives.ReadUInt16LittleEndian(rest[2..]);
            bool isUnit = length != 0 && BinaryPrimitives.ReadUInt16LittleEndian(rest) == 0;
            if (length < (isUnit ? DmarUnitBytes : DmarHeader) || length > rest.Length)
            {
                problem = new BootProblem(BootFault.EntryLength, DmarSignature, table.Address + (ulong)at, length, (ulong)rest.Length);
                return false;
            }

            if (isUnit && DmaRemapping == 0)
            {
                DmaRemapping = BinaryPrimitives.ReadUInt64LittleEndian(rest[DmarUnitAddress..]);
            }

            at += length;
        }

        return true;
    }

    private bool ReadPlaces(AcpiTable hpet, AcpiTable mcfg)
    {
        if (hpet.IsThere && hpet.Bytes[HpetSpace] == 0)
        {
            Hpet = BinaryPrimitives.ReadUInt64LittleEndian(hpet.Bytes[HpetAddress..]);
        }

        ReadOnlySpan<byte> entries = mcfg.IsThere ? mcfg.Bytes[McfgBytes..] : default;
        for (; entries.Length >= McfgEntry; entries = entries[McfgEntry..])
        {
            if (BinaryPrimitives.ReadUInt16LittleEndian(entries[McfgSegment..]) == 0)
            {
                PciConfiguration = BinaryPrimitives.ReadUInt64LittleEndian(entries);
            }
        }

        return true;
    }
}
