// ACPI's tables (ACPI specification 6.5, chapter 5.2): the root pointer names the root table, which names all others. Each has a signature, a length and
// a checksum; only tables that are asked for are read.
//
// What they say is input: lengths are checked against the memory map before anything is read, and every loop ends with the bytes that it reads.

using System;
using System.Buffers.Binary;
using Pride.Kernel.Firmware;

namespace Pride.Kernel.X64.Firmware;

/// <summary>A table and where it is.</summary>
internal readonly ref struct AcpiTable(ulong address, ReadOnlySpan<byte> bytes)
{
    public ulong Address { get; } = address;

    /// <summary>All of it; empty: the machine has no such table.</summary>
    public ReadOnlySpan<byte> Bytes { get; } = bytes;

    public bool IsThere => !Bytes.IsEmpty;
}

/// <summary>The tables that the root table names.</summary>
internal readonly ref struct AcpiTables
{
    /// <summary>"RSD " as the first half of the root pointer's signature.</summary>
    public const uint RootPointerSignature = 0x2044_5352;

    /// <summary>Bytes of the root pointer since revision 2. The older one is shorter, but what follows it in memory can be read.</summary>
    public const int RootPointerBytes = 36;

    /// <summary>Bytes of every table's header.</summary>
    public const int HeaderBytes = 36;

    /// <summary>Longer than any table that is read here; what claims more lies.</summary>
    public const uint LargestTable = 1 << 20;

    /// <summary>More tables than any machine has.</summary>
    public const int MaximumTables = 1024;

    private const uint RootSignature = 0x5444_5352;     // RSDT
    private const uint WideRootSignature = 0x5444_5358; // XSDT
    private const ulong PointerSignature = 0x2052_5450_2044_5352; // "RSD PTR "
    private const int OldPointerBytes = 20;
    private const int Revision = 15;
    private const int RootAddress = 16;
    private const int WideRootAddress = 24;
    private const int LengthOffset = 4;

    private readonly FirmwareMemory _memory;
    private readonly MemoryMap _map;
    private readonly AcpiTable _root;
    private readonly int _entryBytes;

    private AcpiTables(FirmwareMemory memory, MemoryMap map, AcpiTable root, int entryBytes)
    {
        _memory = memory;
        _map = map;
        _root = root;
        _entryBytes = entryBytes;
    }

    /// <summary>Opens the root table that <paramref name="record"/>'s root pointer names.</summary>
    public static bool TryOpen(FirmwareMemory memory, BootRecord record, out AcpiTables tables, out BootProblem problem)
    {
        tables = default;
        ReadOnlySpan<byte> pointer = record.RootPointer;
        ulong at = record.RootPointerAddress;
        if (pointer.Length < OldPointerBytes)
        {
            problem = new BootProblem(BootFault.TooShort, RootPointerSignature, at, (ulong)pointer.Length, OldPointerBytes);
            return false;
        }

        ulong signature = BinaryPrimitives.ReadUInt64LittleEndian(pointer);
        if (signature != PointerSignature)
        {
            problem = new BootProblem(BootFault.WrongSignature, RootPointerSignature, at, signature, PointerSignature);
            return false;
        }

        bool isWide = pointer[Revision] >= 2 && pointer.Length >= RootPointerBytes && BinaryPrimitives.ReadUInt64LittleEndian(pointer[WideRootAddress..]) != 0;
        byte sum = Sum(pointer[..(isWide ? RootPointerBytes : OldPointerBytes)]);
        if (sum != 0)
        {
            problem = new BootProblem(BootFault.WrongChecksum, RootPointerSignature, at, sum, 0);
            return false;
        }

        uint expected = isWide ? WideRootSignature : RootSignature;
        ulong rootAt = isWide ? BinaryPrimitives.ReadUInt64LittleEndian(pointer[WideRootAddress..]) : BinaryPrimitives.ReadUInt32LittleEndian(pointer[RootAddress..]);
        int entryBytes = isWide ? sizeof(ulong) : sizeof(uint);
        AcpiTables bare = new(memory, record.Map, default, entryBytes);
        if (!bare.TryReadTable(rootAt, expected, HeaderBytes, out AcpiTable root, out problem))
        {
            return false;
        }

        tables = new AcpiTables(memory, record.Map, root, entryBytes);
        int count = (root.Bytes.Length - HeaderBytes) / entryBytes;
        if (count > MaximumTables)
        {
            problem = new BootProblem(BootFault.TooLong, expected, rootAt, (ulong)count, MaximumTables);
            return false;
        }

        return true;
    }

    /// <summary>Finds the table with <paramref name="signature"/>. True with an empty one: there is none.</summary>
    public bool TryFind(uint signature, int leastBytes, out AcpiTable table, out BootProblem problem)
    {
        table = default;
        problem = default;
        ReadOnlySpan<byte> entries = _root.Bytes[HeaderBytes..];
        while (entries.Length >= _entryBytes)
        {
            ulong address = _entryBytes == sizeof(ulong) ? BinaryPrimitives.ReadUInt64LittleEndian(entries) : BinaryPrimitives.ReadUInt32LittleEndian(entries);
            entries = entries[_entryBytes..];

            // Some firmware leaves entries empty.
            if (address == 0)
            {
                continue;
            }

            if (!TryLook(address, HeaderBytes, signature, out ReadOnlySpan<byte> header, out problem))
            {
                return false;
            }

            if (BinaryPrimitives.ReadUInt32LittleEndian(header) != signature)
            {
                continue;
            }

            if (table.IsThere)
            {
                problem = new BootProblem(BootFault.SecondTable, signature, address, address, table.Address);
                return false;
            }

            if (!TryReadTable(address, signature, leastBytes, out table, out problem))
            {
                return false;
            }
        }

        return true;
    }

    private bool TryReadTable(ulong address, uint signature, int leastBytes, out AcpiTable table, out BootProblem problem)
    {
        table = default;
        if (!TryLook(address, HeaderBytes, signature, out ReadOnlySpan<byte> header, out problem))
        {
            return false;
        }

        uint found = BinaryPrimitives.ReadUInt32LittleEndian(header);
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(header[LengthOffset..]);
        problem = found != signature ? new BootProblem(BootFault.WrongSignature, signature, address, found, signature)
            : length < leastBytes ? new BootProblem(BootFault.TooShort, signature, address, length, (ulong)leastBytes)
            : length > LargestTable ? new BootProblem(BootFault.TooLong, signature, address, length, LargestTable)
            : default;
        if (problem.Fault != BootFault.None || !TryLook(address, length, signature, out ReadOnlySpan<byte> bytes, out problem))
        {
            return false;
        }

        byte sum = Sum(bytes);
        problem = sum == 0 ? default : new BootProblem(BootFault.WrongChecksum, signature, address, sum, 0);
        table = new AcpiTable(address, bytes);
        return sum == 0;
    }

    // Only what the memory map lists is looked at: a read of a device's registers could do anything.
    private bool TryLook(ulong address, uint bytes, uint signature, out ReadOnlySpan<byte> data, out BootProblem problem)
    {
        data = default;
        bool isThere = _map.Lists(address, bytes) && _memory.TryRead(address, bytes, out data);
        problem = isThere ? default : new BootProblem(BootFault.PointerOutside, signature, address, address, bytes);
        return isThere;
    }

    private static byte Sum(ReadOnlySpan<byte> bytes)
    {
        byte sum = 0;
        foreach (byte b in bytes)
        {
            sum += b;
        }

        return sum;
    }
}
