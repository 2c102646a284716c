// Fills the cap tables: which PD may reach what. The slots and badges are Microkit 2.3's (CapSlots; tool, capdl/builder).

using System;
using System.Collections.Generic;
using System.Linq;
using Pride.Abi;
using Pride.Description;
using Pride.Image.Memory;
using Pride.Kernel.Objects;

namespace Pride.Image.Layout;

/// <summary>Slots of the monitor's cap table (Microkit 2.3, monitor/src/main.c).</summary>
public static class MonitorSlots
{
    public const int FaultEndpoint = 1;
    public const int Reply = 2;
    public const int BaseTcb = 10;
    public const int BaseSchedulingContext = 138;
    public const int BaseNotification = 202;
}

/// <summary>Writes the caps of every PD.</summary>
internal sealed class CapTables(PhysicalPlan plan, KernelObjects objects, IReadOnlyList<PdProgram> programs, IReadOnlyList<GuestCpu> guests)
{
    private readonly Dictionary<Pd, int> _indexOf = programs
        .Select((program, index) => (program, index))
        .Where(p => p.program.Described is not null)
        .ToDictionary(p => p.program.Described!, p => p.index);

    /// <summary>True when the PD receives on an endpoint: it is called, has children or manages a virtual machine. Others receive on their notification.</summary>
    public static bool NeedsEndpoint(PdProgram program) =>
        program.IsMonitor || program.Described!.Children.Count > 0 || program.Described.VirtualMachine is not null || program.Described.Ends.Any(end => Other(end).CanCall);

    /// <summary>Writes every table; returns for each PD one past its highest slot in use.</summary>
    public int[] Write()
    {
        int[] used = new int[programs.Count];
        for (int i = 0; i < programs.Count; i++)
        {
            Action<int, Cap> put = PutInto(i, used);
            if (programs[i].IsMonitor)
            {
                WriteMonitor(i, put);
            }
            else
            {
                WritePd(i, programs[i].Described!, put);
            }
        }

        return used;
    }

    /// <summary>Where faults of PD <paramref name="index"/> go: its parent, or the monitor with badge index + 1. The monitor's own go nowhere.</summary>
    public Cap FaultHandler(int index)
    {
        Pd? pd = programs[index].Described;
        if (pd is null)
        {
            return default;
        }

        if (pd.Parent is { } parent)
        {
            int id = parent.Children.First(c => c.Pd == pd).Id;
            return EndpointCap(_indexOf[parent], Badges.Fault | (uint)id);
        }

        int monitor = MonitorOf(index);
        return monitor < 0 ? default : EndpointCap(monitor, (ulong)index + 1);
    }

    /// <summary>Where faults of a virtual CPU go: its manager, as those of a child.</summary>
    public Cap FaultHandler(GuestCpu guest) => EndpointCap(guest.Manager, Badges.Fault | (uint)guest.Cpu.Id);

    private static ChannelEnd Other(ChannelEnd end) => end.Link!.First == end ? end.Link.Second : end.Link.First;

