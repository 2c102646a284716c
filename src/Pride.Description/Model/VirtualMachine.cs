// A virtual machine: a child of the PD that manages it, with an address space of its own and one thread for each virtual CPU.

using System.Collections.Generic;

namespace Pride.Description;

/// <summary>A virtual CPU.</summary>
/// <param name="Id">By which its PD knows it, from the same space as the PD's children, 0..61.</param>
/// <param name="Core">The core it runs on; null: its PD's.</param>
public sealed record VirtualCpu(int Id, int? Core)
{
    /// <summary>The symbol in the PD's program that gets <see cref="Id"/>.</summary>
    public string? IdVariable { get; init; }

    /// <summary>Where it was written.</summary>
    public SourceLocation? Origin { get; init; }
}

/// <summary>A virtual machine.</summary>
/// <param name="Name">Unique among virtual machines.</param>
/// <param name="Cpus">At least one.</param>
/// <param name="Mappings">Its memory, at guest-physical addresses.</param>
public sealed record VirtualMachine(string Name, IReadOnlyList<VirtualCpu> Cpus, IReadOnlyList<Mapping> Mappings)
{
    /// <summary>Priority, budget and period of its CPUs; on x86 they run on their PD's.</summary>
    public PdOptions Options { get; init; } = new();

    /// <summary>Where it was written.</summary>
    public SourceLocation? Origin { get; init; }
}
