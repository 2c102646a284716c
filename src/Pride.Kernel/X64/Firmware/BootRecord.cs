// What a boot loader hands over: a memory map, and where ACPI's tables begin. PVH's record (Xen, xen/include/public/arch-x86/hvm/start_info.h),
// which Efi.S makes as well, or Multiboot2's (Multiboot2 specification 2.0, 3.6), which GRUB makes.

using System;
using System.Buffers.Binary;
using Pride.Kernel.Firmware;

namespace Pride.Kernel.X64.Firmware;

/// <summary>The boot loader's record, checked.</summary>
internal readonly ref struct BootRecord
{
    /// <summary>What a PVH record starts with.</summary>
    public const uint PvhMagic = 0x336E_C578;

    /// <summary>What Multiboot2 leaves in eax.</summary>
    public const uint Multiboot2Magic = 0x36D7_6289;

    // hvm_start_info, version 1.
    private const int PvhBytes = 56;
    private const int PvhVersion = 4;
    private const int PvhRootPointer = 32;
    private const int PvhMap = 40;
    private const int PvhMapEntries = 48;

    /// <summary>Where a BIOS has the root pointer (ACPI 5.2.5.1); not every BIOS lists it.</summary>
    private const ulong FirmwareStart = 0xE_0000;
    private const ulong FirmwareEnd = 0x10_0000;

    // Multiboot2: the whole length, 4 bytes, tags on multiples of 8, each with type and length.
    private const int Header = 8;
    private const ulong LargestRecord = 1 << 20;
    private const uint EndTag = 0;
    private const uint MapTag = 6;
    private const uint Acpi1Tag = 14;
    private const uint Acpi2Tag = 15;
    private const int MapTagHeader = 16;

    private BootRecord(MemoryMap map, ReadOnlySpan<byte> rootPointer, ulong rootPointerAddress)
    {
        Map = map;
        RootPointer = rootPointer;
        RootPointerAddress = rootPointerAddress;
    }

    public MemoryMap Map { get; }

    /// <summary>ACPI's root pointer and what follows it; empty: the machine has no ACPI tables.</summary>
    public ReadOnlySpan<byte> RootPointer { get; }

    /// <summary>Where that is, for messages.</summary>
    public ulong RootPointerAddress { get; }

    /// <summary>Reads the record at <paramref name="address"/>.</summary>
    /// <param name="memory">What may be looked at.</param>
    /// <param name="magic">What the boot loader left in eax.</param>
    /// <param name="address">What it left in ebx.</param>
    /// <param name="record">The record.</param>
    /// <param name="problem">Why there is none.</param>
    public static bool TryRead(FirmwareMemory memory, uint magic, ulong address, out BootRecord record, out BootProblem problem)
    {
        record = default;
        problem = default;
        return magic == Multiboot2Magic
            ? TryReadMultiboot2(memory, address, ref record, ref problem)
            : TryReadPvh(memory, address, ref record, ref problem);
    }

    private static bool TryReadPvh(FirmwareMemory memory, ulong address, ref BootRecord record, ref BootProblem problem)
    {
        if (!memory.TryRead(address, PvhBytes, out ReadOnlySpan<byte> bytes))
        {
            problem = new BootProblem(BootFault.PointerOutside, 0, address, address, PvhBytes);
            return false;
        }

        uint magic = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        if (magic != PvhMagic)
        {
            problem = new BootProblem(BootFault.UnknownBootLoader, 0, address, magic, PvhMagic);
            return false;
        }

        uint entries = BinaryPrimitives.ReadUInt32LittleEndian(bytes[PvhVersion..]) == 0 ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(bytes[PvhMapEntries..]);
        ulong mapAddress = BinaryPrimitives.ReadUInt64LittleEndian(bytes[PvhMap..]);
        if (entries is 0 or > MemoryMap.MaximumEntries || !memory.TryRead(mapAddress, (ulong)entries * MemoryMap.EntryBytes, out ReadOnlySpan<byte> map))
        {
            problem = new BootProblem(BootFault.NoMemoryMap, 0, address, entries, MemoryMap.MaximumEntries);
            return false;
        }

        ulong at = BinaryPrimitives.ReadUInt64LittleEndian(bytes[PvhRootPointer..]);
        record = new BootRecord(new MemoryMap(map), default, at);
        if (at == 0)
        {
            return true;
        }

        bool isFirmware = at >= FirmwareStart && at < FirmwareEnd - AcpiTables.RootPointerBytes;
        if ((!isFirmware && !record.Map.Lists(at, AcpiTables.RootPointerBytes)) || !memory.TryRead(at, AcpiTables.RootPointerBytes, out ReadOnlySpan<byte> rootPointer))
        {
            problem = new BootProblem(BootFault.PointerOutside, AcpiTables.RootPointerSignature, at, at, AcpiTables.RootPointerBytes);
            return false;
        }

        record = new BootRecord(record.Map, rootPointer, at);
        return true;
    }

    private static bool TryReadMultiboot2(FirmwareMemory memory, ulong address, ref BootRecord record, ref BootProblem problem)
    {
        uint total = memory.TryRead(address, Header, out ReadOnlySpan<byte> start) ? BinaryPrimitives.ReadUInt32LittleEndian(start) : 0;
        if (total is < Header or > (uint)LargestRecord || !memory.TryRead(address, total, out ReadOnlySpan<byte> bytes))
        {
            problem = new BootProblem(BootFault.TooLong, 0, address, total, LargestRecord);
            return false;
        }

        ReadOnlySpan<byte> map = default;
        ReadOnlySpan<byte> rootPointer = default;
        int at = Header;
        while (bytes.Length - at >= Header)
        {
            uint type = BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(at + 4)..]);
            if (length < Header || length > (uint)(bytes.Length - at))
            {
                problem = new BootProblem(BootFault.EntryLength, 0, address + (ulong)at, length, (ulong)(bytes.Length - at));
                return false;
            }

            ReadOnlySpan<byte> tag = bytes.Slice(at, (int)length);
            if (type == EndTag)
            {
                break;
            }

            if (type == MapTag && length > MapTagHeader && BinaryPrimitives.ReadUInt32LittleEndian(tag[Header..]) == MemoryMap.EntryBytes)
            {
                map = tag[MapTagHeader..];
            }
            else if (type == Acpi2Tag || (type == Acpi1Tag && rootPointer.IsEmpty))
            {
                rootPointer = tag[Header..];
            }

            at += (int)((length + 7) & ~7U);
        }

        record = new BootRecord(new MemoryMap(map), rootPointer, address);
        int entries = record.Map.Count;
        if (entries is 0 or > MemoryMap.MaximumEntries)
        {
            problem = new BootProblem(BootFault.NoMemoryMap, 0, address, (ulong)entries, MemoryMap.MaximumEntries);
            return false;
        }

        return true;
    }
}
