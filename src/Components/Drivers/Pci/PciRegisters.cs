// Configuration space by memory (PCI Express Base 3.0, 7.2.2 and 7.5): 4 KiB for each function, in the order of bus, device, function.

using Pride.Machine;

namespace Pride.Drivers.Pci;

/// <summary>The configuration space of a whole PCI hierarchy.</summary>
internal readonly struct PciRegisters(Region window)
{
    /// <summary>Vendor in the lower half, device in the upper.</summary>
    public const uint Identity = 0x00;

    /// <summary>Command in the lower half, status in the upper.</summary>
    public const uint Command = 0x04;

    /// <summary>Revision in the lowest byte; class, subclass and interface above it.</summary>
    public const uint Class = 0x08;

    /// <summary>Cache line, latency, header type (bits 23..16), self test.</summary>
    public const uint Header = 0x0c;

    public const uint BaseAddress0 = 0x10;

    /// <summary>Bridges: primary bus, secondary bus (bits 15..8), subordinate bus, latency.</summary>
    public const uint BridgeBuses = 0x18;

    /// <summary>Interrupt line, then interrupt pin (bits 15..8; 0: none).</summary>
    public const uint Interrupt = 0x3c;

    public const uint CommandPorts = 1 << 0;
    public const uint CommandMemory = 1 << 1;
    public const uint CommandMaster = 1 << 2;
    public const uint CommandNoLine = 1 << 10;

    /// <summary>The command is 16 bits; writing zeros to the status beside it leaves it as it is.</summary>
    public const uint CommandMask = 0xffff;

    public const int BaseAddresses = 6;
    public const uint Nothing = uint.MaxValue;
    public const uint BytesOfFunction = 4096;

    private const int PlaceShift = 12;
    private const int BusShift = 20;

    private readonly Mmio _registers = new(window);

    /// <summary>Buses that the window has room for.</summary>
    public int BusCount => (int)(window.Size >> BusShift);

    public uint Read(uint place, uint register) => _registers.Read32((nuint)(((ulong)place << PlaceShift) + register));

    public void Write(uint place, uint register, uint value) => _registers.Write32((nuint)(((ulong)place << PlaceShift) + register), value);

    /// <summary>Whether <paramref name="place"/> lies in the window at all.</summary>
    public bool Holds(uint place) => ((ulong)place << PlaceShift) + BytesOfFunction <= window.Size;

    /// <summary>Sets the bits of the command register that <paramref name="bits"/> has, of those in <paramref name="mask"/>.</summary>
    public void Switch(uint place, uint mask, uint bits) =>
        Write(place, Command, (Read(place, Command) & CommandMask & ~mask) | bits);
}
