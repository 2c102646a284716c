// Says in words what a PD did wrong: for parents, and for the monitor. Goes to the debug console, raw addresses and all;
// `pride run` turns lines of the form "   at 0x..." that follow "backtrace of 'NAME' build ID" into C# lines of that program.

using System;
using System.Runtime.CompilerServices;
using Pride.Abi;
using Pride.Machine;
using Pride.Runtime;

namespace Pride.Microkit;

/// <summary>Prints faults.</summary>
public static class FaultReport
{
    /// <summary>Frames printed at most.</summary>
    private const int FrameLimit = 32;

    /// <summary>Children of a parent, and PDs of a system (Microkit's limit of both).</summary>
    private const int MaximumChildren = 64;

    /// <summary>An address this far below the stack is still taken for an overrun of the stack.</summary>
    private const ulong OverrunBytes = 64 * 1024;

    // ESR_EL1 (Arm ARM DDI 0487, D17.2.37): exception class, write-not-read, and the fault status of an abort.
    private const int ClassShift = 26;
    private const ulong WriteBit = 1 << 6;
    private const ulong StatusMask = 0x3f;

    /// <summary>The first eight bytes of the build id of each child's program (of each PD's, in the monitor), by id.</summary>
    [Patched("pride_child_build_ids")]
    private static readonly BuildIds s_buildIds;

    /// <summary>Prints the fault whose message is in the message registers now.</summary>
    /// <param name="name">The PD's name, UTF-8; a terminating zero ends it.</param>
    /// <param name="child">Its id in this PD.</param>
    /// <param name="tcb">The cap slot of its TCB.</param>
    /// <param name="message">What Receive returned.</param>
    /// <param name="stackBottom">Lowest address of its stack, or 0 when not known.</param>
    public static void Print(ReadOnlySpan<byte> name, ulong child, ulong tcb, MessageInfo message, ulong stackBottom)
    {
        Span<ulong> words = stackalloc ulong[UnknownSyscallMessage.Length];
        for (int i = 0; i < words.Length; i++)
        {
            words[i] = i < message.Length ? MessageRegisters.Get(i) : 0;
        }

        int end = name.IndexOf((byte)0);
        name = end < 0 ? name : name[..end];
        DebugConsole.Write("fault in '"u8);
        DebugConsole.Write(name);
        DebugConsole.Write("': "u8);
        PrintReason(message.Label, words, stackBottom);
        Span<ulong> context = stackalloc ulong[UserContext.Length];
        if (!ThreadControl.TryReadRegisters(tcb, context))
        {
            DebugConsole.WriteLine("   its registers cannot be read"u8);
            return;
        }

        PrintRegisters(context);
        DebugConsole.Write("backtrace of '"u8);
        DebugConsole.Write(name);
        DebugConsole.Write("' build "u8);
        DebugConsole.WriteHexadecimal(child < MaximumChildren ? s_buildIds[(int)child] : 0);
        DebugConsole.WriteLine(""u8);
        PrintBacktrace(tcb, context);
    }

    private static void PrintReason(ulong label, ReadOnlySpan<ulong> words, ulong stackBottom)
    {
        switch (label)
        {
            case FaultKind.VMFault:
                PrintMemoryFault(words, stackBottom);
                break;
            case FaultKind.CapFault:
                DebugConsole.Write("used cap "u8);
                PrintHexadecimal(words[CapFaultMessage.Address]);
                DebugConsole.Write(words[CapFaultMessage.InReceivePhase] != 0 ? " to receive, which it does not have"u8 : " to send, which it does not have"u8);
                break;
            case FaultKind.UnknownSyscall:
                DebugConsole.Write("unknown system call "u8);
                PrintHexadecimal(words[UnknownSyscallMessage.Number]);
                break;
            case FaultKind.UserException:
                DebugConsole.Write(ExceptionName(words[UserExceptionMessage.Number] >> ClassShift));
                DebugConsole.Write(", syndrome "u8);
                PrintHexadecimal(words[UserExceptionMessage.Number]);
                break;
            case FaultKind.Timeout:
                DebugConsole.Write("its budget is used up"u8);
                break;
            default:
                DebugConsole.Write("fault of kind "u8);
                PrintHexadecimal(label);
                break;
        }

        DebugConsole.WriteLine(""u8);
    }

