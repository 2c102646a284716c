// The list of rules that a system must keep. A rule is a function from a system to what breaks it.

using System;
using System.Collections.Generic;

namespace Pride.Description.Checks;

/// <summary>Every rule, in the order in which violations are reported.</summary>
internal static class Rules
{
    public static readonly IReadOnlyList<Func<SystemBuilder, IEnumerable<Violation>>> All =
    [
        PdRules.Names,
        PdRules.Count,
        PdRules.Scheduling,
        PdRules.Memory,
        PdRules.Variables,
        PdRules.Hierarchy,
        ChannelRules.Ids,
        ChannelRules.Connected,
        ChannelRules.CallPriorities,
        ChannelRules.CallCores,
        ChannelRules.CallCycles,
        ChannelRules.Interrupts,
        ChannelRules.InterruptForms,
        DomainRules.Schedule,
        DomainRules.Calls,
        DomainRules.SharedCaps,
        DomainRules.Timeouts,
        MappingRules.Alignment,
        MappingRules.VirtualOverlaps,
        MappingRules.PhysicalOverlaps,
        MappingRules.Rights,
        DeviceRules.IoPorts,
        DeviceRules.IoAddressSpaces,
        DeviceRules.VirtualMachines,
        WiringRules.Complete,
    ];
}
