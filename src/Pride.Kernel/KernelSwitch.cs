// From one thread to another: address space, thread pointers, floating point, the spare timer; and whose time it was.

using Pride.Kernel.Objects;

namespace Pride.Kernel;

public static unsafe partial class Kernel<TMachine>
{
    /// <summary>Makes the machine <paramref name="next"/>'s: address space, thread pointers, floating point; books the time of who ran before.</summary>
    private static void SwitchTo(CoreState* core, Tcb* next)
    {
        Check(IsSchedulable(next) && next->QueuedIn == RunQueue.None, "who runs is schedulable and in no queue");
        Tcb* previous = core->Current;
        BookTime(core);
        core->IsIdle = 0;
        if (previous == next)
        {
            // A guest was left when the core began to idle.
            if (TMachine.HasVcpus)
            {
                TMachine.SwitchAddressSpace(core, next);
            }

            return;
        }

        core->Current = next;
        next->Statistics->Activations++;
        TMachine.SwitchThreadPointer(previous, next);
        TMachine.SwitchAddressSpace(core, next);
        SwitchFeatures(core, next);
    }

    /// <summary>Gives <paramref name="next"/> what it may use: the spare timer; the floating-point registers, or nobody gets them.</summary>
    private static void SwitchFeatures(CoreState* core, Tcb* next)
    {
        // Written always: that is cheaper than to find out whether it changes.
        TMachine.OpenTimer((next->Flags & TcbFlags.PhysicalTimer) != 0);
        if ((next->Flags & TcbFlags.FpuDisabled) != 0)
        {
            if (core->FpuEnabled != 0)
            {
                core->FpuEnabled = 0;
                TMachine.DisableFpu();
            }

            return;
        }

        if (core->FpuEnabled == 0)
        {
            core->FpuEnabled = 1;
            TMachine.EnableFpu();
        }

        if (core->FpuOwner != next)
        {
            if (core->FpuOwner != null)
            {
                TMachine.SaveFpu(core->FpuOwner->Fpu);
            }

            TMachine.LoadFpu(next->Fpu);
            core->FpuOwner = next;
        }
    }

    /// <summary>Books the time since the last booking on who ran: the current thread, or idling.</summary>
    private static void BookTime(CoreState* core)
    {
        ulong ticks = core->Now - core->BookedUntil;
        core->BookedUntil = core->Now;
        if (core->IsIdle != 0)
        {
            // The one figure that cores share.
            System.Threading.Interlocked.Add(ref core->Boot->Statistics->IdleTicks, ticks);
        }
        else
        {
            core->Current->Statistics->CpuTicks += ticks;
        }
    }
}
