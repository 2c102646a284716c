// What a board's file says of PCI functions' messages: what reaches driver and PCI component, and what is refused.

using System.Linq;
using Pride.Description.Subsystems;
using Xunit;

namespace Pride.Description.Tests;

public sealed class PciMessageTests
{
    private const ulong Table = 0xc000_6000;

    private readonly Board _board = Board.Load(TestBoard.Root, "qemu-q35-x86_64-nvme");

    [Fact]
    public void A_driver_has_the_registers_before_a_table_in_its_window_and_the_pci_component_the_table()
    {
        SystemBuilder system = new("test", _board);
        Pd driver = new BlockSystem(system, Disk(new BoardPciMessage(9, Table, 0x1000, 0))).Driver;
        Assert.Equal(0x2000u, driver.Mappings.Single(m => m.Region.Name == "blk0").Region.Size);
        MemoryRegion table = PciSystem.Of(system).Host.Mappings.Single(m => m.Region.Name == "pci_messages_blk0").Region;
        Assert.Equal((Table, 0x1000UL), (table.FixedPhysicalAddress, table.Size));
        Assert.Equal(16u + 9, driver.Interrupts.Single().Line);
    }

    [Theory]
    [InlineData(7, Table, 0x1000, 0, "has vector 7")]
    [InlineData(108, Table, 0x1000, 0, "has vector 108")]
    [InlineData(9, Table, 0x1000, 6, "base address register 6")]
    [InlineData(9, Table, 0x1800, 1, "0x1800 bytes of registers")]
    [InlineData(9, 0xc001_0800, 0x1000, 1, "at 0xc0010800")]
    [InlineData(9, 0xc000_4000, 0x1000, 0, "not in pages of its registers' window")]
    [InlineData(9, 0xc000_6800, 0x800, 0, "not in pages of its registers' window")]
    [InlineData(9, Table, 0x2001, 0, "not in pages of its registers' window")]
    [InlineData(9, 0xc000_9000, 0x1000, 0, "not in pages of its registers' window")]
    public void What_cannot_be_is_said(uint vector, ulong tableBase, ulong tableSize, byte tableRegister, string message)
    {
        SystemBuilder system = new("test", _board);
        SystemDescriptionException refused = Assert.Throws<SystemDescriptionException>(
            () => new BlockSystem(system, Disk(new BoardPciMessage(vector, tableBase, tableSize, tableRegister))));
        Assert.Contains(message, refused.Message, System.StringComparison.Ordinal);
    }

    private BoardDevice Disk(BoardPciMessage message)
    {
        BoardDevice disk = _board.Device("blk0");
        return disk with { Pci = disk.Pci! with { Message = message } };
    }
}
