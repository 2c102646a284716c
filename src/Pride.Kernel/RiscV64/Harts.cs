// Starting the other harts, by the firmware's hart state management.
//
// The firmware chooses the hart that boots, so core 0 is whichever that is; the other cores are the other harts in order, from the first that
// has supervisor mode on.
//
// OpenSBI up to 1.1 marks a hart as starting before it notes where: a hart that looks just then comes in where the image starts, as if it booted. So who comes
// there second looks up which core it is (Entry.S).

using System.Runtime.InteropServices;
using System.Threading;
using Pride.Kernel.Objects;
using Pride.Machine;

namespace Pride.Kernel.RiscV64;

/// <summary>The other harts.</summary>
[RunsOnce]
internal static unsafe class Harts
{
    /// <summary>Notes which hart is which core.</summary>
    public static void Name(BootInfo* boot, ulong bootHart)
    {
        boot->Cores[0].HardwareId = bootHart;
        for (uint index = 1; index < boot->CoreCount; index++)
        {
            ulong hart = boot->FirstHart + index;
            boot->Cores[index].HardwareId = hart <= bootHart ? hart - 1 : hart;
        }

        Interlocked.Or(ref boot->Cores[0].HartGate, CoreState.HartsAreNamed);
    }

    /// <summary>Starts every core but this one that has a thread; they come in at pride_other_core (Entry.S) with their state's address.</summary>
    public static void StartOthers(BootInfo* boot)
    {
        ulong entry = boot->LoadAddress + ((ulong)(delegate*<void>)&OtherCore - KernelLayout.ImageWindow);
        RiscV64Instructions.PublishWrites();
        for (uint index = 1; index < boot->CoreCount; index++)
        {
            CoreState* core = boot->Cores + index;
            long error = Kernel<RiscV64Machine>.HasThread(boot, index) ? Sbi.StartHart(core->HardwareId, entry, (ulong)core) : 0;
            if (error != 0)
            {
                Kernel<RiscV64Machine>.PrintCore(boot, index, ", hart "u8);
                Kernel<RiscV64Machine>.PrintHex(boot, core->HardwareId);
                Kernel<RiscV64Machine>.PrintString(boot, " does not start: SBI answers "u8);
                Kernel<RiscV64Machine>.PrintHex(boot, (ulong)error);
                Kernel<RiscV64Machine>.PrintString(boot, ", expected 0\n"u8);
            }
        }
    }

    [DllImport("*", EntryPoint = "pride_other_core")]
    private static extern void OtherCore();
}
