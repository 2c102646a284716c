// Driver of NVMe controllers (NVM Express 1.4): namespace 1, one pair of queues for requests beside the one for administration.
//
// A command's identifier is its request's slot. The interrupt line stays up while answers wait in the completion queue, so all of them are taken
// when it rings, whether the virtualiser has room for them or not.

using System;
using System.Buffers.Binary;
using Pride.Abi.Sddf;
using Pride.Abi.Services;
using Pride.Drivers.Pci;
using Pride.Machine;
using Pride.Microkit;

namespace Pride.Drivers.Block;

/// <summary>An NVMe disk.</summary>
[Profile(Profile.Driver)]
public sealed class Nvme : BlockDriver
{
    // The controller's registers (3.1).
    private const nuint Capabilities = 0x00;
    private const nuint Control = 0x14;
    private const nuint Status = 0x1c;
    private const nuint AdminSizes = 0x24;
    private const nuint AdminSubmission = 0x28;
    private const nuint AdminCompletion = 0x30;

    private const ulong CapabilityEntriesMask = 0xffff;
    private const int CapabilitySpacingShift = 32;
    private const int CapabilityPageShift = 48;
    private const ulong CapabilityNibble = 0xf;

    // Entries of 64 and of 16 bytes, as powers of two; pages of 4 KiB are 0.
    private const uint ControlEnable = (1 << 0) | (6 << 16) | (4 << 20);
    private const uint StatusReady = 1 << 0;
    private const uint StatusFatal = 1 << 1;

    // The controller has up to 127 s to get ready (CAP.TO); a read of a register takes a microsecond or so.
    private const int ReadyPollLimit = 100_000_000;
    private const int AdminPollLimit = 10_000_000;

    private const byte AdminCreateSubmission = 0x01;
    private const byte AdminCreateCompletion = 0x05;
    private const byte AdminIdentify = 0x06;
    private const uint IdentifyNamespace = 0;
    private const uint IdentifyController = 1;
    private const uint Contiguous = 1 << 0;
    private const uint Interrupts = 1 << 1;
    private const byte Flush = 0x00;
    private const byte Write = 0x01;
    private const byte Read = 0x02;
    private const uint Namespace = 1;
    private const uint RequestQueue = 1;

    // What IDENTIFY answers (5.15): the largest transfer as a power of two of pages, a write cache; a namespace's size, its format, write protection.
    private const int IdentityTransfer = 77;
    private const int IdentityWriteCache = 525;
    private const int NamespaceFormat = 26;
    private const int NamespaceAttributes = 99;
    private const int NamespaceFormats = 128;
    private const int FormatBytes = 4;
    private const int FormatSectorShift = 2;

    // Queue entries: a page of commands. One entry stays empty, so that full and empty differ.
    private const uint Entries = 64;
    private const uint AdminEntries = 8;
    private const ulong PageBytes = 4096;
    private const int PageShift = 12;

    // In the ring region: the queues and the page for identities, a page each.
    private const ulong AdminSubmissionOffset = 0;
    private const ulong AdminCompletionOffset = 1 * PageBytes;
    private const ulong SubmissionOffset = 2 * PageBytes;
    private const ulong CompletionOffset = 3 * PageBytes;
    private const ulong IdentityOffset = 4 * PageBytes;

    // In the header region, for each slot: the pages of a command behind its first (4.3), as many as fit 512 bytes.
    private const ulong ListBytes = 512;
    private const uint MaximumBlocks = (uint)(ListBytes / sizeof(ulong));

    private const int RegistersRegion = 0;
    private const int ListsRegion = 1;
    private const int QueuesRegion = 2;

    private Mmio _registers;
    private DeviceRegion _lists;
    private DeviceRegion _memory;
    private NvmeQueue _admin = null!;
    private NvmeQueue _queue = null!;
    private CommandSlots _slots;
    private int _sectorShift;

    /// <summary>The PCI component.</summary>
    [Wired]
    public Channel Pci;

    protected override bool TrySetUp(ref readonly DeviceResources device, out BlockMedium medium)
    {
        medium = default;
        _slots = default;
        _registers = new Mmio(device.Regions[RegistersRegion].Region);
        _lists = device.Regions[ListsRegion];
        _memory = device.Regions[QueuesRegion];
        if (new PciFunction(Pci).Open(out _, out _) != PciStatus.Ready)
        {
            return false;
        }

        ulong capabilities = _registers.Read64(Capabilities);
        uint entries = (uint)Math.Min((capabilities & CapabilityEntriesMask) + 1, Entries);
        int spacing = (int)((capabilities >> CapabilitySpacingShift) & CapabilityNibble);
        if (((capabilities >> CapabilityPageShift) & CapabilityNibble) != 0 || entries < 2 || !TryStop())
        {
            return false;
        }

        _admin = new NvmeQueue(in _memory, AdminSubmissionOffset, AdminCompletionOffset, Math.Min(AdminEntries, entries), _registers, 0, spacing);
        _queue = new NvmeQueue(in _memory, SubmissionOffset, CompletionOffset, entries, _registers, RequestQueue, spacing);
        if (!TryStart() || !TryIdentify(out medium) || !TryMakeQueues())
        {
            return false;
        }

        medium.Slots = Math.Min(entries - 1, (uint)(_lists.Region.Size / ListBytes));
        return true;
    }

    /// <summary>Takes all answers: that is what takes the interrupt back.</summary>
    protected override void AcknowledgeInterrupt()
    {
        while (_queue.TryTake(out ushort id, out ushort status))
        {
            if (id < Entries)
            {
                _slots.Finish(1UL << id, status == 0);
            }
            else
            {
                _slots.FinishNothing();
            }
        }

        _queue.Release();
    }