    private void WritePd(int index, Pd pd, Action<int, Cap> put)
    {
        put((int)CapSlots.Input, NeedsEndpoint(programs[index]) ? EndpointCap(index, 0) : NotificationCap(index, 0));
        put((int)CapSlots.Reply, new Cap(CapType.Reply, CapRights.All, objects.Replies.Pointer(index), 0));
        if (pd.Options.Passive && MonitorOf(index) is >= 0 and int monitor)
        {
            put((int)CapSlots.MonitorEndpoint, EndpointCap(monitor, (ulong)index + 1));
        }

        if (pd.Options.MaySmc)
        {
            put((int)CapSlots.Smc, new Cap(CapType.Smc, CapRights.All, 0, 0));
        }

        foreach (ChannelEnd end in pd.Ends)
        {
            ChannelEnd other = Other(end);
            int otherIndex = _indexOf[other.Pd];
            if (end.CanNotify)
            {
                put((int)CapSlots.BaseNotification + end.Id, SignalCap(index, otherIndex, 1UL << other.Id));
            }

            if (end.CanCall)
            {
                put((int)CapSlots.BaseEndpoint + end.Id, EndpointCap(otherIndex, Badges.ProtectedCall | (uint)other.Id));
            }
        }

        foreach (InterruptBinding interrupt in pd.Interrupts)
        {
            put(
                (int)CapSlots.BaseIrq + interrupt.Id,
                new Cap(CapType.IrqHandler, CapRights.All, objects.Irqs.Pointer((int)interrupt.Line), 0));
        }

        foreach (IoPort port in pd.IoPorts)
        {
            put((int)CapSlots.BaseIoPort + port.Id, Cap.ForPorts((uint)port.Address, (uint)(port.Address + port.Size - 1)));
        }

        foreach (SharedCap shared in pd.SharedCaps)
        {
            int other = _indexOf[shared.Of];
            plan.At<Cap>(objects.RootTables[index] + (ulong)(shared.Slot * KernelObjects.CapBytes)) = shared.Kind switch
            {
                SharedCapKind.Thread => TcbCap(other),
                SharedCapKind.SchedulingContext => ContextCap(other),
                _ => NotificationCap(other, 0),
            };
        }

        foreach (ChildBinding child in pd.Children)
        {
            put((int)CapSlots.BaseTcb + child.Id, TcbCap(_indexOf[child.Pd]));
        }

        for (int i = 0; i < guests.Count; i++)
        {
            if (guests[i].Manager == index)
            {
                put((int)CapSlots.BaseVmTcb + guests[i].Cpu.Id, TcbCap(programs.Count + i));
                put((int)CapSlots.BaseVcpu + guests[i].Cpu.Id, new Cap(CapType.Vcpu, CapRights.All, objects.Vcpus.Pointer(i), 0));
            }
        }
    }

    private void WriteMonitor(int index, Action<int, Cap> put)
    {
        put(MonitorSlots.FaultEndpoint, EndpointCap(index, 0));
        put(MonitorSlots.Reply, new Cap(CapType.Reply, CapRights.All, objects.Replies.Pointer(index), 0));
        put((int)CapSlots.Reply, new Cap(CapType.Reply, CapRights.All, objects.Replies.Pointer(index), 0));
        for (int i = 0; i < programs.Count; i++)
        {
            if (programs[i].Described is not { } pd || pd.Options.Core != programs[index].Options.Core)
            {
                continue;
            }

            put(MonitorSlots.BaseTcb + i, TcbCap(i));
            if (pd.Options.Passive)
            {
                put(MonitorSlots.BaseSchedulingContext + i, ContextCap(i));
                put(MonitorSlots.BaseNotification + i, NotificationCap(i, 0));
            }
        }
    }

    private Action<int, Cap> PutInto(int table, int[] used) => (slot, cap) =>
    {
        ref Cap place = ref plan.At<Cap>(objects.CapTables[table] + (ulong)(slot * KernelObjects.CapBytes));
        if (place.Word != 0)
        {
            throw new InvalidOperationException($"PD '{programs[table].Name}': slot {slot} is filled twice");
        }

        place = cap;
        used[table] = Math.Max(used[table], slot + 1);
    };

    private Cap EndpointCap(int index, ulong badge) => new(CapType.Endpoint, CapRights.All, objects.Endpoints.Pointer(index), badge);

    private Cap NotificationCap(int index, ulong badge) =>
        new(CapType.Notification, CapRights.Read | CapRights.Write, objects.Notifications.Pointer(index), badge);

    private Cap ContextCap(int index) => new(CapType.SchedulingContext, CapRights.All, objects.Contexts.Pointer(index), 0);

    private Cap TcbCap(int index) => new(CapType.Tcb, CapRights.All, objects.Tcbs.Pointer(index), 0);

    // Across cores a notification can be signalled and nothing else.
    private Cap SignalCap(int from, int to, ulong badge) => programs[from].Options.Core == programs[to].Options.Core
        ? NotificationCap(to, badge)
        : new(CapType.RemoteNotification, CapRights.Write, objects.Notifications.Pointer(to), badge);

    /// <summary>The monitor of a PD's core; -1: the system has none.</summary>
    private int MonitorOf(int index)
    {
        for (int i = 0; i < programs.Count; i++)
        {
            if (programs[i].IsMonitor && programs[i].Options.Core == programs[index].Options.Core)
            {
                return i;
            }
        }

        return -1;
    }
}
