// What a target is: everything that differs between instruction sets, as data.
//
// Features are LLVM's names. A kernel never touches floating-point or SIMD registers, so it has a feature
// string of its own; so has a PD that did not ask for floating point.

using System;

namespace Pride.Compiler;

/// <summary>The instruction sets. The names are those of Pride.Machine.Architecture, which the compiler matches by name.</summary>
public enum TargetArchitecture
{
    AArch64,
    RiscV64,
    X64,
}

/// <summary>One target: triple, CPU and features as LLVM names them.</summary>
public sealed record Target(
    TargetArchitecture Architecture,
    bool IsHosted,
    string Triple,
    string DataLayout,
    string Cpu,
    string FloatingPointFeatures,
    string IntegerOnlyFeatures,
    string TrapAssembly,
    string[] AssemblerOptions)
{
    /// <summary>Bytes of the widest vectors that every CPU of the target computes with; 0: none.</summary>
    public int VectorBytes => Architecture switch
    {
        TargetArchitecture.AArch64 => 16,
        TargetArchitecture.X64 => IsHosted ? 32 : 16,
        _ => 0,
    };

    /// <summary>Bytes in a pointer; all three architectures are 64-bit.</summary>
    public const int PointerSize = 8;

    /// <summary>Function attributes of code that must not touch floating-point or SIMD registers.</summary>
    public const string IntegerOnlyAttributes = "noimplicitfloat noredzone";

    /// <summary>The target for an architecture: bare metal, or a static Linux process.</summary>
    public static Target For(TargetArchitecture architecture, bool hosted) => architecture switch
    {
        // cortex-a53 is the least CPU of all boards: no LSE atomics, so atomics are load-exclusive/store-exclusive loops.
        TargetArchitecture.AArch64 => new Target(
            architecture,
            hosted,
            hosted ? "aarch64-unknown-linux-gnu" : "aarch64-none-elf",
            "e-m:e-i8:8:32-i16:16:32-i64:64-i128:128-n32:64-S128-Fn32",
            "cortex-a53",
            "+neon,+fp-armv8,-outline-atomics",
            "-neon,-fp-armv8,-crypto,-sve,-outline-atomics,+strict-align",
            "brk #{0}",
            ["-mcpu=cortex-a53"]),
        // On bare metal programs with and without floating-point registers have one calling convention (lp64), LLVM's own choice for this triple.
        TargetArchitecture.RiscV64 => new Target(
            architecture,
            hosted,
            hosted ? "riscv64-unknown-linux-gnu" : "riscv64-none-elf",
            "e-m:e-p:64:64-i64:64-i128:128-n32:64-S128",
            "generic-rv64",
            "+m,+a,+f,+d,+c,+relax",
            "+m,+a,+c,+relax",
            "ebreak",
            hosted ? ["-march=rv64gc", "-mabi=lp64d"] : ["-march=rv64imac", "-mabi=lp64"]),
        TargetArchitecture.X64 => new Target(
            architecture,
            hosted,
            hosted ? "x86_64-unknown-linux-gnu" : "x86_64-none-elf",
            "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128",
            // A hosted program runs where .NET runs: AVX2, as its compiler would use it.
            hosted ? "x86-64-v3" : "x86-64-v2",
            "",
            "-sse,-sse2,-sse3,-ssse3,-sse4.1,-sse4.2,-mmx,-x87,-avx,+soft-float",
            "ud2",
            []),
        _ => throw new ArgumentOutOfRangeException(nameof(architecture)),
    };
}
