// Every element and attribute of Microkit's manual reaches the model.

using System.Linq;
using Xunit;

namespace Pride.Description.Tests.Sdf;

public sealed class SdfReaderTests
{
    internal const string Everything = """
        <?xml version="1.0" encoding="UTF-8"?>
        <!-- a comment -->
        <system>
          <channel>
            <end pd="parent" id="0x3" pp="true" notify="false" setvar_id="to_server" />
            <end pd="server" id="7" />
          </channel>
          <protection_domain name="parent" priority="10" budget="100" period="1_000" stack_size="0x4000" cpu="0" smc="true" fpu="false" domain="two">
            <program_image path="a.elf" path_for_symbols="word.bin" />
            <map mr="buffer" vaddr="0x4_000_000" perms="rx" setvar_vaddr="at" setvar_size="bytes" setvar_prefill_size="filled" />
            <map mr="uart" vaddr="0x5_000_000" cached="false" />
            <irq irq="48" id="1" trigger="edge" setvar_id="line" />
            <irq irq="49" id="2" />
            <setvar symbol="where" region_paddr="free" />
            <cspace><cap_tcb slot="1" pd="server" /><cap_sc slot="2" pd="child" /><cap_vspace slot="3" pd="parent" /></cspace>
            <protection_domain name="child" id="63" setvar_id="child_id" domain="two"><program_image path="a.elf" /></protection_domain>
          </protection_domain>
          <protection_domain name="server" priority="20" passive="true" domain="two"><program_image path="a.elf" /></protection_domain>
          <memory_region name="buffer" prefill_path="word.bin" />
          <memory_region name="uart" size="0x1000" phys_addr="0x9000000" />
          <memory_region name="free" size="0x400000" page_size="0x200000" />
          <memory_region name="fixed" size="0x1000" phys_addr="0x48000000" />
          <domains>
            <domain name="one" />
            <domain name="two" id="0" />
            <domain_schedule start_index="1" index_shift="3">
              <schedule_entry domain="one" duration="500 us" />
              <schedule_entry domain="two" duration="1000 us" />
              <schedule_entry domain="one" duration="62500 ticks" />
              <schedule_end_marker />
              <schedule_entry domain="two" duration="9000 us" />
            </domain_schedule>
          </domains>
        </system>
        """;

    internal const string Pc = """
        <system>
          <memory_region name="ring" size="0x2000" />
          <memory_region name="screen" prefill_bootinfo="x86_framebuffer" />
          <protection_domain name="driver">
            <program_image path="a.elf" />
            <map mr="ring" vaddr="0x4000000" />
            <map mr="screen" vaddr="0x5000000" perms="r" />
            <irq pin="4" vector="5" id="1" ioapic="1" polarity="low" trigger="edge" setvar_id="pin_id" />
            <irq pcidev="01:1f.2" handle="9" vector="107" id="2" />
            <ioport id="3" addr="0x3f8" size="8" setvar_id="port_id" setvar_addr="port" />
          </protection_domain>
          <io_address_space name="nic" peripheral_id="02:00.0" domain_id="4"><iomap mr="ring" iovaddr="0x10000" perms="r" /></io_address_space>
        </system>
        """;

    internal const string Guest = """
        <system>
          <memory_region name="ram" size="0x200000" />
          <protection_domain name="vmm" priority="10">
            <program_image path="a.elf" />
            <virtual_machine name="linux" priority="4" budget="10" period="20">
              <vcpu id="1" cpu="0" setvar_id="first" />
              <vcpu id="2" />
              <map mr="ram" vaddr="0x40000000" perms="rwx" />
            </virtual_machine>
          </protection_domain>
        </system>
        """;

    private readonly SystemBuilder _system = SdfFixture.Read(Everything, Target.Arm);

    [Fact]
    public void Domains_have_their_attributes_and_come_before_their_children()
    {
        _system.Complete();
        Assert.Equal(["parent", "child", "server"], _system.Pds.Select(pd => pd.Name));
        Pd parent = _system.Pds[0];
        PdOptions o = parent.Options;
        Assert.Equal((10, 100ul, 1000ul, 0x4000ul, 0, true, 0, false), (o.Priority, o.BudgetMicroseconds, o.PeriodMicroseconds, o.StackSize, o.Core, o.MaySmc, o.Domain, o.Passive));
        Assert.False(parent.UsesFloatingPoint);
        Assert.EndsWith("word.bin", Assert.IsType<ElfSource>(parent.Source).SymbolsPath);
        PdOptions defaults = _system.Pds[1].Options;
        Assert.Equal((0, 1000ul, 1000ul, 0x2000ul, false), (defaults.Priority, defaults.BudgetMicroseconds, defaults.PeriodMicroseconds, defaults.StackSize, defaults.MaySmc));
        Assert.True(_system.Pds[1].UsesFloatingPoint);
        Assert.True(_system.Pds[2].Options.Passive);
        Assert.Equal((63, "child_id"), (Assert.Single(parent.Children).Id, parent.Children[0].IdVariable));
        Assert.Equal(parent, _system.Pds[1].Parent);
    }

