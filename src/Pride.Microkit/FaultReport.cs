// Says in words what a PD did wrong: for parents, and for the monitor. Goes to the debug console, raw addresses and all;
// `pride run` turns lines of the form "   at 0x..." that follow "backtrace of 'NAME' build ID" into C# lines of that program.

using System;
using System.Runtime.CompilerServices;
using Pride.Abi;
using Pride.Machine;
using Pride.Microkit.Faults;
using Pride.Runtime;
using Pride.Runtime.ObjectModel;

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

    /// <summary>Words of a fault message at most (x86-64 has the longest).</summary>
    private const int MessageWords = X64UnknownSyscallMessage.Length;

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
        if (CompilerFacts.Architecture == Architecture.RiscV64)
        {
            Print<RiscV64Faults>(name, child, tcb, message, stackBottom);
        }
        else if (CompilerFacts.Architecture == Architecture.X64)
        {
            Print<X64Faults>(name, child, tcb, message, stackBottom);
        }
        else
        {
            Print<Aarch64Faults>(name, child, tcb, message, stackBottom);
        }
    }

    private static void Print<TFaults>(ReadOnlySpan<byte> name, ulong child, ulong tcb, MessageInfo message, ulong stackBottom)
        where TFaults : struct, IFaultDialect
    {
        Span<ulong> words = stackalloc ulong[MessageWords];
        for (int i = 0; i < words.Length; i++)
        {
            words[i] = i < message.Length ? MessageRegisters.Get(i) : 0;
        }

        int end = name.IndexOf((byte)0);
        name = end < 0 ? name : name[..end];
        DebugConsole.Write("fault in '"u8);
        DebugConsole.Write(name);
        DebugConsole.Write("': "u8);
        PrintReason<TFaults>(message.Label, words, stackBottom);
        Span<ulong> context = stackalloc ulong[TFaults.ContextLength];
        if (!ThreadControl.TryReadRegisters(tcb, context))
        {
            DebugConsole.WriteLine("   its registers cannot be read"u8);
            return;
        }

        TFaults.PrintRegisters(context);
        DebugConsole.Write("backtrace of '"u8);
        DebugConsole.Write(name);
        DebugConsole.Write("' build "u8);
        DebugConsole.WriteHexadecimal(child < MaximumChildren ? s_buildIds[(int)child] : 0);
        DebugConsole.WriteLine(""u8);
        PrintBacktrace<TFaults>(tcb, context);
    }

    private static void PrintReason<TFaults>(ulong label, ReadOnlySpan<ulong> words, ulong stackBottom)
        where TFaults : struct, IFaultDialect
    {
        switch (label)
        {
            case FaultKind.VMFault:
                PrintMemoryFault<TFaults>(words, stackBottom);
                break;
            case FaultKind.CapFault:
                DebugConsole.Write("used cap "u8);
                PrintHexadecimal(words[CapFaultMessage.Address]);
                DebugConsole.Write(words[CapFaultMessage.InReceivePhase] != 0 ? " to receive, which it does not have"u8 : " to send, which it does not have"u8);
                break;
            case FaultKind.UnknownSyscall:
                DebugConsole.Write("unknown system call "u8);
                PrintHexadecimal(words[TFaults.CallNumberWord]);
                break;
            case FaultKind.UserException:
                DebugConsole.Write(TFaults.ExceptionName(words[TFaults.ExceptionNumberWord]));
                DebugConsole.Write(", syndrome "u8);
                PrintHexadecimal(words[TFaults.ExceptionNumberWord]);
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

    private static void PrintMemoryFault<TFaults>(ReadOnlySpan<ulong> words, ulong stackBottom)
        where TFaults : struct, IFaultDialect
    {
        ulong address = words[VMFaultMessage.Address];
        ulong status = words[VMFaultMessage.Status];
        bool isFetch = words[VMFaultMessage.IsInstruction] != 0;
        if (!isFetch && stackBottom != 0 && address < stackBottom && stackBottom - address <= OverrunBytes)
        {
            DebugConsole.Write("stack overrun: "u8);
        }

        DebugConsole.Write(isFetch ? "jump to "u8 : TFaults.IsWrite(status) ? "write to "u8 : "read of "u8);
        PrintHexadecimal(address);
        DebugConsole.Write(", "u8);
        DebugConsole.Write(TFaults.StatusName(status));
    }

    /// <summary>Prints registers <paramref name="first"/> to <paramref name="last"/> as x00, x01, ..., four in a line. <paramref name="order"/>: the register in each word of the context.</summary>
    internal static void PrintNumbered(ReadOnlySpan<ulong> context, ReadOnlySpan<byte> order, int first, int last)
    {
        const int PerLine = 4;
        for (int number = first; number <= last; number++)
        {
            DebugConsole.Write((number - first) % PerLine == 0 ? "\n   x"u8 : " x"u8);
            PrintTwoDigits(number);
            DebugConsole.Write(" "u8);
            PrintHexadecimal(context[order.IndexOf((byte)number)]);
        }

        DebugConsole.WriteLine(""u8);
    }

    internal static void PrintRegister(ReadOnlySpan<byte> label, ulong value)
    {
        DebugConsole.Write(label);
        PrintHexadecimal(value);
    }

    private static void PrintBacktrace<TFaults>(ulong tcb, ReadOnlySpan<ulong> context)
        where TFaults : struct, IFaultDialect
    {
        PrintFrame(context[TFaults.PcWord]);
        ulong frame = context[TFaults.FrameWord];
        Span<ulong> record = stackalloc ulong[2];
        for (int i = 0; i < FrameLimit && frame != 0 && (frame & 7) == 0; i++)
        {
            if (ThreadControl.ReadMemory(tcb, frame - (ulong)CompilerFacts.FrameRecordDistance, record) < record.Length || record[1] == 0)
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
