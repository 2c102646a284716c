// Everything that must be true of the kernel's objects whenever no kernel code runs. docs/kernel.md states each in words.

using System;
using Pride.Kernel.Objects;
using Xunit;

namespace Pride.Kernel.Tests;

/// <summary>Checks all invariants of a system.</summary>
public static unsafe class Invariants
{
    private const ulong GuestKernelMode = 5;

    public static void Check(TestSystem system)
    {
        CheckReadyQueues(system);
        CheckReleaseQueue(system);
        CheckParked(system);
        CheckWhoRuns(system);
        CheckTime(system);
        CheckInterrupts(system);
        CheckGuest(system);
        foreach (TestPd pd in system.Pds)
        {
            CheckEndpoint(pd.Endpoint);
            CheckNotification(pd.Notification);
            CheckReply(pd.Reply);
            CheckContext(system, pd.Context);
            CheckThread(pd.Tcb);
        }
    }

    private static void CheckGuest(TestSystem system)
    {
        Vcpu* running = system.Running == null ? null : system.Running->Vcpu;
        Assert.Equal(running != null ? 1U : 0, system.Core->IsVcpuActive);
        if (running != null)
        {
            Assert.True(system.Core->LoadedVcpu == running, "a guest that runs is loaded");
            Assert.True(running->Tcb == system.Running, "virtual CPU and thread point at each other");
            Assert.Equal(running->IsTimerMasked != 0, system.Hardware.Disabled.Contains(SimulatedHardware.GuestTimerIrq));
        }
    }

    private static void CheckReadyQueues(TestSystem system)
    {
        CoreState* core = system.Core;
        int highest = -1;
        int queued = 0;
        for (int priority = 0; priority < KernelLayout.Priorities; priority++)
        {
            bool bit = (core->ReadyBits[priority >> 6] >> (priority & 63) & 1) != 0;
            if (core->ReadyHead[priority] == 0 && core->ReadyTail[priority] == 0 && !bit)
            {
                continue;
            }

            highest = priority;
            Tcb* previous = null;
            for (Tcb* tcb = (Tcb*)core->ReadyHead[priority]; tcb != null; tcb = tcb->RunNext)
            {
                Assert.Equal(RunQueue.Ready, tcb->QueuedIn);
                Assert.Equal((uint)priority, tcb->Priority);
                Assert.True(tcb->RunPrevious == previous, "ready queue links");
                Assert.Equal(ThreadState.Running, tcb->State);
                Assert.True(tcb->SchedulingContext != null, "a ready thread has a context");
                previous = tcb;
                queued++;
            }

            Assert.True((Tcb*)core->ReadyTail[priority] == previous, "ready queue tail");
            Assert.Equal(previous != null, bit);
        }

        for (int word = 0; word < KernelLayout.Priorities / 64; word++)
        {
            Assert.Equal(core->ReadyBits[word] != 0, (core->ReadyTop >> word & 1) != 0);
        }

        Assert.Equal(highest, core->ReadyHighest);
        Assert.Equal(CountQueued(system, RunQueue.Ready), queued);
    }

    private static int CountQueued(TestSystem system, RunQueue queue) => system.Pds.FindAll(pd => pd.Tcb->QueuedIn == queue).Count;

    private static void CheckParked(TestSystem system)
    {
        Tcb* previous = null;
        int queued = 0;
        for (Tcb* tcb = system.Core->ParkedHead; tcb != null; tcb = tcb->RunNext)
        {
            Assert.Equal(RunQueue.Parked, tcb->QueuedIn);
            Assert.True(tcb->RunPrevious == previous, "parked links");
            previous = tcb;
            queued++;
        }

        Assert.True(system.Core->ParkedTail == previous, "parked tail");
        Assert.Equal(CountQueued(system, RunQueue.Parked), queued);
    }

    // All time since the start is booked on a PD or on idling, and the hardware's timer is what the kernel believes.
    private static void CheckTime(TestSystem system)
    {
        ulong booked = system.Boot->Statistics->IdleTicks;
        foreach (TestPd pd in system.Pds)
        {
            booked += system.StatisticsOf(pd)->CpuTicks;
        }

        Assert.Equal(system.Core->BookedUntil - system.Boot->Statistics->BootCounter, booked);
        Assert.Equal(system.Core->TimerDeadline, system.Hardware.Deadline);
    }

    private static void CheckInterrupts(TestSystem system)
    {
        for (uint irq = 0; irq < system.Boot->IrqCount; irq++)
        {
            Assert.Equal(system.Hardware.Active.Contains(irq), system.Boot->Irqs[irq].InService != 0);
        }
    }

