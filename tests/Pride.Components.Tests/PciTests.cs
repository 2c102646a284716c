// The PCI component and the virtio transport on top of it, over simulated configuration space.

using System;
using Pride.Abi;
using Pride.Abi.Sddf;
using Pride.Abi.Services;
using Pride.Drivers.Entropy;
using Pride.Drivers.Pci;
using Pride.Machine;
using Pride.Microkit;
using Pride.Testing;
using Pride.Testing.Devices;
using Xunit;

namespace Pride.Components.Tests;

public sealed class PciTests : IDisposable
{
    private const uint Place = 6 << 3;
    private const uint OtherPlace = (7 << 3) | 1;
    private const ulong Window = 0x4000;

    private readonly TestSystem _system = new();
    private readonly PciFixture _pci;
    private readonly PciFunctionModel _function;
    private readonly VirtioRngModel _device;
    private readonly TestPd<VirtioRngPci> _driver;
    private readonly TestPd<EntropyUser> _user;
    private readonly Channel _entropy;

    public PciTests()
    {
        _pci = new PciFixture(_system);
        _function = VirtioPciModel.AddTo(_pci.Model, Place, 4);
        _device = new VirtioRngModel(_system);
        DeviceResources resources = new() { Magic = SddfMagic.Of(SddfClass.Device), RegionCount = 2, InterruptCount = 1 };
        Channel host = default;
        _driver = _system.Add<VirtioRngPci>("driver", 100, p =>
        {
            p.Device = Config<DeviceResources>.OnHost(in resources);
            p.Pci = host;
        });
        host = _pci.Connect(_driver, Place, 0x1af4, 0x1044, VirtioPciModel.WindowRegister, Window);
        _device.Interrupt = _system.Interrupt(_driver);
        resources.Regions[0].Region = _system.Device(new VirtioPciModel(_device), VirtioPciModel.WindowSize);
        resources.Regions[1] = _system.DmaMemory(4096);
        resources.Interrupts[0] = _device.Interrupt.Id;
        _user = _system.Add<EntropyUser>("user", 50, _ => { });
        (_, _entropy) = TestSystem.Connect(_driver, _user);
    }

    public void Dispose() => _system.Dispose();

    [Fact]
    public void ADriverGetsItsFunctionAtItsWindow()
    {
        _function[0x10 + (4 * VirtioPciModel.WindowRegister)] = 0xfe00_0004;
        _function[0x04] |= 0x0401;
        _system.Start();
        Assert.Equal(_pci.Function(0).WindowBase, _function.WindowBase(VirtioPciModel.WindowRegister));
        Assert.Equal(0x0006u, _function[0x04] & 0xffff);
        Assert.Equal(4, Draw(4));
        Assert.True(_device.IsRunning);
    }

    [Fact]
    public void ARestartedDriverOpensItsFunctionAgain()
    {
        _system.Start();
        for (int i = 0; i < 3; i++)
        {
            _system.Restart(_driver);
            _system.RunUntilIdle();
            Assert.Equal(4, Draw(4));
        }
    }

    [Fact]
    public void FunctionsThatNobodyDrivesAreSilencedAndBridgesAreNot()
    {
        PciFunctionModel first = _pci.Model.Add(7 << 3, 0x8086, 1, classCode: 0x02);
        first[0x0c] = 0x0080_0000;
        PciFunctionModel second = _pci.Model.Add(OtherPlace, 0x8086, 2, classCode: 0x01);
        PciFunctionModel bridge = _pci.Model.Add(8 << 3, 0x8086, 3, classCode: 0x06);
        bridge[0x0c] = 0x0001_0000;
        bridge[0x18] = 0x0001_0100;
        PciFunctionModel behind = _pci.Model.Add((1 << 8) | (3 << 3), 0x8086, 4, classCode: 0x01);
        foreach (PciFunctionModel function in (PciFunctionModel[])[first, second, bridge, behind])
        {
            function[0x04] = 0x0006;
        }

        _system.Start();
        Assert.Equal((6u, 3u), (_pci.Host.Component.Found, _pci.Host.Component.Silenced));
        Assert.All((PciFunctionModel[])[first, second, behind], f => Assert.Equal((false, false, 0x0400u), (f.IsOn, f.IsMaster, f[0x04])));
        Assert.True(bridge.IsMaster);
    }

