// Starting the other cores, by the firmware's PSCI (Arm DEN 0022).
//
// A core's affinity is its index (MPIDR_EL1.Aff0), as on every machine with one cluster of up to 16 cores.

using System.Runtime.InteropServices;
using Pride.Kernel.Objects;

namespace Pride.Kernel.AArch64;

/// <summary>The other cores.</summary>
internal static unsafe class Cores
{
    /// <summary>CPU_ON, SMC64: affinity, physical entry address, what the core finds in x0.</summary>
    private const ulong CpuOn = 0xC400_0003;

    /// <summary>Starts every core but this one that has a thread; they come in at pride_other_core (Entry.S) with their state's address.</summary>
    public static void StartOthers(BootInfo* boot)
    {
        ulong entry = boot->LoadAddress + ((ulong)(delegate*<void>)&OtherCore - KernelLayout.ImageWindow);
        Aarch64Instructions.Synchronise();
        for (uint index = 1; index < boot->CoreCount; index++)
        {
            if (!Kernel<Aarch64Machine>.HasThread(boot, index))
            {
                continue;
            }

            Start(boot, index, entry);
        }
    }

    private static void Start(BootInfo* boot, uint index, ulong entry)
    {
        ulong* words = stackalloc ulong[Firmware.Words] { CpuOn, index, entry, (ulong)(boot->Cores + index), 0, 0, 0, 0 };
        Firmware.Call(boot, words);
        if (words[0] != 0)
        {
            Kernel<Aarch64Machine>.PrintString(boot, "kernel: a core does not start: PSCI says "u8);
            Kernel<Aarch64Machine>.PrintHex(boot, words[0]);
            Kernel<Aarch64Machine>.PrintString(boot, "\n"u8);
        }
    }

    [DllImport("*", EntryPoint = "pride_other_core")]
    private static extern void OtherCore();
}
