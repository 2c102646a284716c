// What differs between the seL4s that a program can be exported to: Microkit's release, the machine, debug or release.
//
// seL4's user top: libsel4's constants of each architecture (seL4_UserTop, seL4_UserVSpaceTop). Microkit up to 2.2 puts a PD's stack right below it and the IPC
// buffer behind the program; 2.3 puts the IPC buffer into the top page and the stack below a guard page.

using System;
using Pride.Abi;
using Pride.Description;
using Pride.Machine;

namespace Pride.Image;

/// <summary>A seL4 under Microkit.</summary>
/// <param name="Architecture">The machine's.</param>
/// <param name="Release">Microkit's.</param>
/// <param name="Debug">The debug configuration: PDs may print through the kernel, and in 2.3 the labels are others.</param>
/// <param name="Hypervisor">AArch64: seL4 runs in EL2, as on most of Microkit's boards; else in EL1.</param>
public sealed record MicrokitTarget(Architecture Architecture, MicrokitRelease Release, bool Debug, bool Hypervisor = true)
{
    /// <summary>Where the IPC buffer lies up to release 2.2: the page that a symbol of this name marks.</summary>
    public const string IpcBufferSymbol = "__sel4_ipc_buffer_obj";

    /// <summary>How Microkit's names of AArch64 boards end where seL4 runs in EL1.</summary>
    private const string WithoutHypervisor = "_el1";

    /// <summary>Microkit 2.3 on <paramref name="board"/>, by the name it was asked for.</summary>
    public static MicrokitTarget Of(Board board, bool debug) => new(
        board.Architecture, MicrokitRelease.V23, debug, IsHypervisor(board.Microkit?.CalledAs));

    /// <summary>seL4 runs in EL2 on the board that Microkit calls so, or on any that it calls nothing.</summary>
    public static bool IsHypervisor(string? boardName) => boardName?.EndsWith(WithoutHypervisor, StringComparison.Ordinal) != true;

    /// <summary>One past the highest page of user space.</summary>
    public ulong UserTop => Architecture switch
    {
        Architecture.AArch64 => Hypervisor ? 1UL << 40 : 1UL << 47,
        Architecture.RiscV64 => (1UL << 38) - Limits.PageSize,
        Architecture.X64 => (1UL << 47) - Limits.PageSize,
        _ => throw new InvalidOperationException($"no architecture {Architecture}"),
    };

    /// <summary>The IPC buffer is behind the program, where <see cref="IpcBufferSymbol"/> marks it.</summary>
    public bool BufferBehindProgram => Release != MicrokitRelease.V23;

    /// <summary>The IPC buffer since 2.3: the top page.</summary>
    public ulong TopBuffer => UserTop - Limits.PageSize;

    /// <summary>One past the stack.</summary>
    public ulong StackTop => BufferBehindProgram ? UserTop : UserTop - (2 * Limits.PageSize);

    /// <summary>The labels of this kernel's invocations, without those that only Pride's has.</summary>
    public InvocationLabels Labels
    {
        get
        {
            InvocationLabels labels = AbiVersions.Of(Release, Debug && Architecture != Architecture.RiscV64);
            labels.PrideTcbReadMemory = 0;
            return labels;
        }
    }

    /// <summary>For messages: "Microkit 2.3, debug".</summary>
    public override string ToString() => $"Microkit {Release.Name()}, {(Debug ? "debug" : "release")}";
}
