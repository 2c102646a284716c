// A PD as the layout sees it: what the description says, with the compiled program. The monitor is one too, though no description names it.

using System.Collections.Generic;
using Pride.Description;
using Pride.Image.Elf;
using Pride.Kernel.Objects;

namespace Pride.Image.Layout;

/// <summary>One thread to lay out.</summary>
/// <param name="Name">The PD's name.</param>
/// <param name="Options">Scheduling and sizes.</param>
/// <param name="UsesFloatingPoint">The kernel switches floating-point registers for it.</param>
/// <param name="Elf">Its program; the builder patches it, so each PD has a copy of its own.</param>
/// <param name="Described">The description's PD; null for the monitor.</param>
public sealed record PdProgram(string Name, PdOptions Options, bool UsesFloatingPoint, ElfFile Elf, Pd? Described)
{
    /// <summary>The file with its symbol table.</summary>
    public ElfFile Symbols { get; init; } = Elf;

    /// <summary>What it expects of the kernel.</summary>
    public LibmicrokitAbi Abi { get; init; } = LibmicrokitAbi.Pride;

    /// <summary>The name of the monitor.</summary>
    public const string MonitorName = "monitor";

    /// <summary>The monitor's priority: above every PD's, so that a fault is reported before anything else runs.</summary>
    public const int MonitorPriority = KernelLayout.Priorities - 1;

    public bool IsMonitor => Described is null;

    /// <summary>What the description maps into it.</summary>
    public IReadOnlyList<Mapping> Mappings => Described?.Mappings ?? [];

    /// <summary>A program for <paramref name="pd"/>.</summary>
    /// <param name="pd">The PD.</param>
    /// <param name="elf">Its program.</param>
    /// <param name="linkedFor">The seL4 that it was linked for, as far as it does not show it.</param>
    /// <param name="symbols">The file that has the program's symbol table; null: the program itself.</param>
    public static PdProgram For(Pd pd, ElfFile elf, MicrokitTarget linkedFor, ElfFile? symbols = null)
    {
        PdProgram program = new(pd.Name, pd.Options, pd.UsesFloatingPoint, elf.Copy(), pd);
        program = program with { Symbols = symbols ?? program.Elf };
        return pd is ProgramPd ? program with { Abi = LibmicrokitAbi.Of(program.Elf, program.Symbols, linkedFor) } : program;
    }

    /// <summary>The monitor of core <paramref name="core"/>, with <paramref name="elf"/> as its program: every core has its own, since faults and contexts do not cross cores.</summary>
    public static PdProgram Monitor(ElfFile elf, int core) => new(
        core == 0 ? MonitorName : $"{MonitorName}{core}",
        new PdOptions
        {
            Core = core,
            Priority = MonitorPriority,
            BudgetMicroseconds = SystemBuilder.DefaultBudgetMicroseconds,
            PeriodMicroseconds = SystemBuilder.DefaultBudgetMicroseconds,
            StackSize = 16.KiB(),
            HeapSize = 64.KiB(),
        },
        false,
        elf.Copy(),
        null);
}
