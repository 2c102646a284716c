// The end of a PD that has a bug: it says so on the debug console, with raw frame addresses, and faults. Its parent
// (or the monitor) sees the fault and restarts or reports it.

using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Pride.Machine;
using Pride.Runtime.Hosted;
using Pride.Runtime.ObjectModel;

namespace Pride.Runtime;

/// <summary>Ends this PD or process.</summary>
public static class Abandonment
{
    /// <summary>What a Linux process that aborts reports: 128 + SIGABRT, as under CoreCLR.</summary>
    public const int AbortExitCode = 134;

    /// <summary>Says why, prints the stack as raw addresses, and faults.</summary>
    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Abandon(string reason)
    {
        DebugConsole.Write("abandoned: ");
        DebugConsole.Write(reason);
        DebugConsole.Write("\n");
        StackWalk.Print(StackWalk.FramePointer());
        Fault();
    }

    /// <summary>Stops without another word.</summary>
    [DoesNotReturn]
    public static void Fault()
    {
        if (CompilerFacts.IsHosted)
        {
            LinuxCalls.Exit(AbortExitCode);
        }

        while (true)
        {
            Trap();
        }
    }

    [InlineAssembly(Architecture.AArch64, "udf #0xdead", "~{memory}")]
    [InlineAssembly(Architecture.RiscV64, "unimp", "~{memory}")]
    [InlineAssembly(Architecture.X64, "ud2", "~{memory}")]
    private static void Trap() => System.Environment.FailFast("abandoned");
}
