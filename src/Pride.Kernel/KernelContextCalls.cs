// Invocations of a scheduling-context cap: what the monitor does for passive PDs.

using System.Runtime.CompilerServices;
using Pride.Abi;
using Pride.Kernel.Objects;

namespace Pride.Kernel;

public static unsafe partial class Kernel<TMachine>
{
    private static ulong InvokeContext(CoreState* core, Tcb* caller, SchedulingContext* context, MessageInfo info, InvokeOptions options)
    {
        ref InvocationLabels labels = ref *caller->Labels;
        ulong label = info.Label;
        if (label == 0)
        {
            return KernelErrors.IllegalOperation;
        }

        if (label == labels.SchedContextBind)
        {
            return BindContextCall(core, caller, context, info);
        }

        if (label == labels.SchedContextUnbind)
        {
            if (context->Tcb == caller)
            {
                return KernelErrors.IllegalOperation;
            }

            return UnbindAll(core, context);
        }

        if (label == labels.SchedContextUnbindObject)
        {
            return UnbindObject(core, caller, context, info);
        }

        if (label == labels.SchedContextConsumed)
        {
            return AnswerConsumed(caller, context, options);
        }

        return KernelErrors.IllegalOperation;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong UnbindAll(CoreState* core, SchedulingContext* context)
    {
        UnbindTcb(core, context);
        UnbindNotification(context);
        UnbindReply(context);
        return KernelErrors.NoError;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong AnswerConsumed(Tcb* caller, SchedulingContext* context, InvokeOptions options)
    {
        ulong microseconds = TakeConsumed(context);
        if ((options & InvokeOptions.Call) != 0)
        {
            ReplyFromKernel(caller, 0, SetWord(caller, 0, microseconds));
        }

        return Answered;
    }

    /// <summary>Extra cap: the TCB or notification to bind to.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong BindContextCall(CoreState* core, Tcb* caller, SchedulingContext* context, MessageInfo info)
    {
        Cap* cap = ExtraCap(core, caller, info);
        if (cap == null)
        {
            return KernelErrors.TruncatedMessage;
        }

        switch (cap->Type)
        {
            case CapType.Tcb:
                Tcb* tcb = (Tcb*)Object(cap);
                bool isBlocked = tcb->State > ThreadState.Running;
                if (context->Tcb != null || tcb->SchedulingContext != null || (isBlocked && !(context->RefillCount != 0 && IsReady(core, context))))
                {
                    return KernelErrors.IllegalOperation;
                }

                BindContext(core, context, tcb);
                return KernelErrors.NoError;
            case CapType.Notification:
                Notification* notification = (Notification*)Object(cap);
                if (context->Notification != null || notification->SchedulingContext != null)
                {
                    return KernelErrors.IllegalOperation;
                }

                notification->SchedulingContext = context;
                context->Notification = notification;

                // A passive PD's last signal before it is made passive may have come already: then its context is taken from it while it handles that signal,
                // and nobody would ever lend it one again (seL4 leaves it so). It goes on as if the signal came now.
                Tcb* bound = notification->BoundTcb;
                if (bound != null && bound->State == ThreadState.Running && bound->SchedulingContext == null)
                {
                    HandleSignals(core, notification, bound);
                }

                return KernelErrors.NoError;
            default:
                return InvalidCapability(core, 1);
        }
    }

    /// <summary>Extra cap: the TCB or notification that the context is bound to.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong UnbindObject(CoreState* core, Tcb* caller, SchedulingContext* context, MessageInfo info)
    {
        Cap* cap = ExtraCap(core, caller, info);
        if (cap == null)
        {
            return KernelErrors.TruncatedMessage;
        }

        switch (cap->Type)
        {
            case CapType.Tcb:
                if (context->Tcb != (Tcb*)Object(cap) || context->Tcb == caller)
                {
                    return KernelErrors.IllegalOperation;
                }

                UnbindTcb(core, context);
                return KernelErrors.NoError;
            case CapType.Notification:
                if (context->Notification != (Notification*)Object(cap))
                {
                    return KernelErrors.IllegalOperation;
                }

                UnbindNotification(context);
                return KernelErrors.NoError;
            default:
                return InvalidCapability(core, 1);
        }
    }
}
