// Wiring writes the bytes that the guest reads; places that the description learns are stable.

using System;
using System.Buffers.Binary;
using System.IO;
using Pride.Machine;
using Xunit;

namespace Pride.Description.Tests;

public sealed class WiringTests
{
    private readonly SystemBuilder _system = new("test", TestBoard.Load());

    [Fact]
    public void A_mapped_region_is_wired_by_address_and_length()
    {
        var pd = _system.Add<Buffered>("a", 1);
        Mapping mapping = pd.Map(_system.Region("buffer", 5000), p => p.Buffer, Permissions.ReadWrite);
        byte[] bytes = Bytes(pd, nameof(Buffered.Buffer));
        Assert.Equal(mapping.VirtualAddress, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        Assert.Equal(8192ul, BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(8)));
    }

    [Fact]
    public void A_device_inside_a_page_is_wired_by_its_exact_window()
    {
        var pd = _system.Add<Buffered>("a", 1);
        Mapping mapping = pd.Map(_system.DeviceRegion("slot", 0x0a00_0200, 0x200), p => p.Buffer, Permissions.ReadWrite);
        byte[] bytes = Bytes(pd, nameof(Buffered.Buffer));
        Assert.Equal(mapping.VirtualAddress + 0x200, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        Assert.Equal(0x200ul, BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(8)));
        Assert.Equal(Caching.Device, mapping.Caching);
        Assert.Equal(0x0a00_0000ul, mapping.Region.PhysicalAddress);
    }

    [Fact]
    public void Regions_have_a_guard_page_between_them_and_large_ones_are_aligned()
    {
        var pd = _system.Add<Plain>("a", 1);
        Mapping first = pd.Map(_system.Region("one", 4096), Permissions.Read);
        Mapping second = pd.Map(_system.Region("two", 4096), Permissions.Read);
        Mapping large = pd.Map(_system.Region("three", 4.MiB()), Permissions.Read);
        Assert.Equal(first.End + 4096, second.VirtualAddress);
        Assert.Equal(0ul, large.VirtualAddress % (2 * 1024 * 1024));
    }

    [Fact]
    public void A_configuration_lands_in_its_section()
    {
        var pd = _system.Add<Configured>("a", 1);
        pd.Configure(p => p.Settings, new TestConfig { Magic = 0x1234, Address = 7 });
        pd.Set(p => p.Port, (ushort)8080);
        WiredConfiguration value = Assert.IsType<WiredConfiguration>(pd.Wiring[nameof(Configured.Settings)]);
        Assert.Equal(".test_config", value.Section);
        Assert.Equal(16, value.Bytes.Length);
        Assert.Equal(7, value.Bytes.Span[8]);
        Assert.Equal([0x90, 0x1f], Bytes(pd, nameof(Configured.Port)));
    }

    [Fact]
    public void Only_wired_fields_can_be_wired_and_only_once()
    {
        var plain = _system.Add<Plain>("a", 1);
        Assert.Throws<SystemDescriptionException>(() => plain.Set(p => p.NotWired, 1));
        var configured = _system.Add<Configured>("b", 1);
        configured.Set(p => p.Port, (ushort)1);
        Assert.Throws<SystemDescriptionException>(() => configured.Set(p => p.Port, (ushort)2));
    }

    [Fact]
    public void Dma_regions_have_physical_addresses_at_once_and_do_not_meet()
    {
        MemoryRegion a = _system.DmaRegion("a", 4.KiB());
        MemoryRegion b = _system.DmaRegion("b", 4.MiB());
        Assert.Equal(0x5000_0000ul - 4096, a.PhysicalAddress);
        Assert.True(b.PhysicalAddress + b.Size <= a.PhysicalAddress);
        Assert.Equal(0ul, b.PhysicalAddress % (2 * 1024 * 1024));
        Assert.Throws<SystemDescriptionException>(() => _system.DmaRegion("c", 1024.MiB()));
        Assert.Throws<SystemDescriptionException>(() => _system.Region("d", 4096).PhysicalAddress);
    }

    [Fact]
    public void A_parent_learns_its_childs_id_and_entry_point()
    {
        var parent = _system.Add<Parent>("parent", 2);
        var child = _system.Add<Plain>("child", 1);
        parent.Child(p => p.Victim, child);
        parent.EntryPoint(p => p.VictimEntry, child);
        _system.Complete();
        Assert.Same(parent, child.Parent);
        Assert.Same(child, Assert.IsType<WiredEntryPoint>(parent.Wiring[nameof(Parent.VictimEntry)]).Of);
    }

    [Fact]
    public void Profiles_choose_defaults()
    {
        Pd managed = _system.Add<ManagedPd>("m", 1);
        Pd driver = _system.Add<Plain>("d", 1);
        Assert.Equal((Profile.Managed, true, 4.MiB()), (managed.Profile, managed.UsesFloatingPoint, managed.Options.HeapSize));
        Assert.Equal((Profile.Driver, false, 16.KiB()), (driver.Profile, driver.UsesFloatingPoint, driver.Options.StackSize));
    }

    [Fact]
    public void Boards_say_what_is_wrong_with_them()
    {
        Assert.Contains("qemu-virt-aarch64", Assert.Throws<InvalidDataException>(() => Board.Load(TestBoard.Root, "none")).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => Board.Parse("{ \"name\": \"x\" }", "x.json"));
        var e = Assert.Throws<SystemDescriptionException>(() => TestBoard.Load().Device("warp"));
        Assert.Contains("uart0", e.Message, StringComparison.Ordinal);
    }

    private static byte[] Bytes(Pd pd, string field) => Assert.IsType<WiredBytes>(pd.Wiring[field]).Bytes.ToArray();
}
