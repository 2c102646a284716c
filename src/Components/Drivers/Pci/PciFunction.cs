// A driver's view of its PCI function: it asks the PCI component to open it, and reads its configuration space through it.

using System;
using Pride.Abi;
using Pride.Abi.Services;
using Pride.Microkit;

namespace Pride.Drivers.Pci;

/// <summary>The function behind a channel to the PCI component.</summary>
public readonly struct PciFunction(Channel host) : IPciSpace
{
    private const int AnswerWords = 3;

    /// <summary>Opens the function: the number of the base address register whose window the driver has, and how it signals.</summary>
    public PciStatus Open(out uint windowRegister, out PciSignal signal)
    {
        MessageInfo reply = host.Call(new MessageInfo(PciProtocol.Open, 0));
        windowRegister = (uint)MessageRegisters.Get(1);
        signal = (PciSignal)MessageRegisters.Get(2);
        return reply.Length == AnswerWords ? (PciStatus)MessageRegisters.Get(0) : PciStatus.NoConfigurationSpace;
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
                throw new InvalidOperationException("PCI: the function has no interrupt line, or not the messages that the board gives it");
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
}
