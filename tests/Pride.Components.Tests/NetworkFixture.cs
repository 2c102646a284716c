// A whole network system on the host: device model, driver, virtualisers, and clients with copiers.

using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using Pride.Abi.Sddf;
using Pride.Drivers.Network;
using Pride.Machine;
using Pride.Microkit;
using Pride.Sddf;
using Pride.Testing;
using Pride.Testing.Devices;
using Pride.Virtualisers;

namespace Pride.Components.Tests;

/// <summary>Sends every frame back to where it came from.</summary>
public sealed class EchoClient : ProtectionDomain
{
    [Wired]
    public Config<NetworkClientConfig> Net;

    public NetworkClient Network { get; private set; } = null!;

    public List<byte[]> Received { get; } = [];

    public bool Answers { get; set; } = true;

    public override void Init() => Network = new NetworkClient(Net);

    public override void Notified(Channel channel)
    {
        do
        {
            while (Network.TryReceive(out NetworkFrame frame))
            {
                ReadOnlySpan<byte> bytes = Network.ReceivedBytes(frame);
                Received.Add(bytes.ToArray());
                if (Answers && Network.TryAllocate(out NetworkFrame answer))
                {
                    Span<byte> reply = Network.TransmitBytes(answer);
                    bytes.CopyTo(reply);
                    bytes.Slice(6, 6).CopyTo(reply);
                    MacAddress mac = Network.MacAddress;
                    ((ReadOnlySpan<byte>)mac).CopyTo(reply[6..]);
                    Network.Transmit(answer, bytes.Length);
                }

                Network.Release(frame);
            }
        }
        while (Network.ArmReceive());
        Network.Flush();
    }
}

/// <summary>Ethernet controllers that have drivers.</summary>
public enum CardKind
{
    Virtio,
    VirtioPci,
    E1000e,
    CadenceGem,
}

internal sealed class NetworkFixture : IDisposable
{
    public const int RxBuffers = 512;

    private readonly List<NetworkVirtRxClientConfig> _rxClients = [];
    private readonly List<NetworkVirtTxClientConfig> _txClients = [];
    private Func<NetworkDriver> _driver = null!;
    private readonly Channel _pci;

    public NetworkFixture(
        int clients, int? seed = null, ulong features = VirtioModel.FeatureEventIndex, ushort clientBuffers = 64, CardKind kind = CardKind.Virtio)
    {
        SlotsOfRing = kind switch { CardKind.E1000e => 255, CardKind.CadenceGem => 256, _ => 128 };

        // A GEM reaches 4 GiB.
        System = kind == CardKind.CadenceGem ? new TestSystem(seed) { DmaStart = 0x1000_0000 } : new TestSystem(seed);
        DriverLedger = System.Memory(12 * 1024);
        (Device, ITestDevice registers, ulong window) = Model(kind, features);
        DeviceRegion rxData = System.DmaMemory(RxBuffers * NetworkBuffer.Size);
        NetworkDriverConfig[] driver = new NetworkDriverConfig[1];
        NetworkVirtRxConfig[] rx = new NetworkVirtRxConfig[1];
        StrongBox<NetworkVirtTxConfig> tx = new(); // too large for an array element
        DeviceResources[] resources = [new() { Magic = SddfMagic.Of(SddfClass.Device), RegionCount = 2, InterruptCount = 1 }];
        PciFixture? pci = kind is CardKind.Virtio or CardKind.CadenceGem ? null : new PciFixture(System);
        Driver = kind switch
        {
            CardKind.Virtio => AddDriver<VirtioNet>(driver, resources, _ => { }),
            CardKind.VirtioPci => AddDriver<VirtioNetPci>(driver, resources, p => p.Pci = _pci),
            CardKind.CadenceGem => AddDriver<CadenceGem>(driver, resources, _ => { }),
            _ => AddDriver<E1000e>(driver, resources, p => p.Pci = _pci),
        };
        if (pci is not null)
        {
            _pci = AddFunction(pci, kind);
        }

        VirtTx = System.Add<NetworkTx>("virt_tx", 99, p => p.Configuration = Config<NetworkVirtTxConfig>.OnHost(in tx.Value));
        VirtRx = System.Add<NetworkRx>("virt_rx", 98, p => p.Configuration = Config<NetworkVirtRxConfig>.OnHost(in rx[0]));
        Device.Interrupt = System.Interrupt(Driver);
        resources[0].Regions[0].Region = System.Device(registers, window);
        resources[0].Regions[1] = System.DmaMemory(64 * 1024);
        resources[0].Interrupts[0] = Device.Interrupt.Id;
        for (int i = 0; i < clients; i++)
        {
            AddClient(i, rxData.Region, clientBuffers);
        }

        driver[0].Magic = rx[0].Magic = tx.Value.Magic = SddfMagic.Of(SddfClass.Network);
        (driver[0].VirtRx, rx[0].Driver) = Link(Driver, VirtRx, RxBuffers);
        (driver[0].VirtTx, tx.Value.Driver) = Link(Driver, VirtTx, (ushort)(clientBuffers * 4));
        rx[0].Data = rxData;
        rx[0].BufferMetadata = System.Memory(RxBuffers * sizeof(ulong));
        rx[0].ClientCount = tx.Value.ClientCount = (byte)clients;
        for (int i = 0; i < clients; i++)
        {
            rx[0].Clients[i] = _rxClients[i];
            tx.Value.Clients[i] = _txClients[i];
        }

        DriverConfig = driver[0];
    }

