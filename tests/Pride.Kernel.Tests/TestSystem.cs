// A system of PDs as the image builder would lay it out (Microkit's slots and badges), in host memory, and the means to act as
// the PD that runs: make a system call, fault, let time pass, raise an interrupt.

using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;
using Pride.Abi;
using Pride.Kernel.Objects;

namespace Pride.Kernel.Tests;

/// <summary>What a test may ask of a PD besides its priority.</summary>
public sealed record PdSpec(
    string Name,
    uint Priority,
    ulong BudgetMicroseconds = 1000,
    ulong PeriodMicroseconds = 1000,
    bool ReceivesCalls = false,
    bool UsesFpu = false,
    bool UsesTimer = false,
    bool Sporadic = false,
    bool HasTimeoutHandler = false,
    uint Domain = 0,
    InvocationLabels? Labels = null);

/// <summary>The objects of one PD.</summary>
public sealed unsafe class TestPd(PdSpec spec, Tcb* tcb)
{
    public PdSpec Spec { get; } = spec;

    public Tcb* Tcb { get; } = tcb;

    public Notification* Notification { get; init; }

    public Endpoint* Endpoint { get; init; }

    public Reply* Reply { get; init; }

    public SchedulingContext* Context { get; init; }

    public ulong* Buffer => Tcb->IpcBuffer;

    public ref ulong Register(int index) => ref Tcb->Registers[index];

    public ulong Badge => Tcb->Registers[0];

    public MessageInfo Info => new(Tcb->Registers[1]);

    public ulong Word(int index) => index < 4 ? Tcb->Registers[2 + index] : Buffer[1 + index];
}

/// <summary>Who wants to know what a system is about to do.</summary>
public unsafe interface IKernelObserver
{
    /// <summary>A system call with the registers as they are; the program counter stands behind it.</summary>
    void SystemCall(Tcb* tcb);

    void Fault(Tcb* tcb, ulong kind, params ulong[] words);

    void Interrupt(uint irq);

    void Resume(Tcb* tcb);
}

/// <summary>The system, and the thread that runs in it.</summary>
public sealed unsafe class TestSystem : IDisposable
{
    public const ulong EntryPoint = 0x20_0000;
    public const int MaximumIrqs = 64;

    /// <summary>Core 0 is the one that runs; the others are there to be signalled.</summary>
    public const int Cores = 2;

    private readonly List<nint> _blocks = [];
    private readonly BootInfo* _boot;
    private readonly SchedulingContext** _contexts;
    private readonly PdStatistics* _statistics;
    private readonly InvocationLabels* _labels;

    /// <summary>The turns of domains, in microseconds; before the system starts.</summary>
    public void SetDomains(params (ulong Domain, ulong Microseconds)[] turns)
    {
        _boot->DomainSlots = (uint)turns.Length;
        _boot->DomainSchedule = (DomainSlot*)Allocate(DomainSlot.Size * turns.Length);
        for (int i = 0; i < turns.Length; i++)
        {
            _boot->DomainSchedule[i] = new DomainSlot { Domain = turns[i].Domain, Microseconds = turns[i].Microseconds };
        }
    }

    /// <summary>A notification of another core, and a cap to signal it in <paramref name="slot"/> of <paramref name="pd"/>.</summary>
    public Notification* ConnectRemote(TestPd pd, ulong slot, uint core, uint index, ulong badge)
    {
        Notification* notification = (Notification*)Allocate(Notification.Size);
        notification->Core = core;
        notification->Index = index;
        Put(pd, slot, new Cap(CapType.RemoteNotification, CapRights.Write, (ulong)notification, badge));
        return notification;
    }