    [Theory]
    [InlineData(0x0001_0000u)]
    [InlineData(0x0000_0000u)]
    [InlineData(0x00ff_0000u)]
    public void BridgesThatLieAboutTheirBusesEndTheSearch(uint buses)
    {
        for (uint device = 8; device < 12; device++)
        {
            PciFunctionModel bridge = _pci.Model.Add(device << 3, 0x8086, 3, classCode: 0x06);
            bridge[0x0c] = 0x0001_0000;
            bridge[0x18] = buses >> 8;
        }

        _system.Start();
        Assert.Equal(6u, _pci.Host.Component.Found);
        Assert.Equal(1, Draw(1));
    }

    [Fact]
    public void AnAbsentFunctionIsSaid()
    {
        _pci.Model.Remove(Place);
        AssertRefused(PciStatus.Absent, "there is no function");
    }

    [Fact]
    public void NoConfigurationSpaceIsSaid()
    {
        _pci.Model.Remove(0);
        AssertRefused(PciStatus.NoConfigurationSpace, "nothing answers");
    }

    [Fact]
    public void AFunctionBeyondTheBusesIsSaid()
    {
        _pci.Function(0).Place = 9 << 8;
        AssertRefused(PciStatus.NoConfigurationSpace, "nothing answers");
    }

    [Fact]
    public void AnotherDeviceIsSaid()
    {
        _function[0] = 0x1041_1af4;
        AssertRefused(PciStatus.OtherDevice, "another vendor or device");
    }

    [Fact]
    public void AWindowOfAnotherSizeIsSaid()
    {
        _pci.Function(0).WindowSize = 0x8000;
        AssertRefused(PciStatus.OtherWindow, "another size");
    }

    [Fact]
    public void AFunctionWithoutInterruptIsSaid()
    {
        _function[0x3c] = 0;
        AssertRefused(PciStatus.NoInterrupt, "no interrupt line");
    }

    [Fact]
    public void OnlyReadingOnesOwnConfigurationSpaceIsServed()
    {
        _system.Start();
        _system.RunAs(_driver, () =>
        {
            Channel host = _driver.Component.Pci;
            foreach ((ulong label, int length, ulong offset) in ((ulong, int, ulong)[])[(1, 1, 2), (1, 1, 4096), (1, 1, ulong.MaxValue), (1, 0, 0), (2, 1, 0)])
            {
                MessageRegisters.Set(0, offset);
                Assert.Equal(0, host.Call(new MessageInfo(label, length)).Length);
            }

            Assert.Equal(0x1044_1af4u, new PciFunction(host).Read(0));
        });
        Assert.Equal(5u, _pci.Host.Component.Dropped);
    }

    /// <summary>Each group of registers in turn: beyond the window, longer than it, missing; and a list that leads to itself.</summary>
    [Theory]
    [InlineData(0x48, 0x5000u)]
    [InlineData(0x48, uint.MaxValue)]
    [InlineData(0x4c, 0x4001u)]
    [InlineData(0x4c, 0x20u)]
    [InlineData(0x4c, uint.MaxValue)]
    [InlineData(0x44, 3u)]
    [InlineData(0x40, 0x0700_0009u)]
    [InlineData(0x40, 0x0700_4009u)]
    [InlineData(0x78, uint.MaxValue)]
    [InlineData(0x34, 0xfcu)]
    public void CapabilitiesThatLieAreNoDevice(int at, uint value)
    {
        _function[at] = value;
        _system.Start();
        Assert.Equal(0, Draw(1));
    }

    private void AssertRefused(PciStatus expected, string message)
    {
        _system.Start();
        Assert.Equal(0, Draw(1));
        _system.RunAs(_driver, () =>
        {
            PciStatus status = new PciFunction(_driver.Component.Pci).Open(out _);
            Assert.Equal(expected, status);
            Assert.Contains(message, Assert.Throws<InvalidOperationException>(() => PciFunction.Require(status)).Message, StringComparison.Ordinal);
        });
    }

    private int Draw(ulong words)
    {
        int given = 0;
        _system.RunAs(_user, () =>
        {
            MessageRegisters.Set(0, words);
            given = _entropy.Call(new MessageInfo(EntropyProtocol.Draw, 1)).Length;
        });
        return given;
    }
}
