// Tells which libmicrokit a program was linked with, by what only some releases have; the kernel's labels and the IPC buffer's place depend on it.
//
//   2.0     the IPC buffer is the page behind the program (__sel4_ipc_buffer_obj); no microkit_ioports yet
//   2.1     has microkit_ioports; __assert_fail is an ordinary symbol
//   2.2     __assert_fail is weak, so that programs can have their own; the library's then stays in the program, and its text begins otherwise
//   2.3     no __sel4_ipc_buffer_obj: the IPC buffer is at the top of user space, where __sel4_ipc_buffer points
//   debug   microkit_dbg_putc enters the kernel; in release builds it does nothing
//   VT-x    (x86-64) microkit_x86_vcpu_state: the board x86_64_generic_vtx, whose kernel has more calls
//
// Other libraries speak the same language without these symbols, as rust-sel4 does: it has the IPC buffer's place and the labels of the kernel's configuration as
// constants. So what no symbol shows is taken from the board and the configuration that the image is built for.
//
// A program with the table pride_labels takes its labels from there, so it has Pride's own release; a PC's then has the calls of VT-x, which Pride's C header has.

using System;
using System.Buffers.Binary;
using System.IO;
using System.Runtime.InteropServices;
using Pride.Abi;
using Pride.Description;
using Architecture = Pride.Machine.Architecture;

namespace Pride.Image.Elf;

/// <summary>What a program expects of the kernel.</summary>
/// <param name="Release">Of the libmicrokit that it was linked with.</param>
/// <param name="Debug">The debug configuration's.</param>
/// <param name="IpcBuffer">Virtual address of its IPC buffer.</param>
public sealed record LibmicrokitAbi(MicrokitRelease Release, bool Debug, ulong IpcBuffer)
{
    /// <summary>AArch64: SVC #0, which enters the kernel.</summary>
    internal const uint Svc = 0xd400_0001;

    /// <summary>Of programs that Pride's compiler made, and of C programs with Pride's own header.</summary>
    public static LibmicrokitAbi Pride => new(MicrokitRelease.V23, false, PdLayout.IpcBuffer) { IsPrides = true };

    /// <summary>Its library is Pride's own.</summary>
    public bool IsPrides { get; private init; }

    public override string ToString() => $"{Release.Name()}{(Debug ? ", debug" : ", release")}";

    /// <summary>Its kernel has the calls for breakpoints, which since 2.3 move the labels behind them: debug configurations, but RISC-V's.</summary>
    public bool HasBreakpoints { get; init; } = Debug;

    /// <summary>Its kernel has the calls for virtual CPUs of a PC, which move the labels behind them.</summary>
    public bool HasGuestsOfPc { get; init; }

    /// <summary>The invocation labels of this release.</summary>
    public InvocationLabels Labels
    {
        get
        {
            InvocationLabels labels = AbiVersions.Of(Release, HasBreakpoints);
            return HasGuestsOfPc ? AbiVersions.WithGuestsOfPc(labels) : labels;
        }
    }

    /// <summary>Examines <paramref name="elf"/>, whose symbols are in <paramref name="symbols"/>; what they do not show is <paramref name="linkedFor"/>'s.</summary>
    /// <exception cref="InvalidDataException">Its IPC buffer lies at an impossible place.</exception>
    public static LibmicrokitAbi Of(ElfFile elf, ElfFile symbols, MicrokitTarget linkedFor)
    {
        if (symbols.FindSymbol("pride_labels") is not null)
        {
            return elf.Machine == ElfMachine.X64 ? Pride with { HasGuestsOfPc = true } : Pride;
        }

        MicrokitRelease release = symbols.FindSymbol("__sel4_ipc_buffer_obj") is null ? MicrokitRelease.V23
            : symbols.FindSymbol("microkit_ioports") is null ? MicrokitRelease.V20
            : symbols.FindSymbol("__assert_fail") is { IsWeak: true } || elf.AllBytes.IndexOf("|assert failed: "u8) >= 0 ? MicrokitRelease.V22
            : MicrokitRelease.V21;
        ulong buffer = IpcBufferOf(elf, symbols, linkedFor);
        if (buffer % Limits.PageSize != 0 || buffer >= PdLayout.AddressTop(linkedFor.Architecture))
        {
            throw new InvalidDataException($"{elf.Name}: its IPC buffer at 0x{buffer:x} is not a page of user space");
        }

        bool debug = symbols.FindSymbol("microkit_dbg_putc") is { } print ? EntersKernel(elf, print) : linkedFor.Debug;
        return new LibmicrokitAbi(release, debug, buffer)
        {
            HasBreakpoints = debug && linkedFor.Architecture != Architecture.RiscV64,
            HasGuestsOfPc = elf.Machine == ElfMachine.X64 && symbols.FindSymbol("microkit_x86_vcpu_state") is not null,
        };
    }

    private static ulong IpcBufferOf(ElfFile elf, ElfFile symbols, MicrokitTarget linkedFor)
    {
        if (symbols.FindSymbol("__sel4_ipc_buffer_obj") is { } page)
        {
            return page.Address;
        }

        ulong pointer = symbols.FindSymbol("__sel4_ipc_buffer") is { } variable && elf.Read(variable.Address, sizeof(ulong)) is { } value
            ? BinaryPrimitives.ReadUInt64LittleEndian(value)
            : 0;
        return pointer == 0 ? linkedFor.TopBuffer : pointer;
    }

    // AArch64: SVC in the function; x86-64: SYSCALL; RISC-V: ECALL, which may lie at any even address.
    private static bool EntersKernel(ElfFile elf, ElfSymbol function)
    {
        if (function.Size is 0 or >= 0x1000 || elf.Read(function.Address, (int)function.Size) is not { } code)
        {
            return false;
        }

        return elf.Machine switch
        {
            ElfMachine.X64 => code.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x0f, 0x05]) >= 0,
            ElfMachine.RiscV => code.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x73, 0, 0, 0]) >= 0,
            _ => MemoryMarshal.Cast<byte, uint>(code.AsSpan(0, code.Length & ~3)).Contains(Svc),
        };
    }
}
