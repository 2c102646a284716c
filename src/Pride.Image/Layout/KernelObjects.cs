// Places every kernel object of a system and knows the kernel-virtual address of each.
//
// Objects of one kind form an array, so that `pride map` can say what each kind costs and the kernel can walk them.
// All pointers are addresses in the kernel's physical window (Pride.Kernel.Objects.KernelLayout).

using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using Pride.Abi;
using Pride.Description;
using Pride.Image.Memory;
using Pride.Kernel.Objects;

namespace Pride.Image.Layout;

/// <summary>An array of objects in physical memory, and where the kernel sees it.</summary>
public readonly record struct ObjectArray(ulong Physical, ulong Virtual, ulong Stride, int Count)
{
    /// <summary>Physical address of object <paramref name="index"/>.</summary>
    public ulong this[int index] => (uint)index < (uint)Count
        ? Physical + ((ulong)index * Stride)
        : throw new ArgumentOutOfRangeException(nameof(index));

    /// <summary>Kernel-virtual address of object <paramref name="index"/>.</summary>
    public ulong Pointer(int index) => Virtual + (this[index] - Physical);
}

/// <summary>Where every kernel object lies. Objects of PD n have index n in each array; threads of virtual CPUs come behind those of all PDs.</summary>
public sealed class KernelObjects
{
    private const string Owner = "kernel";

    /// <summary>Places the objects for <paramref name="programs"/>, in their order, and for <paramref name="guests"/> virtual CPUs.</summary>
    public KernelObjects(PhysicalPlan plan, IReadOnlyList<PdProgram> programs, int guests, int cores, int domainSlots, bool debugCalls)
    {
        int count = programs.Count;
        int threads = count + guests;
        ProgramCount = count;
        ThreadCount = threads <= KernelLayout.MaximumTcbs
            ? threads
            : throw new ImageException($"the system has {threads} threads, and the kernel knows {KernelLayout.MaximumTcbs}", "leave PDs or virtual CPUs out");
        Cores = Array(plan, "core states", CoreState.Size, cores, KernelLayout.PageBytes);
        Tcbs = Array(plan, "TCBs", Tcb.Size, threads);
        Contexts = Array(plan, "scheduling contexts", SchedulingContext.SizeFor(SchedulingContext.DefaultRefills), threads);
        ContextTable = Array(plan, "scheduling contexts", sizeof(ulong), threads);
        Vcpus = Array(plan, "virtual CPUs", Vcpu.Size, guests);
        Notifications = Array(plan, "notifications", Notification.Size, count);
        Endpoints = Array(plan, "endpoints", Endpoint.Size, count);
        Replies = Array(plan, "replies", Reply.Size, count);
        CapTables = Array(plan, "cap tables", (ulong)(KernelLayout.CapTableSlots * CapBytes), count);
        RootTables = Array(plan, "cap tables", (ulong)(KernelLayout.RootTableSlots * CapBytes), count);
        FpuStates = Array(plan, "floating-point states", FpuState.Size, programs.Count(p => p.UsesFloatingPoint) + guests);
        Irqs = Array(plan, "interrupts", IrqEntry.Size, IrqCount(programs));
        DebugLines = Array(plan, "debug lines", DebugLine.Size, debugCalls ? threads : 0);
        LabelTables = Array(plan, "label tables", (ulong)Unsafe.SizeOf<InvocationLabels>(), count);
        DomainSchedule = Array(plan, "domain schedule", DomainSlot.Size, domainSlots);
        IpcBuffers = Array(plan, "IPC buffers", KernelLayout.PageBytes, count, KernelLayout.PageBytes);
        StatisticsBytes = RoundToPage(StatisticsHeader.Size + ((ulong)threads * PdStatistics.Size));
        Statistics = plan.Load(Owner, "statistics", StatisticsBytes, KernelLayout.PageBytes);
    }

