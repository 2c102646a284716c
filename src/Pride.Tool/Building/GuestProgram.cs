// A guest's program: its ELF file, and the manifest that Pride's compiler wrote next to it.

using System.Linq;
using Pride.Compiler.Link;
using Pride.Description;
using Pride.Description.Checks;
using Pride.Image.Elf;

namespace Pride.Tool.Building;

/// <summary>What there is of one program.</summary>
/// <param name="Elf">The program.</param>
/// <param name="Manifest">Null: another compiler made it.</param>
/// <param name="Symbols">The file with its symbol table, where that is another one.</param>
internal sealed record GuestProgram(ElfFile Elf, Manifest? Manifest, ElfFile? Symbols = null)
{
    /// <summary>What the rule about stacks asks about <paramref name="pd"/>, whose program this is.</summary>
    public StackNeed StackNeedOf(Pd pd) =>
        Manifest is null ? new(pd, null, []) : new(pd, Manifest.WorstCaseStack, [.. Manifest.Stack.Chain.Select(link => $"{link.Function} ({link.Bytes} bytes)")]);
}
