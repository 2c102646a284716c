// Interrupts: the timer is the kernel's, all others are signals to PDs.
//
// A device's interrupt stays active in the interrupt controller from delivery to acknowledgement, so a level line
// cannot fire again before its driver has looked at the device, and an edge in the meantime stays pending.

using System.Threading;
using Pride.Kernel.Objects;

namespace Pride.Kernel;

public static unsafe partial class Kernel<TMachine>
{
    private static void TakeInterrupt(CoreState* core)
    {
        uint irq = TMachine.ClaimInterrupt(core);
        if (irq == MachineConstants.NoInterrupt)
        {
            return;
        }

        TMachine.DropPriority(core, irq);
        BootInfo* boot = core->Boot;
        if (irq == boot->TimerIrq)
        {
            TMachine.Deactivate(core, irq);
            core->MustSetTimer = 1;
            return;
        }

        if (TMachine.IsCoreInterrupt(core, irq))
        {
            TMachine.Deactivate(core, irq);
            EmptyInbox(core);
            return;
        }

        if (TMachine.HasVcpus && TakeGuestInterrupt(core, irq))
        {
            return;
        }

        IrqEntry* entry = irq < boot->IrqCount ? boot->Irqs + irq : null;
        if (entry == null || entry->Notification == null)
        {
            TMachine.Disable(core, irq);
            TMachine.Deactivate(core, irq);
            return;
        }

        entry->Count++;
        entry->InService = 1;
        Interlocked.Increment(ref boot->Statistics->Interrupts);
        if (TMachine.DevicesInterruptBootCore && entry->Notification->Core != core->Index)
        {
            SignalRemote(core, entry->Notification, entry->Badge);
            return;
        }

        Signal(core, entry->Notification, entry->Badge);
    }

    private static ulong InvokeIrq(CoreState* core, Tcb* caller, IrqEntry* entry, Abi.MessageInfo info)
    {
        if (info.Label != caller->Labels->IrqAck || info.Label == 0)
        {
            return Abi.KernelErrors.IllegalOperation;
        }

        if (entry->InService != 0)
        {
            entry->InService = 0;
            TMachine.Deactivate(core, entry->Id);
        }

        return Abi.KernelErrors.NoError;
    }
}
