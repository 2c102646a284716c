// Makes an image's programs ready for Microkit's tool and the real seL4: the variables that the tool fills are there, and what Pride's builder has
// filled for its own kernel has the values of the other.

using System;
using System.Runtime.InteropServices;
using Pride.Abi;
using Pride.Description;
using Pride.Image.Elf;
using Pride.Image.Layout;

namespace Pride.Image;

/// <summary>What the seL4 that a program is exported to is like.</summary>
/// <param name="UserTop">One past the last user address: 2^40 where seL4 is a hypervisor for 40-bit machines (Microkit's qemu_virt_aarch64), 2^47 in EL1.</param>
/// <param name="Debug">The debug configuration: PDs may print through the kernel, and labels are others.</param>
public sealed record MicrokitTarget(ulong UserTop, bool Debug);

/// <summary>Exports programs.</summary>
public static class MicrokitExport
{
    private const ulong WordBytes = sizeof(ulong);

    /// <summary>What Microkit's tool 2.3 writes into every program (tool, symbols.rs).</summary>
    private static readonly (string Name, ulong Size)[] s_toolVariables =
    [
        ("microkit_name", PdStatistics.NameBytes), ("microkit_passive", 1), ("microkit_irqs", WordBytes), ("microkit_notifications", WordBytes),
        ("microkit_pps", WordBytes), ("microkit_ioports", WordBytes),
    ];

    /// <summary>The program of <paramref name="program"/> for Microkit's tool 2.3.</summary>
    public static ElfFile Program(PdProgram program, MicrokitTarget target)
    {
        ElfFile elf = ElfSymbolAdder.Add(program.Elf, s_toolVariables);
        ulong buffer = target.UserTop - Limits.PageSize;
        ulong stackTop = buffer - Limits.PageSize;
        InvocationLabels labels = target.Debug ? AbiVersions.Microkit23Debug : AbiVersions.Microkit23;
        labels.PrideTcbReadMemory = 0;
        PdProgram exported = program with { Elf = elf, Symbols = elf };
        PdPatcher.Put(exported, "__sel4_ipc_buffer", PdPatcher.Word(buffer));
        PdPatcher.Put(exported, "pride_stack_top", PdPatcher.Word(stackTop));
        PdPatcher.Put(exported, "pride_stack_bottom", PdPatcher.Word(stackTop - program.Options.StackSize));
        PdPatcher.Put(exported, "pride_debug_console_off", [(byte)(target.Debug ? 0 : 1)]);
        PdPatcher.Put(exported, "pride_labels", MemoryMarshal.AsBytes(new ReadOnlySpan<InvocationLabels>(in labels)));
        return elf;
    }
}
