// Makes the model of a system, tells it what the system does, and compares the two.

using System;
using System.Collections.Generic;
using System.Linq;
using Pride.Abi;
using Pride.Kernel.Objects;

namespace Pride.Kernel.Tests.Model;

/// <summary>A system and its model.</summary>
public sealed unsafe class ModelComparison : IKernelObserver
{
    private readonly TestSystem _system;
    private readonly KernelModel _model;
    private readonly Dictionary<nint, object> _objects = [];
    private readonly List<ModelContext> _contexts = [];
    private readonly List<ModelReply> _replies = [];
    private readonly ulong[] _floatingPoint = new ulong[RandomSystem.PdCount];
    private Tcb* _before;
    private bool _mayChange;

    public ModelComparison(TestSystem system)
    {
        _system = system;
        _model = new KernelModel { Labels = system.Labels, HasDebugCalls = system.Boot->DebugCalls != 0 };
        foreach (TestPd pd in system.Pds)
        {
            ModelThread thread = new(_model.Threads.Count) { State = pd.Tcb->State, Priority = pd.Tcb->Priority, MaximumPriority = pd.Tcb->MaximumControlledPriority };
            ModelNotification notification = new() { Bound = thread };
            ModelContext context = new() { Thread = thread };
            ModelReply reply = new();
            (thread.Bound, thread.Context) = (notification, context);
            _model.Threads.Add(thread);
            _contexts.Add(context);
            _replies.Add(reply);
            Know(pd.Tcb, thread);
            Know(pd.Notification, notification);
            Know(pd.Context, context);
            Know(pd.Reply, reply);
            Know(pd.Endpoint, new ModelEndpoint());
        }

        for (uint id = 0; id < TestSystem.MaximumIrqs; id++)
        {
            IrqEntry* entry = system.Boot->Irqs + id;
            ModelIrq irq = new() { Notification = entry->Notification == null ? null : (ModelNotification)_objects[(nint)entry->Notification], Badge = entry->Badge };
            _model.Irqs[id] = irq;
            Know(entry, irq);
        }

        foreach (TestPd pd in system.Pds)
        {
            ModelThread thread = ThreadOf(pd.Tcb);
            thread.FaultHandler = CapOf(pd.Tcb->FaultHandler);
            for (ulong slot = 0; slot < pd.Tcb->CapCount; slot++)
            {
                if (pd.Tcb->Caps[slot].Type != CapType.Null)
                {
                    thread.Caps[slot] = CapOf(pd.Tcb->Caps[slot]);
                }
            }

            Copy(pd, thread);
        }
    }

    /// <summary>The running PD computes: its registers, floating-point registers and thread pointer hold something of its own.</summary>
    public void Scribble(Random random)
    {
        _before = _system.Running;
        _mayChange = false;
        if (_before == null)
        {
            return;
        }

        if ((_before->Flags & TcbFlags.FpuDisabled) == 0)
        {
            Same("floating point", _floatingPoint[_before->Index], _system.Hardware.FpuContents);
            _floatingPoint[_before->Index] = _system.Hardware.FpuContents = (ulong)random.NextInt64();
        }

        _system.RunningPd!.Register(9 + random.Next(20)) = (ulong)random.NextInt64();
        Copy(_system.RunningPd, ThreadOf(_before));
    }

    public void SystemCall(Tcb* tcb)
    {
        TestPd pd = _system.Pds[(int)tcb->Index];
        Copy(pd, ThreadOf(tcb));
        _mayChange = (long)pd.Register(7) == SystemCalls.Yield;
        _model.SystemCall(ThreadOf(tcb));
        WaitWhileIdle();
    }

    public void Fault(Tcb* tcb, ulong kind, params ulong[] words)
    {
        Copy(_system.Pds[(int)tcb->Index], ThreadOf(tcb));
        _model.Raise(ThreadOf(tcb), kind, words);
        WaitWhileIdle();
    }

    public void Interrupt(uint irq)
    {
        _model.Irqs[irq].IsPending = true;
        if (_before != null)
        {
            _model.TakeInterrupt();
        }

        WaitWhileIdle();
    }

    // Idle, the kernel takes interrupts until somebody can run; else one for each time it is entered.
    private void WaitWhileIdle()
    {
        while (!_model.Threads.Exists(t => t.CanRun) && _model.TakeInterrupt())
        {
        }
    }

    public void Resume(Tcb* tcb)
    {
        KernelModel.Resume(ThreadOf(tcb));
        WaitWhileIdle();
    }

    /// <summary>Compares everything.</summary>
    public void Check()
    {
        if (_model.AskedForTime && _before != null)
        {
            ThreadOf(_before).Registers[2] = _before->Registers[2];
        }

        CheckWhoRuns();
        foreach (TestPd pd in _system.Pds)
        {
            CheckThread(pd, ThreadOf(pd.Tcb));
            CheckObjects(pd);
        }

        foreach ((uint id, ModelIrq irq) in _model.Irqs)
        {
            bool isActive = _system.Boot->Irqs[id].InService != 0;
            if (irq.IsActive != isActive)
            {
                Same($"interrupt {id} in service", irq.IsActive, isActive);
            }
        }
    }

