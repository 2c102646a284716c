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
    private readonly VirtioPciModel _transport;
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
        _transport = new VirtioPciModel(_device);
        resources.Regions[0].Region = _system.Device(_transport, VirtioPciModel.WindowSize);
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

    [Theory]
    [InlineData(0x0080_0005u, 12)]
    [InlineData(0x0010_0005u, 8)]
    public void AFunctionThatSignalsByMessagesIsToldWhichAndItsLineIsOff(uint header, int dataOffset)
    {
        int at = _function.AddCapability(header, 0, 0, 0);
        _pci.Function(0).MessageAddress = 0xfee0_100c;
        _pci.Function(0).MessageData = 0x38;
        _system.Start();
        Assert.Equal((0x0001_0005u | (header & 0x0080_0000)), _function[at] & 0xffff_00ff);
        Assert.Equal((0xfee0_100cu, 0x38u), (_function[at + 4], _function[at + dataOffset]));
        Assert.Equal(dataOffset == 8 ? 0x38u : 0, _function[at + 8]);
        Assert.Equal(0x0406u, _function[0x04] & 0xffff);
        Assert.Equal((-1, PciSignal.Message), (_transport.QueueMessage, Signal()));
    }

    [Fact]
    public void ATableOfMessagesIsFilledAndItsFirstMessageUsed()
    {
        int at = UseTable(where: 1 | 0x800);
        MessageTable table = new();
        _pci.Function(0).MessageTable = _system.Device(table, 0x1000);
        _system.Start();
        Assert.Equal(0xfee0_100cUL, table.Words[0x800]);
        Assert.Equal((0UL, 0x38UL, 0UL), (table.Words[0x804], table.Words[0x808], table.Words[0x80c]));
        Assert.Equal(0x8003_0011u, _function[at] & 0xffff_00ff);
        Assert.Equal(_pci.Function(0).MessageTableBase, _function.WindowBase(1));
        Assert.Equal((0, PciSignal.TableMessage), (_transport.QueueMessage, Signal()));
        Assert.Equal(4, Draw(4));
    }

    [Fact]
    public void ATableBehindTheDriversOwnRegistersIsFilledWhereItStarts()
    {
        MessageTable table = UseTableInWindow(where: 0x2800);
        _system.Start();
        Assert.Equal((0xfee0_100cUL, 0x38UL), (table.Words[0x800], table.Words[0x808]));
        Assert.Equal(_pci.Function(0).WindowBase, _function.WindowBase(VirtioPciModel.WindowRegister));
        Assert.Equal(PciSignal.TableMessage, Signal());
    }

    [Fact]
    public void ATableBeforeThatIsSaid()
    {
        UseTableInWindow(where: 0x1000);
        AssertRefused(PciStatus.NoInterrupt, "not the messages");
    }

    [Theory]
    [InlineData(2u)]
    [InlineData(0x1001u)]
    [InlineData(0x0ff9u)]
    [InlineData(0xffff_fff9u)]
    public void ATableThatIsNotWhereTheBoardHasItIsSaid(uint where)
    {
        UseTable(where);
        _pci.Function(0).MessageTable = _system.Device(new MessageTable(), 0x1000);
        AssertRefused(PciStatus.NoInterrupt, "not the messages");
    }

    [Fact]
    public void ATableWithoutRoomForAMessageIsSaid()
    {
        UseTableInWindow(where: 0x2000, bytes: 8);
        AssertRefused(PciStatus.NoInterrupt, "not the messages");
    }

    [Fact]
    public void AFunctionWithoutMessagesIsSaid()
    {
        _pci.Function(0).MessageData = 0x38;
        AssertRefused(PciStatus.NoInterrupt, "not the messages");
        Assert.Equal(0x0400u, _function[0x04] & 0xffff);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void MessagesThatCannotBeSwitchedOnAreSaid(bool table)
    {
        _function.FixedRegister = table ? UseTable(where: 1) : _function.AddCapability(0x0080_0005, 0, 0, 0);
        _pci.Function(0).MessageData = 0x38;
        _pci.Function(0).MessageTable = table ? _system.Device(new MessageTable(), 0x1000) : default;
        AssertRefused(PciStatus.NoInterrupt, "not the messages");
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

    // The firmware has left the function on. One that is there and refused is silenced.
    private void AssertRefused(PciStatus expected, string message)
    {
        _function[0x04] |= 0x0006;
        _system.Start();
        Assert.Equal(0, Draw(1));
        if (expected is not (PciStatus.Absent or PciStatus.NoConfigurationSpace))
        {
            Assert.Equal((false, false), (_function.IsOn, _function.IsMaster));
        }

        _system.RunAs(_driver, () =>
        {
            PciStatus status = new PciFunction(_driver.Component.Pci).Open(out _, out _);
            Assert.Equal(expected, status);
            Assert.Contains(message, Assert.Throws<InvalidOperationException>(() => PciFunction.Require(status)).Message, StringComparison.Ordinal);
        });
    }

    private int UseTable(uint where)
    {
        _function.AddWindow(1, 0x1000);
        _pci.Function(0).MessageAddress = 0xfee0_100c;
        _pci.Function(0).MessageData = 0x38;
        _pci.Function(0).MessageTableBase = 0xc800_0000;
        _pci.Function(0).MessageRegister = 1;
        return _function.AddCapability(0x4003_0011, where, 0);
    }

    // A table that stands in the driver's own window, of which the component has the part from 0x2000 on.
    private MessageTable UseTableInWindow(uint where, ulong bytes = 0x2000)
    {
        MessageTable table = new();
        ref PciFunctionConfig function = ref _pci.Function(0);
        _function.AddCapability(0x0003_0011, where | VirtioPciModel.WindowRegister, 0);
        (function.MessageAddress, function.MessageData, function.MessageRegister) = (0xfee0_100c, 0x38, VirtioPciModel.WindowRegister);
        (function.MessageTableBase, function.MessageTable) = (function.WindowBase + 0x2000, _system.Device(table, bytes));
        return table;
    }

    private PciSignal Signal()
    {
        PciSignal signal = default;
        _system.RunAs(_driver, () => new PciFunction(_driver.Component.Pci).Open(out _, out signal));
        return signal;
    }

    private sealed class MessageTable : ITestDevice
    {
        public System.Collections.Generic.Dictionary<ulong, ulong> Words { get; } = [];

        public ulong Load(ulong offset, int width) => throw new TestSystemException("the table is read");

        public void Store(ulong offset, int width, ulong value) => Words[offset] = value;
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
