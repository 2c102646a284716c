// The PCI component: it alone reaches configuration space, since who writes there moves devices' registers over anybody's memory.
//
// Init goes through every bus that the firmware has numbered and silences the functions that no driver has: they neither answer in memory nor
// read or write it, whatever the firmware used them for. A function that a driver has is opened when its driver asks: its registers go
// to the window that the description has mapped into the driver, wherever the firmware had put them. Meant to run passive, above all drivers.

using Pride.Abi;
using Pride.Abi.Services;
using Pride.Machine;
using Pride.Microkit;

namespace Pride.Drivers.Pci;

/// <summary>PCI configuration space by memory (ECAM).</summary>
[Profile(Profile.Driver)]
public sealed class PciHost : ProtectionDomain
{
    private const uint DevicesOfBus = 32;
    private const uint FunctionsOfDevice = 8;
    private const int BusShift = 8;
    private const int DeviceShift = 3;

    // Header type: bit 7, more functions than one; the rest, 1 for a bridge to another bus.
    private const int HeaderTypeShift = 16;
    private const uint SeveralFunctions = 0x80;
    private const uint HeaderTypeMask = 0x7f;
    private const uint BridgeHeader = 1;
    private const uint BridgeClass = 0x06;
    private const int ClassShift = 24;
    private const uint ByteMask = 0xff;

    // Base address registers: bit 0, I/O ports; bits 2..1, 2 for one of 64 bits, whose upper half is the next register.
    private const uint IsPorts = 1;
    private const uint TypeMask = 3 << 1;
    private const uint Type64 = 2 << 1;
    private const uint FlagMask = 0xf;

    private PciRegisters _registers;
    private uint[] _buses = [];
    private bool[] _isKnown = [];
    private int _busCount;

    [Wired]
    public Region ConfigurationSpace;

    [Wired]
    public Config<PciConfig> Configuration;

    /// <summary>Functions found on all buses.</summary>
    public uint Found { get; private set; }

    /// <summary>Those of them that were silenced, because no driver has them.</summary>
    public uint Silenced { get; private set; }

    /// <summary>Calls with a label, an offset or from a channel that makes no sense.</summary>
    public uint Dropped { get; private set; }

    public override void Init()
    {
        _registers = new PciRegisters(ConfigurationSpace);
        _buses = new uint[_registers.BusCount];
        _isKnown = new bool[_registers.BusCount];
        _busCount = 0;
        Remember(0);
        for (int i = 0; i < _busCount; i++)
        {
            for (uint device = 0; device < DevicesOfBus; device++)
            {
                ScanDevice((_buses[i] << BusShift) | (device << DeviceShift));
            }
        }
    }

    public override MessageInfo Protected(Channel channel, MessageInfo message)
    {
        ref readonly PciConfig config = ref Configuration.Value;
        for (int i = 0; i < (int)config.FunctionCount; i++)
        {
            ref readonly PciFunctionConfig function = ref config.Functions[i];
            if (function.ChannelId != channel.Id)
            {
                continue;
            }

            if (message.Label == PciProtocol.Open)
            {
                MessageRegisters.Set(0, (ulong)Open(in function));
                MessageRegisters.Set(1, function.WindowRegister);
                return new MessageInfo(0, 2);
            }

            ulong offset = MessageRegisters.Get(0);
            if (message.Label == PciProtocol.Read && message.Length == 1 && offset < PciRegisters.BytesOfFunction && offset % sizeof(uint) == 0
                && Check(in function) == PciStatus.Ready)
            {
                MessageRegisters.Set(0, _registers.Read(function.Place, (uint)offset));
                return new MessageInfo(0, 1);
            }
        }

        Dropped++;
        return new MessageInfo(0, 0);
    }

    /// <summary>A bus is looked at once, however often bridges that lie name it, and only where the window holds it.</summary>
    private void Remember(uint bus)
    {
        if (bus < _isKnown.Length && !_isKnown[bus])
        {
            _isKnown[bus] = true;
            _buses[_busCount++] = bus;
        }
    }