    private static void CheckReleaseQueue(TestSystem system)
    {
        Tcb* previous = null;
        int queued = 0;
        ulong time = 0;
        for (Tcb* tcb = system.Core->ReleaseHead; tcb != null; tcb = tcb->RunNext)
        {
            Assert.Equal(RunQueue.Release, tcb->QueuedIn);
            Assert.True(tcb->RunPrevious == previous, "release queue links");
            Assert.True(Head(tcb->SchedulingContext)->Time >= time, "release queue order");
            time = Head(tcb->SchedulingContext)->Time;
            previous = tcb;
            queued++;
        }

        Assert.Equal(CountQueued(system, RunQueue.Release), queued);

        ulong release = system.Core->ReleaseHead == null ? ulong.MaxValue : Head(system.Core->ReleaseHead->SchedulingContext)->Time;
        Assert.Equal(Math.Min(release, system.Core->DomainEnd), system.Core->NextEvent);
        Assert.True(system.Core->TimerDeadline <= system.Core->NextEvent, "the timer ends the domain's turn");
        if (system.Core->ReleaseHead != null)
        {
            Assert.True(system.Core->TimerDeadline <= Head(system.Core->ReleaseHead->SchedulingContext)->Time, "the timer wakes who waits for budget");
        }
    }

    private static void CheckWhoRuns(TestSystem system)
    {
        CoreState* core = system.Core;
        Assert.True(core->Candidate == null && core->MustSchedule == 0 && core->MustSetTimer == 0, "nothing is left to decide");
        Assert.Equal(system.Running == null, core->IsIdle != 0);
        foreach (TestPd pd in system.Pds)
        {
            Tcb* tcb = pd.Tcb;
            bool canRun = tcb->State == ThreadState.Running && tcb->SchedulingContext != null && tcb->QueuedIn != RunQueue.Release;
            if (tcb == system.Running)
            {
                Assert.True(canRun && tcb->QueuedIn == RunQueue.None, "who runs can run and stands in no queue");
                Assert.Equal(core->Domain, tcb->Domain);
                Assert.True(core->CurrentContext == tcb->SchedulingContext, "who runs pays");
                Assert.Equal(tcb->AddressSpace, system.Hardware.AddressSpace);
                Assert.Equal((tcb->Flags & TcbFlags.FpuDisabled) == 0, system.Hardware.FpuEnabled);
                Assert.Equal((tcb->Flags & TcbFlags.PhysicalTimer) != 0, system.Hardware.TimerOpen);
                Assert.True(Head(core->CurrentContext)->Time <= core->Now, "who runs may use its refill");
                Assert.True(core->TimerDeadline + core->Consumed <= core->Now + Head(core->CurrentContext)->Amount, "the timer ends the budget");
            }
            else
            {
                bool isItsTurn = tcb->Domain == core->Domain;
                Assert.Equal(canRun && isItsTurn, tcb->QueuedIn == RunQueue.Ready);
                Assert.Equal(canRun && !isItsTurn, tcb->QueuedIn == RunQueue.Parked);
                Assert.False(canRun && isItsTurn && (system.Running == null || tcb->Priority > system.Running->Priority), "the most urgent runs");
            }
        }
    }

    private static void CheckEndpoint(Endpoint* endpoint)
    {
        Tcb* previous = null;
        for (Tcb* tcb = endpoint->QueueHead; tcb != null; tcb = tcb->WaitNext)
        {
            ThreadState expected = endpoint->State == EndpointState.Sending ? ThreadState.BlockedOnSend : ThreadState.BlockedOnReceive;
            Assert.Equal(expected, tcb->State);
            Assert.True(tcb->BlockedOn == endpoint, "who waits knows where");
            Assert.True(tcb->WaitPrevious == previous, "wait queue links");
            Assert.True(previous == null || previous->Priority >= tcb->Priority, "wait queue order");
            previous = tcb;
        }

        Assert.True(endpoint->QueueTail == previous, "wait queue tail");
        bool isOne = endpoint->State == EndpointState.Receiving && endpoint->QueueHead == previous;
        Assert.True(endpoint->SoleReceiver == (isOne ? previous : null), "the only receiver is known");
        Assert.Equal(previous == null, endpoint->State == EndpointState.Idle);
    }

    private static void CheckNotification(Notification* notification)
    {
        Tcb* previous = null;
        for (Tcb* tcb = notification->QueueHead; tcb != null; tcb = tcb->WaitNext)
        {
            Assert.Equal(ThreadState.BlockedOnNotification, tcb->State);
            Assert.True(tcb->BlockedOn == notification, "who waits knows where");
            Assert.True(tcb->WaitPrevious == previous, "wait queue links");
            Assert.True(previous == null || previous->Priority >= tcb->Priority, "wait queue order");
            previous = tcb;
        }

        Assert.True(notification->QueueTail == previous, "wait queue tail");
        Assert.Equal(previous != null, notification->State == NotificationState.Waiting);
        Tcb* bound = notification->BoundTcb;
        if (bound != null)
        {
            Assert.True(bound->BoundNotification == notification, "binding is mutual");
            Assert.False(notification->State == NotificationState.Active && bound->State == ThreadState.BlockedOnReceive, "no pending signal while its thread waits");
        }

        if (notification->SchedulingContext != null)
        {
            Assert.True(notification->SchedulingContext->Notification == notification, "binding is mutual");
        }
    }

