// What is wrong with what the firmware or the boot loader says, for one line on the console.

using System;
using Pride.Kernel.Objects;
using Pride.Machine;

namespace Pride.Kernel.Firmware;

/// <summary>Kinds of lies. The comment says what <see cref="BootProblem.Found"/> and <see cref="BootProblem.Expected"/> are.</summary>
internal enum BootFault
{
    None,

    /// <summary>The record's magic number; PVH's.</summary>
    UnknownBootLoader,

    /// <summary>Entries of the map, or 0 when there is none; at most.</summary>
    NoMemoryMap,

    /// <summary>The first address that is not free main memory; up to where it must be.</summary>
    MemoryMissing,

    /// <summary>An address that the memory map does not list, or beyond 4 GiB; what its table has at least, in bytes.</summary>
    PointerOutside,

    /// <summary>The signature; the expected one.</summary>
    WrongSignature,

    /// <summary>The sum; 0.</summary>
    WrongChecksum,

    /// <summary>Bytes; at least.</summary>
    TooShort,

    /// <summary>Bytes, tables, ranges or words; at most.</summary>
    TooLong,

    /// <summary>The second one's address; the first one's.</summary>
    SecondTable,

    /// <summary>The address of the other table or range; the first address that is free of this one.</summary>
    Overlap,

    /// <summary>Bytes of an entry; what there is for it.</summary>
    EntryLength,

    /// <summary>The end of a block, or a place in one; what there is to be in.</summary>
    BlockOutside,

    /// <summary>The token; the one that ends what is open.</summary>
    UnknownToken,

    /// <summary>Nodes; at most.</summary>
    TooDeep,

    /// <summary>The last one that the tree has; the one that the board's file has.</summary>
    ControllerElsewhere,

    /// <summary>What ACPI says; what the board's file says.</summary>
    LocalApicElsewhere,

    /// <inheritdoc cref="LocalApicElsewhere"/>
    IoApicElsewhere,

    /// <inheritdoc cref="LocalApicElsewhere"/>
    HpetElsewhere,

    /// <inheritdoc cref="LocalApicElsewhere"/>
    PciElsewhere,

    /// <inheritdoc cref="LocalApicElsewhere"/>
    IommuElsewhere,
}

/// <summary>One of them.</summary>
/// <param name="Fault">Its kind.</param>
/// <param name="Table">The ACPI table's signature; the device tree's magic number; 0: the boot loader's record.</param>
/// <param name="Address">Where that is; 0: not known.</param>
/// <param name="Found">What is there.</param>
/// <param name="Expected">What should be.</param>
[RunsOnce]
internal readonly record struct BootProblem(BootFault Fault, uint Table, ulong Address, ulong Found, ulong Expected)
{
    private ReadOnlySpan<byte> Text => Fault switch
    {
        BootFault.UnknownBootLoader => "it is neither PVH's nor Multiboot2's"u8,
        BootFault.NoMemoryMap => "there is no memory map, or it has too many entries"u8,
        BootFault.MemoryMissing => "this machine lacks memory that the image was built for"u8,
        BootFault.PointerOutside => "an address is outside the memory map, or beyond 4 GiB"u8,
        BootFault.WrongSignature => "another table is there"u8,
        BootFault.WrongChecksum => "its checksum is wrong"u8,
        BootFault.TooShort => "it is too short"u8,
        BootFault.TooLong => "it is too long"u8,
        BootFault.SecondTable => "there are two of them"u8,
        BootFault.Overlap => "another overlaps it"u8,
        BootFault.EntryLength => "an entry has a length that cannot be"u8,
        BootFault.BlockOutside => "a part of it is said to be where it is not"u8,
        BootFault.UnknownToken => "a token cannot be here"u8,
        BootFault.TooDeep => "nodes have too many nodes around them"u8,
        BootFault.ControllerElsewhere => "the interrupt controller is not where the board has it"u8,
        BootFault.LocalApicElsewhere => "the local APIC is not where the board has it"u8,
        BootFault.IoApicElsewhere => "the I/O APIC of pin 0 is not where the board has it"u8,
        BootFault.HpetElsewhere => "the HPET is not where the board has it"u8,
        BootFault.PciElsewhere => "PCI's configuration space is not where the board has it"u8,
        BootFault.IommuElsewhere => "the IOMMU is not where the board has it"u8,
        _ => "nothing is wrong"u8,
    };

    /// <summary>Says it and stops the machine.</summary>
    public unsafe void Stop<TMachine>(BootInfo* boot)
        where TMachine : struct, IMachine
    {
        Kernel<TMachine>.PrintString(boot, "\nPride kernel panic: "u8);
        if (Table == 0)
        {
            Kernel<TMachine>.PrintString(boot, "the boot loader's record"u8);
        }
        else if (Table == DeviceTree.Magic)
        {
            Kernel<TMachine>.PrintString(boot, "the device tree"u8);
        }
        else
        {
            Kernel<TMachine>.PrintString(boot, "ACPI table '"u8);
            for (int shift = 0; shift < 32; shift += 8)
            {
                TMachine.PutChar(boot, Printable((byte)(Table >> shift)));
            }

            TMachine.PutChar(boot, (byte)'\'');
        }

        Kernel<TMachine>.PrintString(boot, " at "u8);
        Kernel<TMachine>.PrintHex(boot, Address);
        Kernel<TMachine>.PrintString(boot, ": "u8);
        Kernel<TMachine>.PrintString(boot, Text);
        Kernel<TMachine>.PrintString(boot, ": found "u8);
        Kernel<TMachine>.PrintHex(boot, Found);
        Kernel<TMachine>.PrintString(boot, ", expected "u8);
        Kernel<TMachine>.PrintHex(boot, Expected);
        Kernel<TMachine>.PrintString(boot, "\n"u8);
        TMachine.Halt();
    }

    private static byte Printable(byte character) => character is >= (byte)' ' and < 127 ? character : (byte)'?';
}
