// The last resort for words: a PD's debug output goes to the kernel's debug console character by character (seL4's
// DebugPutChar), a hosted program's to standard output, and on the host (xunit) to a hook.
//
// Rules: works without a heap, before and after everything else; never throws, and has no check that could fail (pointers,
// not spans): a failed check ends here.

using System;
using Pride.Abi;
using Pride.Machine;
using Pride.Runtime.Hosted;
using Pride.Runtime.ObjectModel;

namespace Pride.Runtime;

/// <summary>Debug output in UTF-8.</summary>
public static unsafe class DebugConsole
{
    // Not zero: the kernel of this image has no debug console (release kernels answer the call with a fault).
    [Patched("pride_debug_console_off")]
    private static readonly byte s_isOff;

    /// <summary>When set, takes the output instead of the console (a serial client, a test).</summary>
    public static delegate*<byte*, int, void> Hook { get; set; }

    /// <summary>Writes bytes as they are.</summary>
    public static void Write(ReadOnlySpan<byte> utf8)
    {
        fixed (byte* bytes = utf8)
        {
            Write(bytes, utf8.Length);
        }
    }

    /// <summary>Writes bytes and a line feed.</summary>
    public static void WriteLine(ReadOnlySpan<byte> utf8)
    {
        Write(utf8);
        byte lineFeed = (byte)'\n';
        Write(&lineFeed, 1);
    }

    /// <summary>Writes text as UTF-8; a lone surrogate becomes U+FFFD.</summary>
    public static void Write(string text) => Write(text.AsSpan());

    /// <summary>Writes text as UTF-8; a lone surrogate becomes U+FFFD.</summary>
    public static void Write(ReadOnlySpan<char> text)
    {
        fixed (char* units = text)
        {
            Write(units, text.Length);
        }
    }

    /// <summary>Writes bytes as they are.</summary>
    internal static void Write(byte* bytes, int length)
    {
        if (Hook != null)
        {
            Hook(bytes, length);
        }
        else if (CompilerFacts.IsHosted)
        {
            LinuxCalls.WriteAll(LinuxCalls.StandardOutput, bytes, length);
        }
        else if (CompilerFacts.IsGuest && s_isOff == 0)
        {
            for (int i = 0; i < length; i++)
            {
                PutCharacter(bytes[i], SystemCalls.DebugPutChar);
            }
        }
    }

    private static void Write(char* text, int length)
    {
        const int BufferSize = 128;
        byte* buffer = stackalloc byte[BufferSize];
        int used = 0;
        for (int i = 0; i < length; i++)
        {
            int scalar = text[i];
            if (char.IsHighSurrogate((char)scalar) && i + 1 < length && char.IsLowSurrogate(text[i + 1]))
            {
                scalar = 0x10000 + ((scalar - 0xD800) << 10) + (text[++i] - 0xDC00);
            }
            else if (char.IsSurrogate((char)scalar))
            {
                scalar = 0xFFFD;
            }

            used += Encode(scalar, buffer + used);
            if (used > BufferSize - 4)
            {
                Write(buffer, used);
                used = 0;
            }
        }

        Write(buffer, used);
    }

    /// <summary>Writes 16 hexadecimal digits.</summary>
    public static void WriteHexadecimal(ulong value)
    {
        const int Digits = 16;
        byte* text = stackalloc byte[Digits];
        for (int i = 0; i < Digits; i++)
        {
            uint digit = (uint)(value >> (4 * (Digits - 1 - i))) & 15;
            text[i] = (byte)(digit < 10 ? '0' + digit : 'a' + digit - 10);
        }

        Write(text, Digits);
    }

    /// <summary>Writes a decimal number.</summary>
    public static void WriteDecimal(ulong value)
    {
        const int MaximumDigits = 20;
        byte* text = stackalloc byte[MaximumDigits];
        int first = MaximumDigits;
        do
        {
            text[--first] = (byte)('0' + (value % 10));
            value /= 10;
        }
        while (value != 0);

        Write(text + first, MaximumDigits - first);
    }

    // libsel4 sel4_arch/syscalls.h: x0 the character, x7 (AArch64) or a7 (RISC-V) the number; other argument registers may change.
    [InlineAssembly(Architecture.AArch64, "svc #0", "{x0},{x7},~{x1},~{x2},~{x3},~{x4},~{x5},~{x6},~{memory}")]
    [InlineAssembly(Architecture.RiscV64, "ecall", "{a0},{a7},~{a1},~{a2},~{a3},~{a4},~{a5},~{a6},~{memory}")]
    [InlineAssembly(Architecture.X64, "movq %rsp, %rbx; syscall; movq %rbx, %rsp", "{rdi},{rdx},~{rax},~{rbx},~{rcx},~{rsi},~{r8},~{r9},~{r10},~{r11},~{r15},~{memory}")]
    private static void PutCharacter(ulong character, long number)
    {
    }

    private static int Encode(int scalar, byte* to)
    {
        if (scalar < 0x80)
        {
            to[0] = (byte)scalar;
            return 1;
        }

        if (scalar < 0x800)
        {
            to[0] = (byte)(0xC0 | (scalar >> 6));
            to[1] = (byte)(0x80 | (scalar & 0x3F));
            return 2;
        }

        if (scalar < 0x10000)
        {
            to[0] = (byte)(0xE0 | (scalar >> 12));
            to[1] = (byte)(0x80 | ((scalar >> 6) & 0x3F));
            to[2] = (byte)(0x80 | (scalar & 0x3F));
            return 3;
        }

        to[0] = (byte)(0xF0 | (scalar >> 18));
        to[1] = (byte)(0x80 | ((scalar >> 12) & 0x3F));
        to[2] = (byte)(0x80 | ((scalar >> 6) & 0x3F));
        to[3] = (byte)(0x80 | (scalar & 0x3F));
        return 4;
    }
}
