// Driver of the Intel 82574L Ethernet controller (datasheet revision 3.4; QEMU's e1000e), an sDDF network driver.
//
// Each direction is a ring of descriptors that the controller works through in order and marks as done; which slot a descriptor is for, the driver
// remembers itself. Transmitted frames interrupt only while the driver asks for it.

using System;
using System.Threading;
using Pride.Abi.Sddf;
using Pride.Drivers.Pci;
using Pride.Machine;
using Pride.Microkit;
using Barrier = Pride.Machine.Barrier;

namespace Pride.Drivers.Network;

/// <summary>Intel 82574L.</summary>
[Profile(Profile.Driver)]
public sealed class E1000e : NetworkDriver
{
    // Registers (datasheet, 10.2).
    private const nuint Control = 0x0000;
    private const nuint InterruptCause = 0x00c0;
    private const nuint InterruptThrottle = 0x00c4;
    private const nuint InterruptSet = 0x00d0;
    private const nuint InterruptClear = 0x00d8;
    private const nuint ReceiveControl = 0x0100;
    private const nuint TransmitControl = 0x0400;
    private const nuint TransmitGap = 0x0410;
    private const nuint ReceiveRing = 0x2800;
    private const nuint TransmitRing = 0x3800;

    // In each ring's group.
    private const nuint RingBaseLow = 0x00;
    private const nuint RingBaseHigh = 0x04;
    private const nuint RingLength = 0x08;
    private const nuint RingHead = 0x10;
    private const nuint RingTail = 0x18;

    private const uint ControlFullDuplex = 1 << 0;
    private const uint ControlLinkUp = 1 << 6;
    private const uint ControlReset = 1 << 26;

    // All frames, whatever their destination: the virtualiser chooses. Buffers of 2048 bytes are the field's 0; the checksum is cut off.
    private const uint Receive = (1 << 1) | (1 << 3) | (1 << 4) | (1 << 15) | (1 << 26);

    // Short frames are padded; collisions as the datasheet advises (10.2.6.1), which full duplex does not have; the gap for copper (10.2.6.2).
    private const uint Transmit = (1 << 1) | (1 << 3) | (0x0f << 4) | (0x3f << 12);
    private const uint GapForCopper = 0x0060_2008;

    private const uint InterruptTransmitted = 1 << 0;
    private const uint InterruptReceived = (1 << 4) | (1 << 6) | (1 << 7);
    private const uint AllInterrupts = uint.MaxValue;

    // A descriptor (3.2.4, 3.3.3): address (0), then length (bits 15..0) and, for receiving, status (bits 39..32) and errors (47..40); for
    // transmitting, command (bits 31..24) and status (39..32).
    private const uint DescriptorBytes = 16;
    private const ulong DescriptorWord = 8;
    private const ulong Done = 1UL << 32;
    private const ulong EndOfPacket = 1UL << 33;
    private const int ErrorsShift = 40;
    private const ulong ErrorsMask = 0xff;
    private const ulong SendWhole = (1UL << 24) | (1UL << 25) | (1UL << 27);

    /// <summary>Descriptors in a ring: a page of them, a multiple of 8.</summary>
    private const uint RingSize = 256;
    private const ulong RingBytes = RingSize * DescriptorBytes;

    // A reset takes a microsecond (10.2.2.1).
    private const int ResetPollLimit = 1_000_000;

    private readonly ushort[] _rxSlots = new ushort[RingSize];
    private readonly ushort[] _txSlots = new ushort[RingSize];
    private Mmio _registers;
    private Region _rings;
    private uint _rxTail;
    private uint _rxPublished;
    private uint _rxNext;
    private uint _txTail;
    private uint _txPublished;
    private uint _txNext;
    private bool _isTransmitArmed;

    /// <summary>The PCI component.</summary>
    [Wired]
    public Channel Pci;

    protected override void SetUp(Region registers, in DeviceRegion rings, out uint rxSlots, out uint txSlots)
    {
        if (rings.Region.Size < 2 * RingBytes)
        {
            throw new InvalidOperationException("e1000e driver: the DMA region is too small for the rings");
        }

        PciFunction.Require(new PciFunction(Pci).Open(out _, out _));
        _registers = new Mmio(registers);
        _rings = rings.Region;
        _rings.Bytes[..(int)(2 * RingBytes)].Clear();
        Reset();
        SetUpRing(ReceiveRing, rings.IoAddress);
        SetUpRing(TransmitRing, rings.IoAddress + RingBytes);
        _registers.Write32(TransmitGap, GapForCopper);
        _registers.Write32(TransmitControl, Transmit);
        _registers.Write32(ReceiveControl, Receive);
        _registers.Write32(InterruptSet, InterruptReceived);

        // One descriptor stays unused, since a ring whose head is its tail is empty.
        rxSlots = RingSize - 1;
        txSlots = RingSize - 1;
    }

