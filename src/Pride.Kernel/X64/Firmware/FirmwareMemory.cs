// Memory that the firmware has filled: read while the boot tables are on, which map the lowest 4 GiB in a window, read-only.
//
// What the firmware says is input: an address is looked at only after it has been checked, and all that is read of it is a span.

using System;
using Pride.Kernel.Objects;

namespace Pride.Kernel.X64.Firmware;

/// <summary>Physical memory from address 0 on.</summary>
/// <param name="window">Where address 0 is.</param>
/// <param name="bytes">How far it reaches.</param>
internal readonly unsafe ref struct FirmwareMemory(byte* window, ulong bytes)
{
    private readonly byte* _window = window;
    private readonly ulong _bytes = bytes;

    /// <summary>What the boot tables map.</summary>
    public static FirmwareMemory Boot => new((byte*)X64Boot.FirmwareWindow, X64Boot.FirmwareBytes);

    /// <summary>The bytes at <paramref name="address"/>. False: they are not all there; address 0 stands for "none".</summary>
    public bool TryRead(ulong address, ulong length, out ReadOnlySpan<byte> data)
    {
        bool isThere = address != 0 && address < _bytes && length <= _bytes - address && length <= int.MaxValue;
        data = isThere ? new ReadOnlySpan<byte>(_window + address, (int)length) : default;
        return isThere;
    }
}
