// The seL4 MCS system calls as a PD makes them: the only place in a PD where the kernel is entered.
//
// AArch64 registers (libsel4, sel4_arch/syscalls.h): x0 cap or badge, x1 message info, x2-x5 message
// registers 0-3, x6 reply cap, x7 system-call number, x8 the cap that NBSend... sends to. Words above 3
// travel in the IPC buffer. RISC-V: a0 cap or badge, a1 message info, a2-a5 message registers 0-3, a6 reply cap, a7 number,
// t0 the cap that NBSend... sends to. x86-64: rdi cap or badge, rsi message info, r10, r8, r9, r15 message registers 0-3,
// r12 reply cap, rdx number, r13 the cap that NBSend... sends to; seL4 does not keep the stack pointer, so rbx does. On the host the calls go to the simulated kernel of Pride.Testing.

using System;
using Pride.Abi;
using Pride.Machine;

namespace Pride.Microkit;

/// <summary>What a system call returns: badge, message info and the four message registers of the ABI.</summary>
[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Sequential)]
public struct KernelReply
{
    public ulong Badge;
    public ulong Info;
    public ulong Word0;
    public ulong Word1;
    public ulong Word2;
    public ulong Word3;
}

/// <summary>System calls by number. Numbers are negative, as in seL4.</summary>
public static class KernelCalls
{
    private const string Aarch64Outputs = "={x0},={x1},={x2},={x3},={x4},={x5},";
    private const string Aarch64Inputs = "0,1,2,3,4,5,{x6},{x7},{x8},~{memory}";

    private const string RiscVOutputs = "={a0},={a1},={a2},={a3},={a4},={a5},";
    private const string RiscVInputs = "0,1,2,3,4,5,{a6},{a7},{t0},~{memory}";

    private const string X64Template = "movq %rsp, %rbx; syscall; movq %rbx, %rsp";
    private const string X64Clobbers = "~{rbx},~{rcx},~{r11},~{memory}";
    private const string X64Outputs = "={rdi},={rsi},={r10},={r8},={r9},={r15},";
    private const string X64Inputs = "0,1,2,3,4,5,{r12},{rdx},{r13}," + X64Clobbers;

    /// <summary>One system call; every argument register is given, so that nothing of the caller leaks by accident.</summary>
    [InlineAssembly(Architecture.AArch64, "svc #0", Aarch64Outputs + Aarch64Inputs)]
    [InlineAssembly(Architecture.RiscV64, "ecall", RiscVOutputs + RiscVInputs)]
    [InlineAssembly(Architecture.X64, X64Template, X64Outputs + X64Inputs)]
    public static KernelReply Enter(
        ulong cap, ulong info, ulong word0, ulong word1, ulong word2, ulong word3, ulong replyCap, long number, ulong sendCap) =>
        HostKernel.Required.Enter(cap, info, word0, word1, word2, word3, replyCap, number, sendCap);

    /// <summary>A system call that sends no words and waits for nothing; the kernel leaves all registers as they are. The cap must not be an endpoint's: those take the message registers along.</summary>
    [InlineAssembly(Architecture.AArch64, "svc #0", "{x0},{x1},{x7},~{memory}")]
    [InlineAssembly(Architecture.RiscV64, "ecall", "{a0},{a1},{a7},~{memory}")]
    [InlineAssembly(Architecture.X64, X64Template, "{rdi},{rsi},{rdx}," + X64Clobbers)]
    public static void Signal(ulong cap, ulong info, long number) => HostKernel.Required.Enter(cap, info, 0, 0, 0, 0, 0, number, 0);

    /// <summary>A system call that only waits.</summary>
    [InlineAssembly(Architecture.AArch64, "svc #0", Aarch64Outputs + "0,{x6},{x7},~{memory}")]
    [InlineAssembly(Architecture.RiscV64, "ecall", RiscVOutputs + "0,{a6},{a7},~{memory}")]
    [InlineAssembly(Architecture.X64, X64Template, X64Outputs + "0,{r12},{rdx}," + X64Clobbers)]
    public static KernelReply Wait(ulong cap, ulong replyCap, long number) => HostKernel.Required.Enter(cap, 0, 0, 0, 0, 0, replyCap, number, 0);
}

/// <summary>On the host only: who answers system calls for the PD that this thread runs.</summary>
public interface IHostKernel
{
    /// <summary>Message registers 4 and above (and a copy of 0-3 is not kept here): the IPC buffer's words.</summary>
    Span<ulong> MessageWords { get; }

    /// <summary>As <see cref="KernelCalls.Enter"/>.</summary>
    KernelReply Enter(
        ulong cap, ulong info, ulong word0, ulong word1, ulong word2, ulong word3, ulong replyCap, long number, ulong sendCap);
}

/// <summary>Where Pride.Testing puts its simulated kernel.</summary>
public static class HostKernel
{
    [field: ThreadStatic]
    public static IHostKernel? Current { get; set; }

    internal static IHostKernel Required =>
        Current ?? throw new InvalidOperationException("no simulated kernel: run this PD under Pride.Testing");
}