    public TestSystem(params PdSpec[] specs)
    {
        Hardware = SimulatedHardware.Reset();
        Hardware.Threads = (ulong)specs.Length;
        _boot = (BootInfo*)Allocate(sizeof(BootInfo));
        Core = (CoreState*)Allocate(CoreState.Size * Cores);
        _boot->Cores = Core;
        _boot->CoreCount = Cores;
        Tcb* tcbs = (Tcb*)Allocate(Tcb.Size * specs.Length);
        _contexts = (SchedulingContext**)Allocate(sizeof(void*) * specs.Length);
        byte* page = (byte*)Allocate(StatisticsHeader.Size + (PdStatistics.Size * specs.Length));
        _statistics = (PdStatistics*)(page + StatisticsHeader.Size);
        _boot->Statistics = (StatisticsHeader*)page;
        _boot->Tcbs = tcbs;
        _boot->TcbCount = (uint)specs.Length;
        _boot->Contexts = _contexts;
        _boot->ContextCount = (uint)specs.Length;
        _boot->Irqs = (IrqEntry*)Allocate(IrqEntry.Size * MaximumIrqs);
        _boot->IrqCount = MaximumIrqs;
        _boot->TimerIrq = SimulatedHardware.TimerIrq;
        _boot->GuestTimerIrq = SimulatedHardware.GuestTimerIrq;
        _boot->MaintenanceIrq = SimulatedHardware.MaintenanceIrq;
        _boot->DebugCalls = 1;
        _boot->Notifications = (Notification*)Allocate(Notification.Size * specs.Length);
        _boot->DebugLines = (DebugLine*)Allocate(DebugLine.Size * specs.Length);
        _labels = (InvocationLabels*)Allocate(sizeof(InvocationLabels) * specs.Length);
        foreach (PdSpec spec in specs)
        {
            Pds.Add(Add(spec, tcbs + Pds.Count));
        }
    }

    public SimulatedHardware Hardware { get; }

    /// <summary>False: every system call takes the long way.</summary>
    public bool UsesFastPath { get; set; } = true;

    /// <summary>System calls that took the short way.</summary>
    public int FastCalls { get; private set; }

    /// <summary>Told of every entry into the kernel before it happens.</summary>
    public IKernelObserver? Observer { get; set; }

    public CoreState* Core { get; }

    public BootInfo* Boot => _boot;

    /// <summary>The labels that PDs use unless their spec says otherwise.</summary>
    public InvocationLabels Labels { get; } = AbiVersions.Microkit23;

    public List<TestPd> Pds { get; } = [];

    /// <summary>The thread that runs, or null: idle.</summary>
    public Tcb* Running { get; private set; }

    public TestPd? RunningPd => Running == null ? null : Pds[(int)Running->Index];

    public PdStatistics* StatisticsOf(TestPd pd) => _statistics + pd.Tcb->Index;

    public TestPd this[string name] => Pds.Find(pd => pd.Spec.Name == name) ?? throw new ArgumentException(name);

    public void Dispose()
    {
        foreach (nint block in _blocks)
        {
            NativeMemory.AlignedFree((void*)block);
        }
    }

    // Wiring.

    /// <summary>A cap into a PD's table.</summary>
    public void Put(TestPd pd, ulong slot, Cap cap) => pd.Tcb->Caps[slot] = cap;

    public static Cap NotificationCap(TestPd pd, ulong badge) => new(CapType.Notification, CapRights.Read | CapRights.Write, (ulong)pd.Notification, badge);

    public static Cap EndpointCap(TestPd pd, ulong badge) => new(CapType.Endpoint, CapRights.All, (ulong)pd.Endpoint, badge);

    public static Cap TcbCap(TestPd pd) => new(CapType.Tcb, CapRights.All, (ulong)pd.Tcb, 0);

    public static Cap ContextCap(TestPd pd) => new(CapType.SchedulingContext, CapRights.All, (ulong)pd.Context, 0);

    /// <summary>Both ends notify; the first may call the second.</summary>
    public void Connect(TestPd first, ulong firstId, TestPd second, ulong secondId, bool call = false)
    {
        Put(first, CapSlots.BaseNotification + firstId, NotificationCap(second, 1UL << (int)secondId));
        Put(second, CapSlots.BaseNotification + secondId, NotificationCap(first, 1UL << (int)firstId));
        if (call)
        {
            Put(first, CapSlots.BaseEndpoint + firstId, EndpointCap(second, Badges.ProtectedCall | secondId));
        }
    }

    /// <summary>The parent gets the child's faults and its TCB cap.</summary>
    public void MakeChild(TestPd parent, ulong id, TestPd child)
    {
        child.Tcb->FaultHandler = EndpointCap(parent, Badges.Fault | id);
        if (child.Spec.HasTimeoutHandler)
        {
            child.Tcb->TimeoutHandler = EndpointCap(parent, Badges.Fault | id);
        }

        Put(parent, CapSlots.BaseTcb + id, TcbCap(child));
    }

