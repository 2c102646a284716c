// Lays out virtual machines: the tables by which guest-physical addresses become the machine's, and a thread and a virtual CPU for each CPU.
//
// A guest's thread is one of the kernel's like a PD's, behind those of all PDs in each array. It starts stopped (its manager sets its registers and resumes it), has no caps and no IPC buffer.

using System.Collections.Generic;
using Pride.Abi;
using Pride.Description;
using Pride.Image.Architectures;
using Pride.Image.Memory;
using Pride.Kernel.Objects;

namespace Pride.Image.Layout;

/// <summary>Writes the threads of virtual machines.</summary>
internal sealed unsafe class GuestThreads(PhysicalPlan plan, ImageArchitecture architecture, KernelObjects objects, CapTables caps, PdSpace spaces)
{
    /// <summary>Writes all of <paramref name="guests"/>; the first floating-point state that is free is <paramref name="fpu"/>.</summary>
    public void Write(IReadOnlyList<GuestCpu> guests, int fpu)
    {
        Dictionary<VirtualMachine, ulong> roots = [];
        for (int i = 0; i < guests.Count; i++)
        {
            if (!roots.TryGetValue(guests[i].Machine, out ulong root))
            {
                root = spaces.BuildGuest(guests[i].Machine).Root;
                roots.Add(guests[i].Machine, root);
            }

            Write(guests[i], i, architecture.AddressSpaceWord(root, (ulong)guests[i].MachineNumber + 1), fpu + i);
        }
    }

    private void Write(GuestCpu guest, int number, ulong addressSpace, int fpu)
    {
        int index = objects.ProgramCount + number;
        ref Vcpu vcpu = ref plan.At<Vcpu>(objects.Vcpus[number]);
        vcpu.Registers[VcpuRegisters.SctlrEl1] = Vcpu.InitialControl;
        vcpu.InterfaceControl = Vcpu.InterfaceEnabled;
        vcpu.Tcb = (Tcb*)objects.Tcbs.Pointer(index);

        ref Tcb tcb = ref plan.At<Tcb>(objects.Tcbs[index]);
        tcb.Vcpu = (Vcpu*)objects.Vcpus.Pointer(number);
        tcb.AddressSpace = addressSpace;
        architecture.SetFpu(ref plan.At<FpuState>(objects.FpuStates[fpu]));
        tcb.Fpu = (FpuState*)objects.FpuStates.Pointer(fpu);
        tcb.SchedulingContext = (SchedulingContext*)objects.Contexts.Pointer(index);
        tcb.State = ThreadState.Inactive;
        tcb.Priority = (uint)guest.Machine.Options.Priority;
        tcb.MaximumControlledPriority = tcb.Priority;
        tcb.Index = (uint)index;
        tcb.Core = (uint)guest.Core;
        tcb.Domain = (uint)guest.Domain;
        tcb.FaultHandler = caps.FaultHandler(guest);
        tcb.Labels = (InvocationLabels*)objects.LabelTables.Pointer(guest.Manager);
        tcb.Statistics = (PdStatistics*)plan.ToVirtual(objects.StatisticsOf(index));
        objects.WriteContext(plan, index, guest.Machine.Options, (uint)guest.Core);
    }
}
