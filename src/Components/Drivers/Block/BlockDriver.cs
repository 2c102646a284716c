// What every disk's driver does, an sDDF block driver: queues towards the virtualiser, barriers, and the ledger. A device's own class knows its
// registers and commands. Without a device the driver stays up and answers every request with NoDevice, so that a missing disk is an error
// message further up and not a silence.
//
// A request is one command of the device, or several after each other where the device's commands are shorter.
//
// Requests that are not answered are in the driver's ledger, slot for slot. A restarted driver resets the device, which ends its
// DMA, and begins them again in the order in which they came. That may read or write a second time what the device had done,
// but only for requests without an answer, whose buffers nobody else uses; each request is answered once.

using System;
using System.Threading;
using Pride.Abi.Sddf;
using Pride.Machine;
using Pride.Microkit;
using Pride.Sddf;

namespace Pride.Drivers.Block;

/// <summary>A disk's driver.</summary>
public abstract class BlockDriver : ProtectionDomain
{
    /// <summary>The slot of an answer that names no request.</summary>
    protected const uint NoSlot = uint.MaxValue;

    private Irq _interrupt;
    private Channel _virtChannel;
    private BlockResponder _virt;
    private Ledger<HeldRequest> _held = null!;
    private BlockMedium _medium;
    private uint[] _doneBlocks = [];
    private uint _barrierSlot;
    private bool _hasDevice;
    private bool _waitsAtBarrier;
    private bool _hasAnswered;
    private bool _isFull;

    [Wired]
    public Config<BlockDriverConfig> Configuration;

    [Wired]
    public Config<DeviceResources> Device;

    /// <summary>Memory of the driver's own, for the requests that are not answered.</summary>
    [Wired]
    public Region Ledger;

    /// <summary>Answers of the device that made no sense, and answers for which the queue had no room.</summary>
    public uint Dropped { get; private set; }

    /// <summary>Entries of the ledger that made no sense after a restart.</summary>
    public uint Forgotten => _held.Dropped;

    public override void Init()
    {
        ref readonly BlockDriverConfig config = ref Configuration.Value;
        ref readonly DeviceResources device = ref Device.Value;
        if (!config.Magic.Is(SddfClass.Block) || !device.Magic.Is(SddfClass.Device) || device.InterruptCount != 1 || !Suits(in device))
        {
            throw new InvalidOperationException("block driver: needs a block configuration, registers, its memory regions and one interrupt");
        }

        _virt = new BlockResponder(in config.Virt);
        _virtChannel = new Channel(config.Virt.ChannelId);
        _interrupt = new Irq(device.Interrupts[0]);
        _hasDevice = TrySetUp(in device, out _medium) && _medium.Slots > 0 && _medium.MaximumBlocks > 0;
        _held = _hasDevice ? new Ledger<HeldRequest>(Ledger, _medium.Slots) : new Ledger<HeldRequest>(Ledger);
        _doneBlocks = new uint[_held.Limit];
        Announce(config.Virt.StorageInfo);
        Recover();
        Submit();
        if (_held.Life != 0)
        {
            // The life before may have answered and not come to say so.
            _virtChannel.NotifyDeferred();
        }
    }

    public override void Notified(Channel channel)
    {
        if (_interrupt.Is(channel))
        {
            if (_hasDevice)
            {
                AcknowledgeInterrupt();
            }

            Complete();
            Submit();
            _interrupt.AcknowledgeDeferred();
        }
        else if (channel == _virtChannel)
        {
            if (_isFull)
            {
                Complete();
            }

            Submit();
        }
    }

    /// <summary>True when the regions are those that the driver needs: registers and two DMA regions of its own.</summary>
    protected virtual bool Suits(ref readonly DeviceResources device)
    {
        const int Regions = 3;
        return device.RegionCount == Regions;
    }

