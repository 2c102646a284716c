// Hands out the machine's main memory.
//
// What is in the image file grows upwards from the load address; what the kernel zeroes at boot grows downwards from
// below the description's DMA regions. So the file holds no zeroes, and everything that must be zeroed is one range:
// from the lowest zeroed page to the end of memory. The two may not meet. Both go around ranges that the description
// has placed; such a range lies in the file when the description fills it, and in the zeroed range otherwise.

using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Pride.Description;
using Pride.Kernel.Objects;

namespace Pride.Image.Memory;

/// <summary>Memory whose place the description chose.</summary>
/// <param name="Start">Its first byte.</param>
/// <param name="End">One past its last.</param>
/// <param name="Loaded">The image file fills it.</param>
public readonly record struct FixedRange(ulong Start, ulong End, bool Loaded);

/// <summary>Main memory while an image is laid out. Addresses are physical, in bytes.</summary>
public sealed unsafe class PhysicalPlan : IDisposable
{
    private readonly List<MemoryUse> _uses = [];
    private readonly BoardMemory _memory;
    private readonly ulong _moved;
    private readonly IReadOnlyList<FixedRange> _fixed;
    private byte* _bytes;
    private ulong _nextLoaded;
    private ulong _lowestZeroed;

    /// <summary>Plans <paramref name="memory"/>: the image from <paramref name="loadAddress"/> up, zeroed memory from <paramref name="zeroedEnd"/> down, around <paramref name="fixedRanges"/>.</summary>
    /// <param name="memory">Main memory.</param>
    /// <param name="loadAddress">Where the image begins.</param>
    /// <param name="zeroedEnd">Where zeroed memory ends.</param>
    /// <param name="fixedRanges">What is taken.</param>
    /// <param name="moved">How far all this lies above the place of the board's file (Board.Moved).</param>
    public PhysicalPlan(BoardMemory memory, ulong loadAddress, ulong zeroedEnd, IReadOnlyList<FixedRange>? fixedRanges = null, ulong moved = 0)
    {
        _memory = memory;
        _moved = moved;
        _fixed = fixedRanges ?? [];
        LoadAddress = loadAddress;
        _nextLoaded = loadAddress;
        _lowestZeroed = zeroedEnd;
        _bytes = (byte*)NativeMemory.AllocZeroed((nuint)(memory.Base + memory.Size - loadAddress));
    }

    /// <summary>Where the image's first byte is loaded.</summary>
    public ulong LoadAddress { get; }

    /// <summary>The kernel's address of main memory at <paramref name="physical"/>: the same wherever the image is moved to.</summary>
    public ulong ToVirtual(ulong physical) => KernelLayout.ToVirtual(physical - _moved);

    /// <summary>One past the image's last byte.</summary>
    public ulong LoadedEnd => _fixed.Where(f => f.Loaded).Select(f => f.End).Append(_nextLoaded).Max();

    /// <summary>The first byte that boot must zero; everything from here to the end of memory is.</summary>
    public ulong ZeroedStart => _fixed.Where(f => f.Start >= LoadedEnd).Select(f => f.Start).Append(_lowestZeroed).Min();

    /// <summary>Every piece handed out.</summary>
    public IReadOnlyList<MemoryUse> Uses => _uses;

    /// <summary>Takes memory that the image file fills.</summary>
    /// <exception cref="ImageException">Main memory is full.</exception>
    public ulong Load(string owner, string what, ulong bytes, ulong alignment = Limits.PageSize)
    {
        ulong address = Sizes.RoundUp(_nextLoaded, alignment);
        while (Hit(address, bytes) is { } taken)
        {
            address = Sizes.RoundUp(taken.End, alignment);
        }

        _nextLoaded = address + bytes;
        Note(new MemoryUse(owner, what, address, bytes, MemoryOrigin.Loaded));
        return address;
    }

    /// <summary>Takes whole pages that are zero at boot; runs of 2 MiB and more are aligned to it.</summary>
    /// <exception cref="ImageException">Main memory is full.</exception>
    public ulong Zero(string owner, string what, ulong bytes)
    {
        ulong size = Sizes.RoundUp(bytes, Limits.PageSize);
        if (size > _lowestZeroed - _memory.Base)
        {
            throw Full(owner, what, size);
        }

        ulong alignment = size >= Limits.LargePageSize ? Limits.LargePageSize : Limits.PageSize;
        ulong address = Sizes.RoundDown(_lowestZeroed - size, alignment);
        while (Hit(address, size) is { } taken)
        {
            address = size > taken.Start - _memory.Base ? throw Full(owner, what, size) : Sizes.RoundDown(taken.Start - size, alignment);
        }

        _lowestZeroed = address;
        Note(new MemoryUse(owner, what, _lowestZeroed, size, MemoryOrigin.Zeroed));
        return _lowestZeroed;
    }

    /// <summary>Notes memory or registers at a place that the description chose.</summary>
    public void NoteFixed(MemoryUse use) => _uses.Add(use);

    /// <summary>Bytes of the image file at <paramref name="physical"/>.</summary>
    public Span<byte> Bytes(ulong physical, ulong length)
    {
        ulong size = LoadedEnd - LoadAddress;
        if (physical < LoadAddress || length > size || physical - LoadAddress > size - length)
        {
            throw new ArgumentOutOfRangeException(nameof(physical), $"0x{physical:x}+0x{length:x} is outside the image");
        }

        return new Span<byte>(_bytes + (physical - LoadAddress), checked((int)length));
    }

    /// <summary>A kernel object in the image file. Valid until the plan is disposed.</summary>
    public ref T At<T>(ulong physical)
        where T : unmanaged => ref Unsafe.As<byte, T>(ref MemoryMarshal.GetReference(Bytes(physical, (ulong)Unsafe.SizeOf<T>())));

    public void Dispose()
    {
        NativeMemory.Free(_bytes);
        _bytes = null;
    }

    private FixedRange? Hit(ulong address, ulong bytes)
    {
        foreach (FixedRange range in _fixed)
        {
            if (bytes > 0 && address < range.End && range.Start < address + bytes)
            {
                return range;
            }
        }

        return null;
    }

    private void Note(MemoryUse use)
    {
        if (LoadedEnd > _lowestZeroed)
        {
            throw Full(use.Owner, use.What, use.Bytes);
        }

        _uses.Add(use);
    }

    private ImageException Full(string owner, string what, ulong bytes) => new(
        $"main memory ({Sizes.Show(_memory.Size)}) is full: {what} of '{owner}' ({Sizes.Show(bytes)}) does not fit",
        "make heaps, stacks or regions smaller (`pride map` lists them), or choose a board with more memory");
}
