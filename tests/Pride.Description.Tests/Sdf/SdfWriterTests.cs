// What is written is read back as the same system; what only Pride has is marked and has its fallback.

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Xml.Linq;
using Pride.Abi;
using Pride.Description.Sdf;
using Pride.Description.Subsystems;
using Xunit;

namespace Pride.Description.Tests.Sdf;

public sealed class SdfWriterTests
{
    private const string ArmText = """
        <system>
          <memory_region name="buffer" prefill_path="word.bin" />
          <memory_region name="uart" size="0x1000" phys_addr="0x9000000" />
          <memory_region name="large" size="0x400000" page_size="0x200000" />
          <domains>
            <domain name="x" /><domain name="y" id="3" />
            <domain_schedule><schedule_entry domain="x" duration="500 us" /><schedule_entry domain="y" duration="700 us" /></domain_schedule>
          </domains>
          <protection_domain name="parent" priority="10" budget="100" period="1000" stack_size="0x4000" smc="true" fpu="false" domain="y">
            <program_image path="a.elf" />
            <map mr="buffer" vaddr="0x4000000" perms="rx" setvar_vaddr="at" setvar_size="bytes" setvar_prefill_size="filled" />
            <map mr="uart" vaddr="0x5000000" cached="false" />
            <map mr="large" vaddr="0x6000000" />
            <irq irq="48" id="1" trigger="edge" setvar_id="line" />
            <setvar symbol="where" region_paddr="large" />
            <cspace><cap_tcb slot="1" pd="server" /><cap_sc slot="2" pd="child" /></cspace>
            <virtual_machine name="v" priority="3" budget="10" period="20"><vcpu id="9" cpu="0" setvar_id="cpu" /><map mr="large" vaddr="0x40000000" perms="rwx" /></virtual_machine>
            <protection_domain name="child" id="63" setvar_id="child_id" domain="x"><program_image path="a.elf" /></protection_domain>
          </protection_domain>
          <protection_domain name="server" priority="20" passive="true" domain="y"><program_image path="a.elf" /></protection_domain>
          <channel><end pd="parent" id="3" pp="true" notify="false" setvar_id="to_server" /><end pd="server" id="7" /></channel>
        </system>
        """;

    private const string X64Text = """
        <system>
          <memory_region name="ring" size="0x2000" />
          <protection_domain name="driver">
            <program_image path="a.elf" />
            <map mr="ring" vaddr="0x4000000" />
            <irq pin="4" vector="5" id="1" ioapic="1" polarity="low" trigger="edge" setvar_id="pin_id" />
            <irq pcidev="01:1f.2" handle="9" vector="107" id="2" />
            <ioport id="3" addr="0x3f8" size="8" setvar_id="port_id" setvar_addr="port" />
          </protection_domain>
          <io_address_space name="nic" peripheral_id="02:00.0" domain_id="4"><iomap mr="ring" iovaddr="0x10000" perms="r" /></io_address_space>
        </system>
        """;

    [Theory]
    [InlineData(ArmText, Target.ArmHypervisor)]
    [InlineData(X64Text, Target.X64)]
    public void What_is_written_is_read_as_the_same_system(string text, Target target)
    {
        SystemBuilder first = SdfFixture.Read(text, target);
        first.Complete();
        SdfFileNames names = new(_ => "a.elf", _ => "word.bin");
        string written = SdfWriter.Write(first, names);
        SystemBuilder second = SdfFixture.Read(written, target);
        second.Complete();
        Assert.Equal(SystemText.Of(first), SystemText.Of(second));
        Assert.Equal(written, SdfWriter.Write(second, names));
        Assert.DoesNotContain("Pride:", written, StringComparison.Ordinal);
    }

