// Block virtualiser of sDDF: gives each client a partition of one medium (MBR or GPT) as a medium of its own.
//
// Requests are checked against the partition and against the client's data region, translated, and given ids of the
// virtualiser's own. A client that asks for nonsense gets InvalidParameter, and when the medium or the partition is missing,
// NoDevice. A request is taken from a client only when its response will have room, so nothing that a client does blocks another.
//
// Requests without an answer are in the virtualiser's ledger. A restarted virtualiser goes on with them: the driver's answers go
// to who asked, each once. An id has the slot of the request in its low bits and its position in the driver's queue above them, so
// an id of a life before is never given again while its answer may come (Stray).

using System;
using System.Threading;
using Pride.Abi.Sddf;
using Pride.Machine;
using Pride.Microkit;
using Pride.Sddf;

namespace Pride.Virtualisers;

/// <summary>Block virtualiser.</summary>
[Profile(Profile.Driver)]
public sealed partial class Block : ProtectionDomain
{
    // As many requests on their way to the driver as its queue holds, but no more than this.
    private const uint MaximumInFlight = 1 << SlotBits;
    private const int SlotBits = 10;

    private BlockRequester _driver;
    private Channel _driverChannel;
    private Region _driverInfo;
    private DeviceRegion _driverData;
    private BlockResponder[] _clients = [];
    private Client[] _states = [];
    private Ledger<HeldBlockRequest> _held = null!;
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

    /// <summary>Memory of the virtualiser's own, for the requests that are not answered.</summary>
    [Wired]
    public Region Ledger;

    /// <summary>Requests refused because they were wrong.</summary>
    public uint Invalid { get; private set; }

    /// <summary>Responses of the driver that answered nothing.</summary>
    public uint Stray { get; private set; }

    /// <summary>Entries of the ledger that made no sense after a restart.</summary>
    public uint Forgotten => _held.Dropped;

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

        _held = new Ledger<HeldBlockRequest>(Ledger, Math.Min(_driver.Capacity, MaximumInFlight));
        Recover();
        TakeResponses();
        Proceed();
        if (_held.Life != 0)
        {
            // The life before may have asked and not come to say so.
            _driverChannel.NotifyDeferred();
        }
    }

    public override void Notified(Channel channel)
    {
        if (channel == _driverChannel)
        {
            TakeResponses();
        }

        Proceed();
    }

    private void Proceed()
    {
        if (_medium != Medium.Unknown)
        {
            TakeRequests();
        }
        else
        {
            AskForPartitionTable();
        }
    }

    private static uint IdOf(uint slot, uint position) => (position << SlotBits) | slot;

    private void TakeResponses()
    {
        uint strays = Stray;
        while (_driver.TryPeekResponse(out BlockResponse response))
        {
            uint slot = response.Id & (MaximumInFlight - 1);
            if (!_held.IsHeld(slot) || _held[slot].Refusal != BlockStatus.Ok || IdOf(slot, _held[slot].Position) != response.Id)
            {
                Stray++;
            }
            else if (_held[slot].IsOwn)
            {
                bool isEntries = _held[slot].IsOfEntries;
                _held.Release(slot);
                TakePartitionTable(response.Status, isEntries);
            }
            else
            {
                Answer(slot, in response);
            }

            // Last, so that a life that ends before this sees the response again: as a stray, when it was passed on.
            _driver.AdvanceResponse();
        }

        NotifyClients();
        if (Stray != strays)
        {
            // Answers to what is no longer known here may have kept the driver from giving others: there is room now.
            _driverChannel.NotifyDeferred();
        }
    }

    private void Answer(uint slot, in BlockResponse response)
    {
        ref readonly HeldBlockRequest request = ref _held[slot];
        if (request.Code == BlockRequestCode.Read && response.Status == BlockStatus.Ok)
        {
            Region data = _states[request.Client].Data.Region;
            Cache.CleanAndInvalidate(data.Address + (nuint)request.Offset, (nuint)request.Count * BlockRequest.TransferSize);
        }

        Respond(slot, response.Status, Math.Min(response.SuccessCount, request.Count));
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
        while (_held.FreeCount > 0
            && !_driver.IsRequestFull
            && _clients[index].HasResponseRoom(client.InFlight + 1)
            && _clients[index].TryPeekRequest(out BlockRequest request))
        {
            client.InFlight++;
            BlockStatus status = Check(in client, in request);
            HeldBlockRequest held = new(in request, (ushort)index, status, _driver.RequestPosition, _clients[index].RequestPosition);
            uint slot = _held.Hold(in held);
            if (status == BlockStatus.Ok)
            {
                Forward(slot, in client, in held, request.BlockNumber);
                _clients[index].AdvanceRequest();
                asked = true;
            }
            else
            {
                Invalid += status == BlockStatus.InvalidParameter ? 1u : 0;
                _clients[index].AdvanceRequest();
                Respond(slot, status, 0);
            }
        }

        return asked;
    }

    private void Forward(uint slot, in Client client, in HeldBlockRequest held, ulong block)
    {
        if (held.Code == BlockRequestCode.Write)
        {
            Cache.Clean(client.Data.Region.Address + (nuint)held.Offset, (nuint)held.Count * BlockRequest.TransferSize);
        }

        BlockRequest translated = new()
        {
            Code = held.Code,
            IoAddressOrOffset = held.Transfers ? client.Data.IoAddress + held.Offset : 0,
            BlockNumber = held.Transfers ? client.FirstBlock + block : 0,
            Count = held.Count,
            Id = IdOf(slot, held.Position),
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

    private void Respond(uint slot, BlockStatus status, ushort blocks)
    {
        ref readonly HeldBlockRequest request = ref _held[slot];
        int client = request.Client;
        BlockResponse response = new() { Id = request.ClientId, Status = status, SuccessCount = blocks };

        // Room was seen before the request was taken; only a client that spoils its own queue has none.
        if (_clients[client].TryReserveResponse(out uint position))
        {
            _held.Giving(slot, position);
            _clients[client].PutResponse(in response);
        }

        _held.Release(slot);
        _states[client].InFlight--;
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
}
