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
    public static void Patch(PdProgram program, Board board, in InvocationLabels labels, bool debugConsole, Func<Pd, ElfFile> elfOf)
    {
        ElfFile elf = program.Elf;
        PdOptions options = program.Options;
        Put(elf, "microkit_name", NameBytes(program.Name));
        Put(elf, "microkit_passive", [(byte)(options.Passive ? 1 : 0)]);
        Put(elf, "microkit_irqs", Mask(program.Described?.Interrupts.Select(i => i.Id)));
        Put(elf, "microkit_notifications", Mask(program.Described?.Ends.Where(e => e.CanNotify).Select(e => e.Id)));
        Put(elf, "microkit_pps", Mask(program.Described?.Ends.Where(e => e.CanCall).Select(e => e.Id)));
        Put(elf, "__sel4_ipc_buffer", Word(PdLayout.IpcBuffer));
        Put(elf, "pride_stack_top", Word(PdLayout.StackTop));
        Put(elf, "pride_stack_bottom", Word(PdLayout.StackBottom(options.StackSize)));
        Put(elf, "pride_heap_base", Word(options.HeapSize > 0 ? PdLayout.HeapBase : 0));
        Put(elf, "pride_heap_size", Word(options.HeapSize));
        Put(elf, "pride_build_id", Word(ShortBuildId(elf)));
        Put(elf, "pride_debug_console_off", [(byte)(debugConsole ? 0 : 1)]);
        Put(elf, "pride_dma_coherent", [(byte)(board.DmaCoherent ? 1 : 0)]);
        Put(elf, FrequencySymbol, Word(board.Kernel.CounterFrequency));
        Put(elf, "pride_labels", MemoryMarshal.AsBytes(new ReadOnlySpan<InvocationLabels>(in labels)));
        PutBuildIds(elf, program.Described?.Children.Select(c => ((int)c.Id, elfOf(c.Pd))) ?? []);
        foreach ((string field, WiredValue value) in program.Described?.Wiring ?? new Dictionary<string, WiredValue>())
        {
            PatchField(program, field, value, elfOf);
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

        Put(monitor.Elf, "pd_names_len", Word((ulong)count));
        Put(monitor.Elf, "pd_names", names);
        Put(monitor.Elf, "pd_stack_bottom_addrs", stacks);
        PutBuildIds(monitor.Elf, programs.Where(p => !p.IsMonitor).Select((p, index) => (index, p.Elf)));
    }

    // What a report of a fault names the program by (Pride.Microkit.FaultReport).
    private static void PutBuildIds(ElfFile elf, IEnumerable<(int Id, ElfFile Program)> children)
    {
        byte[] table = new byte[Limits.ChildIds * sizeof(ulong)];
        foreach ((int id, ElfFile program) in children)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(table.AsSpan(id * sizeof(ulong)), ShortBuildId(program));
        }

        Put(elf, "pride_child_build_ids", table);
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

    private static void Put(ElfFile elf, string name, ReadOnlySpan<byte> value)
    {
        if (elf.FindSymbol(name) is not { } symbol)
        {
            return;
        }

        if (symbol.Size < (ulong)value.Length)
        {
            throw new InvalidDataException($"{elf.Name}: symbol {name} has {symbol.Size} bytes, but {value.Length} are to be written");
        }

        elf.Patch(symbol.Address, value);
    }

    private static byte[] NameBytes(string name)
    {
        byte[] bytes = new byte[PdStatistics.NameBytes];
        Encoding.UTF8.GetBytes(name, bytes);
        return bytes;
    }

    private static byte[] Mask(IEnumerable<int>? ids) => Word((ids ?? []).Aggregate(0UL, (mask, id) => mask | (1UL << id)));

    private static byte[] Word(ulong value)
    {
        byte[] bytes = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        return bytes;
    }
}
