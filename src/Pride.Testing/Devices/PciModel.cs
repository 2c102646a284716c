// PCI configuration space for tests (PCI 3.0, 6): functions with base address registers that say their size when asked, and capabilities.

using System;
using System.Collections.Generic;

namespace Pride.Testing.Devices;

/// <summary>The configuration space of a hierarchy.</summary>
public sealed class PciModel : ITestDevice
{
    private const int PlaceShift = 12;
    private const ulong RegisterMask = 0xfff;

    private readonly Dictionary<ulong, PciFunctionModel> _functions = [];

    /// <summary>The host bridge, without which configuration space is taken for missing.</summary>
    public PciModel() => Add(0, 0x8086, 0x29c0, classCode: 0x06);

    /// <summary>Puts a function at <paramref name="place"/>: bus, device and function, 8, 5 and 3 bits.</summary>
    public PciFunctionModel Add(uint place, ushort vendor, ushort device, byte classCode, byte interruptPin = 1)
    {
        PciFunctionModel function = new(vendor, device, classCode, interruptPin);
        _functions[place] = function;
        return function;
    }

    public void Remove(uint place) => _functions.Remove(place);

    public ulong Load(ulong offset, int width) => _functions.TryGetValue(offset >> PlaceShift, out PciFunctionModel? function)
        ? function.Load((int)(offset & RegisterMask), width)
        : uint.MaxValue;

    public void Store(ulong offset, int width, ulong value)
    {
        if (_functions.TryGetValue(offset >> PlaceShift, out PciFunctionModel? function))
        {
            function.Store((int)(offset & RegisterMask), width, (uint)value);
        }
    }
}

/// <summary>One function.</summary>
public sealed class PciFunctionModel
{
    private const int Command = 1;
    private const int BaseAddress0 = 4;
    private const int BaseAddresses = 6;
    private const int FirstCapability = 16;
    private const uint WritableCommand = 0x0507;

    private readonly uint[] _registers = new uint[1024];
    private readonly uint[] _masks = new uint[BaseAddresses];
    private readonly HashSet<int> _capabilities = [];
    private int _nextCapability = FirstCapability * sizeof(uint);

    internal PciFunctionModel(ushort vendor, ushort device, byte classCode, byte interruptPin)
    {
        _registers[0] = vendor | ((uint)device << 16);
        _registers[2] = (uint)classCode << 24;
        _registers[15] = (uint)interruptPin << 8;
    }

    /// <summary>It answers in memory.</summary>
    public bool IsOn => (_registers[Command] & 2) != 0;

    /// <summary>It may read and write memory.</summary>
    public bool IsMaster => (_registers[Command] & 4) != 0;

    /// <summary>A register that stays as it is, whatever the specification says; 0: none.</summary>
    public int FixedRegister { get; set; }

    /// <summary>The register at <paramref name="offset"/>, for what the specification fixes and this model does not.</summary>
    public uint this[int offset]
    {
        get => _registers[offset / sizeof(uint)];
        set => _registers[offset / sizeof(uint)] = value;
    }

    /// <summary>Gives it a window; <paramref name="flags"/> are the low bits (4: 64 bits wide).</summary>
    public void AddWindow(int index, ulong size, uint flags = 0)
    {
        _masks[index] = (uint)~(size - 1);
        _registers[BaseAddress0 + index] = flags;
        if (flags == 4)
        {
            _masks[index + 1] = (uint)(~(size - 1) >> 32);
        }
    }

    /// <summary>Where the window is.</summary>
    public ulong WindowBase(int index) => _registers[BaseAddress0 + index] & ~0xfu;

    /// <summary>Puts a capability in front of the list, as QEMU does, so that the list goes backwards.</summary>
    public int AddCapability(params ReadOnlySpan<uint> words)
    {
        const uint HasCapabilities = 1 << 20;
        int at = _nextCapability;
        _nextCapability += words.Length * sizeof(uint);
        for (int i = 0; i < words.Length; i++)
        {
            this[at + (i * sizeof(uint))] = words[i];
        }

        _capabilities.Add(at / sizeof(uint));
        this[at] = (this[at] & ~0xff00u) | (this[0x34] << 8);
        this[0x34] = (uint)at;
        _registers[Command] |= HasCapabilities;
        return at;
    }

    internal uint Load(int offset, int width) => width == sizeof(uint) && offset % sizeof(uint) == 0
        ? _registers[offset / sizeof(uint)]
        : throw new TestSystemException($"PCI: a load of {width} bytes at {offset:x}");

    internal void Store(int offset, int width, uint value)
    {
        if (width != sizeof(uint) || offset % sizeof(uint) != 0)
        {
            throw new TestSystemException($"PCI: a store of {width} bytes at {offset:x}");
        }

        int index = offset / sizeof(uint);
        if (index == Command)
        {
            _registers[Command] = (_registers[Command] & 0xffff_0000) | (value & WritableCommand);
        }
        else if (index is >= BaseAddress0 and < BaseAddress0 + BaseAddresses)
        {
            if (IsOn)
            {
                throw new TestSystemException("PCI: a base address register is written while the function answers");
            }

            uint mask = _masks[index - BaseAddress0];
            _registers[index] = (value & mask) | (_registers[index] & ~mask & 0xf);
        }
        else if (index >= FirstCapability && offset != FixedRegister)
        {
            // Identity and place in the list stay as they are.
            uint mask = _capabilities.Contains(index) ? 0xffff_0000 : uint.MaxValue;
            _registers[index] = (value & mask) | (_registers[index] & ~mask);
        }
    }
}
