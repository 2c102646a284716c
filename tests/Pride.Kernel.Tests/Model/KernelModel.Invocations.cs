// The model: what may be done to threads and scheduling contexts through their caps, and how it is refused.

using System;
using System.Collections.Generic;
using Pride.Abi;
using Pride.Kernel.Objects;

namespace Pride.Kernel.Tests.Model;

public sealed partial class KernelModel
{
    private ulong[] _errorWords = [];

    private ReadOnlySpan<ulong> ErrorWords(ulong error) =>
        error is KernelErrors.InvalidArgument or KernelErrors.InvalidCapability or KernelErrors.RangeError ? _errorWords : [];

    private ulong InvalidCapability(ulong which)
    {
        _errorWords = [which];
        return KernelErrors.InvalidCapability;
    }

    private ulong OutOfRange(ulong least, ulong greatest)
    {
        _errorWords = [least, greatest];
        return KernelErrors.RangeError;
    }

    private ulong InvokeThread(ModelThread caller, ModelThread target, ModelCap? extra, MessageInfo info, bool isCall)
    {
        ulong label = info.Label;
        if (label == Labels.TcbReadRegisters || label == Labels.TcbWriteRegisters || label == Labels.PrideTcbReadMemory)
        {
            return info.Length < 2 ? KernelErrors.TruncatedMessage
                : label == Labels.TcbReadRegisters ? ReadRegisters(caller, target, isCall)
                : label == Labels.TcbWriteRegisters ? WriteRegisters(caller, target, info.Length)
                : ReadMemory(caller, isCall);
        }

        if (label == Labels.TcbSuspend)
        {
            Suspend(target);
            return KernelErrors.NoError;
        }

        if (label == Labels.TcbResume)
        {
            Resume(target);
            return KernelErrors.NoError;
        }

        if (label == Labels.TcbSetPriority)
        {
            return info.Length < 1 || extra == null ? KernelErrors.TruncatedMessage : SetPriority(target, extra, GetWord(caller, 0));
        }

        if (label == Labels.TcbBindNotification)
        {
            return extra == null ? KernelErrors.TruncatedMessage : Bind(target, extra);
        }

        if (label == Labels.TcbUnbindNotification && target.Bound != null)
        {
            target.Bound.Bound = null;
            target.Bound = null;
            return KernelErrors.NoError;
        }

        return KernelErrors.IllegalOperation;
    }

    private ulong ReadRegisters(ModelThread caller, ModelThread target, bool isCall)
    {
        ulong count = GetWord(caller, 1);
        if (count is < 1 or > UserContext.Length)
        {
            return OutOfRange(1, UserContext.Length);
        }

        if (target == caller)
        {
            return KernelErrors.IllegalOperation;
        }

        if ((GetWord(caller, 0) & 1) != 0)
        {
            Suspend(target);
        }

        if (isCall)
        {
            ulong[] words = new ulong[(int)count];
            for (int i = 0; i < words.Length; i++)
            {
                int register = UserContext.Registers[i];
                words[i] = register == Pc ? RestartPc(target) : target.Registers[register];
            }

            Answer(caller, KernelErrors.NoError, words);
        }

        return Done;
    }

    private static ulong WriteRegisters(ModelThread caller, ModelThread target, int length)
    {
        ulong count = GetWord(caller, 1);
        if ((ulong)(length - 2) < count)
        {
            return KernelErrors.TruncatedMessage;
        }

        if (target == caller)
        {
            return KernelErrors.IllegalOperation;
        }

        bool resumes = (GetWord(caller, 0) & 1) != 0;
        target.Registers[Pc] = RestartPc(target);
        target.RestartOffset = 0;
        for (int i = 0; i < (int)count && i < UserContext.Length; i++)
        {
            Set(target, UserContext.Registers[i], GetWord(caller, 2 + i));
        }

        if (resumes)
        {
            Resume(target);
        }

        return KernelErrors.NoError;
    }

