// PCI: the component that owns configuration space, called by the drivers of PCI functions when they start.

using System;
using System.Collections.Generic;
using System.Linq;
using System.Linq.Expressions;
using Pride.Abi;
using Pride.Abi.Services;
using Pride.Drivers.Pci;
using Pride.Machine;
using Pride.Microkit;

namespace Pride.Description.Subsystems;

/// <summary>The PCI component and the drivers that call it. There is one in a system, made for the first driver.</summary>
public sealed class PciSystem
{
    /// <summary>Above all drivers: they call it.</summary>
    private const int Priority = 200;

    private const string ConfigurationSpace = "pci-host-ecam-generic";
    private const byte DevicesOfBus = 32;
    private const byte FunctionsOfDevice = 8;
    private const byte BaseRegisters = 6;

    /// <summary>The IOAPIC's last eight pins have the same interrupts as the first eight vectors (X64Messages).</summary>
    private const uint PinVectors = 8;

    private readonly SystemBuilder _system;
    private readonly Pd<PciHost> _host;
    private readonly List<PciFunctionConfig> _functions = [];

    private PciSystem(SystemBuilder system, BoardDevice space)
    {
        _system = system;
        _host = system.Add<PciHost>("pci", Priority, passive: true);
        _host.Map(system.DeviceRegion(space), p => p.ConfigurationSpace, Permissions.ReadWrite);
        system.WhenWhole(Finish);
    }

    public Pd Host => _host;

    /// <summary>The system's PCI component.</summary>
    /// <exception cref="SystemDescriptionException">The board has no PCI.</exception>
    public static PciSystem Of(SystemBuilder system) => system.Pci ??= new PciSystem(
        system,
        system.Board.DevicesCompatible(ConfigurationSpace).FirstOrDefault() ?? throw new SystemDescriptionException(
            "board-pci",
            $"board '{system.Board.Name}' does not say where PCI configuration space is",
            $"add a device that is compatible with \"{ConfigurationSpace}\" to boards/{system.Board.Name}.json, 1 MiB for each bus"));

    /// <summary>Lets <paramref name="driver"/> open the function that <paramref name="device"/> is; its channel goes to <paramref name="field"/>.</summary>
    public void Connect<T>(Pd<T> driver, Expression<Func<T, Channel>> field, BoardDevice device)
        where T : ProtectionDomain
    {
        BoardPciFunction function = Checked(device);
        Plumbing.CheckClients(_functions.Count, PciConfig.MaximumFunctions, "PCI");
        ChannelEnd end = _host.End(canNotify: false);
        _system.Connect(driver.End(field, canNotify: false, canCall: true), end);
        PciFunctionConfig config = new()
        {
            WindowBase = device.Base,
            WindowSize = device.Size,
            Place = (ushort)((function.Bus << 8) | (function.Device << 3) | function.Function),
            Vendor = (ushort)function.VendorId,
            Device = (ushort)function.DeviceId,
            WindowRegister = function.BaseRegister,
            ChannelId = (byte)end.Id,
        };
        if (function.Message is { } message)
        {
            CheckMessage(device, message);
            config.MessageAddress = X64Messages.Address(driver.Options.Core);
            config.MessageData = X64Messages.Data(message.Vector);
            config.MessageRegister = message.TableRegister;
            config.MessageTableBase = message.TableBase;
            if (message.TableSize != 0)
            {
                config.MessageTable = _system.DeviceRegion($"pci_messages_{device.Name}", message.TableBase, message.TableSize).MapInto(_host, Permissions.ReadWrite);
            }
        }

        _functions.Add(config);
    }

    private static BoardPciFunction Checked(BoardDevice device)
    {
        BoardPciFunction function = device.Pci ?? throw Wrong(device, "it does not say which function it is", "add \"pci\" with bus, device and function");
        if (function.Device >= DevicesOfBus || function.Function >= FunctionsOfDevice || function.BaseRegister >= BaseRegisters
            || function.VendorId > ushort.MaxValue || function.DeviceId > ushort.MaxValue)
        {
            throw Wrong(device, "a number of its function is too large", "devices are 0..31, functions 0..7, base address registers 0..5, ids have 16 bits");
        }

        CheckWindow(device, device.Base, device.Size);
        return function;
    }

    private static void CheckMessage(BoardDevice device, BoardPciMessage message)
    {
        if (message.Vector is < PinVectors or >= X64Messages.Vectors)
        {
            throw Wrong(device, $"its message has vector {message.Vector}", $"choose {PinVectors}..{X64Messages.Vectors - 1}: those below are the numbers of pins");
        }

        if (message.TableSize == 0)
        {
            return;
        }

        if (message.TableRegister >= BaseRegisters)
        {
            throw Wrong(device, $"its message table has base address register {message.TableRegister}", "there are 0..5");
        }

        if (!device.HoldsMessageTable)
        {
            CheckWindow(device, message.TableBase, message.TableSize);
        }
        else if (message.TableBase <= device.Base || message.TableBase % Limits.PageSize != 0 || message.TableBase >= device.Base + device.Size
            || message.TableSize > device.Base + device.Size - message.TableBase)
        {
            throw Wrong(
                device,
                $"its message table, 0x{message.TableSize:x} bytes at 0x{message.TableBase:x}, is not in pages of its registers' window behind the first",
                "give \"tableBase\" the address of the table's page in the window, where the driver's registers end");
        }
    }

    private static void CheckWindow(BoardDevice device, ulong windowBase, ulong size)
    {
        if (!ulong.IsPow2(size) || size < 16 || windowBase % size != 0)
        {
            throw Wrong(device, $"it has 0x{size:x} bytes of registers at 0x{windowBase:x}", "PCI windows are powers of two from 16 bytes up, at a multiple of their size");
        }
    }

    private static SystemDescriptionException Wrong(BoardDevice device, string what, string remedy) =>
        new("pci-function", $"'{device.Name}' is a PCI device, but {what}", remedy);

    private void Finish()
    {
        PciConfig config = new() { FunctionCount = (ulong)_functions.Count };
        for (int i = 0; i < _functions.Count; i++)
        {
            config.Functions[i] = _functions[i];
        }

        _host.Configure(p => p.Configuration, in config);
    }
}
