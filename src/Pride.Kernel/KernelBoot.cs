// Bringing the kernel's objects to life: what the image builder laid out becomes a running system.

using Pride.Kernel.Objects;

namespace Pride.Kernel;

public static unsafe partial class Kernel<TMachine>
{
    /// <summary>Starts the boot core: configures all scheduling contexts, queues the threads that start, and returns the first to run.</summary>
    /// <remarks>The machine's own initialisation (interrupt controller, counters, address space) is done before.</remarks>
    public static Tcb* Start(CoreState* core, BootInfo* boot)
    {
        core->Boot = boot;
        core->Now = TMachine.ReadCounter();
        core->BookedUntil = core->Now;
        core->ReleaseTime = ulong.MaxValue;
        core->ReadyHighest = NobodyReady;
        core->MinimumBudget = MicrosecondsToTicks(MinimumBudgetMicroseconds);
        boot->Statistics->CounterFrequency = TMachine.CounterFrequency;
        boot->Statistics->BootCounter = core->Now;
        for (uint i = 0; i < boot->ContextCount; i++)
        {
            StartContext(core, boot->Contexts[i]);
        }

        // No thread runs yet; the first one stands in as the one that ran before, so that no path has to ask.
        core->IsIdle = 1;
        core->MustSchedule = 1;
        core->MustSetTimer = 1;
        core->Current = boot->Tcbs;
        TMachine.SwitchAddressSpace(core->Current->AddressSpace);
        core->FpuEnabled = 1;
        TMachine.EnableFpu();
        SwitchFeatures(core, core->Current);
        for (uint i = 0; i < boot->TcbCount; i++)
        {
            Tcb* tcb = boot->Tcbs + i;
            if (IsSchedulable(tcb))
            {
                Enqueue(core, tcb, true);
            }
        }

        return Leave(core);
    }

    /// <summary>Microseconds become ticks; a budget equal to the period means round robin, as in seL4.</summary>
    private static void StartContext(CoreState* core, SchedulingContext* context)
    {
        ulong budget = MicrosecondsToTicks(context->BudgetMicroseconds);
        ulong period = MicrosecondsToTicks(context->PeriodMicroseconds);
        budget = budget < core->MinimumBudget ? core->MinimumBudget : budget;
        ConfigureRefills(core, context, budget, period <= budget ? 0 : period);
    }
}
