// A virtio-mmio device as the specification describes it (Virtio 1.2, 4.2.2 and 2.7), for tests: the device's side of transport and split queues.
//
// It is strict where a real device would silently misbehave: a driver that breaks the initialisation order, uses addresses
// outside DMA memory or loops a chain fails the test.

using System;
using System.Buffers.Binary;
using System.Collections.Generic;

namespace Pride.Testing.Devices;

/// <summary>Base of the device models.</summary>
public abstract class VirtioModel : ITestDevice
{
    /// <summary>VIRTIO_F_EVENT_IDX.</summary>
    public const ulong FeatureEventIndex = 1UL << 29;

    private const ulong FeatureVersion1 = 1UL << 32;
    private const uint StatusFeaturesOk = 8;
    private const uint StatusDriverOk = 4;
    private const int MaximumChain = 1024;

    private readonly TestSystem _system;
    private readonly Queue[] _queues;
    private readonly uint _kind;
    private readonly ulong _offered;
    private uint _deviceFeaturesSelect;
    private uint _driverFeaturesSelect;
    private uint _queueSelect;
    private uint _interruptStatus;

    protected VirtioModel(TestSystem system, uint kind, int queues, ulong features, uint queueSize)
    {
        _system = system;
        _kind = kind;
        _offered = features | FeatureVersion1;
        _queues = new Queue[queues];
        for (int i = 0; i < queues; i++)
        {
            _queues[i] = new Queue { MaximumSize = queueSize };
        }
    }

    /// <summary>The line that the device drives.</summary>
    public TestInterrupt? Interrupt { get; set; }

    /// <summary>False: the slot is empty, as QEMU shows one without a device.</summary>
    public bool IsPresent { get; set; } = true;

    /// <summary>What driver and device agreed on.</summary>
    public ulong Features { get; private set; }

    /// <summary>DRIVER_OK was written.</summary>
    public bool IsRunning => (Status & StatusDriverOk) != 0;

    /// <summary>Doorbells rung.</summary>
    public long Doorbells { get; private set; }

    /// <summary>Interrupts that the driver's wishes allowed.</summary>
    public long InterruptsRaised { get; private set; }

    protected uint Status { get; private set; }

    public ulong Load(ulong offset, int width)
    {
        if (offset >= 0x100)
        {
            return ReadConfiguration((int)offset - 0x100, width);
        }

        return offset switch
        {
            0x000 => 0x74726976,
            0x004 => 2,
            0x008 => IsPresent ? _kind : 0,
            0x010 => (uint)(_offered >> (int)(32 * _deviceFeaturesSelect)),
            0x034 => _queueSelect < _queues.Length ? _queues[_queueSelect].MaximumSize : 0,
            0x044 => _queues[_queueSelect].IsReady ? 1u : 0,
            0x060 => _interruptStatus,
            0x070 => Status,
            _ => throw new TestSystemException($"virtio: load of register {offset:x}, which cannot be read"),
        };
    }

    public void Store(ulong offset, int width, ulong value)
    {
        Queue? queue = _queueSelect < _queues.Length ? _queues[_queueSelect] : null;
        switch (offset)
        {
            case 0x014:
                _deviceFeaturesSelect = (uint)value;
                break;
            case 0x020:
                Features = _driverFeaturesSelect == 0 ? (Features & ~0xffff_fffful) | value : (Features & 0xffff_fffful) | (value << 32);
                break;
            case 0x024:
                _driverFeaturesSelect = (uint)value;
                break;
            case 0x030:
                _queueSelect = (uint)value;
                break;
            case 0x038:
                queue!.Size = (uint)value;
                break;
            case 0x044:
                queue!.IsReady = value != 0;
                break;
            case 0x050:
                Doorbells++;
                Ring((int)value);
                break;
            case 0x064:
                _interruptStatus &= ~(uint)value;
                Interrupt?.SetLine(_interruptStatus != 0);
                break;
            case 0x070:
                SetStatus((uint)value);
                break;
            case >= 0x080 and < 0x0a8:
                queue!.SetAddress(offset, value);
                break;
            default:
                throw new TestSystemException($"virtio: store to register {offset:x}, which cannot be written");
        }
    }

    /// <summary>The device's own configuration space.</summary>
    protected abstract ulong ReadConfiguration(int offset, int width);

    /// <summary>The doorbell of a queue was rung.</summary>
    protected abstract void Ring(int queue);

    /// <summary>The driver has reset the device.</summary>
    protected virtual void Reset()
    {
    }

