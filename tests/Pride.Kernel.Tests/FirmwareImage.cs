// Physical memory with a boot loader's record and ACPI tables, made for tests: sound, until a test spoils it.

using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;
using Pride.Kernel.Firmware;
using Pride.Kernel.X64.Firmware;

namespace Pride.Kernel.Tests;

/// <summary>The lowest 2 MiB of a PC.</summary>
internal sealed unsafe class FirmwareImage : IDisposable
{
    public const int Bytes = 0x20_0000;
    public const ulong Record = 0x1000;
    public const ulong Map = 0x2000;
    public const ulong RootPointer = 0xF_5000;
    public const ulong TablesStart = 0x10_0000;

    private readonly byte* _bytes = (byte*)NativeMemory.AllocZeroed(Bytes);
    private readonly List<ulong> _tables = [];
    private ulong _next = TablesStart;

    /// <summary>A machine with four cores, one of them switched off, and every table that the kernel reads; the root table is an XSDT or an RSDT.</summary>
    public FirmwareImage(bool isWide = true)
    {
        WriteMap((0, 0xA_0000, 1), (0xF_0000, 0x1_0000, 2), (0x10_0000, 0x10_0000, 3), (0x20_0000, 0x1000_0000, 1));
        Madt = Add("APIC", [.. Le32(0xFEE0_0000), .. Le32(1), .. Core(0, 1), .. Core(2, 1), .. Core(4, 0), .. Core(6, 1),
            1, 12, 0, 0, .. Le32(0xFEC0_0000), .. Le32(0), 2, 10, 0, 0, .. Le32(2), 0, 0, 2, 10, 0, 9, .. Le32(9), 0x0D, 0]);
        Hpet = Add("HPET", [.. Le32(0), 0, 64, 0, 0, .. Le64(0xFED0_0000), 0, 0, 0, 0]);
        Mcfg = Add("MCFG", [.. Le64(0), .. Le64(0xB000_0000), 0, 0, 0, 255, .. Le32(0)]);
        Dmar = Add("DMAR", [38, 1, .. new byte[10], 0, 0, 16, 0, 1, 0, 0, 0, .. Le64(0xFED9_0000)]);
        Root = Add(isWide ? "XSDT" : "RSDT", [.. _tables.SelectMany(t => isWide ? Le64(t) : Le32((uint)t))]);
        WriteRootPointer(isWide);
        Put(Record, [.. Le32(BootRecord.PvhMagic), .. Le32(1), .. new byte[24], .. Le64(RootPointer), .. Le64(Map), .. Le32(4)]);
    }

    public ulong Madt { get; }

    public ulong Hpet { get; }

    public ulong Mcfg { get; }

    public ulong Dmar { get; }

    public ulong Root { get; }

    public FirmwareMemory Memory => new(_bytes, Bytes);

    public Span<byte> At(ulong address) => new(_bytes + address, (int)(Bytes - (long)address));

    public void Put(ulong address, ReadOnlySpan<byte> bytes) => bytes.CopyTo(At(address));

    /// <summary>Replaces <paramref name="bytes"/> of a table and mends its checksum.</summary>
    public void Patch(ulong table, int offset, params ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(At(table)[offset..]);
        Mend(table);
    }

    /// <summary>Makes the sum of a table 0, as far as its length is in memory.</summary>
    public void Mend(ulong table)
    {
        Span<byte> all = At(table);
        int length = (int)Math.Min(BinaryPrimitives.ReadUInt32LittleEndian(all[4..]), (uint)all.Length);
        if (length > 9)
        {
            all[9] = 0;
            all[9] = (byte)-Sum(all[..length]);
        }
    }

    public void MendRootPointer()
    {
        Span<byte> pointer = At(RootPointer);
        pointer[8] = 0;
        pointer[8] = (byte)-Sum(pointer[..20]);
        pointer[32] = 0;
        pointer[32] = (byte)-Sum(pointer[..36]);
    }

    public void WriteMap(params (ulong Start, ulong Length, uint Type)[] ranges) =>
        Put(Map, [.. ranges.SelectMany(r => (byte[])[.. Le64(r.Start), .. Le64(r.Length), .. Le32(r.Type), 0, 0, 0, 0])]);

    /// <summary>Replaces the record by Multiboot2's: a tag that nobody asks for, the map, the root pointer, the end.</summary>
    /// <param name="total">What it says of its length; 0: the truth.</param>
    /// <param name="firstTag">What its first tag says of its own.</param>
    public void WriteMultiboot2(uint total = 0, uint firstTag = 9)
    {
        byte[] map = At(Map)[..(4 * MemoryMap.EntryBytes)].ToArray();
        byte[] pointer = At(RootPointer)[..AcpiTables.RootPointerBytes].ToArray();
        List<byte> tags =
        [
            .. Le32(1), .. Le32(firstTag), .. new byte[8],
            .. Le32(6), .. Le32(16 + (uint)map.Length), .. Le32(MemoryMap.EntryBytes), .. Le32(0), .. map,
            .. Le32(15), .. Le32(8 + (uint)pointer.Length), .. pointer, .. new byte[4],
            .. Le32(0), .. Le32(8),
        ];
        Put(Record, [.. Le32(total == 0 ? (uint)tags.Count + 8 : total), .. new byte[4], .. tags]);
    }

    /// <summary>Reads all of it as the kernel does.</summary>
    public BootProblem Read(out AcpiPlatform platform, uint magic = 0)
    {
        platform = default;
        return BootRecord.TryRead(Memory, magic, Record, out BootRecord record, out BootProblem problem)
            && AcpiTables.TryOpen(Memory, record, out AcpiTables tables, out problem)
            && AcpiPlatform.TryRead(tables, out platform, out problem)
            ? default
            : problem;
    }

    public void Dispose() => NativeMemory.Free(_bytes);

    public static byte[] Le32(uint value) => BitConverter.GetBytes(value);

    public static byte[] Le64(ulong value) => BitConverter.GetBytes(value);

    private static byte[] Core(byte id, uint flags) => [0, 8, id, id, .. Le32(flags)];

    private static byte Sum(ReadOnlySpan<byte> bytes)
    {
        byte sum = 0;
        foreach (byte b in bytes)
        {
            sum += b;
        }

        return sum;
    }

    private ulong Add(string signature, byte[] body)
    {
        ulong address = _next;
        Put(address, [.. Encoding.ASCII.GetBytes(signature), .. Le32((uint)(AcpiTables.HeaderBytes + body.Length)), .. new byte[28], .. body]);
        Mend(address);
        _tables.Add(address);
        _next = (address + (ulong)(AcpiTables.HeaderBytes + body.Length) + 15) & ~15UL;
        return address;
    }

    private void WriteRootPointer(bool isWide)
    {
        Put(RootPointer, [.. "RSD PTR "u8, 0, .. new byte[6], isWide ? (byte)2 : (byte)0, .. Le32(isWide ? 0 : (uint)Root), .. Le32(36), .. Le64(isWide ? Root : 0)]);
        MendRootPointer();
    }
}