    protected override void Post(uint slot, in BlockCommand command)
    {
        NvmeCommand entry = new() { Operation = Flush, Id = (ushort)slot, Namespace = Namespace };
        if (command.Count > 0)
        {
            ulong bytes = (ulong)command.Count * BlockRequest.TransferSize;
            entry.Operation = command.Code == BlockRequestCode.Read ? Read : Write;
            entry.Sector = (command.BlockNumber * BlockRequest.TransferSize) >> _sectorShift;
            entry.Sectors = (uint)(bytes >> _sectorShift) - 1;
            entry.FirstPage = command.IoAddress;
            entry.OtherPages = WriteList(slot, command.IoAddress, bytes);
        }

        _slots.Start(1UL << (int)slot);
        _queue.Put(in entry);
    }

    protected override void Publish() => _queue.Publish();

    protected override bool TryTakeDone(out uint slot, out bool isOk) => _slots.TryTake(NoSlot, out slot, out isOk);

    /// <summary>What comes after the last look keeps the interrupt up.</summary>
    protected override bool ArmInterrupt() => _slots.HasDone;

    /// <summary>The pages behind the first: the second page itself where there are two, else their list.</summary>
    private ulong WriteList(uint slot, ulong ioAddress, ulong bytes)
    {
        ulong second = (ioAddress & ~(PageBytes - 1)) + PageBytes;
        ulong end = ioAddress + bytes;
        if (end <= second + PageBytes)
        {
            return end <= second ? 0 : second;
        }

        ulong at = slot * ListBytes;
        for (ulong page = second; page < end; page += PageBytes, at += sizeof(ulong))
        {
            _lists.Region.At<ulong>(at) = page;
        }

        return _lists.IoAddress + (slot * ListBytes);
    }

    private bool TryStop()
    {
        _registers.Write32(Control, 0);
        return TryPoll(0);
    }

    private bool TryStart()
    {
        _registers.Write32(AdminSizes, (_admin.Size - 1) | ((_admin.Size - 1) << 16));
        _registers.Write64(AdminSubmission, _memory.IoAddress + AdminSubmissionOffset);
        _registers.Write64(AdminCompletion, _memory.IoAddress + AdminCompletionOffset);
        _registers.Write32(Control, ControlEnable);
        return TryPoll(StatusReady);
    }

    private bool TryPoll(uint wanted)
    {
        for (int i = 0; i < ReadyPollLimit; i++)
        {
            uint status = _registers.Read32(Status);
            if ((status & StatusReady) == wanted)
            {
                return true;
            }

            // A controller that has failed, or is not there and reads as all ones, is not waited for.
            if (wanted != 0 && (status & StatusFatal) != 0)
            {
                return false;
            }
        }

        return false;
    }

    private bool TryIdentify(out BlockMedium medium)
    {
        medium = default;
        Span<byte> identity = _memory.Region.Bytes.Slice((int)IdentityOffset, (int)PageBytes);
        if (!TryAdminister(new NvmeCommand { Operation = AdminIdentify, FirstPage = _memory.IoAddress + IdentityOffset, Argument0 = IdentifyController }))
        {
            return false;
        }

        // More pages than 2^6 are more than a list has room for; 0 is no limit.
        int transfer = identity[IdentityTransfer];
        medium.MaximumBlocks = transfer is 0 or > 6 ? MaximumBlocks : 1u << transfer;
        medium.HasFlush = (identity[IdentityWriteCache] & 1) != 0;
        if (!TryAdminister(new NvmeCommand
        {
            Operation = AdminIdentify,
            Namespace = Namespace,
            FirstPage = _memory.IoAddress + IdentityOffset,
            Argument0 = IdentifyNamespace,
        }))
        {
            return false;
        }

        _sectorShift = identity[NamespaceFormats + (FormatBytes * (identity[NamespaceFormat] & (int)CapabilityNibble)) + FormatSectorShift];
        medium.CapacityBlocks = _sectorShift is >= 9 and <= PageShift
            ? BinaryPrimitives.ReadUInt64LittleEndian(identity) >> (PageShift - _sectorShift)
            : 0;
        medium.SectorSize = (ushort)(1 << _sectorShift);
        medium.IsReadOnly = (identity[NamespaceAttributes] & 1) != 0;
        return medium.CapacityBlocks != 0;
    }

    private bool TryMakeQueues()
    {
        uint sizeAndNumber = ((_queue.Size - 1) << 16) | RequestQueue;
        return TryAdminister(new NvmeCommand
        {
            Operation = AdminCreateCompletion,
            FirstPage = _memory.IoAddress + CompletionOffset,
            Argument0 = sizeAndNumber,
            Argument1 = Contiguous | Interrupts,
        })
        && TryAdminister(new NvmeCommand
        {
            Operation = AdminCreateSubmission,
            FirstPage = _memory.IoAddress + SubmissionOffset,
            Argument0 = sizeAndNumber,
            Argument1 = Contiguous | (RequestQueue << 16),
        });
    }

    /// <summary>One command of administration, waited for.</summary>
    private bool TryAdminister(in NvmeCommand command)
    {
        _admin.Put(in command);
        _admin.Publish();
        for (int i = 0; i < AdminPollLimit; i++)
        {
            if (_admin.TryTake(out _, out ushort status))
            {
                _admin.Release();
                return status == 0;
            }
        }

        return false;
    }
}