    /// <summary>Bytes of a <see cref="Cap"/>.</summary>
    public const int CapBytes = 16;

    public ObjectArray Cores { get; }

    /// <summary>PDs and monitors.</summary>
    public int ProgramCount { get; }

    /// <summary>PDs, monitors and virtual CPUs.</summary>
    public int ThreadCount { get; }

    public ObjectArray Tcbs { get; }

    public ObjectArray Contexts { get; }

    /// <summary>Pointers to the scheduling contexts.</summary>
    public ObjectArray ContextTable { get; }

    public ObjectArray Vcpus { get; }

    public ObjectArray Notifications { get; }

    public ObjectArray Endpoints { get; }

    public ObjectArray Replies { get; }

    public ObjectArray CapTables { get; }

    public ObjectArray RootTables { get; }

    /// <summary>One for each PD that uses floating point, in the order of the PDs; then one for each virtual CPU.</summary>
    public ObjectArray FpuStates { get; }

    /// <summary>By interrupt id.</summary>
    public ObjectArray Irqs { get; }

    /// <summary>None where PDs may not print through the kernel.</summary>
    public ObjectArray DebugLines { get; }

    /// <summary>The invocation labels that each PD's program was linked for.</summary>
    public ObjectArray LabelTables { get; }

    /// <summary>The turns of the domain schedule.</summary>
    public ObjectArray DomainSchedule { get; }

    /// <summary>One page for each PD.</summary>
    public ObjectArray IpcBuffers { get; }

    /// <summary>Physical address of the statistics pages.</summary>
    public ulong Statistics { get; }

    /// <summary>Length of the statistics pages.</summary>
    public ulong StatisticsBytes { get; }

    /// <summary>Physical address of PD <paramref name="index"/>'s statistics.</summary>
    public ulong StatisticsOf(int index) => Statistics + StatisticsHeader.Size + ((ulong)index * PdStatistics.Size);

    /// <summary>Writes the scheduling context of thread <paramref name="index"/>.</summary>
    public unsafe void WriteContext(PhysicalPlan plan, int index, PdOptions options, uint core)
    {
        // What Microkit gives the timeout badge of PD n: 0x100 + n.
        const ulong BadgeBase = 0x100;
        ref SchedulingContext context = ref plan.At<SchedulingContext>(Contexts[index]);
        context.Tcb = (Tcb*)Tcbs.Pointer(index);
        context.BudgetMicroseconds = options.BudgetMicroseconds;
        context.PeriodMicroseconds = options.PeriodMicroseconds;
        context.RefillMaximum = SchedulingContext.DefaultRefills;
        context.Core = core;
        context.Badge = BadgeBase + (ulong)index;
        context.Index = (uint)index;
        plan.At<ulong>(ContextTable[index]) = Contexts.Pointer(index);
    }

    private static int IrqCount(IReadOnlyList<PdProgram> programs)
    {
        uint highest = programs.SelectMany(p => p.Described?.Interrupts ?? []).Select(i => i.Line + 1).DefaultIfEmpty(0u).Max();
        return highest <= KernelLayout.MaximumIrqs
            ? (int)highest
            : throw new ImageException(
                $"interrupt {highest - 1} does not exist: the interrupt controller has {KernelLayout.MaximumIrqs}",
                "look the number up in the board's manual; shared peripheral interrupt n is 32 + n");
    }

    /// <summary>Places an array of the kernel's.</summary>
    public static ObjectArray Array(PhysicalPlan plan, string what, ulong stride, int count, ulong alignment = KernelLayout.ObjectAlignment)
    {
        ulong physical = plan.Load(Owner, what, stride * (ulong)count, alignment);
        return new(physical, plan.ToVirtual(physical), stride, count);
    }

    private static ulong RoundToPage(ulong bytes) => (bytes + KernelLayout.PageBytes - 1) & ~(ulong)(KernelLayout.PageBytes - 1);
}
