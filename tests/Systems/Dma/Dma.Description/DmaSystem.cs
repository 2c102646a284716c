// QEMU's educational PCI device (docs/specs/edu.txt) and its driver, behind an IOMMU that lets the device reach one page.

using Dma.Domains;
using Pride.Abi;
using Pride.Description;

namespace Dma.Description;

/// <summary>Describes the system.</summary>
public sealed class DmaSystem : ISystemDescription
{
    // The slot that the test gives the device, and a place for its registers in the window that the host bridge hands to PCI.
    private static readonly PciAddress s_device = new(0, 8, 0);
    private const ulong Registers = 0xD000_0000;
    private const ulong RegisterBytes = 0x10_0000;
    private const uint Vector = 40;

    public void Describe(SystemBuilder system, Board board)
    {
        Pd<EduDriver> driver = system.Add<EduDriver>("driver", priority: 100);
        BoardDevice bridge = board.Device("pci");
        ulong configuration = bridge.Base + (ulong)(((s_device.Bus << 8) | (s_device.Device << 3) | s_device.Function) << 12);
        driver.Map(system.DeviceRegion("edu-configuration", configuration, 4096), p => p.Configuration, Permissions.Read | Permissions.Write);
        driver.Map(system.DeviceRegion("edu", Registers, RegisterBytes), p => p.Registers, Permissions.Read | Permissions.Write);
        MemoryRegion own = system.DmaRegion("own", 4096);
        MemoryRegion others = system.DmaRegion("others", 4096);
        driver.Map(own, p => p.Own, Permissions.Read | Permissions.Write);
        driver.Map(others, p => p.Others, Permissions.Read | Permissions.Write);
        driver.Set(p => p.OwnAddress, own.IoAddress);
        driver.Set(p => p.OthersAddress, others.IoAddress);
        driver.Set(p => p.RegistersAddress, Registers);
        driver.MessageInterrupt(p => p.Done, s_device, Vector);
        driver.Set(p => p.MessageAddress, X64Messages.Address(core: 0));
        driver.Set(p => p.MessageData, X64Messages.Data(Vector));
        system.IoAddressSpace(s_device, own);
    }
}
