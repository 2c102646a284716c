// Exceptions in managed images. The compiler keeps a pending-exception word and tests it after calls; what is here is
// the trace that a throw records and the words for one that nobody caught.

using System;
using System.Runtime.CompilerServices;
using Pride.Runtime.ObjectModel;

namespace Pride.Runtime;

/// <summary>Traces and last words.</summary>
public static unsafe class ExceptionSupport
{
    /// <summary>Causes that are printed of a chain of inner exceptions.</summary>
    private const int MaximumInner = 8;

    /// <summary>Addresses of a trace that another throw still adds to; an exception that is passed on for ever must not grow for ever.</summary>
    private const int MaximumTrace = 4 * StackWalk.MaximumFrames;

    private static readonly ulong[] s_outOfMemoryTrace = new ulong[StackWalk.MaximumFrames];

    private static bool s_continuesTrace;

    /// <summary>Called at every throw (not at a rethrow): keeps the stack's raw addresses in the exception.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void OnThrow(Exception exception)
    {
        Span<ulong> addresses = stackalloc ulong[StackWalk.MaximumFrames];
        int count = StackWalk.Capture(StackWalk.FramePointer(), addresses);
        if (ReferenceEquals(exception, Throw.OutOfMemoryException))
        {
            // One object, thrown when there is no memory: its trace has its place already. Zeros end it.
            addresses[count..].Clear();
            addresses.CopyTo(s_outOfMemoryTrace);
            StackTraceField(exception) = s_outOfMemoryTrace;
            return;
        }

        if (IsMemoryTight(count + MaximumTrace))
        {
            s_continuesTrace = false;
            StackTraceField(exception) = null;
            return;
        }

        ulong[] before = s_continuesTrace && StackTraceField(exception) is ulong[] trace && trace.Length < MaximumTrace ? trace : [];
        s_continuesTrace = false;
        int kept = before.Length == 0 ? 0 : before.Length + 1;
        ulong[] whole = new ulong[kept + count];
        before.CopyTo(whole, 0);
        addresses[..count].CopyTo(whole.AsSpan(kept));
        StackTraceField(exception) = whole;
    }

    /// <summary>The next throw is the same exception elsewhere (after an await): its trace goes on behind what is there.</summary>
    public static void ContinueTrace() => s_continuesTrace = true;

    /// <summary>Type, message and trace of the exception and its causes, as CoreCLR words them.</summary>
    public static void Print(Exception exception)
    {
        DebugConsole.Write("Unhandled exception. ");
        Exception? cause = exception;
        for (int depth = 0; cause != null && depth < MaximumInner; depth++)
        {
            if (depth > 0)
            {
                DebugConsole.Write(" ---> ");
            }

            WriteTypeName(cause);
            DebugConsole.Write(": ");
            DebugConsole.Write(cause.Message);
            DebugConsole.Write("\n");
            if (StackTraceField(cause) is ulong[] trace)
            {
                StackWalk.Print(trace);
            }

            cause = cause.InnerException;
        }

        if (exception is OutOfMemoryException)
        {
            Allocator.Heap.PrintState();
        }
    }

    /// <summary>The trace as text; null for an exception that was never thrown, or when there was no memory for it.</summary>
    public static string? TraceOf(Exception exception) => StackTraceField(exception) is ulong[] trace ? StackWalk.ToText(trace) : null;

    private static void WriteTypeName(Exception exception)
    {
        byte* name = ObjectLayout.MethodTableOf(exception)->Name;
        int length = 0;
        while (name != null && name[length] != 0)
        {
            length++;
        }

        DebugConsole.Write(name != null ? new ReadOnlySpan<byte>(name, length) : "exception"u8);
    }

    // A trace is not worth a collection.
    private static bool IsMemoryTight(int frames) =>
        Allocator.Heap.FreeBlockBytes < (nuint)(frames * sizeof(ulong)) + Heap.ManagedHeap.BlockSize;

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_stackTrace")]
    private static extern ref object? StackTraceField(Exception exception);
}
