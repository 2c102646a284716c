// Driver of the Cadence Gigabit Ethernet MAC (GEM; Zynq UltraScale+ TRM UG1085, chapter 34; register reference UG1087), as the FU540 and Xilinx's
// chips have it.
//
// Each direction is a ring of descriptors of two words that the device goes through in order; a bit of each says whose it is. The device
// stops at the first that is not its own. Link speed and PHY stay as the boot loader has set them.
//
// The descriptors of one cache line can be the device's and the driver's at the same time, so the device must see the CPU's caches (NetworkSystem
// refuses it on a board whose devices do not).

using System;
using System.Runtime.InteropServices;
using System.Threading;
using Pride.Abi.Sddf;
using Pride.Machine;
using Barrier = Pride.Machine.Barrier;

namespace Pride.Drivers.Network;

/// <summary>Cadence GEM.</summary>
[Profile(Profile.Driver)]
public sealed class CadenceGem : NetworkDriver
{
    // Registers and bits: UG1087, module GEM.
    private const nuint Control = 0x000;
    private const nuint Configuration1 = 0x004;
    private const nuint DmaConfiguration = 0x010;
    private const nuint TransmitStatus = 0x014;
    private const nuint ReceiveQueue = 0x018;
    private const nuint TransmitQueue = 0x01c;
    private const nuint ReceiveStatus = 0x020;
    private const nuint InterruptStatus = 0x024;
    private const nuint InterruptEnable = 0x028;
    private const nuint InterruptDisable = 0x02c;
    private const nuint ModuleId = 0x0fc;
    private const nuint DesignConfiguration6 = 0x294;
    private const nuint FurtherTransmitQueues = 0x440;
    private const nuint FurtherReceiveQueues = 0x480;

    private const uint ReceiveEnable = 1 << 2;
    private const uint TransmitEnable = 1 << 3;
    private const uint ManagementEnable = 1 << 4;
    private const uint StartTransmission = 1 << 9;
    private const uint Running = ReceiveEnable | TransmitEnable | ManagementEnable;

    /// <summary>What the boot loader knows of link and bus: 100 Mbit/s, 1 Gbit/s, PCS, MDC's divisor, the bus's width, SGMII.</summary>
    private const uint LinkConfiguration = 1 | (1 << 10) | (1 << 11) | (7 << 18) | (3 << 21) | (1 << 27);

    /// <summary>Full duplex, all destinations (the virtualiser knows whose is whose), frames up to 1536 bytes, without their check sequence.</summary>
    private const uint FrameConfiguration = (1 << 1) | (1 << 4) | (1 << 8) | (1 << 17);

    /// <summary>Bursts of 16 beats, all of the packet memory.</summary>
    private const uint DmaBursts = 0x10 | (3 << 8) | (1 << 10);
    private const int BufferSizeShift = 16;
    private const uint BufferSizeUnit = 64;

    private const uint NoBuffer = 1 << 0;
    private const uint Received = 1 << 1;
    private const uint Sent = 1 << 7;
    private const uint AllBits = uint.MaxValue;

    // Words of a descriptor. Receive: address and flags, then length. Transmit: address, then length and flags.
    private const uint ReceiveIsDrivers = 1 << 0;
    private const uint ReceiveWraps = 1 << 1;
    private const uint ReceiveWholeFrame = (1 << 14) | (1 << 15);
    private const uint ReceiveLength = 0x1fff;
    private const uint TransmitLast = 1 << 15;
    private const uint TransmitWraps = 1 << 30;
    private const uint TransmitIsDrivers = 1U << 31;

    private const uint RingSize = 256;
    private const uint DescriptorSize = 8;

    // In the ring memory: the receive ring, the transmit ring, and one descriptor of each kind for queues that are not used.
    private const ulong TransmitRing = RingSize * DescriptorSize;
    private const ulong IdleReceive = 2 * RingSize * DescriptorSize;
    private const ulong IdleTransmit = IdleReceive + DescriptorSize;

    private readonly ushort[] _rxSlots = new ushort[RingSize];
    private readonly ushort[] _txSlots = new ushort[RingSize];
    private Mmio _registers;
    private Region _memory;
    private uint _rxPosted;
    private uint _rxTaken;
    private uint _rxPublished;
    private uint _txPosted;
    private uint _txTaken;
    private uint _txPublished;
    private bool _wantsSent;

    protected override void SetUp(Region registers, in DeviceRegion rings, out uint rxSlots, out uint txSlots)
    {
        _registers = new Mmio(registers);
        _memory = rings.Region;
        if (((_registers.Read32(ModuleId) >> 16) & 0xfff) is not (2 or 7))
        {
            throw new InvalidOperationException("GEM driver: no Cadence GEM answers at the registers");
        }

        if ((rings.IoAddress >> 32) != 0)
        {
            throw new InvalidOperationException("GEM driver: needs ring memory below 4 GiB");
        }

        _registers.Write32(Control, 0);
        _registers.Write32(InterruptDisable, AllBits);
        _registers.Write32(TransmitStatus, AllBits);
        _registers.Write32(ReceiveStatus, AllBits);
        AcknowledgeInterrupt();
        for (uint i = 0; i < RingSize; i++)
        {
            uint last = i == RingSize - 1 ? AllBits : 0;
            At(i * DescriptorSize) = new Descriptor { First = ReceiveIsDrivers | (ReceiveWraps & last) };
            At(TransmitRing + (i * DescriptorSize)) = new Descriptor { Second = TransmitIsDrivers | (TransmitWraps & last) };
        }

        At(IdleReceive) = new Descriptor { First = ReceiveIsDrivers | ReceiveWraps };
        At(IdleTransmit) = new Descriptor { Second = TransmitIsDrivers | TransmitWraps };
        Barrier.DmaWrite();
        _registers.Write32(Configuration1, (_registers.Read32(Configuration1) & LinkConfiguration) | FrameConfiguration);
        _registers.Write32(DmaConfiguration, DmaBursts | ((NetworkBuffer.Size / BufferSizeUnit) << BufferSizeShift));
        SetQueues((uint)rings.IoAddress);
        _registers.Write32(InterruptEnable, Received);
        _registers.Write32(Control, Running);
        rxSlots = txSlots = RingSize;
    }

