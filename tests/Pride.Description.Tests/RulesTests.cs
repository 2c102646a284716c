// Each rule is broken once, and must be named; a sound system breaks none.

using System;
using System.Collections.Generic;
using System.Linq;
using Pride.Description.Checks;
using Xunit;

namespace Pride.Description.Tests;

public sealed class RulesTests
{
    private readonly SystemBuilder _system = new("test", TestBoard.Load());

    [Fact]
    public void A_sound_system_passes()
    {
        var client = _system.Add<Client>("client", priority: 10);
        var server = _system.Add<Server>("server", priority: 20);
        _system.Connect(client.End(p => p.Server, canCall: true), server.End(p => p.Client));
        var buffered = _system.Add<Buffered>("buffered", priority: 1);
        buffered.Map(_system.Region("buffer", 8.KiB()), p => p.Buffer, Permissions.ReadWrite);
        _system.Complete();
    }

    [Fact]
    public void A_stack_below_its_worst_case_is_refused_with_the_chain_and_the_size_to_give()
    {
        Pd pd = _system.Add<Plain>("a", priority: 1, stack: 16.KiB());
        StackRule.Check([new(pd, 16 * 1024, []), new(pd, null, [])]);
        Violation broken = Assert.Throws<SystemDescriptionException>(() => StackRule.Check([new(pd, 16 * 1024 + 1, ["Main (16 bytes)", "Deep (16369 bytes)"])])).Violations.Single();
        Assert.Equal("stack-worst-case", broken.Rule);
        Assert.Contains("Deep (16369 bytes)", broken.Message, StringComparison.Ordinal);
        Assert.Contains("20.KiB()", broken.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Duplicate_and_unusable_names_are_refused()
    {
        _system.Add<Plain>("a", priority: 1);
        _system.Add<Plain>("a", priority: 1);
        _system.Add<Plain>("monitor", priority: 1);
        _system.Add<Plain>(new string('x', 64), priority: 1);
        Assert.Equal(3, Broken().Count(r => r == "pd-name"));
    }

    [Fact]
    public void A_name_of_63_bytes_is_allowed()
    {
        _system.Add<Plain>(new string('x', 63), priority: 1);
        _system.Complete();
    }

    [Fact]
    public void More_than_63_pds_are_refused()
    {
        for (int i = 0; i < 64; i++)
        {
            _system.Add<Plain>($"pd{i}", priority: 1);
        }

        Assert.Contains("pd-count", Broken());
    }

    [Theory]
    [InlineData(255, 1000, 1000, "pd-priority")]
    [InlineData(-1, 1000, 1000, "pd-priority")]
    [InlineData(1, 1001, 1000, "budget-period")]
    [InlineData(1, 1, 1000, "budget-range")]
    public void Wrong_scheduling_is_refused(int priority, ulong budget, ulong period, string rule)
    {
        _system.Add<Plain>("a", priority, budget, period);
        Assert.Contains(rule, Broken());
    }

    [Theory]
    [InlineData(4097ul)]
    [InlineData(2048ul)]
    [InlineData(17ul * 1024 * 1024)]
    public void Wrong_stacks_are_refused(ulong stack)
    {
        _system.Add<Plain>("a", 1, stack: stack);
        Assert.Contains("stack-size", Broken());
    }

    [Fact]
    public void A_managed_pd_needs_a_heap_and_is_not_passive()
    {
        _system.Add<ManagedPd>("a", 1, heap: 0, passive: true);
        Assert.Equal(["heap-size", "passive-managed"], Broken().Order());
    }

    [Theory]
    [InlineData(10, 10)]
    [InlineData(10, 9)]
    public void A_call_to_a_lower_or_equal_priority_is_refused(int client, int server)
    {
        var caller = _system.Add<Client>("client", client);
        var called = _system.Add<Server>("server", server);
        _system.Connect(caller.End(p => p.Server, canCall: true), called.End(p => p.Client));
        Violation violation = Assert.Single(Violations());
        Assert.Equal("ppc-priority", violation.Rule);
        Assert.Contains("'client'", violation.Message, StringComparison.Ordinal);
        Assert.Contains("raise 'server' to at least 11", violation.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Calls_children_and_shared_caps_stay_on_one_core()
    {
        SystemBuilder system = new("cores", Board.Load(TestBoard.Root, "qemu-virt-aarch64-smp4"));
        var caller = system.Add<Client>("client", 10, core: 1);
        var called = system.Add<Server>("server", 20, core: 2);
        system.Connect(caller.End(p => p.Server, canCall: true), called.End(p => p.Client));
        called.Child(caller);
        called.Share(SharedCapKind.Thread, caller);
        SystemDescriptionException broken = Assert.Throws<SystemDescriptionException>(system.Complete);
        Assert.Equal(["child-core", "ppc-core", "shared-cap-core"], broken.Violations.Select(v => v.Rule).Order());
    }

    [Fact]
    public void Calls_stay_in_one_domain_and_every_domain_has_a_turn()
    {
        var caller = _system.Add<Client>("client", 10, domain: 1);
        var called = _system.Add<Server>("server", 20, domain: 2);
        _system.Connect(caller.End(p => p.Server, canCall: true), called.End(p => p.Client));
        _system.DomainSchedule(new DomainTurn(1, 1000), new DomainTurn(16, 1000), new DomainTurn(3, 1));
        Assert.Equal(["domain-monitor", "domain-never", "domain-turn", "domain-turn", "ppc-domain"], Broken().Order());
    }

    [Fact]
    public void A_domain_without_a_schedule_never_runs()
    {
        _system.Add<Plain>("a", 10, domain: 1);
        Assert.Equal(["domain-never"], Broken());
    }

    [Fact]
    public void Shared_caps_have_slots_of_their_own_and_pointers_in_the_roots_bits()
    {
        var a = _system.Add<Plain>("a", 10);
        var b = _system.Add<Plain>("b", 10);
        Assert.Equal(1UL << 58, a.Share(SharedCapKind.Thread, b));
        Assert.Equal(2UL << 58, a.Share(SharedCapKind.Notification, b));
        _system.Complete();
        a.Share(SharedCapKind.SchedulingContext, b, slot: 2);
        Assert.Equal(["shared-cap"], Broken());
    }

    [Fact]
    public void Timeout_faults_need_a_parent()
    {
        _system.Add<Plain>("a", 10, timeoutFaults: true);
        Assert.Equal(["timeout-parent"], Broken());
    }

    [Fact]
    public void A_circle_of_calls_is_named_whole()
    {
        var pds = Enumerable.Range(0, 3).Select(i => _system.Add<Plain>($"p{i}", 10 + i)).ToArray();
        for (int i = 0; i < 3; i++)
        {
            _system.Connect(pds[i].End(canCall: true), pds[(i + 1) % 3].End());
        }

        Violation violation = Assert.Single(Violations(), v => v.Rule == "ppc-cycle");
        Assert.Contains("p0 -> p1 -> p2 -> p0", violation.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ids_are_chosen_upwards_and_collisions_are_refused()
    {
        var a = _system.Add<Plain>("a", 1);
        var b = _system.Add<Plain>("b", 2);
        ChannelEnd first = a.End(id: 0);
        ChannelEnd second = a.End();
        Assert.Equal(1, second.Id);
        _system.Connect(first, b.End());
        _system.Connect(second, b.End());
        _system.Complete();
        _system.Connect(a.End(id: 1), b.End(id: 62));
        Assert.Equal(["channel-id", "channel-id"], Broken());
    }

    [Fact]
    public void An_interrupt_belongs_to_one_pd_and_never_to_the_kernel()
    {
        _system.Add<Handler>("a", 1).Interrupt(p => p.Line, 48);
        _system.Add<Handler>("b", 1).Interrupt(p => p.Line, 48);
        _system.Add<Handler>("c", 1).Interrupt(p => p.Line, _system.Board.Kernel.Gic!.TimerInterrupt);
        Assert.Equal(["irq-kernel", "irq-shared"], Broken().Order());
    }

    [Fact]
    public void An_open_channel_end_is_refused()
    {
        _system.Add<Client>("a", 1).End(p => p.Server);
        Assert.Contains("channel-open", Broken());
    }

    [Fact]
    public void Overlapping_mappings_are_refused()
    {
        var pd = _system.Add<Plain>("a", 1);
        pd.Map(_system.Region("one", 8.KiB()), Permissions.Read, at: 0x2000_0000);
        pd.Map(_system.Region("two", 4.KiB()), Permissions.Read, at: 0x2000_1000);
        Assert.Equal(["mapping-overlap"], Broken());
    }

    [Theory]
    [InlineData(0x2000_0800ul, "mapping-alignment")]
    [InlineData(0x20_0000ul, "mapping-image")]
    [InlineData(0ul, "mapping-overlap")]
    [InlineData(PdLayout.IpcBuffer, "mapping-overlap")]
    public void Mappings_at_impossible_places_are_refused(ulong at, string rule)
    {
        _system.Add<Plain>("a", 1).Map(_system.Region("one", 4.KiB()), Permissions.Read, at: at);
        Assert.Contains(rule, Broken());
    }

    [Fact]
    public void Two_devices_in_one_page_are_refused()
    {
        _system.DeviceRegion("slot0", 0x0a00_0000, 0x200);
        _system.DeviceRegion("slot1", 0x0a00_0200, 0x200);
        _system.Add<Plain>("a", 1);
        Assert.Equal(["region-overlap"], Broken());
    }

    [Fact]
    public void A_device_in_main_memory_is_refused()
    {
        _system.DeviceRegion("odd", 0x4000_0000, 0x1000);
        _system.Add<Plain>("a", 1);
        Assert.Equal(["device-in-memory"], Broken());
    }

    [Theory]
    [InlineData(Permissions.Write, "mapping-rights")]
    [InlineData(Permissions.Read | Permissions.Write | Permissions.Execute, "w-xor-x")]
    public void Impossible_rights_are_refused(Permissions permissions, string rule)
    {
        _system.Add<Plain>("a", 1).Map(_system.Region("one", 4.KiB()), permissions);
        Assert.Equal([rule], Broken());
    }

    [Fact]
    public void Missing_wiring_names_the_field_and_the_remedy()
    {
        _system.Add<Client>("a", 1);
        _system.Add<Configured>("b", 1);
        List<Violation> violations = Violations();
        Assert.Contains(violations, v => v.Rule == "wiring-missing" && v.Message.Contains("Client.Server", StringComparison.Ordinal)
            && v.Remedy.Contains("pd.End(p => p.Server)", StringComparison.Ordinal));
        Assert.Contains(violations, v => v.Rule == "configuration-missing" && v.Message.Contains("Configured.Settings", StringComparison.Ordinal));
        Assert.Contains(violations, v => v.Rule == "wiring-missing" && v.Message.Contains("Configured.Port", StringComparison.Ordinal));
    }

    [Fact]
    public void A_circle_of_parents_is_refused()
    {
        var a = _system.Add<Plain>("a", 1);
        var b = _system.Add<Plain>("b", 1);
        a.Child(b);
        b.Child(a);
        Assert.Equal(["parent-cycle", "parent-cycle"], Broken());
    }

    [Fact]
    public void A_second_parent_is_refused_at_once()
    {
        var child = _system.Add<Plain>("c", 1);
        _system.Add<Plain>("a", 1).Child(child);
        var other = _system.Add<Plain>("b", 1);
        var e = Assert.Throws<SystemDescriptionException>(() => other.Child(child));
        Assert.Equal("one-parent", e.Violations[0].Rule);
    }

    private List<Violation> Violations() => [.. Assert.Throws<SystemDescriptionException>(_system.Complete).Violations];

    private List<string> Broken() => Violations().ConvertAll(v => v.Rule);
}
