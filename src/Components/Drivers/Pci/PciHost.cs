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

    // Message-signalled interrupts (PCI 3.0, 6.8): in the capability's first word, on, how many messages, and an address of 64 bits; for MSI-X on,
    // and all masked; then where the table is, with the number of a base address register in the low bits.
    private const uint MessageCapability = 0x05;
    private const uint MessageEnable = 1 << 16;
    private const uint MessageCountMask = 7 << 20;
    private const uint MessageWide = 1 << 23;
    private const uint TableCapability = 0x11;
    private const uint TableEnable = 1u << 31;
    private const uint TableMask = 1 << 30;
    private const uint TableRegisterMask = 7;
    private const ulong TableEntry = 16;

    // Not 0 on the real seL4, under which a core is not reached at the address that Pride's kernel gives it.
    [Patched("pride_messages_name_first_core")]
    private static readonly byte s_namesFirstCore;

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
                MessageRegisters.Set(2, (ulong)SignalOf(in function));
                return new MessageInfo(0, 3);
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
        // Its registers must not answer anywhere while they are on their way, and what is not the board's device is no better than one that nobody drives.
        const uint Answers = PciRegisters.CommandPorts | PciRegisters.CommandMemory;
        const uint Works = PciRegisters.CommandMemory | PciRegisters.CommandMaster;
        PciStatus status = Check(in function);
        if (status is PciStatus.Ready or PciStatus.OtherDevice)
        {
            _registers.Switch(function.Place, Answers | Works, 0);
        }

        if (status != PciStatus.Ready)
        {
            return status;
        }

        PciSignal signal = SignalOf(in function);
        bool hasTableWindow = signal == PciSignal.TableMessage && function.MessageRegister != function.WindowRegister;
        if (!TryPlace(function.Place, function.WindowRegister, function.WindowBase, function.WindowSize)
            || (hasTableWindow && !TryPlace(function.Place, function.MessageRegister, function.MessageTableBase, function.MessageTable.Size)))
        {
            return PciStatus.OtherWindow;
        }

        _registers.Switch(function.Place, Answers | Works | PciRegisters.CommandNoLine, signal == PciSignal.Line ? Works : Works | PciRegisters.CommandNoLine);
        if (!TrySignal(in function, signal))
        {
            _registers.Switch(function.Place, Works, 0);
            return PciStatus.NoInterrupt;
        }

        return PciStatus.Ready;
    }

    /// <summary>Asks the base address register for its size (PCI 3.0, 6.2.5.1) and gives it the window's address.</summary>
    private bool TryPlace(uint place, uint number, ulong windowBase, ulong windowSize)
    {
        uint register = PciRegisters.BaseAddress0 + (number * sizeof(uint));
        uint flags = _registers.Read(place, register) & FlagMask;
        bool isWide = (flags & TypeMask) == Type64 && number + 1 < PciRegisters.BaseAddresses;
        ulong mask = Ask(place, register);
        ulong upper = isWide ? (ulong)Ask(place, register + sizeof(uint)) << 32 : ~(ulong)uint.MaxValue;
        ulong size = ~(upper | (mask & ~FlagMask)) + 1;
        if ((flags & IsPorts) != 0 || size != windowSize || (!isWide && windowBase > uint.MaxValue))
        {
            return false;
        }

        _registers.Write(place, register, (uint)windowBase);
        if (isWide)
        {
            _registers.Write(place, register + sizeof(uint), (uint)(windowBase >> 32));
        }

        return (_registers.Read(place, register) & ~FlagMask) == (uint)windowBase;
    }

    private static PciSignal SignalOf(ref readonly PciFunctionConfig function) =>
        function.MessageData == 0 ? PciSignal.Line : function.MessageTable.Size == 0 ? PciSignal.Message : PciSignal.TableMessage;

    /// <summary>Lets the function signal as the description says; false when it cannot. What the other ways were left at by the firmware is switched off.</summary>
    private bool TrySignal(ref readonly PciFunctionConfig function, PciSignal signal)
    {
        uint message = PciCapabilities.Find(new Place(_registers, function.Place), MessageCapability);
        uint table = PciCapabilities.Find(new Place(_registers, function.Place), TableCapability);
        if (message != 0)
        {
            uint header = _registers.Read(function.Place, message);
            _registers.Write(function.Place, message, header & ~(MessageEnable | MessageCountMask));
        }

        if (table != 0)
        {
            _registers.Write(function.Place, table, _registers.Read(function.Place, table) & ~(TableEnable | TableMask));
        }

        return signal switch
        {
            PciSignal.Line => ((_registers.Read(function.Place, PciRegisters.Interrupt) >> 8) & ByteMask) != 0,
            PciSignal.Message => UseMessage(in function, message),
            _ => UseTable(in function, table),
        };
    }

    private static ulong AddressOf(ref readonly PciFunctionConfig function) => s_namesFirstCore != 0 ? X64Messages.FirstCoreAddress : function.MessageAddress;

    private bool UseMessage(ref readonly PciFunctionConfig function, uint at)
    {
        if (at == 0)
        {
            return false;
        }

        uint header = _registers.Read(function.Place, at);
        bool isWide = (header & MessageWide) != 0;
        ulong address = AddressOf(in function);
        _registers.Write(function.Place, at + 4, (uint)address);
        if (isWide)
        {
            _registers.Write(function.Place, at + 8, (uint)(address >> 32));
        }

        _registers.Write(function.Place, at + (isWide ? 12u : 8u), function.MessageData);
        _registers.Write(function.Place, at, header | MessageEnable);
        return (_registers.Read(function.Place, at) & MessageEnable) != 0;
    }

    private bool UseTable(ref readonly PciFunctionConfig function, uint at)
    {
        if (at == 0)
        {
            return false;
        }

        uint where = _registers.Read(function.Place, at + 4);
        // Where the table shares its window with the driver's registers, this PD has the window from the table on.
        ulong first = function.MessageRegister == function.WindowRegister ? function.MessageTableBase - function.WindowBase : 0;
        ulong offset = (where & ~TableRegisterMask) - first;
        if ((where & TableRegisterMask) != function.MessageRegister || function.MessageTable.Size < TableEntry || offset > function.MessageTable.Size - TableEntry)
        {
            return false;
        }

        // The first entry: address, data, and that it is not masked.
        Mmio entry = new(new Region(function.MessageTable.Address + (nuint)offset, TableEntry));
        ulong address = AddressOf(in function);
        entry.Write32(0, (uint)address);
        entry.Write32(4, (uint)(address >> 32));
        entry.Write32(8, function.MessageData);
        entry.Write32(12, 0);
        _registers.Write(function.Place, at, _registers.Read(function.Place, at) | TableEnable);
        return (_registers.Read(function.Place, at) & TableEnable) != 0;
    }

    private readonly struct Place(PciRegisters registers, uint place) : IPciSpace
    {
        public uint Read(uint offset) => registers.Read(place, offset);
    }

    private uint Ask(uint place, uint register)
    {
        _registers.Write(place, register, uint.MaxValue);
        return _registers.Read(place, register);
    }
}
