// The constants that a board's kernel is compiled with (KernelBuild.cs).

using System.Collections.Generic;
using Pride.Description;
using Pride.Image.Architectures;
using Pride.Kernel.Objects;
using Pride.Machine;

namespace Pride.Image;

/// <summary>Constants of a kernel's build.</summary>
public static class KernelConstants
{
    /// <summary>By the names that <see cref="KernelBuild"/>'s getters have.</summary>
    /// <exception cref="ImageException">The board does not say what its kernel needs to know.</exception>
    public static IReadOnlyDictionary<string, long> For(Board board) => new Dictionary<string, long>
    {
        [nameof(KernelBuild.InterruptController)] = (long)ImageArchitecture.Of(board).InterruptControllerOf(board),
        [nameof(KernelBuild.IsHypervisor)] = board is { Hypervisor: true, Architecture: Architecture.AArch64 } ? 1 : 0,
        [nameof(KernelBuild.HasSupervisorTimer)] = board.Kernel.SupervisorTimer ? 1 : 0,
    };
}
