// Hands out the machine's main memory.
//
// What is in the image file grows upwards from the load address; what the kernel zeroes at boot grows downwards from
// the highest range that the description has placed, else from the end of memory. So the file holds no zeroes, and
// everything that must be zeroed is one range, no longer than it has to be. The two may not meet: when they would, the
// rest is zeroed behind the placed ranges, downwards from the end of memory. Both go around placed ranges; such a range
// lies in the file when the description fills it, and in the zeroed range otherwise.

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
    /// <summary>Bytes. Placed ranges that end this far above the load address leave room for image files below them; the largest examples take 20 MiB.</summary>
    private const ulong RoomForImage = 128 << 20;

    private readonly List<MemoryUse> _uses = [];
    private readonly BoardMemory _memory;
    private readonly ulong _moved;
    private readonly IReadOnlyList<FixedRange> _fixed;
    private byte* _bytes;
    private ulong _nextLoaded;
    private readonly ulong _end;
    private readonly ulong _placedEnd;
    private ulong _lowestZeroed;
    private ulong _lowestBehind;

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
        _end = zeroedEnd;
        ulong placedEnd = _fixed.Count == 0 || _fixed.Any(f => f.Loaded) ? zeroedEnd : _fixed.Max(f => f.End);
        _placedEnd = placedEnd >= loadAddress + RoomForImage ? placedEnd : zeroedEnd;
        _lowestZeroed = _placedEnd;
        _lowestBehind = zeroedEnd;
        _bytes = (byte*)NativeMemory.AllocZeroed((nuint)(memory.Base + memory.Size - loadAddress));
    }

    /// <summary>Where the image's first byte is loaded.</summary>
    public ulong LoadAddress { get; }

    /// <summary>The kernel's address of main memory at <paramref name="physical"/>: the same wherever the image is moved to.</summary>
    public ulong ToVirtual(ulong physical) => KernelLayout.ToVirtual(physical - _moved);

    /// <summary>One past the image's last byte.</summary>
    public ulong LoadedEnd => _fixed.Where(f => f.Loaded).Select(f => f.End).Append(_nextLoaded).Max();

    /// <summary>The first byte that boot must zero.</summary>
    public ulong ZeroedStart => _fixed.Where(f => f.Start >= LoadedEnd).Select(f => f.Start).Append(_lowestZeroed).Min();

    /// <summary>One past the last byte that boot must zero; everything from <see cref="ZeroedStart"/> on is.</summary>
    public ulong ZeroedEnd => _lowestBehind < _end ? _end : _placedEnd;

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
        ulong address;
        if (Below(_lowestZeroed, size, LoadedEnd) is { } below)
        {
            address = _lowestZeroed = below;
        }
        else
        {
            address = _lowestBehind = Below(_lowestBehind, size, _placedEnd) ?? throw Full(owner, what, size);
        }

        Note(new MemoryUse(owner, what, address, size, MemoryOrigin.Zeroed));
        return address;
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

    /// <summary>The highest place for <paramref name="size"/> bytes that ends at <paramref name="top"/> or below and starts at <paramref name="bottom"/> or above.</summary>
    private ulong? Below(ulong top, ulong size, ulong bottom)
    {
        ulong alignment = size >= Limits.LargePageSize ? Limits.LargePageSize : Limits.PageSize;
        while (top >= bottom && size <= top - bottom)
        {
            ulong address = Sizes.RoundDown(top - size, alignment);
            if (address < bottom)
            {
                return null;
            }

            if (Hit(address, size) is not { } taken)
            {
                return address;
            }

            top = taken.Start;
        }

        return null;
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