    // In the model no thread has memory to read.
    private ulong ReadMemory(ModelThread caller, bool isCall)
    {
        if (GetWord(caller, 0) % 8 != 0)
        {
            return KernelErrors.AlignmentError;
        }

        if (GetWord(caller, 1) is < 1 or > MessageInfo.MaximumLength)
        {
            return OutOfRange(1, MessageInfo.MaximumLength);
        }

        if (isCall)
        {
            Answer(caller, KernelErrors.NoError, []);
        }

        return Done;
    }

    private ulong SetPriority(ModelThread target, ModelCap authority, ulong priority)
    {
        if (authority.Type != CapType.Tcb)
        {
            return InvalidCapability(1);
        }

        uint maximum = ((ModelThread)authority.Object!).MaximumPriority;
        if (priority > maximum)
        {
            return OutOfRange(0, maximum);
        }

        target.Priority = (uint)priority;
        foreach (List<ModelThread>? queue in (List<ModelThread>?[])[target.Endpoint?.Senders, target.Endpoint?.Receivers, target.WaitsFor?.Waiters])
        {
            if (queue != null && queue.Remove(target))
            {
                Insert(queue, target);
            }
        }

        return KernelErrors.NoError;
    }

    private static ulong Bind(ModelThread target, ModelCap cap)
    {
        if (target.Bound != null || cap is not { Type: CapType.Notification, MayRead: true, Object: ModelNotification { Bound: null, Waiters.Count: 0 } notification })
        {
            return KernelErrors.IllegalOperation;
        }

        target.Bound = notification;
        notification.Bound = target;
        return KernelErrors.NoError;
    }

    private ulong InvokeContext(ModelThread caller, ModelContext context, ModelCap? extra, MessageInfo info, bool isCall)
    {
        ulong label = info.Label;
        if (label == Labels.SchedContextBind || label == Labels.SchedContextUnbindObject)
        {
            return extra == null ? KernelErrors.TruncatedMessage
                : label == Labels.SchedContextBind ? BindContext(context, extra)
                : UnbindObject(caller, context, extra);
        }

        if (label == Labels.SchedContextUnbind && context.Thread != caller)
        {
            UnbindThread(context);
            UnbindNotification(context);
            if (context.Chain != null)
            {
                context.Chain.Context = null;
                context.Chain = null;
            }

            return KernelErrors.NoError;
        }

        if (label == Labels.SchedContextConsumed)
        {
            if (isCall)
            {
                Answer(caller, KernelErrors.NoError, [0]);
                AskedForTime = true;
            }

            return Done;
        }

        return KernelErrors.IllegalOperation;
    }

    private ulong BindContext(ModelContext context, ModelCap extra)
    {
        switch (extra.Object)
        {
            case ModelThread thread when context.Thread == null && thread.Context == null:
                Give(context, thread);
                return KernelErrors.NoError;
            case ModelNotification notification when context.Notification == null && notification.Context == null:
                context.Notification = notification;
                notification.Context = context;
                if (context.Thread == null && notification.Bound is { State: ThreadState.Running, Context: null } bound)
                {
                    Give(context, bound);
                }

                return KernelErrors.NoError;
            case ModelThread or ModelNotification:
                return KernelErrors.IllegalOperation;
            default:
                return InvalidCapability(1);
        }
    }

    private ulong UnbindObject(ModelThread caller, ModelContext context, ModelCap extra)
    {
        switch (extra.Object)
        {
            case ModelThread thread when context.Thread == thread && thread != caller:
                UnbindThread(context);
                return KernelErrors.NoError;
            case ModelNotification notification when context.Notification == notification:
                UnbindNotification(context);
                return KernelErrors.NoError;
            case ModelThread or ModelNotification:
                return KernelErrors.IllegalOperation;
            default:
                return InvalidCapability(1);
        }
    }

    private static void UnbindThread(ModelContext context)
    {
        if (context.Thread != null)
        {
            context.Thread.Context = null;
            context.Thread = null;
        }
    }

    private static void UnbindNotification(ModelContext context)
    {
        if (context.Notification != null)
        {
            context.Notification.Context = null;
            context.Notification = null;
        }
    }
}
