// What the kernel says when it is wrong itself: a fault in its own code, or a failed check of the language. Then it stops.

using Pride.Kernel.Objects;
using Pride.Machine;

namespace Pride.Kernel;

public static unsafe partial class Kernel<TMachine>
{
    /// <summary>Frames that a crash prints at most.</summary>
    private const int BacktraceLimit = 32;

    /// <summary>The kernel itself faulted: says where and how it came there, and stops.</summary>
    [RunsOnce]
    public static void CrashOnFault(CoreState* core, ulong cause, ulong address, ulong pc, ulong framePointer, ulong stackPointer)
    {
        BootInfo* boot = core->Boot;
        if (boot != null)
        {
            PrintString(boot, "\nPride kernel fault: syndrome "u8);
            PrintHex(boot, cause);
            PrintString(boot, " address "u8);
            PrintHex(boot, address);
            PrintString(boot, " sp "u8);
            PrintHex(boot, stackPointer);
            PrintString(boot, "\nbacktrace of 'kernel'\n"u8);
            PrintFrame(boot, pc);
            PrintBacktrace(core, framePointer);
        }

        TMachine.Halt();
    }

    /// <summary>A check that the compiler puts into C# has failed (the compiler's FailureReason says which): stops with a backtrace.</summary>
    [RunsOnce]
    public static void CrashOnCheck(CoreState* core, int reason, ulong framePointer)
    {
        BootInfo* boot = core->Boot;
        if (boot != null)
        {
            PrintString(boot, "\nPride kernel panic: a check of the language failed, reason "u8);
            PrintHex(boot, (ulong)reason);
            PrintString(boot, "\nbacktrace of 'kernel'\n"u8);
            PrintBacktrace(core, framePointer);
        }

        TMachine.Halt();
    }

    [RunsOnce]
    private static void PrintBacktrace(CoreState* core, ulong frame)
    {
        for (int i = 0; i < BacktraceLimit && IsOnStack(core, frame); i++)
        {
            ulong* record = (ulong*)(frame - TMachine.FrameRecordDistance);
            PrintFrame(core->Boot, record[1]);
            frame = record[0];
        }
    }

    [RunsOnce]
    private static void PrintFrame(BootInfo* boot, ulong address)
    {
        PrintString(boot, "   at "u8);
        PrintHex(boot, address);
        PrintString(boot, "\n"u8);
    }

    private static bool IsOnStack(CoreState* core, ulong frame) =>
        (frame & 15) == 0
        && frame >= core->StackTop - KernelLayout.StackBytes + TMachine.FrameRecordDistance
        && frame <= core->StackTop - (2 * sizeof(ulong)) + TMachine.FrameRecordDistance;
}
