// The first and the last C# that runs in an image. The compiler's pride_main calls Begin, makes the PD object (or calls
// Main in a hosted program), and hands an exception that nobody caught to Unhandled.

using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Pride.Machine;
using Pride.Runtime.Hosted;
using Pride.Runtime.ObjectModel;

namespace Pride.Runtime;

/// <summary>Start and end of an image.</summary>
public static unsafe class Startup
{
    [Patched("pride_heap_base")]
    private static readonly byte* s_heapBase;

    [Patched("pride_heap_size")]
    private static readonly nuint s_heapSize;

    [Patched("pride_stack_top")]
    private static readonly nuint s_stackTop;

    /// <summary>The address behind the stack's first word.</summary>
    public static nuint StackTop => CompilerFacts.IsHosted ? *(nuint*)(delegate*<void>)&InitialStack : s_stackTop;

    /// <summary>Makes the heap. Nothing may allocate before.</summary>
    public static void Begin()
    {
        if (CompilerFacts.IsHosted)
        {
            nuint size = (nuint)CompilerFacts.HostedHeapBytes;
            Allocator.Initialise(LinuxCalls.Map(size), size);
        }
        else
        {
            Allocator.Initialise(s_heapBase, s_heapSize);
        }
    }

    /// <summary>Prints an exception that left the entry method, and faults the PD.</summary>
    [DoesNotReturn]
    public static void Unhandled(Exception exception)
    {
        ExceptionSupport.Print(exception);
        Abandonment.Fault();
    }

    /// <summary>The end of a hosted program.</summary>
    [DoesNotReturn]
    public static void Exit(int exitCode)
    {
        if (CompilerFacts.IsHosted)
        {
            LinuxCalls.Exit(exitCode);
        }

        Abandonment.Abandon("the entry method has returned");
    }

    /// <summary>The command line of a hosted program (System V ABI: argument count, then pointers, at the initial stack); empty in a PD.</summary>
    public static string[] CommandLine()
    {
        if (!CompilerFacts.IsHosted)
        {
            return [];
        }

        nuint* initial = (nuint*)StackTop;
        string[] arguments = new string[(int)initial[0]];
        for (int i = 0; i < arguments.Length; i++)
        {
            arguments[i] = Marshal.PtrToStringUTF8((nint)initial[i + 1])!;
        }

        return arguments;
    }

    /// <summary>What Main(string[]) of a hosted program gets: the command line without the program's name.</summary>
    public static string[] Arguments()
    {
        string[] all = CommandLine();
        return all.Length > 1 ? all[1..] : [];
    }

    // A word that the hosted entry stub writes.
    [DllImport("*", EntryPoint = "pride_initial_stack")]
    private static extern void InitialStack();
}
