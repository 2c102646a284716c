// The PCI component over simulated configuration space, for the drivers of PCI functions.

using System.Collections.Generic;
using Pride.Abi.Services;
using Pride.Drivers.Pci;
using Pride.Machine;
using Pride.Microkit;
using Pride.Testing;
using Pride.Testing.Devices;

namespace Pride.Components.Tests;

internal sealed class PciFixture
{
    private const ulong Buses = 2;
    private const ulong FirstWindow = 0xc000_0000;
    private const ulong WindowSpacing = 0x10_0000;

    private readonly PciConfig[] _config = new PciConfig[1];

    public PciFixture(TestSystem system)
    {
        Region space = system.Device(Model, Buses << 20);
        Host = system.Add<PciHost>("pci", 200, p =>
        {
            p.ConfigurationSpace = space;
            p.Configuration = Config<PciConfig>.OnHost(in _config[0]);
        });
    }

    public PciModel Model { get; } = new();

    public TestPd<PciHost> Host { get; }

    /// <summary>Lets <paramref name="driver"/> open a function; what the component is told of it may be changed until the system starts.</summary>
    public Channel Connect(TestPd driver, uint place, ushort vendor, ushort device, byte register, ulong size)
    {
        (Channel driverEnd, Channel hostEnd) = TestSystem.Connect(driver, Host);
        int index = (int)_config[0].FunctionCount++;
        _config[0].Functions[index] = new PciFunctionConfig
        {
            WindowBase = FirstWindow + ((ulong)index * WindowSpacing),
            WindowSize = size,
            Place = (ushort)place,
            Vendor = vendor,
            Device = device,
            WindowRegister = register,
            ChannelId = (byte)hostEnd.Id,
        };
        return driverEnd;
    }

    public ref PciFunctionConfig Function(int index) => ref System.Runtime.CompilerServices.Unsafe.Add(
        ref System.Runtime.CompilerServices.Unsafe.As<PciConfig.FunctionArray, PciFunctionConfig>(ref _config[0].Functions), index);
}