    public TestSystem System { get; }

    /// <summary>
    /// Buffers that each ring of the device holds: of virtio, half of the 256 descriptors of the model's ring, since each buffer takes two; of an
    /// e1000e, all of 256 but one; of a GEM, all.
    /// </summary>
    public int SlotsOfRing { get; }

    public INetworkModel Device { get; }

    public TestPd Driver { get; }

    /// <summary>The driver itself, once the system has started.</summary>
    public NetworkDriver DriverState => _driver();

    public TestPd<NetworkRx> VirtRx { get; }

    public TestPd<NetworkTx> VirtTx { get; }

    public NetworkDriverConfig DriverConfig { get; }

    public Region DriverLedger { get; }

    public List<TestPd<EchoClient>> Clients { get; } = [];

    public List<TestPd<NetworkCopier>> Copiers { get; } = [];

    public List<NetworkClientConfig> ClientConfigs { get; } = [];

    /// <summary>The MAC address of client <paramref name="index"/>, as bytes.</summary>
    public static byte[] Mac(int index) => [0x52, 0x54, 1, 0, 0, (byte)(index + 1)];

    /// <summary>A frame for <paramref name="destination"/> that carries <paramref name="number"/>.</summary>
    public static byte[] Frame(ReadOnlySpan<byte> destination, int number, int length = 60)
    {
        byte[] frame = new byte[length];
        new Random(number).NextBytes(frame);
        destination.CopyTo(frame);
        ((ReadOnlySpan<byte>)[0x02, 0, 0, 0, 0, 0x99]).CopyTo(frame.AsSpan(6));
        frame[12] = 0x88;
        frame[13] = 0xb5;
        BitConverter.TryWriteBytes(frame.AsSpan(14), number);
        return frame;
    }

    /// <summary>Starts every PD and lets them settle: receive buffers are with the device.</summary>
    public void Boot()
    {
        System.Start();
        System.RunUntilIdle();
    }

    /// <summary>The number in the next frame that the device has sent, -1 when there is none.</summary>
    public int TakeTransmitted() => Device.Transmitted.TryDequeue(out byte[]? frame) ? BitConverter.ToInt32(frame, 14) : -1;

    /// <summary>Entries in a network queue as the shared memory says.</summary>
    public static int Length(Region queue) =>
        (ushort)(queue.At<ushort>(NetworkQueueLayout.Tail) - queue.At<ushort>(NetworkQueueLayout.Head));

    public void Dispose() => System.Dispose();

