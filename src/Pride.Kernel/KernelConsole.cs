// What the kernel itself prints: faults nobody handles, panics. Through the board's early UART, if it has one.
//
// In a release image the UART belongs to its driver; the kernel then prints only when it panics or when a PD without a fault
// handler (the monitor) dies, because nobody else could tell.

using System;
using System.Runtime.CompilerServices;
using System.Threading;
using Pride.Abi;
using Pride.Kernel.Objects;
using Pride.Machine;

namespace Pride.Kernel;

public static unsafe partial class Kernel<TMachine>
{
    /// <summary>Stops the kernel: one of its own assumptions is wrong. On the simulated machine this is an exception that fails the test.</summary>
    [RunsOnce]
    public static void Panic(BootInfo* boot, ReadOnlySpan<byte> reason)
    {
        PrintString(boot, "\nPride kernel panic: "u8);
        PrintString(boot, reason);
        PrintString(boot, "\n"u8);
        TMachine.Halt();
    }

    /// <summary>Stops the machine for <paramref name="tcb"/>, which has asked for it (in a debug image).</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void HaltBy(BootInfo* boot, Tcb* tcb)
    {
        PrintLineOf(boot, tcb);
        PrintString(boot, "halted by "u8);
        PrintName(boot, tcb);
        PrintString(boot, "\n"u8);
        TMachine.Halt();
    }

    /// <summary>Prints bytes as they are.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void PrintString(BootInfo* boot, ReadOnlySpan<byte> text)
    {
        LoopRounds rounds = default;
        foreach (byte b in text)
        {
            TMachine.PassLoop(LoopLimit.LineBytes, ref rounds);
            TMachine.PutChar(boot, b);
        }
    }

    /// <summary>Prints "0x" and sixteen digits.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void PrintHex(BootInfo* boot, ulong value)
    {
        PrintString(boot, "0x"u8);
        LoopRounds rounds = default;
        for (int shift = 60; shift >= 0; shift -= 4)
        {
            TMachine.PassLoop(LoopLimit.Digits, ref rounds);
            uint digit = (uint)(value >> shift) & 15;
            TMachine.PutChar(boot, (byte)(digit < 10 ? '0' + digit : 'a' + digit - 10));
        }
    }

    /// <summary>Begins a line about a core.</summary>
    [RunsOnce]
    public static void PrintCore(BootInfo* boot, uint core, ReadOnlySpan<byte> what)
    {
        PrintString(boot, "kernel: core "u8);
        PrintHex(boot, core);
        PrintString(boot, what);
    }

    /// <summary>Prints a character of a PD once its line is whole or full.</summary>
    private static void PrintForThread(BootInfo* boot, Tcb* tcb, byte character)
    {
        DebugLine* line = boot->DebugLines + tcb->Index;
        line->Text[line->Length++] = character;
        if (character == '\n' || line->Length == DebugLine.Capacity)
        {
            PrintLineOf(boot, tcb);
        }
    }

    /// <summary>Prints what a PD has begun to say: it may never come to finish the line.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void PrintLineOf(BootInfo* boot, Tcb* tcb)
    {
        if (boot->DebugLines == null)
        {
            return;
        }

        DebugLine* line = boot->DebugLines + tcb->Index;

        // Another core prints a line: DebugLine.Capacity characters at the most. One that died meanwhile keeps the console; then lines may mix.
        LoopRounds rounds = default;
        for (int i = 0; i < LoopLimits.ConsoleAttempts && Interlocked.Exchange(ref boot->Cores->ConsoleBusy, 1) != 0; i++)
        {
            TMachine.PassLoop(LoopLimit.ConsoleAttempts, ref rounds);
        }

        PrintString(boot, new ReadOnlySpan<byte>(line->Text, (int)line->Length));
        Volatile.Write(ref boot->Cores->ConsoleBusy, 0);
        line->Length = 0;
    }

    private static void PrintName(BootInfo* boot, Tcb* tcb)
    {
        byte* name = tcb->Statistics->Name;
        LoopRounds rounds = default;
        for (int i = 0; i < PdStatistics.NameBytes && name[i] != 0; i++)
        {
            TMachine.PassLoop(LoopLimit.LineBytes, ref rounds);
            TMachine.PutChar(boot, name[i]);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void PrintFault(CoreState* core, Tcb* tcb, ulong kind)
    {
        BootInfo* boot = core->Boot;
        PrintString(boot, "kernel: "u8);
        PrintName(boot, tcb);
        PrintString(boot, " has no fault handler and stops: fault "u8);
        PrintHex(boot, kind);
        PrintString(boot, " pc "u8);
        PrintHex(boot, tcb->Registers[TMachine.PcRegister]);
        PrintString(boot, " words "u8);
        PrintHex(boot, tcb->FaultWords[0]);
        PrintString(boot, " "u8);
        PrintHex(boot, tcb->FaultWords[1]);
        PrintString(boot, " "u8);
        PrintHex(boot, tcb->FaultWords[2]);
        PrintString(boot, "\n"u8);
    }

    /// <summary>An assumption about the kernel's own state; not for anything that comes from a PD.</summary>
    private static void Check(bool condition, string assumption)
    {
        if (TMachine.ChecksInvariants && !condition)
        {
            throw new InvalidOperationException(assumption);
        }
    }
}
