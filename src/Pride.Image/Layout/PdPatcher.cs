// Writes into a PD's program what is known only now: its name, its masks, its stack and heap, its wired fields and configurations.
//
// Symbols of libmicrokit keep their names, so that the same code patches a C PD. A symbol that a program does not have is
// left out: a program without a heap has no heap symbols. A wired field must be there, because the description gave it a value.

using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;
using Pride.Abi;
using Pride.Description;
using Pride.Image.Elf;

namespace Pride.Image.Layout;

/// <summary>Patches one PD's ELF file.</summary>
internal static class PdPatcher
{
    /// <summary>The word that says how fast the counter counts (Pride.Machine.CpuCounter).</summary>
    public const string FrequencySymbol = "pride_counter_frequency";

    private const string WiredPrefix = "pride_wired_";
    private const string ConfigurationPrefix = "pride_config_";

    /// <summary>Patches <paramref name="program"/>; <paramref name="elfOf"/> gives other PDs' programs, <paramref name="debugConsole"/> says whether the kernel prints for PDs.</summary>
    public static void Patch(PdProgram program, Board board, bool debugConsole, Func<Pd, ElfFile> elfOf)
    {
        PdOptions options = program.Options;
        InvocationLabels labels = program.Abi.Labels;
        Put(program, "microkit_name", NameBytes(program.Name));
        Put(program, "microkit_passive", [(byte)(options.Passive ? 1 : 0)]);
        Put(program, "microkit_irqs", Mask(program.Described?.Interrupts.Select(i => i.Id)));
        Put(program, "microkit_notifications", Mask(program.Described?.Ends.Where(e => e.CanNotify).Select(e => e.Id)));
        Put(program, "microkit_pps", Mask(program.Described?.Ends.Where(e => e.CanCall).Select(e => e.Id)));
        Put(program, "microkit_ioports", Mask(program.Described?.IoPorts.Select(p => p.Id)));
        Put(program, "__sel4_ipc_buffer", Word(program.Abi.IpcBuffer));
        Put(program, "pride_stack_top", Word(PdLayout.StackTop));
        Put(program, "pride_stack_bottom", Word(PdLayout.StackBottom(options.StackSize)));
        if (program.Described is not ProgramPd)
        {
            // An exported program keeps what it was exported with: its heap has become a region.
            Put(program, "pride_heap_base", Word(options.HeapSize > 0 ? PdLayout.HeapBase : 0));
            Put(program, "pride_heap_size", Word(options.HeapSize));
        }

        Put(program, "pride_build_id", Word(ShortBuildId(program.Elf)));
        Put(program, "pride_debug_console_off", [(byte)(debugConsole ? 0 : 1)]);
        Put(program, "pride_dma_coherent", [(byte)(board.DmaCoherent ? 1 : 0)]);
        Put(program, FrequencySymbol, Word(board.Kernel.CounterFrequency));
        Put(program, "pride_labels", MemoryMarshal.AsBytes(new ReadOnlySpan<InvocationLabels>(in labels)));
        PutBuildIds(program, program.Described?.Children.Select(c => ((int)c.Id, elfOf(c.Pd))) ?? []);
        foreach ((string field, WiredValue value) in program.Described?.Wiring ?? new Dictionary<string, WiredValue>())
        {
            PatchField(program, field, value, elfOf);
        }
    }

    /// <summary>Fills the words that the description names by symbol; <paramref name="addressOf"/> gives the physical address of a region.</summary>
    /// <exception cref="ImageException">The program has no such symbol, or it is no word.</exception>
    public static void PatchVariables(PdProgram program, Func<MemoryRegion, ulong> addressOf)
    {
        foreach (PdVariable variable in program.Described?.Variables ?? [])
        {
            string where = $"{(variable.Origin is { } origin ? $"{origin}: " : string.Empty)}PD '{program.Name}'";
            if (program.Symbols.FindSymbol(variable.Symbol) is not { } symbol)
            {
                throw new ImageException(
                    $"{where}: {program.Symbols.Name} has no symbol '{variable.Symbol}'", "make it a global variable that is used: __attribute__((used)) keeps it");
            }

            if (symbol.Size != sizeof(ulong))
            {
                throw new ImageException($"{where}: symbol '{variable.Symbol}' has {symbol.Size} bytes", "make it a uintptr_t or another type of 8 bytes");
            }

            program.Elf.PatchZeroed(symbol.Address, Word(variable.Kind switch
            {
                VariableKind.RegionSize => variable.Region!.Size,
                VariableKind.PrefillSize => (ulong)variable.Region!.Prefill.Length,
                VariableKind.RegionAddress => addressOf(variable.Region!),
                _ => variable.Value,
            }));
        }
    }