    private static void PrintMemoryFault(ReadOnlySpan<ulong> words, ulong stackBottom)
    {
        ulong address = words[VMFaultMessage.Address];
        ulong status = words[VMFaultMessage.Status];
        bool isFetch = words[VMFaultMessage.IsInstruction] != 0;
        if (!isFetch && stackBottom != 0 && address < stackBottom && stackBottom - address <= OverrunBytes)
        {
            DebugConsole.Write("stack overrun: "u8);
        }

        DebugConsole.Write(isFetch ? "jump to "u8 : (status & WriteBit) != 0 ? "write to "u8 : "read of "u8);
        PrintHexadecimal(address);
        DebugConsole.Write(", "u8);
        DebugConsole.Write(StatusName(status & StatusMask));
    }

    private static ReadOnlySpan<byte> StatusName(ulong status) => (status & ~3UL) switch
    {
        0x00 => "address too large"u8,
        0x04 => "nothing is mapped there"u8,
        0x08 => "access flag not set"u8,
        0x0c => "not permitted there"u8,
        0x10 => "external abort"u8,
        0x20 => "misaligned"u8,
        _ => "other fault"u8,
    };

    private static ReadOnlySpan<byte> ExceptionName(ulong exceptionClass) => exceptionClass switch
    {
        0x00 => "undefined instruction"u8,
        0x01 => "WFI or WFE"u8,
        0x07 => "floating point, which it may not use"u8,
        0x18 => "privileged instruction or register"u8,
        0x22 => "misaligned program counter"u8,
        0x26 => "misaligned stack pointer"u8,
        0x2c => "floating-point exception"u8,
        0x3c => "breakpoint instruction"u8,
        _ => "exception"u8,
    };

    private static void PrintRegisters(ReadOnlySpan<ulong> context)
    {
        PrintRegister("   pc "u8, context[UserContext.Pc]);
        PrintRegister(" lr "u8, context[UserContext.X30]);
        PrintRegister(" sp "u8, context[UserContext.Sp]);
        PrintRegister(" spsr "u8, context[UserContext.Spsr]);
        const int PerLine = 4;
        int printed = 0;
        for (int number = 0; number < 30; number++)
        {
            int index = UserContext.Registers.IndexOf((byte)number);
            DebugConsole.Write(printed++ % PerLine == 0 ? "\n   x"u8 : " x"u8);
            PrintTwoDigits(number);
            DebugConsole.Write(" "u8);
            PrintHexadecimal(context[index]);
        }

        DebugConsole.WriteLine(""u8);
    }

    private static void PrintBacktrace(ulong tcb, ReadOnlySpan<ulong> context)
    {
        PrintFrame(context[UserContext.Pc]);
        ulong frame = context[UserContext.X29];
        Span<ulong> record = stackalloc ulong[2];
        for (int i = 0; i < FrameLimit && frame != 0 && (frame & 7) == 0; i++)
        {
            if (ThreadControl.ReadMemory(tcb, frame, record) < record.Length || record[1] == 0)
            {
                return;
            }

            PrintFrame(record[1]);
            if (record[0] <= frame)
            {
                return;
            }

            frame = record[0];
        }
    }

    private static void PrintFrame(ulong address)
    {
        DebugConsole.Write("   at "u8);
        PrintHexadecimal(address);
        DebugConsole.WriteLine(""u8);
    }

    private static void PrintRegister(ReadOnlySpan<byte> label, ulong value)
    {
        DebugConsole.Write(label);
        PrintHexadecimal(value);
    }

    private static void PrintHexadecimal(ulong value)
    {
        DebugConsole.Write("0x"u8);
        DebugConsole.WriteHexadecimal(value);
    }

    private static void PrintTwoDigits(int value)
    {
        Span<byte> digits = [(byte)('0' + (value / 10)), (byte)('0' + (value % 10))];
        DebugConsole.Write(digits);
    }

    [InlineArray(MaximumChildren)]
    private struct BuildIds
    {
        private ulong _first;
    }
}
