// What differs between architectures when an image is built. Everything else in this assembly is the same for all.

using System;
using System.Collections.Generic;
using System.Linq;
using Pride.Description;
using Pride.Image.Layout;
using Pride.Kernel.Objects;
using Pride.Machine;

namespace Pride.Image.Architectures;

/// <summary>Physical registers that the kernel itself uses.</summary>
internal readonly record struct KernelDevice(ulong Base, ulong Bytes);

/// <summary>Physical memory from 0 on, as boot sees it.</summary>
internal readonly record struct FirmwareWindow(ulong VirtualBase, ulong Bytes);

/// <summary>One architecture.</summary>
internal abstract class ImageArchitecture
{
    /// <summary>Its translation tables.</summary>
    public abstract PageTableFormat PageTables { get; }

    /// <summary>True: paging comes on while the entry code runs at its physical address, so it needs a table that maps it there.</summary>
    public abstract bool NeedsIdentity { get; }

    /// <summary>Where the entry code's table maps physical memory from 0 on, read-only, because the firmware leaves there what boot reads; null: it reads nothing.</summary>
    public virtual FirmwareWindow? FirmwareWindow => null;

    /// <summary>True: nothing says how fast the counter counts, so the kernel measures it at boot and tells the programs.</summary>
    public virtual bool MeasuresCounter => false;

    /// <summary>The architecture of <paramref name="board"/>.</summary>
    /// <exception cref="ImageException">No image can be built for it.</exception>
    public static ImageArchitecture Of(Board board) => board.Architecture switch
    {
        Architecture.AArch64 => new Aarch64Image(),
        Architecture.RiscV64 => new RiscV64Image(),
        Architecture.X64 => new X64Image(),
        _ => throw new ImageException($"board '{board.Name}' is {board.Architecture}, for which no images are built yet", "choose a board of another architecture"),
    };

    /// <summary>
    /// What the boot loader gets for <paramref name="image"/>, the bytes from <paramref name="loadAddress"/> on, which lies <paramref name="above"/> bytes above the board's own
    /// place. <paramref name="entry"/>: physical address of the kernel's entry point.
    /// </summary>
    public abstract byte[] Finish(Span<byte> image, ulong loadAddress, ulong above, ulong entry);

    /// <summary>Where the kernel's program begins when an EFI firmware starts it; null: none does.</summary>
    public virtual string? EfiEntrySymbol => null;

    /// <summary>What the register that names a PD's tables is set to.</summary>
    public abstract ulong AddressSpaceWord(ulong root, ulong asid);

    /// <summary>Sets the registers that a thread starts with; all are 0. C#'s entry stub makes the stack itself, libmicrokit's takes it as it is.</summary>
    public abstract void SetEntry(ref Tcb tcb, ulong entry, ulong stackTop);

    /// <summary>Sets the floating-point state that a thread starts with; it is zeroed.</summary>
    public virtual void SetFpu(ref FpuState state)
    {
    }

    /// <summary>The interrupt controller that <paramref name="board"/>'s kernel is compiled for.</summary>
    public abstract InterruptController InterruptControllerOf(Board board);

    /// <summary>What the kernel drives itself.</summary>
    public abstract IEnumerable<KernelDevice> KernelDevices(Board board);

    /// <summary>Memory outside of the board's main memory that the kernel writes to.</summary>
    public virtual IEnumerable<BoardMemory> KernelMemory(Board board) => [];

    /// <summary>Tells the kernel of the board's interrupt controller, timer, firmware and console, and of those of its devices that the system uses.</summary>
    public abstract void WriteMachine(ref BootInfo info, Board board);

    /// <summary>True when <paramref name="program"/> handles the interrupt of the CPU's spare timer, whose registers are then open to it and to no other PD.</summary>
    public abstract bool UsesSpareTimer(Board board, PdProgram program);

    /// <summary>A part that a board must have, or a message that says where it belongs.</summary>
    protected static T Required<T>(Board board, T? part, string name)
        where T : class => part ?? throw new ImageException(
            $"board '{board.Name}' does not say what its {name} is", $"add \"{name}\" to \"kernel\" in boards/{board.Name}.json");

    /// <summary>True when <paramref name="program"/> handles an interrupt of a device that is <paramref name="compatible"/>.</summary>
    protected static bool Handles(Board board, PdProgram program, string compatible)
    {
        HashSet<uint> lines = board.DevicesCompatible(compatible).SelectMany(d => d.Interrupts).ToHashSet();
        return program.Described?.Interrupts.Any(i => lines.Contains(i.Line)) ?? false;
    }
}
