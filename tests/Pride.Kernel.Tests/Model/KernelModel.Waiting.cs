// The model: signals, waiting and giving up, contexts that change hands, the words of messages and faults.

using System;
using System.Collections.Generic;
using Pride.Abi;
using Pride.Kernel.Objects;

namespace Pride.Kernel.Tests.Model;

public sealed partial class KernelModel
{
    public static void Signal(ModelNotification notification, ulong badge)
    {
        ModelThread? waiter = notification.Waiters.Count > 0 ? notification.Waiters[0]
            : notification.Bound is { State: ThreadState.BlockedOnReceive } bound ? bound
            : null;
        if (waiter == null)
        {
            notification.Pending = (notification.Pending ?? 0) | badge;
            return;
        }

        StopWaiting(waiter);
        waiter.State = ThreadState.Running;
        waiter.Registers[0] = badge;
        Lend(notification, waiter);
    }

    /// <summary>Lets a thread run that is stopped or waits.</summary>
    public static void Resume(ModelThread thread)
    {
        if (thread.State != ThreadState.Running)
        {
            Cancel(thread);
            thread.State = ThreadState.Running;
            if (thread.Bound != null)
            {
                Lend(thread.Bound, thread);
            }
        }
    }

    private static void ReceiveSignal(ModelThread thread, ModelNotification notification, bool isBlocking)
    {
        if (notification.Pending != null)
        {
            TakePending(thread, notification);
        }
        else if (isBlocking)
        {
            Block(thread, ThreadState.BlockedOnNotification, notification.Waiters);
            thread.WaitsFor = notification;
            GiveBack(thread, notification);
        }
        else
        {
            thread.Registers[0] = 0;
        }
    }

    private static void TakePending(ModelThread thread, ModelNotification notification)
    {
        thread.Registers[0] = notification.Pending!.Value;
        notification.Pending = null;
        Lend(notification, thread);
    }

    // A thread without time of its own runs on the context of the notification that wakes it, until it waits again.
    private static void Lend(ModelNotification notification, ModelThread thread)
    {
        if (thread.Context == null && notification.Context is { Thread: null } context)
        {
            Give(context, thread);
        }
    }

    private static void GiveBack(ModelThread thread, ModelNotification? notification)
    {
        if (notification?.Context is { } context && context == thread.Context)
        {
            thread.Context = null;
            context.Thread = null;
        }
    }

    private static void Give(ModelContext context, ModelThread to)
    {
        if (context.Thread != null)
        {
            context.Thread.Context = null;
        }

        context.Thread = to;
        to.Context = context;
    }

    private static void Block(ModelThread thread, ThreadState state, List<ModelThread> queue)
    {
        thread.State = state;
        thread.RestartOffset = SystemCallBytes;
        Insert(queue, thread);
    }

    private static void Insert(List<ModelThread> queue, ModelThread thread)
    {
        int at = queue.FindIndex(t => t.Priority < thread.Priority);
        queue.Insert(at < 0 ? queue.Count : at, thread);
    }

    /// <summary>Takes a thread out of the queue that it stands in.</summary>
    private static void StopWaiting(ModelThread thread)
    {
        thread.Endpoint?.Senders.Remove(thread);
        thread.Endpoint?.Receivers.Remove(thread);
        thread.WaitsFor?.Waiters.Remove(thread);
        thread.Endpoint = null;
        thread.WaitsFor = null;
        if (thread.State == ThreadState.BlockedOnReceive && thread.Reply != null)
        {
            thread.Reply.Thread = null;
            thread.Reply = null;
        }
    }

    /// <summary>Where the thread would go on if it were stopped and started.</summary>
    private static ulong RestartPc(ModelThread thread) =>
        thread.Registers[Pc] - (thread.State > ThreadState.Running && thread.Fault == 0 ? thread.RestartOffset : 0);

