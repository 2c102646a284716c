// Network receive virtualiser of sDDF: hands each received frame to the client with its destination address.
//
// A broadcast frame goes to every client; the buffer returns to the driver when the last one has given it back. Who holds a
// buffer is one bit for each client, in the metadata region, so that a client can give back only what it was given, and
// only once, and so that a restarted virtualiser knows. Frames for nobody, and buffers that make no sense, are counted.

using System;
using System.Buffers.Binary;
using Pride.Abi.Sddf;
using Pride.Machine;
using Pride.Microkit;
using Pride.Sddf;

namespace Pride.Virtualisers;

/// <summary>Network rx virtualiser.</summary>
[Profile(Profile.Driver)]
public sealed class NetworkRx : ProtectionDomain
{
    private const ulong AddressMask = 0xffff_ffff_ffff;
    private const ulong Broadcast = AddressMask;

    // Destination, source and type (IEEE 802.3): what a frame has at least.
    private const int EthernetHeader = 14;

    private NetworkConsumer _driver;
    private Channel _driverChannel;
    private NetworkProducer[] _clients = [];
    private Channel[] _channels = [];
    private ulong[] _addresses = [];
    private byte[] _addressOwners = [];
    private Region _data;
    private Region _holders;
    private ulong _ioAddress;
    private ulong _allClients;
    private ulong _toNotify;
    private bool _returned;

    [Wired]
    public Config<NetworkVirtRxConfig> Configuration;

    /// <summary>Frames whose address no client has, or too short for one.</summary>
    public ulong NotForUs { get; private set; }

    /// <summary>Buffers from a neighbour that it cannot have had.</summary>
    public uint Invalid { get; private set; }

    /// <summary>Frames that found a client's queue full.</summary>
    public uint Overrun { get; private set; }

    public override void Init()
    {
        ref readonly NetworkVirtRxConfig config = ref Configuration.Value;
        if (!config.Magic.Is(SddfClass.Network) || config.ClientCount > NetworkLimits.MaximumClients)
        {
            throw new InvalidOperationException("network rx virtualiser: no valid configuration");
        }

        _data = config.Data.Region;
        _ioAddress = config.Data.IoAddress;
        _holders = config.BufferMetadata;
        if (_holders.Size / sizeof(ulong) < _data.Size / NetworkBuffer.Size)
        {
            throw new InvalidOperationException("network rx virtualiser: the metadata region needs eight bytes for each buffer");
        }

        NetworkBuffers.FillOnce(in config.Driver, _ioAddress, Math.Min(config.Driver.BufferCount, (uint)(_data.Size / NetworkBuffer.Size)));
        _driver = new NetworkConsumer(in config.Driver);
        _driverChannel = new Channel(config.Driver.ChannelId);
        _clients = new NetworkProducer[config.ClientCount];
        _channels = new Channel[config.ClientCount];
        _allClients = config.ClientCount == NetworkLimits.MaximumClients ? ulong.MaxValue : (1UL << config.ClientCount) - 1;
        for (int i = 0; i < _clients.Length; i++)
        {
            _clients[i] = new NetworkProducer(in config.Clients[i].Connection);
            _channels[i] = new Channel(config.Clients[i].Connection.ChannelId);
        }

        CollectAddresses(in config);
        _returned = true;
        Process();
    }

    public override void Notified(Channel channel) => Process();

    private void CollectAddresses(in NetworkVirtRxConfig config)
    {
        int count = 0;
        for (int i = 0; i < _clients.Length; i++)
        {
            count += Math.Min((int)config.Clients[i].MacCount, NetworkLimits.MaximumClients);
        }

        _addresses = new ulong[count];
        _addressOwners = new byte[count];
        for (int i = _clients.Length - 1; i >= 0; i--)
        {
            for (int m = Math.Min((int)config.Clients[i].MacCount, NetworkLimits.MaximumClients) - 1; m >= 0; m--)
            {
                ReadOnlySpan<byte> address = config.Clients[i].MacAddresses[m];
                _addresses[--count] = BinaryPrimitives.ReadUInt32LittleEndian(address) | ((ulong)BinaryPrimitives.ReadUInt16LittleEndian(address[4..]) << 32);
                _addressOwners[count] = (byte)i;
            }
        }
    }