    // The most urgent of those that can run; and who ran goes on, unless it cannot, has yielded, or somebody is more urgent.
    private void CheckWhoRuns()
    {
        ModelThread? running = _system.Running == null ? null : ThreadOf(_system.Running);
        List<ModelThread> able = _model.Threads.FindAll(t => t.CanRun);
        Same("idle", able.Count == 0, running == null);
        if (running == null)
        {
            return;
        }

        Same("who runs can run", true, running.CanRun);
        Same("priority of who runs", able.Max(t => t.Priority), running.Priority);
        if (_before != null && !_mayChange && ThreadOf(_before) is { CanRun: true } before && before.Priority == running.Priority)
        {
            Same("who runs", before.Index, running.Index);
        }
    }

    private void CheckThread(TestPd pd, ModelThread thread)
    {
        Tcb* tcb = pd.Tcb;
        string name = pd.Spec.Name;
        Same("state of", name, thread.State, tcb->State);
        Same("priority of", name, thread.Priority, tcb->Priority);
        Same("fault of", name, thread.Fault, tcb->Fault);
        Same("context of", name, thread.Context, ObjectOf(tcb->SchedulingContext));
        Same("bound notification of", name, thread.Bound, ObjectOf(tcb->BoundNotification));
        Same("reply object of", name, thread.Reply, ObjectOf(tcb->Reply));
        Span<ulong> registers = new(tcb->Registers, Tcb.RegisterWords);
        if (!registers.SequenceEqual(thread.Registers))
        {
            int at = registers.CommonPrefixLength(thread.Registers);
            Same($"register {at} of {name}", thread.Registers[at], registers[at]);
        }

        Span<ulong> buffer = new(tcb->IpcBuffer, thread.Buffer.Length);
        if (!buffer.SequenceEqual(thread.Buffer))
        {
            int at = buffer.CommonPrefixLength(thread.Buffer);
            Same($"word {at} of the IPC buffer of {name}", thread.Buffer[at], buffer[at]);
        }
    }

    private void CheckObjects(TestPd pd)
    {
        string name = pd.Spec.Name;
        ModelEndpoint endpoint = (ModelEndpoint)_objects[(nint)pd.Endpoint];
        Queue("senders at", name, endpoint.Senders, pd.Endpoint->State == EndpointState.Sending ? pd.Endpoint->QueueHead : null);
        Queue("receivers at", name, endpoint.Receivers, pd.Endpoint->State == EndpointState.Receiving ? pd.Endpoint->QueueHead : null);
        ModelNotification notification = (ModelNotification)_objects[(nint)pd.Notification];
        Queue("waiters at", name, notification.Waiters, pd.Notification->QueueHead);
        Same("signals of", name, notification.Pending, pd.Notification->State == NotificationState.Active ? pd.Notification->Badges : null);
        Same("bound thread of", name, notification.Bound, ObjectOf(pd.Notification->BoundTcb));
        Same("context of notification", name, notification.Context, ObjectOf(pd.Notification->SchedulingContext));
        Same("who waits for the answer of", name, ((ModelReply)_objects[(nint)pd.Reply]).Thread, ObjectOf(pd.Reply->Tcb));
        ModelContext context = (ModelContext)_objects[(nint)pd.Context];
        Reply* reply = pd.Context->Reply;
        for (int i = (context.Chain?.Calls.Count ?? 0) - 1; i >= 0; i--)
        {
            Same("calls of context", name, context.Chain!.Calls[i], ObjectOf(reply));
            reply = reply->Previous;
        }

        Same("calls of context", name, true, reply == null);
    }

    private void Queue(string what, string name, List<ModelThread> expected, Tcb* head)
    {
        foreach (ModelThread thread in expected)
        {
            Same(what, name, thread, ObjectOf(head));
            head = head->WaitNext;
        }

        Same(what, name, true, head == null);
    }

    private static void Same<T>(string what, T expected, T actual) => Same(what, string.Empty, expected, actual);

    // What and whose are put together only when they are needed: this runs hundreds of times in each step.
    private static void Same<T>(string what, string name, T expected, T actual)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
        {
            throw new InvalidOperationException($"{what} {name}: the model says {Show(expected)}, the kernel {Show(actual)}");
        }
    }

    private static string Show<T>(T value) => value switch
    {
        null => "nothing",
        ModelThread thread => $"thread {thread.Index}",
        ulong number => $"0x{number:x}",
        _ => value.ToString()!,
    };

    private ModelThread ThreadOf(Tcb* tcb) => _model.Threads[(int)tcb->Index];

    private object? ObjectOf(void* pointer) => pointer == null ? null : _objects[(nint)pointer];

    private void Know(void* pointer, object model) => _objects[(nint)pointer] = model;

    private ModelCap CapOf(Cap cap) => new(cap.Type, cap.Rights, ObjectOf(SimulatedMachine.Pointer(cap.PointerBits)), cap.Badge);

    private static void Copy(TestPd pd, ModelThread thread)
    {
        new Span<ulong>(pd.Tcb->Registers, Tcb.RegisterWords).CopyTo(thread.Registers);
        new Span<ulong>(pd.Buffer, thread.Buffer.Length).CopyTo(thread.Buffer);
    }
}
