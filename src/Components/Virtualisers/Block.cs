// Block virtualiser of sDDF: gives each client a partition of one medium (MBR partition table) as a medium of its own.
//
// Requests are checked against the partition and against the client's data region, translated, and given ids of the
// virtualiser's own. A client that asks for nonsense gets InvalidParameter, and when the medium or the partition is missing,
// NoDevice. A request is taken from a client only when its response will have room, so nothing that a client does blocks another.

using System;
using System.Threading;
using Pride.Abi.Sddf;
using Pride.Machine;
using Pride.Microkit;
using Pride.Sddf;

namespace Pride.Virtualisers;

/// <summary>Block virtualiser.</summary>
[Profile(Profile.Driver)]
public sealed class Block : ProtectionDomain
{
    // As many requests on their way to the driver as its queue holds, but no more than this.
    private const uint MaximumInFlight = 1024;

    private const uint PartitionTableRequest = uint.MaxValue;
    private const ushort SectorSize = 512;

    private BlockRequester _driver;
    private Channel _driverChannel;
    private Region _driverInfo;
    private DeviceRegion _driverData;
    private BlockResponder[] _clients = [];
    private Client[] _states = [];
    private Pending[] _pending = [];
    private ushort[] _freeIds = [];
    private int _freeCount;
    private int _firstClient;
    private Medium _medium;

    private enum Medium
    {
        /// <summary>The partition table has been asked for: clients' requests wait.</summary>
        Unknown,

        /// <summary>Each client's partition is known, or known to be missing.</summary>
        Known,

        /// <summary>No disk, or its partition table cannot be read.</summary>
        Absent,
    }

    [Wired]
    public Config<BlockVirtConfig> Configuration;

    /// <summary>Requests refused because they were wrong.</summary>
    public uint Invalid { get; private set; }

    /// <summary>Responses of the driver that answered nothing.</summary>
    public uint Stray { get; private set; }

    public override void Init()
    {
        ref readonly BlockVirtConfig config = ref Configuration.Value;
        if (!config.Magic.Is(SddfClass.Block) || config.ClientCount > BlockLimits.MaximumClients)
        {
            throw new InvalidOperationException("block virtualiser: no valid configuration");
        }

        if (config.Driver.Data.Region.Size < BlockRequest.TransferSize)
        {
            throw new InvalidOperationException("block virtualiser: needs a data region of at least one block to read the partition table");
        }

        _driver = new BlockRequester(in config.Driver.Connection);
        _driverChannel = new Channel(config.Driver.Connection.ChannelId);
        _driverInfo = config.Driver.Connection.StorageInfo;
        _driverData = config.Driver.Data;
        _clients = new BlockResponder[config.ClientCount];
        _states = new Client[config.ClientCount];
        for (int i = 0; i < _clients.Length; i++)
        {
            ref readonly BlockVirtClientConfig client = ref config.Clients[i];
            _clients[i] = new BlockResponder(in client.Connection);
            _states[i] = new Client
            {
                Channel = new Channel(client.Connection.ChannelId),
                StorageInfo = client.Connection.StorageInfo,
                Data = client.Data,
                Partition = client.Partition,
            };
        }

        uint inFlight = Math.Min(_driver.Capacity, MaximumInFlight);
        _pending = new Pending[inFlight];
        _freeIds = new ushort[inFlight];
        for (uint i = inFlight; i > 0; i--)
        {
            _freeIds[_freeCount++] = (ushort)(i - 1);
        }

        AskForPartitionTable();
    }

    public override void Notified(Channel channel)
    {
        if (channel == _driverChannel)
        {
            TakeResponses();
        }

        if (_medium != Medium.Unknown)
        {
            TakeRequests();
        }
    }

    private void AskForPartitionTable()
    {
        BlockRequest request = new()
        {
            Code = BlockRequestCode.Read,
            IoAddressOrOffset = _driverData.IoAddress,
            Count = 1,
            Id = PartitionTableRequest,
        };
        if (_driver.TryEnqueueRequest(in request))
        {
            _driverChannel.NotifyDeferred();
        }
    }

    private void TakeResponses()
    {
        while (_driver.TryDequeueResponse(out BlockResponse response))
        {
            if (response.Id == PartitionTableRequest && _medium == Medium.Unknown)
            {
                LearnPartitions(response.Status);
            }
            else if (response.Id < (uint)_pending.Length && _pending[response.Id].IsUsed)
            {
                Answer(in response);
            }
            else
            {
                Stray++;
            }
        }

        NotifyClients();
    }

    private void Answer(in BlockResponse response)
    {
        ref Pending pending = ref _pending[response.Id];
        ref Client client = ref _states[pending.Client];
        if (pending.Code == BlockRequestCode.Read && response.Status == BlockStatus.Ok)
        {
            Cache.CleanAndInvalidate(client.Data.Region.Address + (nuint)pending.Offset, (nuint)pending.Count * BlockRequest.TransferSize);
        }

        Respond(pending.Client, pending.ClientId, response.Status, Math.Min(response.SuccessCount, pending.Count));
        client.InFlight--;
        pending.IsUsed = false;
        _freeIds[_freeCount++] = (ushort)response.Id;
    }

    private void TakeRequests()
    {
        bool asked = false;
        for (int n = 0; n < _clients.Length; n++)
        {
            // The client that is served first changes, so that none has the driver's queue to itself.
            int client = _firstClient + n;
            asked |= TakeRequestsOf(client < _clients.Length ? client : client - _clients.Length);
        }

        _firstClient = _firstClient + 1 < _clients.Length ? _firstClient + 1 : 0;
        NotifyClients();
        if (asked)
        {
            _driverChannel.NotifyDeferred();
        }
    }