    [Fact]
    public void A_described_system_is_written_with_marked_fallbacks()
    {
        SystemBuilder system = new("test", TestBoard.Load());
        Pd<ManagedPd> parent = system.Add<ManagedPd>("parent", 20);
        Pd<Plain> child = system.Add<Plain>("child", 10, timeoutFaults: true);
        parent.Child(child, id: 5);
        parent.Map(system.Statistics, Permissions.Read);
        parent.Share(SharedCapKind.Notification, child);
        system.Connect(parent.End(id: 2), child.End(id: 4));
        system.Complete();
        string written = SdfWriter.Write(system, new SdfFileNames(_ => "a.elf", _ => "word.bin"));
        Assert.Equal(3, written.Split("<!-- Pride: ").Length - 1);
        SystemBuilder read = SdfFixture.Read(written, Target.Arm);
        read.Complete();
        Assert.Equal(["parent", "child"], read.Pds.Select(pd => pd.Name));
        Assert.Equal((5, "child"), (read.Pds[0].Children[0].Id, read.Pds[0].Children[0].Pd.Name));
        Mapping heap = read.Pds[0].Mappings.Single(m => m.Region.Name == "heap_parent");
        Assert.Equal((PdLayout.HeapBase, 4.MiB()), (heap.VirtualAddress, heap.Region.Size));
        Assert.Contains(read.Pds[0].Mappings, m => m.Region.Name == "statistics" && m.Permissions == Permissions.Read);
    }

    // Who fills the page with the rate of the counter: Microkit's tool, the timer's driver, nobody because the rate was given, nobody because it is not known.
    [Theory]
    [InlineData(Target.X64, MicrokitRelease.V23, true, 0, "x86_tsc_freq: plain r, timer_driver r")]
    [InlineData(Target.X64, MicrokitRelease.V22, true, 0, ": plain r, timer_driver rw")]
    [InlineData(Target.X64, MicrokitRelease.V21, true, 0, ": plain r, timer_driver rw")]
    [InlineData(Target.X64, MicrokitRelease.V23, false, 0, "x86_tsc_freq: plain r")]
    [InlineData(Target.X64, MicrokitRelease.V22, false, 0, "")]
    [InlineData(Target.X64, MicrokitRelease.V22, true, 5, "")]
    [InlineData(Target.X64, MicrokitRelease.V23, true, 5, "")]
    [InlineData(Target.Arm, MicrokitRelease.V23, true, 0, "")]
    public void Programs_of_a_pc_look_up_how_fast_its_counter_runs(Target target, MicrokitRelease release, bool hasTimer, ulong given, string expected)
    {
        SystemBuilder system = new("test", target == Target.X64 ? Pc() : TestBoard.Load());
        system.Add<Plain>("plain", 10);
        if (hasTimer)
        {
            _ = new TimerSystem(system, system.Board.Device("timer"));
        }

        XElement root = XElement.Parse(SdfWriter.Write(system, new SdfFileNames(_ => "a.elf", _ => "word.bin"), release, SdfClock.Of(system, release, given)));
        string page = $"0x{PdLayout.ClockPage:x}";
        IEnumerable<string> maps = root.Descendants("map").Where(m => m.Attribute("vaddr")!.Value == page).Select(m => $"{m.Parent!.Attribute("name")!.Value} {m.Attribute("perms")!.Value}");
        XElement? region = root.Elements("memory_region").SingleOrDefault(r => r.Attribute("name")!.Value == "clock_rate");
        Assert.Equal(expected, region is null ? string.Join(", ", maps) : $"{region.Attribute("prefill_bootinfo")?.Value}: {string.Join(", ", maps)}");
    }

    // Before 2.3 the driver must have run before whoever reads the clock.
    [Theory]
    [InlineData(MicrokitRelease.V22, 150, 0, 0, true)]
    [InlineData(MicrokitRelease.V22, 149, 1, 0, true)]
    [InlineData(MicrokitRelease.V22, 149, 0, 0, false)]
    [InlineData(MicrokitRelease.V22, 150, 1, 5, false)]
    [InlineData(MicrokitRelease.V23, 150, 1, 0, false)]
    public void The_rate_is_unknown_to_who_may_run_before_the_timers_driver(MicrokitRelease release, int priority, int core, ulong given, bool unknown)
    {
        SystemBuilder system = new("test", Pc());
        Pd plain = system.Add<Plain>("plain", priority, core: core);
        TimerSystem timer = new(system, system.Board.Device("timer"), priority: 150);
        SdfClock clock = SdfClock.Of(system, release, given);
        Assert.Equal((unknown, false), (clock.IsUnknownTo(plain), clock.IsUnknownTo(timer.Driver)));
    }

