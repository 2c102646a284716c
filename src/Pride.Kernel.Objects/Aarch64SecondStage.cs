// AArch64's second-stage translation, from a guest's physical addresses to the machine's: 4 KiB granule, 39-bit addresses, three levels (Arm ARM DDI 0487, D8.3.2).
//
// A guest may write to memory and execute it: what it does with its own is its business. 39 bits, because every CPU has at least as many and the root is then one page.

namespace Pride.Kernel.Objects;

/// <summary>Descriptors.</summary>
public readonly struct Aarch64SecondStage : IPageTable
{
    /// <summary>A guest's addresses lie below.</summary>
    public const ulong AddressTop = 1UL << 39;

    private const int RootShift = 30;
    private const ulong Valid = 1UL << 0;
    private const ulong TableOrPage = 1UL << 1;
    private const int AttributeShift = 2;
    private const ulong Readable = 1UL << 6;
    private const ulong Writable = 1UL << 7;
    private const ulong InnerShareable = 3UL << 8;
    private const ulong AccessFlag = 1UL << 10;
    private const ulong ExecuteNever = 1UL << 54;
    private const ulong AddressMask = 0x0000_FFFF_FFFF_F000;

    // MemAttr: Device-nGnRnE, normal write-back, normal non-cacheable.
    private const ulong Device = 0b0000;
    private const ulong WriteBack = 0b1111;
    private const ulong NonCacheable = 0b0101;
    private const ulong AttributeMask = 0b1111;

    /// <summary>Levels 1 to 3 of the architecture.</summary>
    public static int LastLevel => 2;

    /// <summary>Nothing of the kernel's is in them.</summary>
    public static bool SplitsHalves => true;

    public static int Index(ulong address, int level) => (int)((address >> (RootShift - (PageTables.IndexBits * level))) & (PageTables.Entries - 1));

    public static ulong Table(ulong physical) => (physical & AddressMask) | TableOrPage | Valid;

    public static ulong Page(ulong physical, PageMapping mapping) => Block(physical, mapping) | TableOrPage;

    public static ulong Block(ulong physical, PageMapping mapping)
    {
        ulong attributes = mapping.Memory switch
        {
            MemoryKind.Normal => WriteBack,
            MemoryKind.Uncached => NonCacheable,
            _ => Device,
        };
        return (physical & AddressMask)
            | Valid
            | AccessFlag
            | Readable
            | (attributes << AttributeShift)
            | (mapping.Memory == MemoryKind.Device ? 0 : InnerShareable)
            | (mapping.Writable ? Writable : 0)
            | (mapping.Executable ? 0 : ExecuteNever);
    }

    public static bool IsValid(ulong entry) => (entry & Valid) != 0;

    public static bool IsTable(ulong entry) => (entry & (Valid | TableOrPage)) == (Valid | TableOrPage);

    public static ulong Address(ulong entry) => entry & AddressMask;

    public static bool IsUserMemory(ulong entry) => (entry & Readable) != 0 && ((entry >> AttributeShift) & AttributeMask) != Device;
}