    public (NetworkConnection First, NetworkConnection Second) Link(TestPd first, TestPd second, ushort capacity)
    {
        (Channel firstId, Channel secondId) = TestSystem.Connect(first, second);
        int bytes = NetworkQueueLayout.Entries + (capacity * Unsafe.SizeOf<NetworkBuffer>());
        NetworkConnection connection = new() { FreeQueue = System.Memory(bytes), ActiveQueue = System.Memory(bytes), BufferCount = capacity };
        return (connection with { ChannelId = (byte)firstId.Id }, connection with { ChannelId = (byte)secondId.Id });
    }

    private (INetworkModel Model, ITestDevice Registers, ulong Window) Model(CardKind kind, ulong features)
    {
        if (kind == CardKind.E1000e)
        {
            E1000eModel intel = new(System);
            return (intel, intel, E1000eModel.WindowSize);
        }

        if (kind == CardKind.CadenceGem)
        {
            CadenceGemModel gem = new(System, queues: 2);
            return (gem, gem, 0x1000UL);
        }

        VirtioNetModel virtio = new(System, features);
        return kind == CardKind.Virtio ? (virtio, virtio, 0x200UL) : (virtio, new VirtioPciModel(virtio), VirtioPciModel.WindowSize);
    }

    private Channel AddFunction(PciFixture pci, CardKind kind)
    {
        const uint Place = 4 << 3;
        if (kind == CardKind.VirtioPci)
        {
            VirtioPciModel.AddTo(pci.Model, Place, 1);
            return pci.Connect(Driver, Place, 0x1af4, 0x1041, VirtioPciModel.WindowRegister, VirtioPciModel.WindowSize);
        }

        pci.Model.Add(Place, 0x8086, 0x10d3, classCode: 0x02).AddWindow(E1000eModel.WindowRegister, E1000eModel.WindowSize);
        return pci.Connect(Driver, Place, 0x8086, 0x10d3, E1000eModel.WindowRegister, E1000eModel.WindowSize);
    }

    private TestPd<T> AddDriver<T>(NetworkDriverConfig[] config, DeviceResources[] resources, Action<T> wire)
        where T : NetworkDriver, new()
    {
        TestPd<T> pd = System.Add<T>("driver", 100, p =>
        {
            p.Configuration = Config<NetworkDriverConfig>.OnHost(in config[0]);
            p.Device = Config<DeviceResources>.OnHost(in resources[0]);
            p.Ledger = DriverLedger;
            wire(p);
        });
        _driver = () => pd.Component;
        return pd;
    }

    private void AddClient(int index, Region rxData, ushort buffers)
    {
        NetworkClientConfig[] config = new NetworkClientConfig[1];
        NetworkCopierConfig[] copy = new NetworkCopierConfig[1];
        TestPd<NetworkCopier> copier = System.Add<NetworkCopier>($"copy{index}", 97, p => p.Configuration = Config<NetworkCopierConfig>.OnHost(in copy[0]));
        TestPd<EchoClient> client = System.Add<EchoClient>($"client{index}", 50 - index, p => p.Net = Config<NetworkClientConfig>.OnHost(in config[0]));
        config[0].Magic = copy[0].Magic = SddfMagic.Of(SddfClass.Network);
        Mac(index).CopyTo((Span<byte>)config[0].MacAddress);
        (copy[0].Client, config[0].Rx) = Link(copier, client, buffers);
        (NetworkConnection virtRx, copy[0].Rx) = Link(VirtRx, copier, RxBuffers);
        (NetworkConnection virtTx, config[0].Tx) = Link(VirtTx, client, buffers);
        copy[0].RxData[0] = rxData;
        copy[0].ClientData = config[0].RxData = System.Memory(buffers * NetworkBuffer.Size);
        DeviceRegion txData = System.DmaMemory(buffers * NetworkBuffer.Size);
        config[0].TxData = txData.Region;
        NetworkVirtRxClientConfig rx = new() { Connection = virtRx, MacCount = 1 };
        rx.MacAddresses[0] = config[0].MacAddress;
        NetworkVirtTxClientConfig tx = new() { Connection = virtTx, RegionCount = 1 };
        tx.Regions[0] = new NetworkTxDataRegion { Data = txData, BufferCount = buffers };
        _rxClients.Add(rx);
        _txClients.Add(tx);
        Clients.Add(client);
        Copiers.Add(copier);
        ClientConfigs.Add(config[0]);
    }
}