    [Theory]
    [InlineData(MicrokitRelease.V20, "cpu fpu setvar_id")]
    [InlineData(MicrokitRelease.V21, "fpu")]
    [InlineData(MicrokitRelease.V22, "fpu")]
    [InlineData(MicrokitRelease.V23, "")]
    public void Older_releases_are_spared_attributes_that_they_do_not_know(MicrokitRelease release, string missing)
    {
        SystemBuilder system = SdfFixture.Read(ArmText, Target.ArmHypervisor);
        system.Complete();
        SdfFileNames names = new(_ => "a.elf", _ => "word.bin");
        string[] Attributes(MicrokitRelease of) => [.. XElement.Parse(SdfWriter.Write(system, names, of)).DescendantsAndSelf().Attributes().Select(a => a.Name.LocalName).Distinct().Order()];
        Assert.Equal(missing, string.Join(' ', Attributes(MicrokitRelease.V23).Except(Attributes(release))));
    }

    [Fact]
    public void What_a_release_cannot_say_is_told_with_the_release_that_can()
    {
        SystemBuilder arm = SdfFixture.Read(ArmText, Target.ArmHypervisor);
        Assert.Equal(
            [("PD 'parent' with a cspace", MicrokitRelease.V23), ("filled region 'buffer'", MicrokitRelease.V22), ("domains", MicrokitRelease.V23)],
            SdfRelease.Beyond(arm, MicrokitRelease.V20));
        Assert.Equal(["PD 'parent' with a cspace", "domains"], SdfRelease.Beyond(arm, MicrokitRelease.V22).Select(b => b.What));
        Assert.Empty(SdfRelease.Beyond(arm, MicrokitRelease.V23));
        SystemBuilder pc = SdfFixture.Read(X64Text, Target.X64);
        Assert.Equal(["PCs", "I/O address spaces"], SdfRelease.Beyond(pc, MicrokitRelease.V20).Select(b => b.What));
    }

    private static Board Pc() => Board.Load(TestBoard.Root, "qemu-q35-x86_64");

    /// <summary>A system as text: everything that a description says, nothing of where it was written.</summary>
    private static class SystemText
    {
        public static string Of(SystemBuilder system)
        {
            StringWriter text = new();
            foreach (MemoryRegion r in system.Regions)
            {
                text.WriteLine($"region {r.Name} {r.Kind} {r.Size} {r.PageSize} {r.FixedPhysicalAddress} {Convert.ToHexString(r.Prefill.Span)} {r.BootInformation}");
            }

            foreach (Pd pd in system.Pds)
            {
                text.WriteLine($"pd {pd.Name} {pd.Options} {pd.UsesFloatingPoint} parent {pd.Parent?.Name}");
                text.WriteLine(string.Join('\n', pd.Mappings.Select(m => $"  map {m.Region.Name} {m.VirtualAddress} {m.Permissions} {m.Caching}")));
                text.WriteLine(string.Join('\n', pd.Interrupts.Select(i => $"  irq {i.Number} {i.Id} {i.Trigger} {i.Source}")));
                text.WriteLine(string.Join('\n', pd.IoPorts.Select(p => $"  ports {p.Id} {p.Address} {p.Size}")));
                text.WriteLine(string.Join('\n', pd.Ends.Select(e => $"  end {e.Id} {e.CanCall} {e.CanNotify}")));
                text.WriteLine(string.Join('\n', pd.Children.Select(c => $"  child {c.Id} {c.Pd.Name}")));
                text.WriteLine(string.Join('\n', pd.SharedCaps.Select(c => $"  cap {c.Slot} {c.Kind} {c.Of.Name}")));
                text.WriteLine(string.Join('\n', pd.Variables.Select(v => $"  variable {v.Symbol} {v.Kind} {v.Value} {v.Region?.Name}").Order()));
                text.WriteLine($"  machine {pd.VirtualMachine?.Name} {pd.VirtualMachine?.Options} {string.Join(' ', pd.VirtualMachine?.Cpus.Select(c => $"{c.Id}/{c.Core}") ?? [])}");
            }

            text.WriteLine(string.Join('\n', system.Links.Select(l => $"link {l.First.Pd.Name}.{l.First.Id} {l.Second.Pd.Name}.{l.Second.Id}")));
            text.WriteLine(string.Join('\n', system.Turns));
            text.WriteLine(string.Join('\n', system.IoAddressSpaces.Select(s => $"{s.Name} {s.Peripheral} {s.DomainId} {string.Join(' ', s.Mappings.Select(m => $"{m.Region.Name} {m.IoAddress} {m.Permissions}"))}")));
            return text.ToString();
        }
    }
}
