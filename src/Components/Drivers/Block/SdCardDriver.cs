// What every driver of an SD card does whose data the CPU moves itself: a disk that has one request at a time and is done with it before the
// driver goes on (BlockDriver.cs has all the rest). How the card is reached is the matter of a class of its own (SpiSdCard.cs, SdHostController.cs).
//
// The driver maps all memory that requests may name.

using System;
using Pride.Abi.Sddf;
using Pride.Machine;
using Pride.Microkit;

namespace Pride.Drivers.Block;

/// <summary>An SD card's driver.</summary>
public abstract class SdCardDriver : BlockDriver
{
    /// <summary>Bytes of a card's sector.</summary>
    protected const int SectorSize = 512;

    private const uint SectorsPerBlock = BlockRequest.TransferSize / SectorSize;
    private const int RegistersRegion = 0;
    private const int FirstDataRegion = 1;

    // One command moves at most this much, so that a controller's counters of 16 bits never overflow.
    private const int LargestTransfer = 64 * 1024;

    private uint _doneSlot = NoSlot;
    private bool _isDoneOk;

    /// <summary>Transfers that the card or its controller refused, spoiled or never ended.</summary>
    public uint Failed { get; private set; }

    protected override bool Suits(ref readonly DeviceResources device) => device.RegionCount >= FirstDataRegion;

    protected override bool TrySetUp(ref readonly DeviceResources device, out BlockMedium medium)
    {
        medium = new BlockMedium
        {
            CapacityBlocks = SetUp(device.Regions[RegistersRegion].Region) / SectorsPerBlock,
            SectorSize = SectorSize,
            Slots = 1,
            MaximumBlocks = LargestTransfer / BlockRequest.TransferSize,
            AnswersAtOnce = true,
        };
        return medium.CapacityBlocks != 0;
    }

    /// <summary>Resets controller and card; returns the card's sectors, 0 when there is none that works. The controller must never interrupt.</summary>
    protected abstract ulong SetUp(Region registers);

    /// <summary>Reads whole sectors; false when that failed.</summary>
    protected abstract bool TryRead(ulong sector, Span<byte> data);

    /// <summary>Writes whole sectors; they are on the medium when this returns. False when that failed.</summary>
    protected abstract bool TryWrite(ulong sector, ReadOnlySpan<byte> data);

    protected override bool Reaches(ulong ioAddress, ulong bytes) => TryFind(ioAddress, bytes, out _);

    protected override void AcknowledgeInterrupt()
    {
    }

    protected override void Post(uint slot, in BlockCommand command)
    {
        ulong sector = command.BlockNumber * SectorsPerBlock;
        _isDoneOk = TryFind(command.IoAddress, (ulong)command.Count * BlockRequest.TransferSize, out Region memory)
            && (command.Code == BlockRequestCode.Read ? TryRead(sector, memory.Bytes) : TryWrite(sector, memory.Bytes));
        _doneSlot = slot;
        Failed += _isDoneOk ? 0u : 1;
    }

    protected override void Publish()
    {
    }

    protected override bool TryTakeDone(out uint slot, out bool isOk)
    {
        slot = _doneSlot;
        isOk = _isDoneOk;
        _doneSlot = NoSlot;
        return slot != NoSlot;
    }

    protected override bool ArmInterrupt() => false;

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