    /// <summary>Makes a thread a virtual CPU, as the image builder does: stopped, without caps, its faults the manager's.</summary>
    public Vcpu* MakeGuest(TestPd manager, ulong id, TestPd guest)
    {
        Vcpu* vcpu = (Vcpu*)Allocate(Vcpu.Size);
        vcpu->Tcb = guest.Tcb;
        guest.Tcb->Vcpu = vcpu;
        guest.Tcb->State = ThreadState.Inactive;
        guest.Tcb->CapCount = 0;
        guest.Tcb->IpcBuffer = null;
        guest.Tcb->BoundNotification = null;
        guest.Notification->BoundTcb = null;
        guest.Tcb->FaultHandler = EndpointCap(manager, Badges.Fault | id);
        Put(manager, CapSlots.BaseVmTcb + id, TcbCap(guest));
        Put(manager, CapSlots.BaseVcpu + id, new Cap(CapType.Vcpu, CapRights.All, (ulong)vcpu, 0));
        return vcpu;
    }

    public void ConnectIrq(TestPd pd, ulong id, uint irq)
    {
        IrqEntry* entry = _boot->Irqs + irq;
        entry->Id = irq;
        entry->Notification = pd.Notification;
        entry->Badge = 1UL << (int)id;
        Put(pd, CapSlots.BaseIrq + id, new Cap(CapType.IrqHandler, CapRights.All, (ulong)entry, 0));
    }

    // Acting.

    public void Start() => Running = Kernel<SimulatedMachine>.Start(Core, _boot);

    /// <summary>A system call of the running PD, as libmicrokit's stubs make it.</summary>
    public void Call(long number, ulong cap, MessageInfo info = default, ulong reply = CapSlots.Reply, ulong send = 0, params ulong[] words)
    {
        TestPd pd = RunningPd ?? throw new InvalidOperationException("no PD runs");
        pd.Register(0) = cap;
        pd.Register(1) = info.Word;
        pd.Register(6) = reply;
        pd.Register(7) = (ulong)number;
        pd.Register(8) = send;
        for (int i = 0; i < words.Length; i++)
        {
            if (i < 4)
            {
                pd.Register(2 + i) = words[i];
            }
            else
            {
                pd.Buffer[1 + i] = words[i];
            }
        }

        EnterSystemCall();
    }

    /// <summary>A system call with the registers as they are.</summary>
    public void EnterSystemCall()
    {
        Running->Registers[Aarch64Registers.Pc] += 4;
        Observer?.SystemCall(Running);
        Tcb* next = UsesFastPath ? Kernel<SimulatedMachine>.FastSystemCall(Core, Running, (long)Running->Registers[7]) : null;
        FastCalls += next != null ? 1 : 0;
        Running = next != null ? next : Kernel<SimulatedMachine>.SystemCall(Core, Running);
    }

    public void Notify(ulong channel) => Call(SystemCalls.Send, CapSlots.BaseNotification + channel);

    public void Receive() => Call(SystemCalls.Recv, CapSlots.Input);

    public void Protected(ulong channel, params ulong[] words) =>
        Call(SystemCalls.Call, CapSlots.BaseEndpoint + channel, new MessageInfo(0, words.Length), words: words);

    public void ReplyAndReceive(MessageInfo info = default, params ulong[] words) => Call(SystemCalls.ReplyRecv, CapSlots.Input, info, words: words);

    public void Fault(ulong address, ulong status = 0x9200_0046)
    {
        Observer?.Fault(Running, FaultKind.VMFault, address, 0, status);
        Running = Kernel<SimulatedMachine>.MemoryFault(Core, Running, address, status, false);
    }

    public void Exception(ulong number)
    {
        Observer?.Fault(Running, FaultKind.UserException, number, 0);
        Running = Kernel<SimulatedMachine>.UserException(Core, Running, number, 0);
    }

    /// <summary>The guest that runs does what its manager must see.</summary>
    public void VcpuFault(ulong syndrome) => Running = Kernel<SimulatedMachine>.VcpuFault(Core, Running, syndrome);

