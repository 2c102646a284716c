// A compiled guest: its ELF file and the manifest that the compiler wrote next to it.

using System.Linq;
using Pride.Compiler.Link;
using Pride.Description;
using Pride.Description.Checks;
using Pride.Image.Elf;

namespace Pride.Tool.Building;

/// <summary>What the compiler left for one program.</summary>
internal sealed record GuestProgram(ElfFile Elf, Manifest Manifest)
{
    /// <summary>What the rule about stacks asks about <paramref name="pd"/>, whose program this is.</summary>
    public StackNeed StackNeedOf(Pd pd) =>
        new(pd, Manifest.WorstCaseStack, [.. Manifest.Stack.Chain.Select(link => $"{link.Function} ({link.Bytes} bytes)")]);
}
