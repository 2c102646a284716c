// A virtio device model behind the registers of the PCI transport (Virtio 1.2, 4.1.4): each of them is one of the MMIO transport's.

using System.Collections.Generic;

namespace Pride.Testing.Devices;

/// <summary>A virtio device on PCI.</summary>
public sealed class VirtioPciModel(VirtioModel device) : ITestDevice
{
    /// <summary>Bytes of the window, which is base address register 4, 64 bits wide.</summary>
    public const ulong WindowSize = 0x4000;
    public const byte WindowRegister = 4;

    private const ulong Interrupt = 0x1000;
    private const ulong Device = 0x2000;
    private const ulong Doorbells = 0x3000;
    private const uint DoorbellSpacing = 4;
    private const ulong MmioConfiguration = 0x100;

    private uint _queue;

    /// <summary>Which message of the function's table its queues signal by; -1: none.</summary>
    public int QueueMessage { get; private set; } = -1;

    /// <summary>Adds the function of a virtio device of <paramref name="kind"/> to <paramref name="pci"/>.</summary>
    public static PciFunctionModel AddTo(PciModel pci, uint place, ushort kind)
    {
        PciFunctionModel function = pci.Add(place, 0x1af4, (ushort)(0x1040 + kind), classCode: 0xff);
        function.AddWindow(WindowRegister, WindowSize, flags: 4);
        function.AddCapability(Group(1), WindowRegister, 0, 0x38);
        function.AddCapability(Group(3), WindowRegister, (uint)Interrupt, 0x1000);
        function.AddCapability(Group(4), WindowRegister, (uint)Device, 0x1000);
        function.AddCapability(Group(2), WindowRegister, (uint)Doorbells, 0x1000, DoorbellSpacing);
        function.AddCapability(Group(5), 0, 0, 0);
        return function;
    }

    public ulong Load(ulong offset, int width)
    {
        switch (offset)
        {
            case >= Doorbells:
                throw new TestSystemException("virtio: a doorbell is read");
            case >= Device:
                return device.Load(offset - Device + MmioConfiguration, width);
            case >= Interrupt:
                ulong cause = device.Load(0x060, sizeof(uint));
                device.Store(0x064, sizeof(uint), cause);
                return cause;
            case 0x1e:
                return _queue;
            default:
                return device.Load(Common(offset, isLoad: true), sizeof(uint));
        }
    }

    public void Store(ulong offset, int width, ulong value)
    {
        switch (offset)
        {
            case >= Doorbells when (offset - Doorbells) / DoorbellSpacing == value:
                device.Store(0x050, sizeof(uint), value);
                break;
            case >= Interrupt:
                throw new TestSystemException($"virtio: store of {value:x} to {offset:x}");
            case 0x1a:
                QueueMessage = (int)value;
                break;
            default:
                _queue = offset == 0x16 ? (uint)value : _queue;
                device.Store(Common(offset, isLoad: false), sizeof(uint), value);
                break;
        }
    }

    private static uint Group(uint kind) => 0x09 | (kind << 24);

    private static ulong Common(ulong offset, bool isLoad) => offset switch
    {
        0x00 => 0x014,
        0x04 => 0x010,
        0x08 => 0x024,
        0x0c => 0x020,
        0x14 => 0x070,
        0x16 => 0x030,
        0x18 => isLoad ? 0x034u : 0x038u,
        0x1c => 0x044,
        >= 0x20 and < 0x28 => 0x080 + offset - 0x20,
        >= 0x28 and < 0x30 => 0x090 + offset - 0x28,
        >= 0x30 and < 0x38 => 0x0a0 + offset - 0x30,
        _ => throw new TestSystemException($"virtio: common register {offset:x}"),
    };
}
