// Builds the kernel's half of the address space as KernelLayout defines it: the physical window, the kernel image, the stacks;
// and, where the architecture needs it, the table that maps the entry code at its physical address for the moment in which the MMU comes on,
// and what the firmware says for the time in which the kernel reads it.

using System;
using System.Linq;
using Pride.Description;
using Pride.Image.Architectures;
using Pride.Image.Elf;
using Pride.Image.Memory;
using Pride.Kernel.Objects;

namespace Pride.Image.Layout;

/// <summary>The kernel's program and tables.</summary>
internal sealed class KernelSpace
{
    private const string Owner = "kernel";

    private static readonly PageMapping s_data = new(User: false, Writable: true, Executable: false, MemoryKind.Normal);
    private static readonly PageMapping s_firmware = new(User: false, Writable: false, Executable: false, MemoryKind.Normal);
    private static readonly PageMapping s_device = new(User: false, Writable: true, Executable: false, MemoryKind.Device);

    private readonly PhysicalPlan _plan;
    private readonly ImageArchitecture _architecture;
    private readonly ElfFile _kernel;
    private readonly ulong _imageBytes;

    /// <summary>Loads the kernel's program at the very start of <paramref name="plan"/>.</summary>
    public KernelSpace(PhysicalPlan plan, ImageArchitecture architecture, ElfFile kernel)
    {
        _plan = plan;
        _architecture = architecture;
        _kernel = kernel;
        Check(kernel);
        _imageBytes = Sizes.RoundUp(kernel.Segments[^1].End - KernelLayout.ImageWindow, Limits.PageSize);
        ulong start = plan.Load(Owner, "program", _imageBytes);
        if (start != plan.LoadAddress)
        {
            throw new ImageException(
                $"a region with a fixed address lies where the kernel is loaded (0x{plan.LoadAddress:x}, 0x{_imageBytes:x} bytes)", "move the region up");
        }

        foreach (ElfSegment segment in kernel.Segments)
        {
            kernel.BytesOf(segment).CopyTo(plan.Bytes(PhysicalOf(segment.Address), segment.FileSize));
        }
    }

    /// <summary>Physical address of the kernel half's root table.</summary>
    public ulong KernelRoot { get; private set; }

    /// <summary>Physical address of the identity table for the entry code; 0 where the entry code needs none.</summary>
    public ulong IdentityRoot { get; private set; }

    /// <summary>Physical address of a root table without anything of a PD.</summary>
    public ulong EmptyRoot { get; private set; }

    /// <summary>Physical address of what the kernel's program has at <paramref name="linked"/>.</summary>
    public ulong PhysicalOf(ulong linked) => _plan.LoadAddress + (linked - KernelLayout.ImageWindow);

    /// <summary>Kernel-virtual top of the stack of core <paramref name="core"/>.</summary>
    public static ulong StackTop(int core) => KernelLayout.StackWindow + ((ulong)core * KernelLayout.StackStride) + KernelLayout.StackBytes;

    /// <summary>Makes every table.</summary>
    public AddressSpace BuildTables(Board board)
    {
        AddressSpace space = NewSpace();
        AddressSpace? identity = _architecture.NeedsIdentity ? NewSpace() : null;
        foreach (ElfSegment segment in _kernel.Segments)
        {
            bool executable = segment.Flags.HasFlag(ElfSegmentFlags.Execute);
            ulong bytes = Sizes.RoundUp(segment.MemorySize, Limits.PageSize);
            PageMapping rights = new(User: false, segment.Flags.HasFlag(ElfSegmentFlags.Write), executable, MemoryKind.Normal);
            space.Map(segment.Address, PhysicalOf(segment.Address), bytes, rights);
            if (executable)
            {
                // Where the image is not moved; if it is, the entry code moves the entries (Relocations.cs).
                identity?.Map(PhysicalOf(segment.Address) - board.Moved, PhysicalOf(segment.Address), bytes, rights);
            }
        }

        if (_architecture.FirmwareWindow is { } window)
        {
            identity?.Map(window.VirtualBase, 0, window.Bytes, s_firmware);
        }

        for (int core = 0; core < board.Cores; core++)
        {
            // In the image file, because the kernel stands on it while it zeroes the rest.
            ulong stack = _plan.Load(Owner, "stacks", KernelLayout.StackBytes);
            space.Map(StackTop(core) - KernelLayout.StackBytes, stack, KernelLayout.StackBytes, s_data);
        }

        MapPhysicalWindow(space, board);
        identity?.ShareKernelHalf(space);
        KernelRoot = space.Root;
        IdentityRoot = identity?.Root ?? 0;
        EmptyRoot = _architecture.PageTables.SplitsHalves ? NewSpace().Root : space.Root;
        return space;
    }

    // All main memory but the kernel's own program, the devices that the kernel drives, and memory that it writes outside of the board's.
    private void MapPhysicalWindow(AddressSpace space, Board board)
    {
        foreach (BoardMemory memory in board.Memory)
        {
            ulong end = memory.Base + memory.Size;
            bool hasImage = _plan.LoadAddress >= memory.Base && _plan.LoadAddress < end;
            ulong hole = hasImage ? _plan.LoadAddress : end;
            ulong moved = hasImage ? board.Moved : 0;
            MapWindow(space, memory.Base, hole - memory.Base, s_data, moved);
            if (hasImage)
            {
                MapWindow(space, hole + _imageBytes, end - hole - _imageBytes, s_data, moved);
            }
        }

        foreach (KernelDevice device in _architecture.KernelDevices(board))
        {
            MapWindow(space, device.Base, device.Bytes, s_device);
        }

        foreach (BoardMemory memory in _architecture.KernelMemory(board))
        {
            MapWindow(space, memory.Base, memory.Size, s_data);
        }
    }

    private AddressSpace NewSpace() => new(_plan, _architecture.PageTables, Owner);

    private static void MapWindow(AddressSpace space, ulong physical, ulong bytes, PageMapping mapping, ulong moved = 0) =>
        space.Map(KernelLayout.ToVirtual(physical - moved), physical, bytes, mapping);

    private static void Check(ElfFile kernel)
    {
        if (kernel.Segments.Count == 0 || kernel.Segments[0].Address != KernelLayout.ImageWindow)
        {
            throw new ImageException($"{kernel.Name} is not linked at 0x{KernelLayout.ImageWindow:x}", "build the kernel again: delete .pride/cache");
        }

        foreach (ElfSegment segment in kernel.Segments)
        {
            bool writableCode = segment.Flags.HasFlag(ElfSegmentFlags.Write) && segment.Flags.HasFlag(ElfSegmentFlags.Execute);
            if (segment.Address % Limits.PageSize != 0 || writableCode)
            {
                throw new ImageException(
                    $"{kernel.Name}: the segment at 0x{segment.Address:x} is not page-aligned, or is both writable and executable",
                    "mend the kernel's linker script");
            }
        }

        if (kernel.Segments.Zip(kernel.Segments.Skip(1)).Any(p => Sizes.RoundUp(p.First.End, Limits.PageSize) > p.Second.Address))
        {
            throw new ImageException($"{kernel.Name}: segments share a page", "mend the kernel's linker script");
        }
    }
}
