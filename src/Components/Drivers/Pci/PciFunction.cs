// A driver's view of its PCI function: it asks the PCI component to open it, and reads its configuration space through it.

using System;
using Pride.Abi;
using Pride.Abi.Services;
using Pride.Microkit;

namespace Pride.Drivers.Pci;

/// <summary>The function behind a channel to the PCI component.</summary>
public readonly struct PciFunction(Channel host)
{
    // Status (above the command): it has a list of capabilities, which starts at the offset in the capability pointer (PCI 3.0, 6.7).
    private const uint StatusCapabilities = 1 << 20;
    private const uint CapabilityPointer = 0x34;
    private const uint OffsetMask = 0xfc;
    private const uint ByteMask = 0xff;
    private const int NextShift = 8;

    // Capabilities lie behind the header's 64 bytes and take four at least: more than this many is a list that loops.
    private const int MaximumCapabilities = 48;

    /// <summary>Opens the function; the number of the base address register whose window the driver has.</summary>
    public PciStatus Open(out uint windowRegister)
    {
        MessageInfo reply = host.Call(new MessageInfo(PciProtocol.Open, 0));
        windowRegister = (uint)MessageRegisters.Get(1);
        return reply.Length == 2 ? (PciStatus)MessageRegisters.Get(0) : PciStatus.NoConfigurationSpace;
    }

    /// <summary>For a driver that cannot go on without its device.</summary>
    /// <exception cref="InvalidOperationException">The function is not open; the message says what was expected.</exception>
    public static void Require(PciStatus status)
    {
        switch (status)
        {
            case PciStatus.Ready:
                return;
            case PciStatus.NoConfigurationSpace:
                throw new InvalidOperationException("PCI: nothing answers where the board says that configuration space is");
            case PciStatus.Absent:
                throw new InvalidOperationException("PCI: there is no function at the bus, device and function number that the board names");
            case PciStatus.OtherDevice:
                throw new InvalidOperationException("PCI: the function has another vendor or device id, or other capabilities, than the board's device");
            case PciStatus.OtherWindow:
                throw new InvalidOperationException("PCI: the function's base address register asks for another size than the board's window has");
            case PciStatus.NoInterrupt:
                throw new InvalidOperationException("PCI: the function has no interrupt line");
            default:
                throw new InvalidOperationException("PCI: the answer of the PCI component makes no sense");
        }
    }

    /// <summary>32 bits of configuration space; all ones, as from no device, when <paramref name="offset"/> is none.</summary>
    public uint Read(uint offset)
    {
        MessageRegisters.Set(0, offset);
        return host.Call(new MessageInfo(PciProtocol.Read, 1)).Length == 1 ? (uint)MessageRegisters.Get(0) : uint.MaxValue;
    }

    /// <summary>The offset of the next capability of kind <paramref name="id"/> behind <paramref name="previous"/> (0: the first); 0: there is none.</summary>
    public uint FindCapability(uint id, uint previous = 0)
    {
        if ((Read(0x04) & StatusCapabilities) == 0)
        {
            return 0;
        }

        uint at = previous == 0 ? Read(CapabilityPointer) & OffsetMask : (Read(previous) >> NextShift) & OffsetMask;
        for (int i = 0; i < MaximumCapabilities && at != 0; i++)
        {
            uint header = Read(at);
            if ((header & ByteMask) == id)
            {
                return at;
            }

            at = (header >> NextShift) & OffsetMask;
        }

        return 0;
    }
}
