// Starting the other cores: INIT and start-up messages by the local APIC (Intel SDM volume 3, 8.4.4 "MP initialization example").
//
// A core wakes in real mode at the start of a page below 1 MiB, to which the trampoline (Entry.S) is copied; it knows itself by its APIC's
// number, so all are called at once. One that does not come within two seconds is named on the console; its PDs do not run.

using System.Runtime.InteropServices;
using System.Threading;
using Pride.Kernel.Objects;

namespace Pride.Kernel.X64;

/// <summary>The other cores.</summary>
internal static unsafe class Cores
{
    /// <summary>The number of a core that the machine does not have.</summary>
    public const ulong NotThere = ulong.MaxValue;

    // As the SDM has them: 10 ms after INIT, 200 us between the two start-up messages.
    private const ulong AfterInit = 100;
    private const ulong BetweenStarts = 5_000;
    private const ulong Seconds = 2;

    /// <summary>Starts every core but this one that has a thread; they come in at pride_trampoline. This core has measured the counter.</summary>
    public static void StartOthers(CoreState* self, BootInfo* boot)
    {
        if (boot->CoreCount == 1)
        {
            return;
        }

        byte* page = (byte*)KernelLayout.ToVirtual(X64Boot.Trampoline);
        byte* code = (byte*)(delegate*<void>)&Trampoline;
        ulong bytes = (ulong)(delegate*<void>)&TrampolineEnd - (ulong)code;
        for (ulong i = 0; i < bytes; i++)
        {
            page[i] = code[i];
        }

        Call(self, boot, isReset: true);
        Wait(self->CounterFrequency / AfterInit);
        Call(self, boot, isReset: false);
        Wait(self->CounterFrequency / BetweenStarts);
        Call(self, boot, isReset: false);
        ulong deadline = X64Instructions.ReadCounter() + (Seconds * self->CounterFrequency);
        for (uint index = 1; index < boot->CoreCount; index++)
        {
            if (Kernel<X64Machine>.HasThread(boot, index))
            {
                Await(boot, boot->Cores + index, deadline);
            }
        }
    }

    private static void Call(CoreState* self, BootInfo* boot, bool isReset)
    {
        for (uint index = 1; index < boot->CoreCount; index++)
        {
            CoreState* core = boot->Cores + index;
            if (core->HardwareId == NotThere || Volatile.Read(ref core->HasStarted) != 0 || !Kernel<X64Machine>.HasThread(boot, index))
            {
                continue;
            }

            if (isReset)
            {
                LocalApic.Reset(self, core->HardwareId);
            }
            else
            {
                LocalApic.StartUp(self, core->HardwareId);
            }
        }
    }

    private static void Await(BootInfo* boot, CoreState* core, ulong deadline)
    {
        if (core->HardwareId == NotThere)
        {
            Kernel<X64Machine>.PrintCore(boot, core->Index, " does not start: ACPI lists fewer cores than the image was built for\n"u8);
        }
        else if (!Kernel<X64Machine>.Comes(core, deadline))
        {
            Kernel<X64Machine>.PrintCore(boot, core->Index, ", local APIC "u8);
            Kernel<X64Machine>.PrintHex(boot, core->HardwareId);
            Kernel<X64Machine>.PrintString(boot, ", does not start: no sign of it in two seconds\n"u8);
        }
    }

    private static void Wait(ulong ticks)
    {
        ulong start = X64Instructions.ReadCounter();
        while (X64Instructions.ReadCounter() - start < ticks)
        {
        }
    }

    // Both in Entry.S.
    [DllImport("*", EntryPoint = "pride_trampoline")]
    private static extern void Trampoline();

    [DllImport("*", EntryPoint = "pride_trampoline_end")]
    private static extern void TrampolineEnd();
}
