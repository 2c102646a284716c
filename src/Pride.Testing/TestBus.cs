// The simulated bus: register windows answered by device models, and DMA memory at addresses that only devices use.

using System;
using System.Collections.Generic;
using Pride.Abi.Sddf;
using Pride.Machine;

namespace Pride.Testing;

/// <summary>A device model behind a register window.</summary>
public interface ITestDevice
{
    ulong Load(ulong offset, int width);

    void Store(ulong offset, int width, ulong value);
}

public sealed unsafe partial class TestSystem : IHostBus
{
    // Far above any address a process has: using one as a pointer is a crash, never a quiet success.
    private const ulong FirstWindow = 0x00f0_0000_0000_0000;
    private const ulong WindowGap = 0x1_0000;

    // So that an I/O address taken for an offset or a virtual address is seen at once.
    private const ulong FirstIoAddress = 0x0000_00d0_0000_0000;

    private readonly List<(ulong Start, ulong Size, ITestDevice Device)> _windows = [];
    private readonly List<(ulong IoAddress, Region Region)> _dma = [];
    private ulong _nextIoAddress = FirstIoAddress;

    /// <summary>Where DMA memory begins as devices see it, for devices that cannot reach so high.</summary>
    public ulong DmaStart
    {
        init => _nextIoAddress = value;
    }

    /// <summary>Puts <paramref name="device"/> behind a register window of <paramref name="size"/> bytes.</summary>
    public Region Device(ITestDevice device, ulong size = PageSize)
    {
        ulong start = _windows.Count == 0 ? FirstWindow : (_windows[^1].Start + _windows[^1].Size + (2 * WindowGap) - 1) & ~(WindowGap - 1);
        _windows.Add((start, size, device));
        return new Region((nuint)start, size);
    }

    /// <summary>Memory that devices reach.</summary>
    public DeviceRegion DmaMemory(int size)
    {
        Region region = Memory(size);
        DeviceRegion result = new() { Region = region, IoAddress = _nextIoAddress };
        _dma.Add((_nextIoAddress, region));
        _nextIoAddress += ((ulong)size + (16 * PageSize)) & ~(ulong)(PageSize - 1);
        return result;
    }

    /// <summary>What a device sees at <paramref name="ioAddress"/>; an access outside all DMA memory is a failure of the driver.</summary>
    public Span<byte> Dma(ulong ioAddress, ulong length)
    {
        foreach ((ulong start, Region region) in _dma)
        {
            if (ioAddress >= start && ioAddress - start <= region.Size && region.Size - (ioAddress - start) >= length)
            {
                return new Span<byte>((void*)(region.Address + (nuint)(ioAddress - start)), (int)length);
            }
        }

        throw new TestSystemException($"a device was told to use {length} bytes at {ioAddress:x}, which is no DMA memory");
    }

    ulong IHostBus.Load(nuint address, int width)
    {
        (ulong offset, ITestDevice device) = Find(address, width);
        return device.Load(offset, width);
    }

    void IHostBus.Store(nuint address, int width, ulong value)
    {
        (ulong offset, ITestDevice device) = Find(address, width);
        device.Store(offset, width, value);
        PassCrashPoint();
    }

    private (ulong Offset, ITestDevice Device) Find(ulong address, int width)
    {
        foreach ((ulong start, ulong size, ITestDevice device) in _windows)
        {
            if (address >= start && address - start + (ulong)width <= size)
            {
                return (address - start, device);
            }
        }

        throw new TestSystemException($"no device answers at {address:x}");
    }
}
