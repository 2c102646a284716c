// Who drives a device with DMA reaches all memory, and is named.

using System.Linq;
using Xunit;

namespace Pride.Description.Tests;

public sealed class DmaReachTests
{
    private readonly SystemBuilder _system = new("test", TestBoard.Load());

    [Fact]
    public void Drivers_of_virtio_and_of_unknown_devices_reach_all_memory()
    {
        Drive("network", _system.DeviceRegion(_system.Board.Device("net0")));
        Drive("unknown", _system.DeviceRegion("unknown_device", 0x0b00_0000, 0x1000));
        Assert.Equal(["network", "unknown"], DmaReach.Of(_system).Select(r => r.Pd.Name));
        Assert.Equal(["net0"], DmaReach.Of(_system).First().Devices.Select(d => d.Name));
    }

    [Fact]
    public void Drivers_of_a_uart_and_users_of_dma_memory_do_not()
    {
        Drive("console", _system.DeviceRegion(_system.Board.Device("uart0")));
        Drive("virtualiser", _system.DmaRegion("packets", 4096));
        Assert.Empty(DmaReach.Of(_system));
    }

    [Fact]
    public void A_device_in_the_same_page_counts()
    {
        ulong page = _system.Board.Device("blk0").Base;
        Drive("neighbour", _system.DeviceRegion("slot", page + 0x400, 0x200));
        Assert.Equal(["neighbour"], DmaReach.Of(_system).Select(r => r.Pd.Name));
    }

    [Fact]
    public void Behind_an_iommu_only_who_drives_the_iommu_does()
    {
        Board board = TestBoard.Load();
        SystemBuilder system = new("test", board with { Iommu = true, Kernel = board.Kernel with { IommuBase = 0x0c00_0000 } });
        system.Add<Buffered>("network", 1).Map(system.DeviceRegion(board.Device("net0")), p => p.Buffer, Permissions.ReadWrite);
        system.Add<Buffered>("thief", 1).Map(system.DeviceRegion("iommu", 0x0c00_0000, 0x1000), p => p.Buffer, Permissions.ReadWrite);
        Assert.Equal(["thief"], DmaReach.Of(system).Select(r => r.Pd.Name));
    }

    private void Drive(string name, MemoryRegion device) => _system.Add<Buffered>(name, 1).Map(device, p => p.Buffer, Permissions.ReadWrite);
}