    /// <summary>Clears by being read on some chips, by being written on others.</summary>
    protected override void AcknowledgeInterrupt() => _registers.Write32(InterruptStatus, _registers.Read32(InterruptStatus));

    protected override void PostReceive(uint slot, ulong ioAddress)
    {
        uint index = _rxPosted++ % RingSize;
        _rxSlots[index] = (ushort)slot;
        ref Descriptor descriptor = ref At(index * DescriptorSize);
        descriptor.Second = 0;

        // The length before the word that gives the descriptor away.
        Barrier.DmaWrite();
        Volatile.Write(ref descriptor.First, Word(ioAddress) | (index == RingSize - 1 ? ReceiveWraps : 0));
    }

    protected override void PostTransmit(uint slot, ulong ioAddress, ushort length)
    {
        uint index = _txPosted++ % RingSize;
        _txSlots[index] = (ushort)slot;
        ref Descriptor descriptor = ref At(TransmitRing + (index * DescriptorSize));
        descriptor.First = Word(ioAddress);
        Barrier.DmaWrite();
        Volatile.Write(ref descriptor.Second, length | TransmitLast | (index == RingSize - 1 ? TransmitWraps : 0));
    }

    protected override void PublishReceive()
    {
        if (_rxPublished == _rxPosted)
        {
            return;
        }

        // A device that has found no buffer looks again when it is told that receiving is on.
        _rxPublished = _rxPosted;
        Barrier.DmaFull();
        if ((_registers.Read32(ReceiveStatus) & NoBuffer) != 0)
        {
            _registers.Write32(ReceiveStatus, NoBuffer);
            _registers.Write32(Control, Running);
        }
    }

    protected override void PublishTransmit()
    {
        if (_txPublished != _txPosted)
        {
            _txPublished = _txPosted;
            Barrier.DmaWrite();
            _registers.Write32(Control, Running | StartTransmission);
        }
    }

    protected override bool TryTakeReceived(out uint slot, out ushort length)
    {
        slot = NoSlot;
        length = 0;
        if (!HasReceived())
        {
            return false;
        }

        // What is not one whole frame in one buffer is passed on as empty.
        Barrier.DmaRead();
        uint index = _rxTaken++ % RingSize;
        uint second = Volatile.Read(ref At(index * DescriptorSize).Second);
        length = (second & ReceiveWholeFrame) == ReceiveWholeFrame ? (ushort)(second & ReceiveLength) : (ushort)0;
        slot = _rxSlots[index];
        return true;
    }

    protected override bool TryTakeTransmitted(out uint slot)
    {
        slot = NoSlot;
        if (!HasSent())
        {
            return false;
        }

        slot = _txSlots[_txTaken++ % RingSize];
        return true;
    }

    /// <summary>The interrupt is always on.</summary>
    protected override bool ArmReceive()
    {
        Barrier.DmaFull();
        return HasReceived();
    }

    protected override bool ArmTransmit(ushort after)
    {
        bool wants = _txPosted - _txTaken > after;
        if (wants != _wantsSent)
        {
            _wantsSent = wants;
            _registers.Write32(wants ? InterruptEnable : InterruptDisable, Sent);
        }

        Barrier.DmaFull();
        return wants && HasSent();
    }

    private void SetQueues(uint memory)
    {
        _registers.Write32(ReceiveQueue, memory);
        _registers.Write32(TransmitQueue, memory + (uint)TransmitRing);

        // Which queues there are besides the first. Their descriptors are always the driver's, so the device does nothing there.
        uint queues = _registers.Read32(DesignConfiguration6);
        for (uint queue = 1; queue < 8; queue++)
        {
            if (((queues >> (int)queue) & 1) != 0)
            {
                _registers.Write32(FurtherReceiveQueues + ((queue - 1) * sizeof(uint)), memory + (uint)IdleReceive);
                _registers.Write32(FurtherTransmitQueues + ((queue - 1) * sizeof(uint)), memory + (uint)IdleTransmit);
            }
        }
    }

    private bool HasReceived() => _rxTaken != _rxPosted && (Volatile.Read(ref At(_rxTaken % RingSize * DescriptorSize).First) & ReceiveIsDrivers) != 0;

    private bool HasSent() =>
        _txTaken != _txPosted && (Volatile.Read(ref At(TransmitRing + (_txTaken % RingSize * DescriptorSize)).Second) & TransmitIsDrivers) != 0;

    private ref Descriptor At(ulong offset) => ref _memory.At<Descriptor>(offset);

    /// <summary>An address as a descriptor has it: 32 bits, and on the receive side without the lowest two, which are flags.</summary>
    private static uint Word(ulong ioAddress) => (ioAddress >> 32) == 0 && ioAddress % 4 == 0
        ? (uint)ioAddress
        : throw new InvalidOperationException("GEM driver: a buffer lies above 4 GiB or on no word");

    [StructLayout(LayoutKind.Sequential)]
    private struct Descriptor
    {
        public uint First;
        public uint Second;
    }
}
