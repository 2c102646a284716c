// A virtual CPU as the layout sees it: a thread without a program, whose registers and faults are its manager's business.

using System.Collections.Generic;
using System.Linq;
using Pride.Description;

namespace Pride.Image.Layout;

/// <summary>One virtual CPU to lay out.</summary>
/// <param name="Manager">The index of the PD that manages it.</param>
/// <param name="Machine">The virtual machine that it belongs to.</param>
/// <param name="MachineNumber">That machine's number, from 0.</param>
/// <param name="Cpu">What the description says.</param>
/// <param name="Domain">In whose turns of the domain schedule it runs: its manager's.</param>
/// <param name="Core">The core it runs on: its manager's.</param>
internal sealed record GuestCpu(int Manager, VirtualMachine Machine, int MachineNumber, VirtualCpu Cpu, int Domain, int Core)
{
    /// <summary>What statistics call it: the machine's name, with the CPU's id when there are several.</summary>
    public string Name => Machine.Cpus.Count == 1 ? Machine.Name : $"{Machine.Name}.{Cpu.Id}";

    /// <summary>Those of <paramref name="programs"/>, in their order.</summary>
    public static IReadOnlyList<GuestCpu> Of(IReadOnlyList<PdProgram> programs)
    {
        List<GuestCpu> all = [];
        int machines = 0;
        for (int i = 0; i < programs.Count; i++)
        {
            if (programs[i].Described?.VirtualMachine is { } machine)
            {
                all.AddRange(machine.Cpus.Select(c => new GuestCpu(i, machine, machines, c, programs[i].Options.Domain, programs[i].Options.Core)));
                machines++;
            }
        }

        return all;
    }
}
