// The short ways' last steps: whose time is it now, and the switch itself. What the short ways are: KernelFastPath.cs.
//
// Most contexts are round robin (budget equal to period): their two refills are what is left of the slice and what is used, the
// first is always at index 0, and their times lie in the past for ever. So a turn between two of them is a few additions.

using System.Runtime.CompilerServices;
using Pride.Abi;
using Pride.Kernel.Objects;

namespace Pride.Kernel;

public static unsafe partial class Kernel<TMachine>
{
    /// <summary>
    /// True when the context in use is not used up, <paramref name="next"/> may be used now, and nobody's budget has come meanwhile. The timer stands no
    /// later than the end of the budget in use and than the next event (an invariant), so one comparison answers for both.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool MaySwitchTo(CoreState* core, SchedulingContext* next, ulong now) =>
        now + core->MinimumBudget <= core->TimerDeadline
        && (IsRoundRobin(next) || (next->Sporadic == 0 && HeadRefill(next)->Time <= now));

    /// <summary>The turn goes from one thread to another with a context of its own; <see cref="MaySwitchTo"/> was true.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Tcb* SwitchTurn(CoreState* core, Tcb* from, Tcb* to, ulong now)
    {
        SchedulingContext* context = core->CurrentContext;
        SchedulingContext* next = to->SchedulingContext;
        if ((context->Period | next->Period) != 0)
        {
            return SwitchBudget(core, from, to, now);
        }

        ulong consumed = core->Consumed + (now - core->Now);
        RefillAt(context, 0)->Amount -= consumed;
        RefillAt(context, 1)->Amount += consumed;
        context->Consumed += consumed;
        core->Consumed = 0;
        core->Now = now;
        ulong deadline = now + RefillAt(next, 0)->Amount;
        deadline = core->NextEvent < deadline ? core->NextEvent : deadline;
        core->TimerDeadline = deadline;
        TMachine.SetTimer(deadline);
        core->CurrentContext = next;
        return FastSwitch(core, from, to, now);
    }

    /// <summary>As <see cref="SwitchTurn"/> when a context has a budget that it can run out of.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Tcb* SwitchBudget(CoreState* core, Tcb* from, Tcb* to, ulong now)
    {
        core->Consumed += now - core->Now;
        core->Now = now;
        SchedulingContext* next = to->SchedulingContext;
        UnblockRefills(core, next);
        CommitTime(core);
        core->CurrentContext = next;
        core->MustSetTimer = 0;
        SetNextInterrupt(core);
        return FastSwitch(core, from, to, now);
    }

    /// <summary>Makes the machine <paramref name="to"/>'s.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Tcb* FastSwitch(CoreState* core, Tcb* from, Tcb* to, ulong now)
    {
        core->Current = to;
        PdStatistics* left = from->Statistics;
        left->CpuTicks += now - core->BookedUntil;
        core->BookedUntil = now;
        to->Statistics->Activations++;
        TMachine.SwitchThreadPointer(from, to);
        TMachine.SwitchAddressSpace(core, to);

        // Nearly all PDs: neither has floating point, so at most the spare timer's registers change hands.
        TcbFlags leaving = from->Flags;
        TcbFlags coming = to->Flags;
        if ((leaving & coming & TcbFlags.FpuDisabled) == 0)
        {
            return FastFeatures(core, to);
        }

        if (leaving != coming)
        {
            TMachine.OpenTimer((coming & TcbFlags.PhysicalTimer) != 0);
        }

        return to;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Tcb* FastFeatures(CoreState* core, Tcb* to)
    {
        SwitchFeatures(core, to);
        return core->Current;
    }

    /// <summary>A round-robin thread gives up the rest of its slice and, since nobody of its priority is ready, gets a new one.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Tcb* FastYield(CoreState* core, Tcb* tcb)
    {
        // A budget that ends, somebody's budget that has come, or another's turn: the long way.
        SchedulingContext* context = core->CurrentContext;
        ulong now = TMachine.ReadCounter();
        ulong consumed = core->Consumed + (now - core->Now);
        Refill* slice = RefillAt(context, 0);
        if (!IsRoundRobin(context)
            || now + core->MinimumBudget > core->TimerDeadline
            || core->ReadyHighest >= (int)tcb->Priority)
        {
            return null;
        }

        slice->Amount += RefillAt(context, 1)->Amount;
        RefillAt(context, 1)->Amount = 0;
        context->Consumed += consumed;
        core->Consumed = 0;
        core->Now = now;
        ulong deadline = now + slice->Amount;
        deadline = core->NextEvent < deadline ? core->NextEvent : deadline;
        core->TimerDeadline = deadline;
        TMachine.SetTimer(deadline);
        return tcb;
    }
}
