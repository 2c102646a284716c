// Memory barriers: order between CPUs and order towards devices are two things.
//
// Between CPUs (queues in shared memory): Acquire, Release and Full, over the inner-shareable domain.
// Towards devices (a DMA ring, then a doorbell): DmaWrite, DmaRead and DmaFull, over the outer-shareable domain.
// Sources: Arm ARM (DDI 0487) B2.3; RISC-V unprivileged ISA, chapter "A" FENCE; Intel SDM volume 3, 8.2.

using System.Threading;

namespace Pride.Machine;

/// <summary>The one documented set of barriers.</summary>
public static class Barrier
{
    /// <summary>Loads before it are complete before any access after it.</summary>
    [InlineAssembly(Architecture.AArch64, "dmb ishld", "~{memory}")]
    [InlineAssembly(Architecture.RiscV64, "fence r, rw", "~{memory}")]
    [InlineAssembly(Architecture.X64, "", "~{memory}")]
    public static void Acquire() => Interlocked.MemoryBarrier();

    /// <summary>Accesses before it are complete before any store after it.</summary>
    [InlineAssembly(Architecture.AArch64, "dmb ish", "~{memory}")]
    [InlineAssembly(Architecture.RiscV64, "fence rw, w", "~{memory}")]
    [InlineAssembly(Architecture.X64, "", "~{memory}")]
    public static void Release() => Interlocked.MemoryBarrier();

    /// <summary>Everything before it is complete before everything after it (store then load included).</summary>
    [InlineAssembly(Architecture.AArch64, "dmb ish", "~{memory}")]
    [InlineAssembly(Architecture.RiscV64, "fence rw, rw", "~{memory}")]
    [InlineAssembly(Architecture.X64, "mfence", "~{memory}")]
    public static void Full() => Interlocked.MemoryBarrier();

    /// <summary>Stores to DMA memory before it are seen by a device before stores (such as a doorbell) after it.</summary>
    [InlineAssembly(Architecture.AArch64, "dmb oshst", "~{memory}")]
    [InlineAssembly(Architecture.RiscV64, "fence w, ow", "~{memory}")]
    [InlineAssembly(Architecture.X64, "sfence", "~{memory}")]
    public static void DmaWrite() => Interlocked.MemoryBarrier();

    /// <summary>Loads (of a device's index or register) before it are complete before loads of DMA memory after it.</summary>
    [InlineAssembly(Architecture.AArch64, "dmb oshld", "~{memory}")]
    [InlineAssembly(Architecture.RiscV64, "fence ir, r", "~{memory}")]
    [InlineAssembly(Architecture.X64, "lfence", "~{memory}")]
    public static void DmaRead() => Interlocked.MemoryBarrier();

    /// <summary>Every access to DMA memory and to device registers before it is complete before any after it.</summary>
    [InlineAssembly(Architecture.AArch64, "dmb osh", "~{memory}")]
    [InlineAssembly(Architecture.RiscV64, "fence iorw, iorw", "~{memory}")]
    [InlineAssembly(Architecture.X64, "mfence", "~{memory}")]
    public static void DmaFull() => Interlocked.MemoryBarrier();
}
