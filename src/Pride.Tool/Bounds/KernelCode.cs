// The kernel's program as machine code: its instructions, where its functions begin, and the notes that its loops leave.

using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using Pride.Image.Elf;
using Pride.Kernel.Objects;

namespace Pride.Tool.Bounds;

/// <summary>A loop's note: whoever passes this place goes through the loop at most so often.</summary>
/// <param name="Limit">How often.</param>
/// <param name="Line">Of the source, to tell loops apart.</param>
internal readonly record struct LoopNote(LoopLimit Limit, ulong Line);

/// <summary>The kernel's instructions.</summary>
internal sealed class KernelCode
{
    private const int NoteBytes = 24;
    private const string NoteSection = ".pride.loops";

    private readonly byte[] _text;
    private readonly ulong _start;
    private readonly Dictionary<ulong, ElfSymbol> _functions;
    private readonly ElfSymbol[] _symbols;
    private readonly ILookup<ulong, LoopNote> _notes;

    public KernelCode(ElfFile elf)
    {
        ElfSection text = elf.FindSection(".text") ?? throw Unbounded.Because("the kernel has no .text");
        _start = text.Address;
        _text = elf.AllBytes.Slice((int)text.FileOffset, (int)text.Size).ToArray();
        _symbols = [.. elf.Symbols.Where(s => IsCode(s.Address)).OrderBy(s => s.Address).ThenBy(s => s.Size)];
        _functions = _symbols.Where(s => s.Size > 0).DistinctBy(s => s.Address).ToDictionary(s => s.Address);
        _notes = ReadNotes(elf).ToLookup(n => n.Address, n => n.Note);
    }

    /// <summary>How many loops have left a note, copies by the compiler counted.</summary>
    public int NoteCount => _notes.Sum(n => n.Count());

    public uint this[ulong address] => BinaryPrimitives.ReadUInt32LittleEndian(_text.AsSpan((int)(address - _start), sizeof(uint)));

    public bool IsCode(ulong address) => address >= _start && address < _start + (ulong)_text.Length;

    /// <summary>True where a compiled function begins.</summary>
    public bool IsFunction(ulong address) => _functions.ContainsKey(address);

    public IEnumerable<LoopNote> NotesAt(ulong address) => _notes[address];

    public ulong AddressOf(string symbol) => _symbols.Where(s => s.Name == symbol).Select(s => (ulong?)s.Address).FirstOrDefault()
        ?? throw Unbounded.Because($"the kernel has no function '{symbol}'");

    /// <summary>The last part of the name of the function that begins there: "Schedule".</summary>
    public string MethodAt(ulong address) => _functions.TryGetValue(address, out ElfSymbol found) ? found.Name[(found.Name.LastIndexOf('.') + 1)..] : string.Empty;

    /// <summary>The whole symbol of a method, whose last part is <paramref name="method"/>.</summary>
    public string NameOf(string method) => _functions.Values.Where(s => s.Name.EndsWith($".{method}", StringComparison.Ordinal)).Select(s => s.Name).FirstOrDefault()
        ?? throw Unbounded.Because($"the kernel has no method '{method}' of its own: it was inlined");

    /// <summary>Where the kernel waits for interrupts.</summary>
    public IEnumerable<ulong> WaitingPlaces()
    {
        for (ulong at = _start; IsCode(at); at += sizeof(uint))
        {
            if (Aarch64Flow.Of(this[at], at).Kind == FlowKind.Wait)
            {
                yield return at;
            }
        }
    }

    /// <summary>Calls in a stretch of code: what is called, and where it returns to.</summary>
    public IEnumerable<(ulong Target, ulong Return)> CallsIn(ulong start, ulong end)
    {
        for (ulong at = start; at < end; at += sizeof(uint))
        {
            if (Aarch64Flow.Of(this[at], at) is { Kind: FlowKind.Call } flow)
            {
                yield return (flow.Target, at + sizeof(uint));
            }
        }
    }

    /// <summary>A place for people: function and offset.</summary>
    public string Describe(ulong address)
    {
        ElfSymbol symbol = _symbols.LastOrDefault(s => s.Address <= address);
        return $"{symbol.Name}+0x{address - symbol.Address:x} (0x{address:x})";
    }

    private static IEnumerable<(ulong Address, LoopNote Note)> ReadNotes(ElfFile elf)
    {
        if (elf.FindSection(NoteSection) is not { } section)
        {
            yield break;
        }

        for (ulong at = 0; at + NoteBytes <= section.Size; at += NoteBytes)
        {
            int offset = (int)(section.FileOffset + at);
            ulong Word(int index) => BinaryPrimitives.ReadUInt64LittleEndian(elf.AllBytes.Slice(offset + (index * sizeof(ulong)), sizeof(ulong)));
            yield return (Word(0), new LoopNote((LoopLimit)Word(1), Word(2)));
        }
    }
}
