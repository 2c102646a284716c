// The instruction sets that ELF files name.

namespace Pride.Image.Elf;

/// <summary>Values of e_machine (ELF gABI, "ELF header").</summary>
public static class ElfMachine
{
    public const ushort X64 = 62;

    public const ushort AArch64 = 183;

    public const ushort RiscV = 243;
}