    /// <summary>Reading the causes takes them back (10.2.4.1, without MSI-X).</summary>
    protected override void AcknowledgeInterrupt() => _registers.Read32(InterruptCause);

    protected override void PostReceive(uint slot, ulong ioAddress)
    {
        ulong at = AddressOf(0, _rxTail);
        _rings.At<ulong>(at) = ioAddress;
        _rings.At<ulong>(at + DescriptorWord) = 0;
        _rxSlots[_rxTail % RingSize] = (ushort)slot;
        _rxTail++;
    }

    protected override void PublishReceive() => Publish(ReceiveRing, _rxTail, ref _rxPublished);

    protected override bool TryTakeReceived(out uint slot, out ushort length)
    {
        slot = NoSlot;
        length = 0;
        if (!IsDone(0, _rxNext, _rxPublished, out ulong word))
        {
            return false;
        }

        slot = _rxSlots[_rxNext++ % RingSize];

        // A frame in pieces is longer than any that a buffer holds.
        bool isWhole = (word & EndOfPacket) != 0 && ((word >> ErrorsShift) & ErrorsMask) == 0;
        length = isWhole ? (ushort)word : (ushort)0;
        return true;
    }

    /// <summary>What comes after the acknowledgement interrupts anew.</summary>
    protected override bool ArmReceive() => false;

    protected override void PostTransmit(uint slot, ulong ioAddress, ushort length)
    {
        ulong at = AddressOf(RingBytes, _txTail);
        _rings.At<ulong>(at) = ioAddress;
        _rings.At<ulong>(at + DescriptorWord) = SendWhole | length;
        _txSlots[_txTail % RingSize] = (ushort)slot;
        _txTail++;
    }

    protected override void PublishTransmit() => Publish(TransmitRing, _txTail, ref _txPublished);

    protected override bool TryTakeTransmitted(out uint slot)
    {
        bool isDone = IsDone(RingBytes, _txNext, _txPublished, out _);
        slot = isDone ? _txSlots[_txNext++ % RingSize] : NoSlot;
        return isDone;
    }

    protected override bool ArmTransmit(ushort after)
    {
        bool mustTell = _txPublished - _txNext > after;
        if (mustTell != _isTransmitArmed)
        {
            _isTransmitArmed = mustTell;
            _registers.Write32(mustTell ? InterruptSet : InterruptClear, InterruptTransmitted);
        }

        // The wish before the second look.
        Barrier.DmaFull();
        return mustTell && IsDone(RingBytes, _txNext + after, _txPublished, out _);
    }

    private void Reset()
    {
        _registers.Write32(InterruptClear, AllInterrupts);
        _registers.Write32(Control, ControlReset);
        for (int i = 0; (_registers.Read32(Control) & ControlReset) != 0; i++)
        {
            if (i == ResetPollLimit)
            {
                throw new InvalidOperationException("e1000e driver: the controller does not reset");
            }
        }

        _registers.Write32(InterruptClear, AllInterrupts);
        _registers.Read32(InterruptCause);
        _registers.Write32(InterruptThrottle, 0);
        _registers.Write32(Control, ControlLinkUp | ControlFullDuplex);
    }

    private void SetUpRing(nuint ring, ulong ioAddress)
    {
        _registers.Write32(ring + RingBaseLow, (uint)ioAddress);
        _registers.Write32(ring + RingBaseHigh, (uint)(ioAddress >> 32));
        _registers.Write32(ring + RingLength, (uint)RingBytes);
        _registers.Write32(ring + RingHead, 0);
        _registers.Write32(ring + RingTail, 0);
    }

    private void Publish(nuint ring, uint tail, ref uint published)
    {
        if (published != tail)
        {
            published = tail;
            Barrier.DmaWrite();
            _registers.Write32(ring + RingTail, tail % RingSize);
        }
    }

    /// <summary>Whether the controller has given descriptor number <paramref name="index"/> back, of those that it was shown.</summary>
    private bool IsDone(ulong ring, uint index, uint published, out ulong word)
    {
        word = index == published ? 0 : Volatile.Read(ref _rings.At<ulong>(AddressOf(ring, index) + DescriptorWord));
        if ((word & Done) == 0)
        {
            return false;
        }

        Barrier.DmaRead();
        return true;
    }

    private static ulong AddressOf(ulong ring, uint index) => ring + ((index % RingSize) * DescriptorBytes);
}
