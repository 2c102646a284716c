// Bringing the kernel's objects to life: what the image builder laid out becomes a running system.

using System.Threading;
using Pride.Kernel.Objects;
using Pride.Machine;

namespace Pride.Kernel;

public static unsafe partial class Kernel<TMachine>
{
    /// <summary>
    /// Starts a core: configures its scheduling contexts, queues its threads that start, and returns the first to run. Cores start beside each other; what
    /// another core has signalled before this one was there is in its inbox.
    /// </summary>
    /// <remarks>The machine's own initialisation (interrupt controller, counters, address space) is done before.</remarks>
    [RunsOnce]
    public static Tcb* Start(CoreState* core, BootInfo* boot)
    {
        core->Boot = boot;
        core->Now = TMachine.ReadCounter();
        core->BookedUntil = core->Now;
        core->ReadyHighest = NobodyReady;
        core->MinimumBudget = MicrosecondsToTicks(MinimumBudgetMicroseconds);
        StartDomains(core);
        if (core->Index == 0)
        {
            boot->Statistics->CounterFrequency = TMachine.CounterFrequency;
            boot->Statistics->BootCounter = core->Now;
        }

        for (uint i = 0; i < boot->ContextCount; i++)
        {
            if (boot->Contexts[i]->Core == core->Index)
            {
                StartContext(core, boot->Contexts[i]);
            }
        }

        // No thread runs yet; the first of this core stands in as the one that ran before, so that no path has to ask.
        core->IsIdle = 1;
        core->MustSchedule = 1;
        core->MustSetTimer = 1;
        core->Current = FirstThread(core, boot);
        TMachine.SwitchAddressSpace(core, core->Current);
        core->FpuEnabled = 1;
        TMachine.EnableFpu();
        SwitchFeatures(core, core->Current);
        for (uint i = 0; i < boot->TcbCount; i++)
        {
            Tcb* tcb = boot->Tcbs + i;
            if (tcb->Core == core->Index && IsSchedulable(tcb))
            {
                Enqueue(core, tcb, true);
            }
        }

        EmptyInbox(core);
        return Leave(core);
    }

    /// <summary>True when core <paramref name="core"/> has something to do.</summary>
    [RunsOnce]
    public static bool HasThread(BootInfo* boot, uint core)
    {
        for (uint i = 0; i < boot->TcbCount; i++)
        {
            if (boot->Tcbs[i].Core == core)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Waits until <paramref name="core"/>, which was called, has started; false: the counter has passed <paramref name="deadline"/>, and there is no sign of it.</summary>
    [RunsOnce]
    public static bool Comes(CoreState* core, ulong deadline)
    {
        while (Volatile.Read(ref core->HasStarted) == 0)
        {
            if (TMachine.ReadCounter() > deadline)
            {
                return false;
            }
        }

        return true;
    }

    [RunsOnce]
    private static Tcb* FirstThread(CoreState* core, BootInfo* boot)
    {
        uint index = 0;
        while (boot->Tcbs[index].Core != core->Index)
        {
            index++;
            Check(index < boot->TcbCount, "a core that is started has a thread");
        }

        return boot->Tcbs + index;
    }

    /// <summary>Microseconds become ticks; a budget equal to the period means round robin, as in seL4.</summary>
    [RunsOnce]
    private static void StartContext(CoreState* core, SchedulingContext* context)
    {
        ulong budget = MicrosecondsToTicks(context->BudgetMicroseconds);
        ulong period = MicrosecondsToTicks(context->PeriodMicroseconds);
        budget = budget < core->MinimumBudget ? core->MinimumBudget : budget;
        ConfigureRefills(core, context, budget, period <= budget ? 0 : period);
    }
}
