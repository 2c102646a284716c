// A device behind the IOMMU copies where it may, tells so by messages, and cannot write where it may not.

using System;
using System.Threading.Tasks;
using Pride.Tool.Emulation;
using Xunit;

namespace Pride.Boot.Tests;

public sealed class DmaTests
{
    [Fact]
    public async Task A_device_reaches_its_own_memory_and_no_other()
    {
        await using QemuMachine machine = Machines.BootOn("qemu-q35-x86_64-iommu", "dma", null, "-device", "edu,addr=08.0");
        await machine.Expect("driver: copied out and in");
        await machine.Expect("driver: memory of others is untouched");
        await machine.Expect("kernel: the IOMMU refuses PCI function 0x0000000000000040 a write at 0x");
        Assert.DoesNotContain(" a read at ", machine.Serial, StringComparison.Ordinal);
    }
}