    /// <summary>Whatever the thread waits for, it does no longer; it would try again.</summary>
    private static void Cancel(ModelThread thread)
    {
        thread.Registers[Pc] = RestartPc(thread);
        thread.Fault = 0;
        if (thread.State > ThreadState.Running)
        {
            if (thread.State == ThreadState.BlockedOnReply)
            {
                Detach(thread.Reply!, false);
            }

            StopWaiting(thread);
            thread.State = ThreadState.Inactive;
        }
    }

    private static void Suspend(ModelThread thread)
    {
        Cancel(thread);
        thread.State = ThreadState.Inactive;
    }

    // Words.

    private static ulong GetWord(ModelThread thread, int index) => index < RegisterWords ? thread.Registers[2 + index] : thread.Buffer[1 + index];

    private static void SetWord(ModelThread thread, int index, ulong value)
    {
        if (index < RegisterWords)
        {
            thread.Registers[2 + index] = value;
        }
        else
        {
            thread.Buffer[1 + index] = value;
        }
    }

    private static void Answer(ModelThread thread, ulong label, ReadOnlySpan<ulong> words)
    {
        for (int i = 0; i < words.Length; i++)
        {
            SetWord(thread, i, words[i]);
        }

        thread.Registers[0] = 0;
        thread.Registers[1] = new MessageInfo(label, words.Length).Word;
    }

    private static void Deliver(ModelThread sender, ModelThread receiver, ulong badge)
    {
        if (sender.Fault == 0)
        {
            CopyMessage(sender, receiver, badge);
            return;
        }

        ulong[] words = FaultMessage(sender);
        Answer(receiver, sender.Fault, words);
        receiver.Registers[0] = badge;
    }

    // All four register words travel, whatever the length says; the others as far as it says and a message goes.
    private static void CopyMessage(ModelThread sender, ModelThread receiver, ulong badge)
    {
        MessageInfo info = new(sender.Registers[1]);
        int length = Math.Min(info.Length, MessageInfo.MaximumLength);
        for (int i = 0; i < Math.Max(length, RegisterWords); i++)
        {
            SetWord(receiver, i, GetWord(sender, i));
        }

        receiver.Registers[0] = badge;
        receiver.Registers[1] = new MessageInfo(info.Label, length).Word;
    }

    private static ulong[] FaultMessage(ModelThread thread)
    {
        ulong[] r = thread.Registers;
        ulong[] w = thread.FaultWords;
        return thread.Fault switch
        {
            FaultKind.CapFault when w[2] == LookupFailure.GuardMismatch => [r[Pc], w[0], w[1], w[2], w[3], w[4], w[5]],
            FaultKind.CapFault => [r[Pc], w[0], w[1], w[2], w[3]],
            FaultKind.UnknownSyscall => [r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7], r[Pc], r[Sp], r[30], r[Flags], w[0]],
            FaultKind.UserException => [r[Pc], r[Sp], r[Flags], w[0], w[1]],
            _ => [r[Pc], w[0], w[1], w[2]],
        };
    }

    /// <summary>True: the thread goes on, with the registers that the answer sets.</summary>
    private static bool AnswerFault(ModelThread handler, ModelThread thread)
    {
        MessageInfo info = new(handler.Registers[1]);
        int[] registers = thread.Fault switch
        {
            FaultKind.UnknownSyscall => [0, 1, 2, 3, 4, 5, 6, 7, Pc, Sp, 30, Flags],
            FaultKind.UserException => [Pc, Sp, Flags],
            _ => [],
        };
        for (int i = 0; i < registers.Length && i < info.Length; i++)
        {
            Set(thread, registers[i], GetWord(handler, i));
        }

        return info.Label == 0 || thread.Fault is FaultKind.VMFault or FaultKind.CapFault;
    }

    // Of the flags a thread may choose N, Z, C and V.
    private static void Set(ModelThread thread, int register, ulong value) =>
        thread.Registers[register] = register == Flags ? value & 0xF000_0000 : value;
}
