// Makes an image's programs ready for Microkit's tool and the real seL4: the variables that the tool fills are there, and what Pride's builder has
// filled for its own kernel has the values of the other. A program that was linked with libmicrokit stays as it is, but for its configuration.

using System;
using System.Runtime.InteropServices;
using Pride.Abi;
using Pride.Description;
using Pride.Description.Sdf;
using Pride.Image.Elf;
using Pride.Image.Layout;
using Architecture = Pride.Machine.Architecture;

namespace Pride.Image;

/// <summary>Exports programs.</summary>
public static class MicrokitExport
{
    private const ulong WordBytes = sizeof(ulong);

    /// <summary>What Microkit's tool writes into every program (tool, symbols.rs; microkit_ioports since 2.1).</summary>
    private static readonly (string Name, ulong Size)[] s_toolVariables =
    [
        ("microkit_name", PdStatistics.NameBytes), ("microkit_passive", 1), ("microkit_irqs", WordBytes), ("microkit_notifications", WordBytes),
        ("microkit_pps", WordBytes), ("microkit_ioports", WordBytes),
    ];

    /// <summary>The program of <paramref name="program"/> for Microkit's tool; <paramref name="clock"/> says where a PC's programs have the rate of its counter from.</summary>
    /// <exception cref="ImageException">It was linked with another release of libmicrokit, or it reads a clock whose rate nobody knows.</exception>
    public static ElfFile Program(PdProgram program, MicrokitTarget target, SdfClock clock)
    {
        if (program.Symbols.FindSymbol("pride_labels") is null && program.Described is ProgramPd)
        {
            return program.Abi.Release == target.Release && program.Abi.Debug == target.Debug ? program.Elf.Copy() : throw new ImageException(
                $"PD '{program.Name}': {program.Elf.Name} was linked with libmicrokit {program.Abi}, the system is for {target}",
                "export for that release and configuration, or link the program again");
        }

        ElfFile elf = ElfSymbolAdder.Add(program.Elf, s_toolVariables, target.BufferBehindProgram ? MicrokitTarget.IpcBufferSymbol : null);
        ulong buffer = target.BufferBehindProgram ? elf.FindSymbol(MicrokitTarget.IpcBufferSymbol)!.Value.Address : target.TopBuffer;
        InvocationLabels labels = target.Labels;
        PdProgram exported = program with { Elf = elf, Symbols = elf };
        PdPatcher.Put(exported, "__sel4_ipc_buffer", PdPatcher.Word(buffer));
        PdPatcher.Put(exported, "pride_stack_top", PdPatcher.Word(target.StackTop));
        PdPatcher.Put(exported, "pride_stack_bottom", PdPatcher.Word(target.StackTop - program.Options.StackSize));
        PdPatcher.Put(exported, "pride_counter_physical", [1]);
        PdPatcher.Put(exported, "pride_messages_name_first_core", [1]);
        if (target.Architecture == Architecture.X64 && program.Described?.ComponentType is not null && elf.FindSymbol(PdPatcher.FrequencySymbol) is not null)
        {
            PutClock(exported, target, clock);
        }

        PdPatcher.Put(exported, "pride_debug_console_off", [(byte)(target.Debug ? 0 : 1)]);
        PdPatcher.Put(exported, "pride_labels", MemoryMarshal.AsBytes(new ReadOnlySpan<InvocationLabels>(in labels)));
        return elf;
    }

    private static void PutClock(PdProgram program, MicrokitTarget target, SdfClock clock)
    {
        if (clock.IsUnknownTo(program.Described!))
        {
            throw new ImageException(
                $"PD '{program.Name}' reads the clock of a PC, whose rate {target} does not tell, and no timer's driver of higher priority on its core measures it",
                "give the rate with --clock-rate, export for Microkit 2.3, or give the system a TimerSystem whose priority is higher");
        }

        PdPatcher.Put(program, PdPatcher.FrequencySymbol, PdPatcher.Word(clock.Hertz != 0 ? clock.Hertz : ~PdLayout.ClockPage));
        PdPatcher.Put(program, "pride_counter_measured_here", [(byte)(program.Described == clock.Measurer ? 1 : 0)]);
    }
}