    /// <summary>Takes the next chain that the driver has made available; null when there is none.</summary>
    protected List<Buffer>? TakeChain(int queueIndex, out ushort head)
    {
        Queue queue = _queues[queueIndex];
        head = 0;
        if (!IsRunning || !queue.IsReady)
        {
            return null;
        }

        Span<byte> available = _system.Dma(queue.Driver, 6 + (2 * queue.Size));
        if (BinaryPrimitives.ReadUInt16LittleEndian(available[2..]) == queue.NextAvailable)
        {
            // Asks to be told of the next one.
            BinaryPrimitives.WriteUInt16LittleEndian(UsedRing(queue)[(int)(4 + (8 * queue.Size))..], queue.NextAvailable);
            return null;
        }

        head = BinaryPrimitives.ReadUInt16LittleEndian(available[(int)(4 + (2 * (queue.NextAvailable % queue.Size)))..]);
        queue.NextAvailable++;
        List<Buffer> chain = [];
        Span<byte> descriptors = _system.Dma(queue.Descriptors, 16 * queue.Size);
        for (ushort at = head; ;)
        {
            Span<byte> d = descriptors.Slice(16 * at, 16);
            ushort flags = BinaryPrimitives.ReadUInt16LittleEndian(d[12..]);
            chain.Add(new Buffer(BinaryPrimitives.ReadUInt64LittleEndian(d), BinaryPrimitives.ReadUInt32LittleEndian(d[8..]), (flags & 2) != 0));
            if ((flags & 1) == 0)
            {
                return chain;
            }

            at = BinaryPrimitives.ReadUInt16LittleEndian(d[14..]);
            if (chain.Count > MaximumChain)
            {
                throw new TestSystemException("virtio: a descriptor chain has no end");
            }
        }
    }

    /// <summary>Gives a chain back and raises the interrupt when the driver wants it.</summary>
    protected void PutUsed(int queueIndex, uint head, uint written)
    {
        Queue queue = _queues[queueIndex];
        Span<byte> used = UsedRing(queue);
        int entry = (int)(4 + (8 * (queue.NextUsed % queue.Size)));
        BinaryPrimitives.WriteUInt32LittleEndian(used[entry..], head);
        BinaryPrimitives.WriteUInt32LittleEndian(used[(entry + 4)..], written);
        ushort old = queue.NextUsed++;
        BinaryPrimitives.WriteUInt16LittleEndian(used[2..], queue.NextUsed);
        Span<byte> available = _system.Dma(queue.Driver, 6 + (2 * queue.Size));
        ushort wish = BinaryPrimitives.ReadUInt16LittleEndian(available[(int)(4 + (2 * queue.Size))..]);
        bool wanted = (Features & FeatureEventIndex) != 0
            ? (ushort)(queue.NextUsed - wish - 1) < (ushort)(queue.NextUsed - old)
            : (BinaryPrimitives.ReadUInt16LittleEndian(available) & 1) == 0;
        if (wanted)
        {
            InterruptsRaised++;
            _interruptStatus |= 1;
            Interrupt?.SetLine(true);
        }
    }

    /// <summary>For hostile devices: writes the used index itself.</summary>
    protected void ForgeUsedIndex(int queueIndex, ushort index)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(UsedRing(_queues[queueIndex])[2..], index);
        _interruptStatus |= 1;
        Interrupt?.SetLine(true);
    }

    /// <summary>What lies at an address that the driver gave.</summary>
    protected Span<byte> Memory(Buffer buffer) => _system.Dma(buffer.IoAddress, buffer.Length);

    private Span<byte> UsedRing(Queue queue) => _system.Dma(queue.Device, 6 + (8 * queue.Size));

    private void SetStatus(uint value)
    {
        if (value == 0)
        {
            Status = 0;
            Features = 0;
            _interruptStatus = 0;
            Interrupt?.SetLine(false);
            foreach (Queue queue in _queues)
            {
                queue.Reset();
            }

            Reset();
            return;
        }

        if ((value & StatusFeaturesOk) != 0 && (Status & StatusFeaturesOk) == 0 && (Features & ~_offered) != 0)
        {
            value &= ~StatusFeaturesOk;
        }

        if ((value & StatusDriverOk) != 0 && (Status & StatusFeaturesOk) == 0)
        {
            throw new TestSystemException("virtio: DRIVER_OK before FEATURES_OK");
        }

        Status = value;
    }

    /// <summary>One descriptor of a chain.</summary>
    protected readonly record struct Buffer(ulong IoAddress, uint Length, bool IsWritable);

    private sealed class Queue
    {
        public uint MaximumSize { get; init; }

        public uint Size { get; set; }

        public bool IsReady { get; set; }

        public ulong Descriptors { get; private set; }

        public ulong Driver { get; private set; }

        public ulong Device { get; private set; }

        public ushort NextAvailable { get; set; }

        public ushort NextUsed { get; set; }

        public void SetAddress(ulong register, ulong value)
        {
            switch (register)
            {
                case 0x080:
                    Descriptors = (Descriptors & ~0xffff_fffful) | value;
                    break;
                case 0x084:
                    Descriptors = (Descriptors & 0xffff_fffful) | (value << 32);
                    break;
                case 0x090:
                    Driver = (Driver & ~0xffff_fffful) | value;
                    break;
                case 0x094:
                    Driver = (Driver & 0xffff_fffful) | (value << 32);
                    break;
                case 0x0a0:
                    Device = (Device & ~0xffff_fffful) | value;
                    break;
                case 0x0a4:
                    Device = (Device & 0xffff_fffful) | (value << 32);
                    break;
            }
        }

        public void Reset()
        {
            Size = 0;
            IsReady = false;
            Descriptors = Driver = Device = 0;
            NextAvailable = NextUsed = 0;
        }
    }
}
