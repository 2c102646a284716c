// The system calls of a hosted program: compiler tests run as static Linux processes without libc, in milliseconds.
// Numbers: Linux arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h (AArch64, RISC-V).

using System.Diagnostics.CodeAnalysis;
using Pride.Machine;

namespace Pride.Runtime.Hosted;

/// <summary>write, mmap, clock_gettime, getrandom and exit.</summary>
public static unsafe class LinuxCalls
{
    public const int StandardOutput = 1;
    public const int StandardError = 2;

    /// <summary>CLOCK_REALTIME and CLOCK_MONOTONIC of clock_gettime(2).</summary>
    public const int ClockRealtime = 0;
    public const int ClockMonotonic = 1;

    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>Ends the process.</summary>
    [DoesNotReturn]
    public static void Exit(int code)
    {
        while (true)
        {
            ExitGroup(code);
        }
    }

    /// <summary>Writes everything, or as much as goes until an error.</summary>
    public static void WriteAll(int descriptor, byte* bytes, int length)
    {
        while (length > 0)
        {
            nint written = Write(descriptor, bytes, (nuint)length);
            if (written <= 0)
            {
                return;
            }

            bytes += written;
            length -= (int)written;
        }
    }

    /// <summary>Zeroed, private, readable and writable pages; null on failure.</summary>
    public static byte* Map(nuint size)
    {
        const int ReadWrite = 3; // PROT_READ | PROT_WRITE
        const int PrivateAnonymousNoReserve = 0x4022; // MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
        nint address = Mmap(null, size, ReadWrite, PrivateAnonymousNoReserve, -1, 0);
        return address is < 0 and > -4096 ? null : (byte*)address;
    }

    /// <summary>Nanoseconds of one of the clocks.</summary>
    public static long Nanoseconds(int clock)
    {
        long* time = stackalloc long[2];
        time[0] = time[1] = 0;
        ClockGetTime(clock, time);
        return (time[0] * NanosecondsPerSecond) + time[1];
    }

    /// <summary>Fills memory with random bytes of the host.</summary>
    public static void Random(byte* bytes, nuint length)
    {
        while (length > 0)
        {
            nint got = GetRandom(bytes, length, 0);
            if (got <= 0)
            {
                return;
            }

            bytes += got;
            length -= (nuint)got;
        }
    }

    [InlineAssembly(Architecture.X64, "movl $$231, %eax; syscall", "{rdi},~{rax},~{rcx},~{r11},~{memory}")]
    [InlineAssembly(Architecture.AArch64, "mov x8, #94; svc #0", "{x0},~{x8},~{memory}")]
    [InlineAssembly(Architecture.RiscV64, "li a7, 94; ecall", "{a0},~{a7},~{memory}")]
    private static void ExitGroup(long code) => System.Environment.Exit((int)code);

    [InlineAssembly(Architecture.X64, "movl $$1, %eax; syscall", "={rax},{rdi},{rsi},{rdx},~{rcx},~{r11},~{memory}")]
    [InlineAssembly(Architecture.AArch64, "mov x8, #64; svc #0", "={x0},{x0},{x1},{x2},~{x8},~{memory}")]
    [InlineAssembly(Architecture.RiscV64, "li a7, 64; ecall", "={a0},{a0},{a1},{a2},~{a7},~{memory}")]
    private static nint Write(long descriptor, byte* bytes, nuint length) => -1;

    [InlineAssembly(Architecture.X64, "movl $$9, %eax; syscall", "={rax},{rdi},{rsi},{rdx},{r10},{r8},{r9},~{rcx},~{r11},~{memory}")]
    [InlineAssembly(Architecture.AArch64, "mov x8, #222; svc #0", "={x0},{x0},{x1},{x2},{x3},{x4},{x5},~{x8},~{memory}")]
    [InlineAssembly(Architecture.RiscV64, "li a7, 222; ecall", "={a0},{a0},{a1},{a2},{a3},{a4},{a5},~{a7},~{memory}")]
    private static nint Mmap(void* address, nuint length, long protection, long flags, long descriptor, long offset) => -1;

    [InlineAssembly(Architecture.X64, "movl $$228, %eax; syscall", "={rax},{rdi},{rsi},~{rcx},~{r11},~{memory}")]
    [InlineAssembly(Architecture.AArch64, "mov x8, #113; svc #0", "={x0},{x0},{x1},~{x8},~{memory}")]
    [InlineAssembly(Architecture.RiscV64, "li a7, 113; ecall", "={a0},{a0},{a1},~{a7},~{memory}")]
    private static nint ClockGetTime(long clock, long* time) => -1;

    [InlineAssembly(Architecture.X64, "movl $$318, %eax; syscall", "={rax},{rdi},{rsi},{rdx},~{rcx},~{r11},~{memory}")]
    [InlineAssembly(Architecture.AArch64, "mov x8, #278; svc #0", "={x0},{x0},{x1},{x2},~{x8},~{memory}")]
    [InlineAssembly(Architecture.RiscV64, "li a7, 278; ecall", "={a0},{a0},{a1},{a2},~{a7},~{memory}")]
    private static nint GetRandom(byte* bytes, nuint length, long flags) => -1;
}