    private void Process()
    {
        for (int i = 0; i < _clients.Length; i++)
        {
            TakeBack(i);
        }

        do
        {
            while (_driver.TryDequeueActive(out NetworkBuffer buffer))
            {
                Deliver(in buffer);
            }
        }
        while (_driver.ArmActive());

        for (ulong left = _toNotify; left != 0; left &= left - 1)
        {
            int client = System.Numerics.BitOperations.TrailingZeroCount(left);
            if (_clients[client].TakeActiveSignal())
            {
                _channels[client].Notify();
            }
        }

        _toNotify = 0;
        if (_returned)
        {
            _returned = false;
            if (_driver.TakeFreeSignal())
            {
                _driverChannel.NotifyDeferred();
            }
        }
    }

    /// <summary>Driver to clients: one frame.</summary>
    private void Deliver(in NetworkBuffer buffer)
    {
        ulong offset = buffer.IoAddressOrOffset - _ioAddress;
        if (!IsBuffer(offset) || Holders(offset) != 0)
        {
            Invalid++;
            return;
        }

        if (buffer.Length is < EthernetHeader or > NetworkBuffer.Size)
        {
            NotForUs++;
            Recycle(offset);
            return;
        }

        Cache.CleanAndInvalidate(_data.Address + (nuint)offset, buffer.Length);
        ulong destination = _data.At<ulong>(offset) & AddressMask;
        ulong receivers = destination == Broadcast ? _allClients : OwnerOf(destination);
        NetworkBuffer forClient = new() { IoAddressOrOffset = offset, Length = buffer.Length };
        ulong holders = 0;
        for (ulong left = receivers; left != 0; left &= left - 1)
        {
            int client = System.Numerics.BitOperations.TrailingZeroCount(left);
            if (_clients[client].TryEnqueueActive(in forClient))
            {
                holders |= 1UL << client;
            }
            else
            {
                Overrun++;
            }
        }

        if (holders == 0)
        {
            NotForUs += receivers == 0 ? 1u : 0;
            Recycle(offset);
            return;
        }

        // Nobody gives it back before this event ends on one core; on several, TakeBack runs in this PD alone, so not before either.
        Holders(offset) = holders;
        _toNotify |= holders;
    }

    private ulong OwnerOf(ulong destination)
    {
        int at = _addresses.AsSpan().IndexOf(destination);
        return at < 0 ? 0 : 1UL << _addressOwners[at];
    }

    /// <summary>A client to the driver: the buffers it has given back.</summary>
    private void TakeBack(int client)
    {
        ulong bit = 1UL << client;
        do
        {
            while (_clients[client].TryDequeueFree(out NetworkBuffer buffer))
            {
                ulong offset = buffer.IoAddressOrOffset;
                if (!IsBuffer(offset) || (Holders(offset) & bit) == 0)
                {
                    Invalid++;
                    continue;
                }

                ulong left = Holders(offset) & ~bit;
                Holders(offset) = left;
                if (left == 0)
                {
                    Recycle(offset);
                }
            }
        }
        while (_clients[client].ArmFree());
    }

    private void Recycle(ulong offset)
    {
        // The region is mapped read-only here and in the copiers, so no dirty line can be written over what the device receives.
        NetworkBuffer buffer = new() { IoAddressOrOffset = offset + _ioAddress };
        if (_driver.TryEnqueueFree(in buffer))
        {
            _returned = true;
        }
        else
        {
            Invalid++;
        }
    }

    private ref ulong Holders(ulong offset) => ref _holders.At<ulong>(offset / NetworkBuffer.Size * sizeof(ulong));

    private bool IsBuffer(ulong offset) =>
        offset % NetworkBuffer.Size == 0 && offset < _data.Size && _data.Size - offset >= NetworkBuffer.Size;
}