    private bool TakeRequestsOf(int index)
    {
        bool asked = false;
        ref Client client = ref _states[index];
        while (_freeCount > 0
            && !_driver.IsRequestFull
            && _clients[index].HasResponseRoom(client.InFlight + 1)
            && _clients[index].TryDequeueRequest(out BlockRequest request))
        {
            BlockStatus status = Check(in client, in request);
            if (status != BlockStatus.Ok)
            {
                Invalid += status == BlockStatus.InvalidParameter ? 1u : 0;
                Respond(index, request.Id, status, 0);
                continue;
            }

            Forward(index, ref client, in request);
            asked = true;
        }

        return asked;
    }

    private void Forward(int index, ref Client client, in BlockRequest request)
    {
        bool transfers = request.Code is BlockRequestCode.Read or BlockRequestCode.Write;
        ulong offset = transfers ? request.IoAddressOrOffset : 0;
        if (request.Code == BlockRequestCode.Write)
        {
            Cache.Clean(client.Data.Region.Address + (nuint)offset, (nuint)request.Count * BlockRequest.TransferSize);
        }

        ushort id = _freeIds[--_freeCount];
        _pending[id] = new Pending
        {
            IsUsed = true,
            Client = index,
            ClientId = request.Id,
            Offset = offset,
            Count = transfers ? request.Count : (ushort)0,
            Code = request.Code,
        };
        client.InFlight++;
        BlockRequest translated = new()
        {
            Code = request.Code,
            IoAddressOrOffset = transfers ? client.Data.IoAddress + offset : 0,
            BlockNumber = transfers ? client.FirstBlock + request.BlockNumber : 0,
            Count = transfers ? request.Count : (ushort)0,
            Id = id,
        };
        _driver.TryEnqueueRequest(in translated);
    }

    private BlockStatus Check(in Client client, in BlockRequest request)
    {
        if (_medium == Medium.Absent || client.Blocks == 0)
        {
            return BlockStatus.NoDevice;
        }

        if (request.Code is BlockRequestCode.Flush or BlockRequestCode.Barrier)
        {
            return BlockStatus.Ok;
        }

        ulong bytes = (ulong)request.Count * BlockRequest.TransferSize;
        bool valid = request.Code is BlockRequestCode.Read or BlockRequestCode.Write
            && request.Count != 0
            && request.Count <= client.Blocks
            && request.BlockNumber <= client.Blocks - request.Count
            && request.IoAddressOrOffset % BlockRequest.TransferSize == 0
            && bytes <= client.Data.Region.Size
            && request.IoAddressOrOffset <= client.Data.Region.Size - bytes
            && !(request.Code == BlockRequestCode.Write && client.IsReadOnly);
        return valid ? BlockStatus.Ok : BlockStatus.InvalidParameter;
    }

    private void Respond(int client, uint id, BlockStatus status, ushort blocks)
    {
        BlockResponse response = new() { Id = id, Status = status, SuccessCount = blocks };
        _clients[client].TryEnqueueResponse(in response);
        _states[client].MustNotify = true;
    }

    private void NotifyClients()
    {
        foreach (ref Client client in _states.AsSpan())
        {
            if (client.MustNotify)
            {
                client.MustNotify = false;
                client.Channel.Notify();
            }
        }
    }

    private void LearnPartitions(BlockStatus status)
    {
        Cache.CleanAndInvalidate(_driverData.Region.Address, BlockRequest.TransferSize);
        BlockStorageInfo medium = _driverInfo.At<BlockStorageInfo>();
        MasterBootRecord table = default;
        bool readable = status == BlockStatus.Ok
            && Volatile.Read(ref _driverInfo.At<BlockStorageInfo>().Ready) != 0
            && MasterBootRecord.TryRead(_driverData.Region.Bytes[..SectorSize], out table);
        _medium = readable ? Medium.Known : Medium.Absent;
        foreach (ref Client client in _states.AsSpan())
        {
            if (readable && table.TryGetPartition(client.Partition, medium.Capacity, out ulong firstBlock, out ulong blocks))
            {
                client.FirstBlock = firstBlock;
                client.Blocks = blocks;
                client.IsReadOnly = medium.ReadOnly != 0;
                Announce(in client, in medium);
            }

            client.MustNotify = true;
        }
    }

    private static void Announce(in Client client, in BlockStorageInfo medium)
    {
        ref BlockStorageInfo info = ref client.StorageInfo.At<BlockStorageInfo>();
        info.SectorSize = medium.SectorSize;
        info.BlockSize = medium.BlockSize;
        info.QueueDepth = medium.QueueDepth;
        info.ReadOnly = medium.ReadOnly;
        info.Capacity = client.Blocks;
        Volatile.Write(ref info.Ready, 1);
    }

    private struct Client
    {
        public Channel Channel;
        public Region StorageInfo;
        public DeviceRegion Data;
        public uint Partition;
        public ulong FirstBlock;

        /// <summary>Size of the partition in blocks; 0: there is none.</summary>
        public ulong Blocks;

        public uint InFlight;
        public bool IsReadOnly;
        public bool MustNotify;
    }

    /// <summary>A client's request that the driver has.</summary>
    private struct Pending
    {
        public bool IsUsed;
        public int Client;
        public uint ClientId;
        public ulong Offset;
        public ushort Count;
        public BlockRequestCode Code;
    }
}