    /// <summary>Lets time pass; the timer's interrupts come when they are due, a few ticks late.</summary>
    public void Pass(ulong ticks)
    {
        ulong end = Hardware.Counter + ticks;
        while (Hardware.Deadline <= end)
        {
            Hardware.Counter = Math.Max(Hardware.Counter, Hardware.Deadline) + 1;
            Interrupt();
        }

        Hardware.Counter = Math.Max(end, Hardware.Counter);
    }

    public void Raise(uint irq)
    {
        Hardware.Pending.Add(irq);
        Observer?.Interrupt(irq);
        Interrupt();
    }

    public void Interrupt() =>
        Running = Running == null ? Kernel<SimulatedMachine>.Leave(Core) : Kernel<SimulatedMachine>.Interrupt(Core);

    /// <summary>What a parent's Resume does, when no PD is left that could do it.</summary>
    public void ResumeFromOutside(TestPd pd)
    {
        Observer?.Resume(pd.Tcb);
        Kernel<SimulatedMachine>.Resume(Core, pd.Tcb);
        Running = Kernel<SimulatedMachine>.Leave(Core);
    }

    private TestPd Add(PdSpec spec, Tcb* tcb)
    {
        TestPd pd = new(spec, tcb)
        {
            Notification = _boot->Notifications + Pds.Count,
            Endpoint = (Endpoint*)Allocate(Endpoint.Size),
            Reply = (Reply*)Allocate(Reply.Size),
            Context = (SchedulingContext*)Allocate((int)SchedulingContext.SizeFor(SchedulingContext.DefaultRefills)),
        };
        int index = Pds.Count;
        tcb->Registers[Aarch64Registers.Pc] = EntryPoint;
        tcb->AddressSpace = (ulong)(index + 1) << 48;
        tcb->Caps = (Cap*)Allocate(sizeof(Cap) * KernelLayout.CapTableSlots);
        tcb->CapCount = KernelLayout.CapTableSlots;
        tcb->IpcBuffer = (ulong*)Allocate(KernelLayout.PageBytes);
        tcb->SchedulingContext = pd.Context;
        tcb->BoundNotification = pd.Notification;
        tcb->State = ThreadState.Running;
        tcb->Priority = spec.Priority;
        tcb->Domain = spec.Domain;
        pd.Notification->Index = (uint)index;
        tcb->MaximumControlledPriority = spec.Priority;
        tcb->Index = (uint)index;
        tcb->Statistics = _statistics + index;
        tcb->Labels = _labels + index;
        *tcb->Labels = spec.Labels ?? Labels;
        tcb->Flags = spec.UsesFpu ? TcbFlags.None : TcbFlags.FpuDisabled;
        tcb->Flags |= spec.UsesTimer ? TcbFlags.PhysicalTimer : TcbFlags.None;
        tcb->Fpu = spec.UsesFpu ? (FpuState*)Allocate(FpuState.Size) : null;
        pd.Notification->BoundTcb = tcb;
        pd.Context->Tcb = tcb;
        pd.Context->BudgetMicroseconds = spec.BudgetMicroseconds;
        pd.Context->PeriodMicroseconds = spec.PeriodMicroseconds;
        pd.Context->RefillMaximum = SchedulingContext.DefaultRefills;
        pd.Context->Sporadic = spec.Sporadic ? 1u : 0;
        pd.Context->Badge = 0x100 + (ulong)index;
        _contexts[index] = pd.Context;
        Put(pd, CapSlots.Input, spec.ReceivesCalls ? EndpointCap(pd, 0) : NotificationCap(pd, 0));
        Put(pd, CapSlots.Reply, new Cap(CapType.Reply, CapRights.All, (ulong)pd.Reply, 0));
        Encoding.UTF8.GetBytes(spec.Name, new Span<byte>(tcb->Statistics->Name, PdStatistics.NameBytes - 1));
        return pd;
    }

    private void* Allocate(int bytes)
    {
        void* block = NativeMemory.AlignedAlloc((nuint)bytes, KernelLayout.PageBytes);
        NativeMemory.Clear(block, (nuint)bytes);
        _blocks.Add((nint)block);
        return block;
    }
}
