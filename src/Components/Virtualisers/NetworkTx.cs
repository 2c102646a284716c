// Network transmit virtualiser of sDDF: many clients send over one driver.
//
// It turns a client's offsets into the addresses that the device uses, after checking that they lie in the client's own
// region, and gives sent buffers back to whose they are. A buffer that makes no sense goes straight back (counted). When
// the driver's queue is full, frames wait in the client's queue until buffers come back.

using System;
using Pride.Abi.Sddf;
using Pride.Machine;
using Pride.Microkit;
using Pride.Sddf;

namespace Pride.Virtualisers;

/// <summary>Network tx virtualiser.</summary>
[Profile(Profile.Driver)]
public sealed class NetworkTx : ProtectionDomain
{
    private NetworkProducer _driver;
    private Channel _driverChannel;
    private NetworkConsumer[] _clients = [];
    private Channel[] _channels = [];
    private DataRegion[] _regions = [];
    private int[] _firstRegion = [];
    private int _firstClient;
    private int _lastRegion;
    private ulong _toNotify;

    [Wired]
    public Config<NetworkVirtTxConfig> Configuration;

    /// <summary>Frames from clients that were not in their region or of an impossible length.</summary>
    public uint Invalid { get; private set; }

    /// <summary>Buffers from the driver that are no client's, or that a client had no room for.</summary>
    public uint Lost { get; private set; }

    public override void Init()
    {
        ref readonly NetworkVirtTxConfig config = ref Configuration.Value;
        if (!config.Magic.Is(SddfClass.Network) || config.ClientCount > NetworkLimits.MaximumClients)
        {
            throw new InvalidOperationException("network tx virtualiser: no valid configuration");
        }

        _driver = new NetworkProducer(in config.Driver);
        _driverChannel = new Channel(config.Driver.ChannelId);
        _clients = new NetworkConsumer[config.ClientCount];
        _channels = new Channel[config.ClientCount];
        for (int i = 0; i < _clients.Length; i++)
        {
            _clients[i] = new NetworkConsumer(in config.Clients[i].Connection);
            _channels[i] = new Channel(config.Clients[i].Connection.ChannelId);
        }

        CollectRegions(in config);
        Process();
    }

    public override void Notified(Channel channel) => Process();

    private void CollectRegions(in NetworkVirtTxConfig config)
    {
        _firstRegion = new int[_clients.Length + 1];
        for (int i = 0; i < _clients.Length; i++)
        {
            _firstRegion[i + 1] = _firstRegion[i] + Math.Min((int)config.Clients[i].RegionCount, NetworkLimits.MaximumClients);
        }

        _regions = new DataRegion[_firstRegion[^1]];
        for (int i = 0; i < _clients.Length; i++)
        {
            for (int r = _firstRegion[i]; r < _firstRegion[i + 1]; r++)
            {
                ref readonly NetworkTxDataRegion region = ref config.Clients[i].Regions[r - _firstRegion[i]];
                ulong size = Math.Min((ulong)region.BufferCount * NetworkBuffer.Size, region.Data.Region.Size);
                _regions[r] = new DataRegion(region.Data.Region.Address, region.Data.IoAddress, size / NetworkBuffer.Size * NetworkBuffer.Size, i);
            }
        }
    }

    private void Process()
    {
        TakeBack();
        bool given = false;
        for (int n = 0; n < _clients.Length; n++)
        {
            // The client that is served first changes, so that none has the driver's queue to itself when that is short.
            int client = _firstClient + n;
            given |= Forward(client < _clients.Length ? client : client - _clients.Length);
        }

        _firstClient = _firstClient + 1 < _clients.Length ? _firstClient + 1 : 0;
        for (ulong left = _toNotify; left != 0; left &= left - 1)
        {
            int client = System.Numerics.BitOperations.TrailingZeroCount(left);
            if (_clients[client].TakeFreeSignal())
            {
                _channels[client].Notify();
            }
        }

        _toNotify = 0;
        if (given && _driver.TakeActiveSignal())
        {
            _driverChannel.NotifyDeferred();
        }
    }

    /// <summary>A client to the driver.</summary>
    private bool Forward(int client)
    {
        bool given = false;
        ref NetworkConsumer queue = ref _clients[client];
        do
        {
            while (!_driver.IsActiveFull && queue.TryDequeueActive(out NetworkBuffer buffer))
            {
                if (TryTranslate(client, in buffer, out NetworkBuffer translated))
                {
                    given |= _driver.TryEnqueueActive(in translated);
                    continue;
                }

                Invalid++;
                buffer.Length = 0;
                if (queue.TryEnqueueFree(in buffer))
                {
                    _toNotify |= 1UL << client;
                }
            }

            // A full driver queue drains by buffers coming back, for which this PD is always signalled.
        }
        while (!_driver.IsActiveFull && queue.ArmActive());

        return given;
    }

    private bool TryTranslate(int client, in NetworkBuffer buffer, out NetworkBuffer translated)
    {
        int region = _firstRegion[client] + buffer.Owner;
        ulong offset = buffer.IoAddressOrOffset;
        if (buffer.Length is 0 or > NetworkBuffer.Size
            || region >= _firstRegion[client + 1]
            || offset % NetworkBuffer.Size != 0
            || offset >= _regions[region].Size)
        {
            translated = default;
            return false;
        }

        ref readonly DataRegion data = ref _regions[region];
        Cache.Clean(data.Address + (nuint)offset, buffer.Length);
        translated = new NetworkBuffer { IoAddressOrOffset = data.IoAddress + offset, Length = buffer.Length };
        return true;
    }

    /// <summary>The driver to the clients: buffers that have been sent.</summary>
    private void TakeBack()
    {
        do
        {
            while (_driver.TryDequeueFree(out NetworkBuffer buffer))
            {
                int region = RegionOf(buffer.IoAddressOrOffset);
                if (region < 0)
                {
                    Lost++;
                    continue;
                }

                int client = _regions[region].Client;
                NetworkBuffer back = new()
                {
                    IoAddressOrOffset = buffer.IoAddressOrOffset - _regions[region].IoAddress,
                    Owner = (byte)(region - _firstRegion[client]),
                };
                if (_clients[client].TryEnqueueFree(in back))
                {
                    _toNotify |= 1UL << client;
                }
                else
                {
                    Lost++;
                }
            }
        }
        while (_driver.ArmFree());
    }

    /// <summary>Whose buffer it is; frames of one client mostly come back in a row, so the last region is tried first. -1: nobody's.</summary>
    private int RegionOf(ulong ioAddress)
    {
        int region = _lastRegion;
        for (int n = 0; n < _regions.Length; n++)
        {
            if (ioAddress - _regions[region].IoAddress < _regions[region].Size)
            {
                _lastRegion = region;
                return region;
            }

            region = region + 1 < _regions.Length ? region + 1 : 0;
        }

        return -1;
    }

    /// <summary>A run of transmit buffers. <c>Size</c> is in bytes, a multiple of the buffer size.</summary>
    private readonly record struct DataRegion(nuint Address, ulong IoAddress, ulong Size, int Client);
}
