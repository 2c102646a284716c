// Cache maintenance for memory that a device reads or writes behind the CPU's back.
//
// On a platform whose devices are coherent nothing is done. The image builder says so by patching `pride_dma_coherent`;
// unpatched means not coherent, because maintenance too much is slow and maintenance too little is silent corruption.
// User mode cannot invalidate without cleaning (Arm ARM, DC IVAC is EL1 and above): CleanAndInvalidate stands for it,
// so memory that a device writes must not be dirty in the cache, that is, not written by the CPU between hand-over and completion.

namespace Pride.Machine;

/// <summary>Clean and invalidate data-cache lines by address, to the point of coherency.</summary>
public static class Cache
{
    [Patched("pride_dma_coherent")]
    private static readonly byte s_dmaIsCoherent;

    /// <summary>True when devices see the caches, so that no maintenance is needed.</summary>
    public static bool IsCoherent => s_dmaIsCoherent != 0;

    /// <summary>Writes what the CPU has stored to <paramref name="length"/> bytes back to memory, before a device reads them.</summary>
    public static void Clean(nuint address, nuint length)
    {
        if (s_dmaIsCoherent != 0)
        {
            return;
        }

        nuint line = LineSize();
        for (nuint at = address & ~(line - 1); at < address + length; at += line)
        {
            CleanLine(at);
        }

        Barrier.DmaFull();
    }

    /// <summary>Drops what the CPU holds of <paramref name="length"/> bytes (writing back what is dirty), after a device has written them.</summary>
    public static void CleanAndInvalidate(nuint address, nuint length)
    {
        if (s_dmaIsCoherent != 0)
        {
            return;
        }

        nuint line = LineSize();
        for (nuint at = address & ~(line - 1); at < address + length; at += line)
        {
            CleanAndInvalidateLine(at);
        }

        Barrier.DmaFull();
    }

    // CTR_EL0.DminLine (bits 19..16): log2 of the smallest data-cache line in words of 4 bytes.
    private static nuint LineSize() => (nuint)4 << (int)((CacheType() >> 16) & 0xf);

    // RISC-V platforms without Zicbom and x86-64 are coherent: the type is then never read for real use.
    [InlineAssembly(Architecture.AArch64, "mrs $0, ctr_el0", "=r", HasSideEffects = false)]
    [InlineAssembly(Architecture.RiscV64, "lui $0, 0x40", "=r", HasSideEffects = false)]
    [InlineAssembly(Architecture.X64, "mov $$0x40000, $0", "=r", HasSideEffects = false)]
    private static ulong CacheType() => 4 << 16;

    [InlineAssembly(Architecture.AArch64, "dc cvac, $0", "r,~{memory}")]
    [InlineAssembly(Architecture.RiscV64, "", "r,~{memory}")]
    [InlineAssembly(Architecture.X64, "", "r,~{memory}")]
    private static void CleanLine(nuint address)
    {
    }

    [InlineAssembly(Architecture.AArch64, "dc civac, $0", "r,~{memory}")]
    [InlineAssembly(Architecture.RiscV64, "", "r,~{memory}")]
    [InlineAssembly(Architecture.X64, "", "r,~{memory}")]
    private static void CleanAndInvalidateLine(nuint address)
    {
    }
}