    /// <summary>Counts and silences the functions of a device, and remembers the buses behind it.</summary>
    private void ScanDevice(uint place)
    {
        uint functions = 1;
        for (uint i = 0; i < functions; i++)
        {
            uint function = place + i;
            if (_registers.Read(function, PciRegisters.Identity) == PciRegisters.Nothing)
            {
                continue;
            }

            Found++;
            uint type = _registers.Read(function, PciRegisters.Header) >> HeaderTypeShift;
            functions = i == 0 && (type & SeveralFunctions) != 0 ? FunctionsOfDevice : functions;
            if ((type & HeaderTypeMask) == BridgeHeader)
            {
                Remember((_registers.Read(function, PciRegisters.BridgeBuses) >> BusShift) & ByteMask);
            }

            if (_registers.Read(function, PciRegisters.Class) >> ClassShift != BridgeClass && !IsDriven(function))
            {
                Silenced++;
                _registers.Switch(function, PciRegisters.CommandMemory | PciRegisters.CommandMaster | PciRegisters.CommandNoLine, PciRegisters.CommandNoLine);
            }
        }
    }

    private bool IsDriven(uint place)
    {
        ref readonly PciConfig config = ref Configuration.Value;
        for (int i = 0; i < (int)config.FunctionCount; i++)
        {
            if (config.Functions[i].Place == place)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the function that the description means is there.</summary>
    private PciStatus Check(ref readonly PciFunctionConfig function)
    {
        // Place 0 is the host bridge, which every hierarchy has.
        if (!_registers.Holds(function.Place) || _registers.Read(0, PciRegisters.Identity) == PciRegisters.Nothing)
        {
            return PciStatus.NoConfigurationSpace;
        }

        uint identity = _registers.Read(function.Place, PciRegisters.Identity);
        uint expected = function.Vendor | ((uint)function.Device << 16);
        return identity == PciRegisters.Nothing ? PciStatus.Absent : identity == expected ? PciStatus.Ready : PciStatus.OtherDevice;
    }

    private PciStatus Open(ref readonly PciFunctionConfig function)
    {
        PciStatus status = Check(in function);
        if (status != PciStatus.Ready)
        {
            return status;
        }

        if (((_registers.Read(function.Place, PciRegisters.Interrupt) >> 8) & ByteMask) == 0)
        {
            return PciStatus.NoInterrupt;
        }

        // Its registers must not answer anywhere while they are on their way.
        const uint Answers = PciRegisters.CommandPorts | PciRegisters.CommandMemory;
        _registers.Switch(function.Place, Answers, 0);
        if (!TryPlace(in function))
        {
            return PciStatus.OtherWindow;
        }

        const uint Works = PciRegisters.CommandMemory | PciRegisters.CommandMaster;
        _registers.Switch(function.Place, Answers | Works | PciRegisters.CommandNoLine, Works);
        return PciStatus.Ready;
    }

    /// <summary>Asks the base address register for its size (PCI 3.0, 6.2.5.1) and gives it the window's address.</summary>
    private bool TryPlace(ref readonly PciFunctionConfig function)
    {
        uint register = PciRegisters.BaseAddress0 + (function.WindowRegister * (uint)sizeof(uint));
        uint flags = _registers.Read(function.Place, register) & FlagMask;
        bool isWide = (flags & TypeMask) == Type64 && function.WindowRegister + 1 < PciRegisters.BaseAddresses;
        ulong mask = Ask(function.Place, register);
        ulong upper = isWide ? (ulong)Ask(function.Place, register + sizeof(uint)) << 32 : ~(ulong)uint.MaxValue;
        ulong size = ~(upper | (mask & ~FlagMask)) + 1;
        if ((flags & IsPorts) != 0 || size != function.WindowSize || (!isWide && function.WindowBase > uint.MaxValue))
        {
            return false;
        }

        _registers.Write(function.Place, register, (uint)function.WindowBase);
        if (isWide)
        {
            _registers.Write(function.Place, register + sizeof(uint), (uint)(function.WindowBase >> 32));
        }

        return (_registers.Read(function.Place, register) & ~FlagMask) == (uint)function.WindowBase;
    }

    private uint Ask(uint place, uint register)
    {
        _registers.Write(place, register, uint.MaxValue);
        return _registers.Read(place, register);
    }
}
