// Queues of threads that wait at an endpoint or a notification: the most urgent first, then in order of arrival.
//
// Insertion walks the queue from its end; a system has at most KernelLayout.MaximumTcbs threads, and a queue of
// more than a few is rare.

using Pride.Kernel.Objects;

namespace Pride.Kernel;

public static unsafe partial class Kernel<TMachine>
{
    private static void WaitInsert(Tcb** head, Tcb** tail, Tcb* tcb)
    {
        Tcb* before = *tail;
        Tcb* after = null;
        LoopRounds rounds = default;
        while (before != null && before->Priority < tcb->Priority)
        {
            TMachine.PassLoop(LoopLimit.Threads, ref rounds);
            after = before;
            before = before->WaitPrevious;
        }

        tcb->WaitPrevious = before;
        tcb->WaitNext = after;
        if (before != null)
        {
            before->WaitNext = tcb;
        }
        else
        {
            *head = tcb;
        }

        if (after != null)
        {
            after->WaitPrevious = tcb;
        }
        else
        {
            *tail = tcb;
        }
    }

    private static void WaitRemove(Tcb** head, Tcb** tail, Tcb* tcb)
    {
        Tcb* next = tcb->WaitNext;
        Tcb* previous = tcb->WaitPrevious;
        if (previous != null)
        {
            previous->WaitNext = next;
        }
        else
        {
            *head = next;
        }

        if (next != null)
        {
            next->WaitPrevious = previous;
        }
        else
        {
            *tail = previous;
        }

        tcb->WaitNext = null;
        tcb->WaitPrevious = null;
    }

    private static void WaitAt(Endpoint* endpoint, Tcb* tcb, EndpointState state)
    {
        tcb->BlockedOn = endpoint;
        tcb->RestartOffset = TMachine.SystemCallBytes;
        WaitInsert(&endpoint->QueueHead, &endpoint->QueueTail, tcb);
        endpoint->State = state;
        FindSoleReceiver(endpoint);
    }

    private static void StopWaitingAt(Endpoint* endpoint, Tcb* tcb)
    {
        WaitRemove(&endpoint->QueueHead, &endpoint->QueueTail, tcb);
        tcb->BlockedOn = null;
        if (endpoint->QueueHead == null)
        {
            endpoint->State = EndpointState.Idle;
        }

        FindSoleReceiver(endpoint);
    }

    private static void FindSoleReceiver(Endpoint* endpoint)
    {
        bool isOne = endpoint->State == EndpointState.Receiving && endpoint->QueueHead == endpoint->QueueTail;
        endpoint->SoleReceiver = isOne ? endpoint->QueueHead : null;
    }

    private static void WaitAt(Notification* notification, Tcb* tcb)
    {
        tcb->BlockedOn = notification;
        tcb->RestartOffset = TMachine.SystemCallBytes;
        WaitInsert(&notification->QueueHead, &notification->QueueTail, tcb);
        notification->State = NotificationState.Waiting;
    }

    private static void StopWaitingAt(Notification* notification, Tcb* tcb)
    {
        WaitRemove(&notification->QueueHead, &notification->QueueTail, tcb);
        tcb->BlockedOn = null;
        if (notification->QueueHead == null)
        {
            notification->State = NotificationState.Idle;
        }
    }
}
