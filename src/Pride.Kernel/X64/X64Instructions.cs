// The privileged instructions that the kernel uses, each a C# method. There is no model of them on the host:
// tests run the portable kernel on the simulated machine.

using System;
using System.Runtime.InteropServices;
using Pride.Kernel.Objects;
using Pride.Machine;
using Architecture = Pride.Machine.Architecture;

namespace Pride.Kernel.X64;

/// <summary>What CPUID tells.</summary>
internal struct CpuFeatures
{
    public uint Eax;
    public uint Ebx;
    public uint Ecx;
    public uint Edx;
}

/// <summary>Control registers, model-specific registers, I/O ports (Intel SDM volumes 2 and 3).</summary>
internal static unsafe class X64Instructions
{
    private const string NotOnHost = "an x86-64 instruction has no model on the host";

    /// <summary>The time-stamp counter; not read before what comes earlier in the program.</summary>
    [InlineAssembly(Architecture.X64, "lfence; rdtsc; shlq $$32, %rdx; orq %rdx, %rax", "={rax},~{rdx},~{memory}")]
    public static ulong ReadCounter() => throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.X64, "cpuid", "={eax},={ebx},={ecx},={edx},0,2")]
    public static CpuFeatures ReadFeatures(uint leaf, uint subleaf) => throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.X64, "rdmsr; shlq $$32, %rdx; orq %rdx, %rax", "={rax},{ecx},~{rdx},~{memory}")]
    public static ulong ReadModelRegister(uint register) => throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.X64, "movq %rax, %rdx; shrq $$32, %rdx; wrmsr", "{ecx},{rax},~{rdx},~{memory}")]
    public static void WriteModelRegister(uint register, ulong value) => throw new PlatformNotSupportedException(NotOnHost);

    /// <summary>The root of translation. The TLB forgets all that is not global.</summary>
    [InlineAssembly(Architecture.X64, "movq $0, %cr3", "r,~{memory}")]
    public static void WriteRoot(ulong value) => throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.X64, "movq $0, %cr0", "r,~{memory}")]
    public static void WriteControl0(ulong value) => throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.X64, "movq $0, %cr4", "r,~{memory}")]
    public static void WriteControl4(ulong value) => throw new PlatformNotSupportedException(NotOnHost);

    /// <summary>CR0.TS off: floating-point instructions run.</summary>
    [InlineAssembly(Architecture.X64, "clts", "~{memory}")]
    public static void ClearTaskSwitched() => throw new PlatformNotSupportedException(NotOnHost);

    /// <summary>A descriptor-table register from the ten bytes at <paramref name="pointer"/>.</summary>
    [InlineAssembly(Architecture.X64, "lgdt ($0)", "r,~{memory}")]
    public static void LoadDescriptors(void* pointer) => throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.X64, "lidt ($0)", "r,~{memory}")]
    public static void LoadInterruptTable(void* pointer) => throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.X64, "ltr ${0:w}", "r,~{memory}")]
    public static void LoadTask(uint selector) => throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.X64, "inb %dx, %al; movzbl %al, %eax", "={eax},{edx},~{memory}")]
    public static uint ReadPort8(uint port) => throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.X64, "outb %al, %dx", "{edx},{eax},~{memory}")]
    public static void WritePort8(uint port, uint value) => throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.X64, "inw %dx, %ax; movzwl %ax, %eax", "={eax},{edx},~{memory}")]
    public static uint ReadPort16(uint port) => throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.X64, "outw %ax, %dx", "{edx},{eax},~{memory}")]
    public static void WritePort16(uint port, uint value) => throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.X64, "inl %dx, %eax", "={eax},{edx},~{memory}")]
    public static uint ReadPort32(uint port) => throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.X64, "outl %eax, %dx", "{edx},{eax},~{memory}")]
    public static void WritePort32(uint port, uint value) => throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.X64, "wbinvd", "~{memory}")]
    public static void WriteBackCaches() => throw new PlatformNotSupportedException(NotOnHost);

    /// <summary>Takes one interrupt, which Trap.S notes in CoreState.PendingVector: the instruction after sti still runs without any.</summary>
    [InlineAssembly(Architecture.X64, "sti; hlt; cli", "~{memory}")]
    public static void WaitForInterrupt() => throw new PlatformNotSupportedException(NotOnHost);

    /// <summary>Waits for good; interrupts are off.</summary>
    [InlineAssembly(Architecture.X64, "cli; hlt", "~{memory}")]
    public static void Stop() => throw new PlatformNotSupportedException(NotOnHost);

    /// <summary>The core's state (CoreState.Self).</summary>
    [InlineAssembly(Architecture.X64, "movq %gs:24, $0", "=r,~{memory}")]
    public static ulong ReadCorePointer() => throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.X64, "movq %rbp, $0", "=r")]
    public static ulong ReadFramePointer() => throw new PlatformNotSupportedException(NotOnHost);

    /// <summary>In Trap.S: floating-point registers are touched nowhere else.</summary>
    [DllImport("*", EntryPoint = "pride_fpu_save")]
    public static extern void SaveFpu(FpuState* state);

    [DllImport("*", EntryPoint = "pride_fpu_load")]
    public static extern void LoadFpu(FpuState* state);
}