    /// <summary>True when the device, or the driver in its place, reaches <paramref name="bytes"/> at <paramref name="ioAddress"/>.</summary>
    protected virtual bool Reaches(ulong ioAddress, ulong bytes) => _medium.IoAddressEnd == 0 || ioAddress <= _medium.IoAddressEnd - bytes;

    /// <summary>Resets the device, which ends its DMA, and sets it going with nothing to do; false when there is none that works.</summary>
    /// <param name="device">Its registers (region 0) and the driver's other regions.</param>
    /// <param name="medium">What it is like.</param>
    protected abstract bool TrySetUp(ref readonly DeviceResources device, out BlockMedium medium);

    /// <summary>Takes the interrupt off the line; called before answers are looked at, so that what comes later raises it anew.</summary>
    protected abstract void AcknowledgeInterrupt();

    /// <summary>Writes a command down; the device sees it at the next <see cref="Publish"/>. Its answer names <paramref name="slot"/>.</summary>
    protected abstract void Post(uint slot, in BlockCommand command);

    protected abstract void Publish();

    /// <summary>Takes the next command that the device is done with. <paramref name="slot"/> is what the device says: it is checked here.</summary>
    protected abstract bool TryTakeDone(out uint slot, out bool isOk);

    /// <summary>Asks for an interrupt at the next answer; true when one is there already.</summary>
    protected abstract bool ArmInterrupt();

    private void Announce(Region storageInfo)
    {
        ref BlockStorageInfo info = ref storageInfo.At<BlockStorageInfo>();
        if (!_hasDevice)
        {
            Volatile.Write(ref info.Ready, 0);
            return;
        }

        info.Cylinders = _medium.Cylinders;
        info.Heads = _medium.Heads;
        info.Blocks = _medium.Blocks;
        info.SectorSize = _medium.SectorSize;
        info.BlockSize = 1;
        info.QueueDepth = (ushort)_held.Limit;
        info.ReadOnly = _medium.IsReadOnly ? (byte)1 : (byte)0;
        info.Capacity = _medium.CapacityBlocks;
        Volatile.Write(ref info.Ready, 1);
    }

    /// <summary>Begins again what the life before had begun.</summary>
    private void Recover()
    {
        _held.SettleAll(_virt.ResponsePosition);
        uint next = _virt.RequestPosition;
        uint[] order = new uint[_held.HeldCount];
        int count = 0;
        for (uint slot = 0; slot < _held.Limit; slot++)
        {
            if (!_held.IsHeld(slot))
            {
                continue;
            }

            // Positions count on over the end of their range, so ages are compared.
            int at = count++;
            uint age = next - _held[slot].Position;
            for (; at > 0 && next - _held[order[at - 1]].Position < age; at--)
            {
                order[at] = order[at - 1];
            }

            order[at] = slot;
        }

        // Only the last can have been written down and not taken from the queue.
        if (count > 0 && _held[order[count - 1]].Position == next && _virt.TryPeekRequest(out _))
        {
            _virt.AdvanceRequest();
        }

        foreach (uint slot in order.AsSpan(0, count))
        {
            if (_waitsAtBarrier)
            {
                // Nothing is taken after a barrier before it is answered: no entry of this driver's.
                _held.Drop(slot);
            }
            else
            {
                Start(slot);
            }
        }
    }

    /// <summary>Virtualiser to device; of a device that is done at once also back, until nothing waits.</summary>
    private void Submit()
    {
        do
        {
            Take();
        }
        while (_hasDevice && _medium.AnswersAtOnce && Complete());
        if (_hasAnswered)
        {
            _hasAnswered = false;
            _virtChannel.NotifyDeferred();
        }
    }

    private void Take()
    {
        while (!_waitsAtBarrier && !_virt.IsResponseFull && _held.FreeCount > 0 && _virt.TryPeekRequest(out BlockRequest request))
        {
            ushort slot = _held.Hold(new HeldRequest(in request, _virt.RequestPosition));
            _virt.AdvanceRequest();
            Start(slot);
        }

        if (_hasDevice)
        {
            Publish();
        }
    }

