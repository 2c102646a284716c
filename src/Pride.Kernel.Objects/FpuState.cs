// Floating-point registers of one thread while they are not in the CPU.

using System.Runtime.InteropServices;

namespace Pride.Kernel.Objects;

/// <summary>AArch64: q0-q31, then FPCR and FPSR. RISC-V: f0-f31 in the first 32 words, then fcsr in <see cref="Control"/>. x86-64: what FXSAVE writes. Starts as zeroes, on x86-64 with the control words that SetInitial gives. Alignment: <see cref="KernelLayout.ObjectAlignment"/>.</summary>
[StructLayout(LayoutKind.Sequential, Size = Size)]
public unsafe struct FpuState
{
    public const int Size = 576;

    public fixed ulong Vectors[64];
    public ulong Control;
    public ulong Status;
}