    private static void CheckReply(Reply* reply)
    {
        if (reply->Tcb != null)
        {
            Assert.True(reply->Tcb->Reply == reply, "reply and thread point at each other");
            Assert.True(reply->Tcb->State is ThreadState.BlockedOnReply or ThreadState.BlockedOnReceive, "who has a reply object waits");
        }
        else
        {
            Assert.True(reply->SchedulingContext == null && reply->Previous == null && reply->Next == null, "a free reply object stands in no stack");
        }

        if (reply->SchedulingContext != null)
        {
            Assert.True(reply->SchedulingContext->Reply == reply && reply->Next == null, "context and head of its stack point at each other");
        }

        if (reply->Previous != null)
        {
            Assert.True(reply->Previous->Next == reply, "stack links");
            Assert.True(reply->Previous->SchedulingContext == null, "only the head of a stack knows the context");
        }

        if (reply->Next != null)
        {
            Assert.True(reply->Next->Previous == reply, "stack links");
        }
    }

    private static void CheckContext(TestSystem system, SchedulingContext* context)
    {
        if (context->Tcb != null)
        {
            Assert.True(context->Tcb->SchedulingContext == context, "context and thread point at each other");
        }

        if (context->Reply != null)
        {
            Assert.True(context->Reply->SchedulingContext == context, "context and head of its stack point at each other");
        }

        ulong sum = 0;
        ulong end = 0;
        for (uint i = 0; i < context->RefillCount; i++)
        {
            Refill* refill = At(context, (context->RefillHead + i) % context->RefillMaximum);
            sum += refill->Amount;
            Assert.True(context->Period == 0 || refill->Time >= end, "refills are in order and do not overlap");
            end = refill->Time + refill->Amount;
        }

        Assert.Equal(context->Budget, sum);
        Assert.True(Head(context)->Amount >= system.Core->MinimumBudget, "the head refill is large enough to use");
        Assert.InRange(context->RefillCount, 1u, context->RefillMaximum);
    }

    private static void CheckThread(Tcb* tcb)
    {
        bool waitsInQueue = tcb->State is ThreadState.BlockedOnReceive or ThreadState.BlockedOnSend or ThreadState.BlockedOnNotification;
        Assert.Equal(waitsInQueue, tcb->BlockedOn != null);
        if (waitsInQueue)
        {
            Tcb* head = tcb->State == ThreadState.BlockedOnNotification ? ((Notification*)tcb->BlockedOn)->QueueHead : ((Endpoint*)tcb->BlockedOn)->QueueHead;
            Assert.True(StandsBehind(head, tcb), "who waits stands in the queue");
        }
        else
        {
            Assert.True(tcb->WaitNext == null && tcb->WaitPrevious == null, "who does not wait stands in no wait queue");
        }

        if (tcb->State == ThreadState.BlockedOnReply)
        {
            Assert.True(tcb->Reply != null && tcb->Reply->Tcb == tcb, "who waits for a reply knows through what");
        }
        else if (tcb->State != ThreadState.BlockedOnReceive)
        {
            Assert.True(tcb->Reply == null, "only who waits has a reply object");
        }

        if (tcb->State > ThreadState.Running)
        {
            Assert.Equal(SimulatedMachine.SystemCallBytes, tcb->RestartOffset);
        }

        if (tcb->QueuedIn == RunQueue.None)
        {
            Assert.True(tcb->RunNext == null && tcb->RunPrevious == null, "who stands in no queue has no neighbours");
        }

        if (tcb->SchedulingContext != null)
        {
            Assert.True(tcb->SchedulingContext->Tcb == tcb, "context and thread point at each other");
        }

        Assert.True(tcb->Fault == 0 || tcb->State is ThreadState.BlockedOnSend or ThreadState.BlockedOnReply or ThreadState.Inactive, "who has a fault does not run");
        Assert.Equal(0UL, tcb->Registers[Aarch64Registers.Spsr] & ~(0xF000_0000UL | (tcb->Vcpu != null ? GuestKernelMode : 0)));
    }

    private static bool StandsBehind(Tcb* head, Tcb* tcb)
    {
        while (head != null && head != tcb)
        {
            head = head->WaitNext;
        }

        return head == tcb;
    }

    private static Refill* At(SchedulingContext* context, uint index) => (Refill*)((byte*)context + SchedulingContext.HeaderSize) + index;

    private static Refill* Head(SchedulingContext* context) => At(context, context->RefillHead);
}
