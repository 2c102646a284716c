// Configurations for C: every component of serial, timer, network, block, I2C and file systems as a C program that reads what the description wrote for it.

using System;
using System.Linq;
using System.Threading.Tasks;
using Pride.Tool.Emulation;
using Xunit;

namespace Pride.Boot.Tests;

public sealed class RolesTests
{
    private static readonly string[] s_components =
    [
        "serial_driver: SERIAL_DRIVER", "serial_virt_tx: SERIAL_VIRT_TX", "serial_virt_rx: SERIAL_VIRT_RX", "timer_driver: TIMER_DRIVER",
        "net_driver: NET_DRIVER", "net_virt_tx: NET_VIRT_TX", "net_virt_rx: NET_VIRT_RX", "net_copy_one: NET_COPY", "net_copy_two: NET_COPY",
        "blk_driver: BLK_DRIVER", "blk_virt: BLK_VIRT", "i2c_driver: I2C_DRIVER", "i2c_virt: I2C_VIRT", "net_copy_nfs: NET_COPY",
        "fat: FS_SERVER", "nfs: NFS_SERVER", "one: CLIENT", "two: CLIENT",
    ];

    [Fact]
    public async Task Every_component_in_c_finds_its_configuration_and_its_neighbours()
    {
        await using QemuMachine machine = Machines.Boot("roles");
        await machine.WaitForAsync(serial => IsWrong(serial) || s_components.All(c => IsRight(serial, c)), Machines.Limit);
        Assert.False(IsWrong(machine.Serial), machine.Serial);
        Assert.All(s_components, c => Assert.True(IsRight(machine.Serial, c), machine.Serial));
    }

    private static bool IsWrong(string serial) => serial.Contains("FAILED", StringComparison.Ordinal) || serial.Contains("fault in", StringComparison.Ordinal);

    private static bool IsRight(string serial, string component) => serial.Contains(component + " is right", StringComparison.Ordinal);
}
