// What every driver of an SD card whose data the CPU moves itself does as an sDDF block driver: one request after the other, done before the
// driver returns. How the card is reached is the matter of a class of its own (SpiSdCard.cs, SdHostController.cs).
//
// The driver maps all memory that requests may name. Without a card it stays up and answers every request with NoDevice.
//
// Nothing of others' is held between two events, so there is no ledger: a request is answered and then taken off its queue. A driver that is
// restarted between the two answers it again; the virtualiser knows the first answer's id and drops the second.

using System;
using System.Threading;
using Pride.Abi.Sddf;
using Pride.Machine;
using Pride.Microkit;
using Pride.Sddf;

namespace Pride.Drivers.Block;

/// <summary>An SD card's driver.</summary>
public abstract class SdCardDriver : ProtectionDomain
{
    /// <summary>Bytes of a card's sector.</summary>
    protected const int SectorSize = 512;

    private const uint SectorsPerBlock = BlockRequest.TransferSize / SectorSize;
    private const int RegistersRegion = 0;
    private const int FirstDataRegion = 1;

    // One command moves at most this much, so that a controller's counters of 16 bits never overflow.
    private const int LargestTransfer = 64 * 1024;

    private Channel _virtChannel;
    private BlockResponder _virt;
    private ulong _capacityBlocks;

    [Wired]
    public Config<BlockDriverConfig> Configuration;

    /// <summary>The registers, then all memory that requests may name.</summary>
    [Wired]
    public Config<DeviceResources> Device;

    /// <summary>Transfers that the card or its controller refused, spoiled or never ended, and requests for memory that is not the driver's.</summary>
    public uint Failed { get; private set; }

    public override void Init()
    {
        ref readonly BlockDriverConfig config = ref Configuration.Value;
        ref readonly DeviceResources device = ref Device.Value;
        if (!config.Magic.Is(SddfClass.Block) || !device.Magic.Is(SddfClass.Device) || device.RegionCount < FirstDataRegion)
        {
            throw new InvalidOperationException("SD card driver: needs a block configuration and registers");
        }

        _virt = new BlockResponder(in config.Virt);
        _virtChannel = new Channel(config.Virt.ChannelId);
        ulong sectors = SetUp(device.Regions[RegistersRegion].Region);
        _capacityBlocks = sectors / SectorsPerBlock;
        Announce(config.Virt.StorageInfo);
        Serve();

        // A life before may have answered and not come to say so.
        _virtChannel.NotifyDeferred();
    }

    public override void Notified(Channel channel)
    {
        if (channel == _virtChannel)
        {
            Serve();
        }
    }

    /// <summary>Resets controller and card; returns the card's sectors, 0 when there is none that works.</summary>
    protected abstract ulong SetUp(Region registers);

    /// <summary>Reads whole sectors; false when that failed.</summary>
    protected abstract bool TryRead(ulong sector, Span<byte> data);

    /// <summary>Writes whole sectors; they are on the medium when this returns. False when that failed.</summary>
    protected abstract bool TryWrite(ulong sector, ReadOnlySpan<byte> data);

    private void Announce(Region storageInfo)
    {
        ref BlockStorageInfo info = ref storageInfo.At<BlockStorageInfo>();
        info.SectorSize = SectorSize;
        info.BlockSize = 1;
        info.QueueDepth = 1;
        info.Capacity = _capacityBlocks;
        Volatile.Write(ref info.Ready, _capacityBlocks != 0 ? (byte)1 : (byte)0);
    }

    private void Serve()
    {
        while (_virt.TryPeekRequest(out BlockRequest request) && _virt.TryReserveResponse(out _))
        {
            BlockStatus status = Do(in request);
            BlockResponse response = new() { Id = request.Id, Status = status, SuccessCount = status == BlockStatus.Ok ? request.Count : (ushort)0 };
            _virt.PutResponse(in response);
            _virt.AdvanceRequest();
            _virtChannel.Notify();
        }
    }

    private BlockStatus Do(in BlockRequest request)
    {
        if (_capacityBlocks == 0)
        {
            return BlockStatus.NoDevice;
        }

        // Requests are done in order and at once: there is nothing to wait for or to write back.
        if (request.Code is BlockRequestCode.Flush or BlockRequestCode.Barrier)
        {
            return BlockStatus.Ok;
        }

        if (request.Code is not (BlockRequestCode.Read or BlockRequestCode.Write)
            || request.Count == 0 || request.Count > _capacityBlocks || request.BlockNumber > _capacityBlocks - request.Count)
        {
            return BlockStatus.InvalidParameter;
        }

        if (!TryFind(request.IoAddressOrOffset, (ulong)request.Count * BlockRequest.TransferSize, out Region memory))
        {
            Failed++;
            return BlockStatus.InvalidParameter;
        }

        return Transfer(request.Code, request.BlockNumber * SectorsPerBlock, memory.Bytes) ? BlockStatus.Ok : BlockStatus.IoError;
    }

    private bool Transfer(BlockRequestCode code, ulong sector, Span<byte> data)
    {
        while (!data.IsEmpty)
        {
            Span<byte> part = data[..Math.Min(data.Length, LargestTransfer)];
            if (!(code == BlockRequestCode.Read ? TryRead(sector, part) : TryWrite(sector, part)))
            {
                Failed++;
                return false;
            }

            sector += (ulong)part.Length / SectorSize;
            data = data[part.Length..];
        }

        return true;
    }

    /// <summary>Where the driver sees the memory that devices know by <paramref name="ioAddress"/>.</summary>
    private bool TryFind(ulong ioAddress, ulong bytes, out Region memory)
    {
        ref readonly DeviceResources device = ref Device.Value;
        for (int i = FirstDataRegion; i < device.RegionCount; i++)
        {
            ref readonly DeviceRegion region = ref device.Regions[i];
            ulong offset = ioAddress - region.IoAddress;
            if (ioAddress >= region.IoAddress && offset <= region.Region.Size && bytes <= region.Region.Size - offset)
            {
                memory = new Region(region.Region.Address + (nuint)offset, bytes);
                return true;
            }
        }

        memory = default;
        return false;
    }
}
