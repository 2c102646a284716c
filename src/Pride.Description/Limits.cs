// Every limit of a system, with its name and its reason. Those marked "Microkit" are the SDF's (Microkit manual 2.3, "System Description File").

using Pride.Abi;

namespace Pride.Description;

/// <summary>What a system may have at most.</summary>
public static class Limits
{
    /// <summary>Microkit: 63 PDs; the monitor is not counted.</summary>
    public const int ProtectionDomains = 63;

    /// <summary>Microkit: priorities 0..254; 255 is the monitor's.</summary>
    public const int HighestPriority = 254;

    /// <summary>Ids 0..61: a badge has bits 62 and 63 for faults and calls.</summary>
    public const int ChannelIds = CapSlots.MaximumChannels;

    /// <summary>Microkit: child ids 0..63 (64 TCB slots in a cap table).</summary>
    public const int ChildIds = 64;

    /// <summary>The `microkit_name` array in a PD has 64 bytes with its terminator.</summary>
    public const int NameBytes = 63;

    /// <summary>Microkit: stacks are 4 KiB to 16 MiB.</summary>
    public const ulong SmallestStack = 4 * 1024;

    /// <inheritdoc cref="SmallestStack"/>
    public const ulong LargestStack = 16 * 1024 * 1024;

    /// <summary>Microkit: 8 KiB unless the description says otherwise.</summary>
    public const ulong DefaultStack = 8 * 1024;

    /// <summary>The page that everything is a multiple of.</summary>
    public const ulong PageSize = 4096;

    /// <summary>The large page: a region aligned to it is mapped by it.</summary>
    public const ulong LargePageSize = 2 * 1024 * 1024;

    /// <summary>No heap above 1 GiB: it keeps the heap inside the default window of a PD's address space.</summary>
    public const ulong LargestHeap = 1024UL * 1024 * 1024;

    /// <summary>A budget below this is spent by the switch to the PD itself (seL4's MIN_BUDGET_US is of this order).</summary>
    public const ulong SmallestBudgetMicroseconds = 20;

    /// <summary>One hour: longer periods are a mistake in the unit.</summary>
    public const ulong LongestPeriodMicroseconds = 3_600_000_000;

    /// <summary>Slots in the root of a cap space; slot 0 is the PD's own table (Microkit 2.3, PD_ROOT_CAP_BITS = 6).</summary>
    public const int SharedCapSlots = 64;

    /// <summary>Ids of x86 I/O ports and of virtual CPUs: 0..61 (Microkit).</summary>
    public const int IoPortIds = CapSlots.MaximumChannels;

    /// <inheritdoc cref="IoPortIds"/>
    public const int VirtualCpuIds = CapSlots.MaximumChannels;

    /// <summary>x86 has 64 Ki I/O ports.</summary>
    public const ulong IoPortSpace = 0x1_0000;

    /// <summary>CPU vectors that devices may use on x86: 0..107 (seL4, irq_user_max - irq_user_min).</summary>
    public const uint HighestVector = 107;

    /// <summary>One past the highest address that a device behind an IOMMU can use (VT-d with three levels of tables: 39 bits).</summary>
    public const ulong IoAddressTop = 1UL << 39;

    /// <summary>One past the highest physical address of the largest machine (48 bits).</summary>
    public const ulong PhysicalTop = 1UL << 48;

    /// <summary>Turns in a domain schedule at most.</summary>
    public const int DomainSlots = 256;

    /// <summary>Domains (seL4, CONFIG_NUM_DOMAINS).</summary>
    public const int Domains = 16;

    /// <summary>The shortest turn of a domain, in microseconds: changing domains itself takes some.</summary>
    public const ulong SmallestTurnMicroseconds = 100;
}