    [Fact]
    public void Regions_and_mappings_have_their_attributes()
    {
        MemoryRegion Region(string name) => _system.Regions.Single(r => r.Name == name);
        Assert.Equal((0x1000ul, 4, RegionKind.Memory), (Region("buffer").Size, Region("buffer").Prefill.Length, Region("buffer").Kind));
        Assert.Equal((0x900_0000ul, RegionKind.Device), (Region("uart").PhysicalAddress, Region("uart").Kind));
        Assert.Equal((0x20_0000ul, 0x40_0000ul), (Region("free").PageSize!.Value, Region("free").Size));
        Assert.Equal(RegionKind.Dma, Region("fixed").Kind);
        Mapping[] maps = [.. _system.Pds[0].Mappings];
        Assert.Equal((0x400_0000ul, Permissions.Read | Permissions.Execute, Caching.Cached), (maps[0].VirtualAddress, maps[0].Permissions, maps[0].Caching));
        Assert.Equal((Permissions.ReadWrite, Caching.Device), (maps[1].Permissions, maps[1].Caching));
        Assert.Equal("fixed", Assert.Single(_system.Warnings, w => w.Message.Contains("fixed", System.StringComparison.Ordinal)).Message.Split('\'')[1]);
    }

    [Fact]
    public void Variables_get_their_values()
    {
        var variables = _system.Pds[0].Variables.ToDictionary(v => v.Symbol, v => (v.Kind, v.Value, v.Region?.Name));
        Assert.Equal((VariableKind.Value, 0x400_0000ul, null), variables["at"]);
        Assert.Equal((VariableKind.RegionSize, 0ul, "buffer"), variables["bytes"]);
        Assert.Equal((VariableKind.PrefillSize, 0ul, "buffer"), variables["filled"]);
        Assert.Equal((VariableKind.RegionAddress, 0ul, "free"), variables["where"]);
        Assert.Equal((VariableKind.Value, 1ul, null), variables["line"]);
        Assert.Equal((VariableKind.Value, 63ul, null), variables["child_id"]);
        Assert.Equal((VariableKind.Value, 3ul, null), variables["to_server"]);
        Assert.Equal(7, variables.Count);
    }

    [Fact]
    public void Channels_interrupts_and_caps_have_their_attributes()
    {
        Pd parent = _system.Pds[0];
        ChannelEnd end = Assert.Single(parent.Ends);
        Assert.Equal((3, true, false), (end.Id, end.CanCall, end.CanNotify));
        ChannelEnd other = Assert.Single(_system.Pds[2].Ends);
        Assert.Equal((7, false, true), (other.Id, other.CanCall, other.CanNotify));
        Assert.Equal([(48u, 1, Trigger.Edge), (49u, 2, Trigger.Level)], parent.Interrupts.Select(i => (i.Number, i.Id, i.Trigger)));
        Assert.Equal(
            [(1, SharedCapKind.Thread, "server"), (2, SharedCapKind.SchedulingContext, "child"), (3, SharedCapKind.AddressSpace, "parent")],
            parent.SharedCaps.Select(c => (c.Slot, c.Kind, c.Of.Name)));
    }

    [Fact]
    public void The_schedule_runs_from_its_start_to_the_next_end_marker_and_counts_in_microseconds() =>
        Assert.Equal([new DomainTurn(0, 1000), new DomainTurn(1, 1000)], _system.Turns);

    [Fact]
    public void X86_has_pins_messages_ports_and_io_address_spaces()
    {
        SystemBuilder system = SdfFixture.Read(Pc, Target.X64);
        system.Complete();
        Pd driver = system.Pds[0];
        Assert.Equal((5u, new IoApicPin(1, 4, Polarity.Low), Trigger.Edge), (driver.Interrupts[0].Number, driver.Interrupts[0].Source, driver.Interrupts[0].Trigger));
        Assert.Equal((107u, new MessageSignalled(new PciAddress(1, 0x1f, 2), 9)), (driver.Interrupts[1].Number, driver.Interrupts[1].Source));
        Assert.Equal((3, 0x3f8ul, 8ul, "port_id", "port"), (driver.IoPorts[0].Id, driver.IoPorts[0].Address, driver.IoPorts[0].Size, driver.IoPorts[0].IdVariable, driver.IoPorts[0].AddressVariable));
        IoAddressSpace space = Assert.Single(system.IoAddressSpaces);
        Assert.Equal(("nic", new PciAddress(2, 0, 0), 4ul), (space.Name, space.Peripheral, space.DomainId));
        Assert.Equal((0x1_0000ul, Permissions.Read), (space.Mappings[0].IoAddress, space.Mappings[0].Permissions));
        Assert.Equal(("x86_framebuffer", 0x1000ul), (system.Regions[1].BootInformation, system.Regions[1].Size));
    }

    [Fact]
    public void A_virtual_machine_has_cpus_and_memory()
    {
        SystemBuilder system = SdfFixture.Read(Guest, Target.ArmHypervisor);
        system.Complete();
        VirtualMachine machine = system.Pds[0].VirtualMachine!;
        Assert.Equal(("linux", 4, 10ul, 20ul), (machine.Name, machine.Options.Priority, machine.Options.BudgetMicroseconds, machine.Options.PeriodMicroseconds));
        Assert.Equal([(1, (int?)0), (2, null)], machine.Cpus.Select(c => (c.Id, c.Core)));
        Assert.Equal(0x4000_0000ul, Assert.Single(machine.Mappings).VirtualAddress);
        Assert.Equal("first", Assert.Single(system.Pds[0].Variables).Symbol);
    }
}