    private void Start(uint slot)
    {
        ref readonly HeldRequest request = ref _held[slot];
        if (TryRefuse(in request, out BlockStatus status))
        {
            Answer(slot, status);
        }
        else if (request.Code == BlockRequestCode.Barrier)
        {
            _waitsAtBarrier = true;
            _barrierSlot = slot;
            PassBarrier();
        }
        else
        {
            _doneBlocks[slot] = 0;
            PostNext(slot);
        }
    }

    /// <summary>Requests that are answered at once, and how.</summary>
    private bool TryRefuse(in HeldRequest request, out BlockStatus status)
    {
        bool transfers = Transfers(request.Code);
        if (!_hasDevice)
        {
            status = BlockStatus.NoDevice;
        }
        else if (request.Code > BlockRequestCode.Barrier
            || (transfers && (request.Count == 0 || request.Count > _medium.CapacityBlocks || request.BlockNumber > _medium.CapacityBlocks - request.Count))
            || (transfers && !Reaches(request.IoAddress, (ulong)request.Count * BlockRequest.TransferSize)))
        {
            status = BlockStatus.InvalidParameter;
        }
        else
        {
            status = BlockStatus.Ok;
            return request.Code == BlockRequestCode.Flush && !_medium.HasFlush;
        }

        return true;
    }

    private static bool Transfers(BlockRequestCode code) => code is BlockRequestCode.Read or BlockRequestCode.Write;

    /// <summary>The part of a request that its next command does.</summary>
    private void PostNext(uint slot)
    {
        ref readonly HeldRequest request = ref _held[slot];
        uint done = _doneBlocks[slot];
        uint count = Transfers(request.Code) ? Math.Min(request.Count - done, _medium.MaximumBlocks) : 0;
        _doneBlocks[slot] = done + count;
        Post(slot, new BlockCommand(request.Code, request.BlockNumber + done, count, request.IoAddress + ((ulong)done * BlockRequest.TransferSize)));
    }

    /// <summary>Device to virtualiser; true when there was something.</summary>
    private bool Complete()
    {
        if (!_hasDevice)
        {
            return false;
        }

        bool any = false;
        do
        {
            while (!_virt.IsResponseFull && TryTakeDone(out uint slot, out bool isOk))
            {
                any = true;
                if (!_held.IsHeld(slot) || IsBarrier(slot))
                {
                    Dropped++;
                }
                else if (isOk && Transfers(_held[slot].Code) && _doneBlocks[slot] < _held[slot].Count)
                {
                    PostNext(slot);
                }
                else
                {
                    Answer(slot, isOk ? BlockStatus.Ok : BlockStatus.IoError);
                }
            }

            // Only after one of the two has lost its ledger do more requests wait than there is room for answers.
            _isFull = _virt.IsResponseFull;
        }
        while (!_isFull && ArmInterrupt());

        PassBarrier();
        if (_hasAnswered)
        {
            _hasAnswered = false;
            _virtChannel.Notify();
        }

        return any;
    }

    private bool IsBarrier(uint slot) => _waitsAtBarrier && slot == _barrierSlot;

    /// <summary>Answers the barrier once nothing else is in flight; nothing more is started until then.</summary>
    private void PassBarrier()
    {
        if (_waitsAtBarrier && _held.HeldCount == 1)
        {
            _waitsAtBarrier = false;
            Answer(_barrierSlot, BlockStatus.Ok);
        }
    }

    private void Answer(uint slot, BlockStatus status)
    {
        ref readonly HeldRequest request = ref _held[slot];
        BlockResponse response = new() { Id = request.Id, Status = status, SuccessCount = status == BlockStatus.Ok ? request.Count : (ushort)0 };
        if (_virt.TryReserveResponse(out uint position))
        {
            _held.Giving(slot, position);
            _virt.PutResponse(in response);
            _hasAnswered = true;
        }
        else
        {
            Dropped++;
        }

        _held.Release(slot);
    }
}