    /// <summary>Writes configurations into the ELF sections that they name, as sDDF's build does it with objcopy.</summary>
    /// <exception cref="ImageException">The program has no such section, or it is too small.</exception>
    public static void PatchSections(PdProgram program)
    {
        foreach (WiredConfiguration configuration in (program.Described as ProgramPd)?.Configurations ?? [])
        {
            if (program.Symbols.FindSection(configuration.Section) is not { } section)
            {
                throw new ImageException(
                    $"PD '{program.Name}': {program.Symbols.Name} has no section '{configuration.Section}'",
                    $"put the configuration there: __attribute__((__section__(\"{configuration.Section}\")))");
            }

            if (section.Size < (ulong)configuration.Bytes.Length)
            {
                throw new ImageException(
                    $"PD '{program.Name}': section '{configuration.Section}' has {section.Size} bytes, its configuration {configuration.Bytes.Length}",
                    "build the program with the headers of the same version");
            }

            program.Elf.PatchZeroed(section.Address, configuration.Bytes.Span);
        }
    }

    /// <summary>What the monitor must know of the others: names and stack bottoms, by index (Microkit's monitor, main.c).</summary>
    public static void PatchMonitor(PdProgram monitor, IReadOnlyList<PdProgram> programs)
    {
        byte[] names = new byte[programs.Count * PdStatistics.NameBytes];
        byte[] stacks = new byte[programs.Count * sizeof(ulong)];
        int count = 0;
        foreach (PdProgram program in programs.Where(p => !p.IsMonitor))
        {
            NameBytes(program.Name).CopyTo(names, count * PdStatistics.NameBytes);
            BinaryPrimitives.WriteUInt64LittleEndian(stacks.AsSpan(count * sizeof(ulong)), PdLayout.StackBottom(program.Options.StackSize));
            count++;
        }

        Put(monitor, "pd_names_len", Word((ulong)count));
        Put(monitor, "pd_names", names);
        Put(monitor, "pd_stack_bottom_addrs", stacks);
        PutBuildIds(monitor, programs.Where(p => !p.IsMonitor).Select((p, index) => (index, p.Elf)));
    }

    // What a report of a fault names the program by (Pride.Microkit.FaultReport).
    private static void PutBuildIds(PdProgram parent, IEnumerable<(int Id, ElfFile Program)> children)
    {
        byte[] table = new byte[Limits.ChildIds * sizeof(ulong)];
        foreach ((int id, ElfFile program) in children)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(table.AsSpan(id * sizeof(ulong)), ShortBuildId(program));
        }

        Put(parent, "pride_child_build_ids", table);
    }

    // Its first eight bytes, so that the number reads as the id does.
    private static ulong ShortBuildId(ElfFile elf) =>
        elf.BuildId.Length >= sizeof(ulong) ? BinaryPrimitives.ReadUInt64BigEndian(elf.BuildId.Span) : 0;

    private static void PatchField(PdProgram program, string field, WiredValue value, Func<Pd, ElfFile> elfOf)
    {
        ReadOnlyMemory<byte> bytes = value switch
        {
            WiredBytes wired => wired.Bytes,
            WiredConfiguration configuration => configuration.Bytes,
            WiredEntryPoint entry => Word(elfOf(entry.Of).Entry),
            _ => throw new InvalidOperationException($"unknown wiring {value.GetType().Name}"),
        };
        string symbolName = (value is WiredConfiguration ? ConfigurationPrefix : WiredPrefix) + field;
        ElfSymbol symbol = program.Elf.FindSymbol(symbolName) ?? throw new ImageException(
            $"PD '{program.Name}': its program has no symbol {symbolName} for wired field {field}",
            "build it again (delete .pride/cache); if that does not help, the compiler has left the field out");
        if (symbol.Size != (ulong)bytes.Length)
        {
            throw new ImageException(
                $"PD '{program.Name}': field {field} has {symbol.Size} bytes in the program but {bytes.Length} in the description",
                "the description was built against another version of the PD's assembly: build both again");
        }

        program.Elf.Patch(symbol.Address, bytes.Span);
    }

    /// <summary>Writes <paramref name="value"/> to the variable called <paramref name="name"/>, if the program has it.</summary>
    public static void Put(PdProgram program, string name, ReadOnlySpan<byte> value)
    {
        if (program.Symbols.FindSymbol(name) is not { } symbol)
        {
            return;
        }

        if (symbol.Size < (ulong)value.Length)
        {
            throw new InvalidDataException($"{program.Symbols.Name}: symbol {name} has {symbol.Size} bytes, but {value.Length} are to be written");
        }

        // libmicrokit leaves its variables in zeroed data.
        program.Elf.PatchZeroed(symbol.Address, value);
    }

    private static byte[] NameBytes(string name)
    {
        byte[] bytes = new byte[PdStatistics.NameBytes];
        Encoding.UTF8.GetBytes(name, bytes);
        return bytes;
    }

    private static byte[] Mask(IEnumerable<int>? ids) => Word((ids ?? []).Aggregate(0UL, (mask, id) => mask | (1UL << id)));

    /// <summary>A word as a program has it in memory.</summary>
    public static byte[] Word(ulong value)
    {
        byte[] bytes = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        return bytes;
    }
}
