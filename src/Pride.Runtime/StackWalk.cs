// The call stack as raw return addresses, by frame pointers (every frame of compiled code has one). The guest prints
// addresses; `pride run` and `pride symbolize` turn them into C# lines.
//
// Frame layout: AArch64 (AAPCS64 6.4.6) and x86-64: [fp] = caller's fp, [fp + 8] = return address.
// RISC-V: [fp - 16] = caller's fp, [fp - 8] = return address.
//
// Rule: pointers, not spans. This runs when a PD has failed, and a check that fails here would come back here: the way out
// has no recursion, so that a stack has a worst case.

using System;
using System.Runtime.CompilerServices;
using Pride.Abi;
using Pride.Machine;
using Pride.Runtime.ObjectModel;

namespace Pride.Runtime;

/// <summary>Reads and prints the frames of the running stack.</summary>
public static unsafe class StackWalk
{
    /// <summary>Frames that are kept of a stack; deeper ones are left out.</summary>
    public const int MaximumFrames = 32;

    // What CoreCLR prints there, for an address of 0: what follows are the frames of a later throw of the same exception.
    private const string PreviousLocation = "--- End of stack trace from previous location ---\n";

    // Empty in hosted programs and on the host.
    [Patched("microkit_name")]
    private static readonly PdName s_name;

    [Patched("pride_build_id")]
    private static readonly ulong s_buildId;

    /// <summary>Writes the return addresses of the frame <paramref name="frame"/> and its callers, innermost first; returns how many.</summary>
    public static int Capture(nuint frame, Span<ulong> addresses)
    {
        fixed (ulong* first = addresses)
        {
            return Capture(frame, first, addresses.Length);
        }
    }

    /// <summary>Prints the stack of the frame <paramref name="frame"/>, a line for each caller.</summary>
    public static void Print(nuint frame)
    {
        ulong* addresses = stackalloc ulong[MaximumFrames];
        Print(addresses, Capture(frame, addresses, MaximumFrames));
    }

    /// <summary>Prints "backtrace of 'NAME' build ID" in a PD, then frames as "   at 0x..." lines: the form that `pride symbolize` reads.</summary>
    public static void Print(ReadOnlySpan<ulong> addresses)
    {
        fixed (ulong* first = addresses)
        {
            Print(first, addresses.Length);
        }
    }

    /// <summary>A trace as text, in the form that Print gives it.</summary>
    public static string ToText(ReadOnlySpan<ulong> addresses)
    {
        TraceText text = default;
        Write(ref text, addresses);
        string made = new('\0', text.Length);
        fixed (char* units = made)
        {
            text = new TraceText(units);
            Write(ref text, addresses);
        }

        return made;
    }

    private static void Write(ref TraceText text, ReadOnlySpan<ulong> addresses)
    {
        ReadOnlySpan<byte> name = System.Runtime.InteropServices.MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<PdName, byte>(ref Unsafe.AsRef(in s_name)), PdStatistics.NameBytes);
        if (name[0] != 0)
        {
            text.Write("backtrace of '");
            text.Write(name);
            text.Write("' build ");
            text.WriteHexadecimal(s_buildId);
            text.Write("\n");
        }

        for (int i = 0; i < addresses.Length; i++)
        {
            if (addresses[i] != 0)
            {
                text.Write("   at 0x");
                text.WriteHexadecimal(addresses[i]);
            }
            else if (i + 1 < addresses.Length && addresses[i + 1] != 0)
            {
                text.Write(PreviousLocation.AsSpan(0, PreviousLocation.Length - 1));
            }
            else
            {
                return;
            }

            text.Write("\n");
        }
    }

    private static int Capture(nuint frame, ulong* addresses, int capacity)
    {
        nuint top = Startup.StackTop;
        int count = 0;
        while (count < capacity && frame != 0 && (frame & 7) == 0 && frame < top)
        {
            nuint* words = (nuint*)(frame - (nuint)CompilerFacts.FrameRecordDistance);
            nuint address = words[1];
            nuint caller = words[0];
            if (address == 0)
            {
                break;
            }

            addresses[count++] = address;
            if (caller <= frame)
            {
                break;
            }

            frame = caller;
        }

        return count;
    }

    private static void Print(ulong* addresses, int count)
    {
        fixed (byte* name = &Unsafe.As<PdName, byte>(ref Unsafe.AsRef(in s_name)))
        {
            int length = 0;
            while (length < PdStatistics.NameBytes && name[length] != 0)
            {
                length++;
            }

            if (length > 0)
            {
                DebugConsole.Write("backtrace of '");
                DebugConsole.Write(name, length);
                DebugConsole.Write("' build ");
                DebugConsole.WriteHexadecimal(s_buildId);
                DebugConsole.Write("\n");
            }
        }

        for (int i = 0; i < count; i++)
        {
            if (addresses[i] == 0)
            {
                if (i + 1 == count || addresses[i + 1] == 0)
                {
                    return;
                }

                DebugConsole.Write(PreviousLocation);
                continue;
            }

            DebugConsole.Write("   at 0x");
            DebugConsole.WriteHexadecimal(addresses[i]);
            DebugConsole.Write("\n");
        }
    }

    /// <summary>The frame of the method that asks: the way from there leads to its callers.</summary>
    [InlineAssembly(Architecture.AArch64, "mov $0, x29", "=r")]
    [InlineAssembly(Architecture.RiscV64, "mv $0, s0", "=r")]
    [InlineAssembly(Architecture.X64, "movq %rbp, $0", "=r")]
    public static nuint FramePointer() => 0;

    [InlineArray(PdStatistics.NameBytes)]
    private struct PdName
    {
        private byte _first;
    }
}
