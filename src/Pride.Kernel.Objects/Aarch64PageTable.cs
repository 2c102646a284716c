// AArch64 translation tables: 4 KiB granule, 48-bit addresses, four levels (Arm ARM DDI 0487, D8.3).
//
// Pure arithmetic on descriptors, for the image builder and for the kernel's walk of a PD's tables.

namespace Pride.Kernel.Objects;

/// <summary>Descriptors.</summary>
public readonly struct Aarch64PageTable : IPageTable
{
    /// <summary>MAIR_EL1, by <see cref="MemoryKind"/>: 0 Device-nGnRnE (0x00), 1 Normal write-back (0xFF), 2 Normal non-cacheable (0x44).</summary>
    public const ulong Mair = 0x0000_0000_0044_FF00;

    private const ulong Valid = 1UL << 0;
    private const ulong TableOrPage = 1UL << 1;
    private const int AttributeShift = 2;
    private const ulong UserBit = 1UL << 6;
    private const ulong ReadOnlyBit = 1UL << 7;
    private const ulong InnerShareable = 3UL << 8;
    private const ulong AccessFlag = 1UL << 10;
    private const ulong NotGlobal = 1UL << 11;
    private const ulong PrivilegedExecuteNever = 1UL << 53;
    private const ulong UserExecuteNever = 1UL << 54;
    private const ulong AddressMask = 0x0000_FFFF_FFFF_F000;

    /// <summary>Levels 0 to 3.</summary>
    public static int LastLevel => 3;

    /// <summary>TTBR0 for PDs, TTBR1 for the kernel.</summary>
    public static bool SplitsHalves => true;

    /// <summary>Index into the table of <paramref name="level"/> (0..3) for <paramref name="address"/>.</summary>
    public static int Index(ulong address, int level) => (int)((address >> (39 - (9 * level))) & (PageTables.Entries - 1));

    /// <summary>A descriptor that points to the next level's table at <paramref name="physical"/>.</summary>
    public static ulong Table(ulong physical) => (physical & AddressMask) | TableOrPage | Valid;

    /// <summary>A level-3 page. Throws nothing: a mapping that is both writable and executable comes out not executable.</summary>
    public static ulong Page(ulong physical, PageMapping mapping) => (physical & AddressMask) | Attributes(mapping) | TableOrPage | Valid;

    /// <summary>A block of level 1 (1 GiB) or level 2 (2 MiB).</summary>
    public static ulong Block(ulong physical, PageMapping mapping) => (physical & AddressMask) | Attributes(mapping) | Valid;

    public static bool IsValid(ulong descriptor) => (descriptor & Valid) != 0;

    /// <summary>At levels 0 to 2: the descriptor points to a table.</summary>
    public static bool IsTable(ulong descriptor) => (descriptor & (Valid | TableOrPage)) == (Valid | TableOrPage);

    public static ulong Address(ulong descriptor) => descriptor & AddressMask;

    /// <summary>EL0 may read it and it is memory, not a device.</summary>
    public static bool IsUserMemory(ulong descriptor) =>
        (descriptor & UserBit) != 0 && ((descriptor >> AttributeShift) & 7) != (ulong)MemoryKind.Device;

    private static ulong Attributes(PageMapping mapping)
    {
        ulong bits = AccessFlag | ((ulong)mapping.Memory << AttributeShift);
        if (mapping.Memory != MemoryKind.Device)
        {
            bits |= InnerShareable;
        }

        bits |= mapping.User ? UserBit | NotGlobal : 0;
        bits |= mapping.Writable ? 0 : ReadOnlyBit;
        bool executable = mapping.Executable && !mapping.Writable;
        bits |= executable && mapping.User ? 0 : UserExecuteNever;
        bits |= executable && !mapping.User ? 0 : PrivilegedExecuteNever;
        return bits;
    }
}
