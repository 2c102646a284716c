// Starting the other cores: by the firmware's PSCI (Arm DEN 0022), or by a spin table, as device trees call it (Devicetree Specification 0.4, 3.8.1; Linux,
// Documentation/arch/arm64/booting.rst): the boot loader has left each core waiting until a word of its own holds an address.
//
// A core's affinity is its index (MPIDR_EL1.Aff0), as on every machine with one cluster of up to 16 cores. PSCI says when a core does not start. At a
// spin table it is known by its silence: a core that gives no sign of itself in two seconds is named on the console, and its PDs do not run.

using System.Runtime.InteropServices;
using Pride.Kernel.Objects;
using Pride.Machine;

namespace Pride.Kernel.AArch64;

/// <summary>The other cores.</summary>
[RunsOnce]
internal static unsafe class Cores
{
    /// <summary>CPU_ON, SMC64: affinity, physical entry address, what the core finds in x0.</summary>
    private const ulong CpuOn = 0xC400_0003;

    private const ulong Seconds = 2;

    /// <summary>Starts every core but this one that has a thread; they come in at pride_other_core or pride_spun_core (Entry.S).</summary>
    public static void StartOthers(BootInfo* boot)
    {
        Aarch64Instructions.Synchronise();
        if (boot->Firmware == FirmwareKind.SpinTable)
        {
            Release(boot);
            return;
        }

        ulong entry = Physical(boot, &OtherCore);
        for (uint index = 1; index < boot->CoreCount; index++)
        {
            if (Kernel<Aarch64Machine>.HasThread(boot, index))
            {
                Start(boot, index, entry);
            }
        }
    }

    private static void Start(BootInfo* boot, uint index, ulong entry)
    {
        ulong* words = stackalloc ulong[Firmware.Words] { CpuOn, index, entry, (ulong)(boot->Cores + index), 0, 0, 0, 0 };
        Firmware.Call(boot, words);
        if (words[0] != 0)
        {
            Kernel<Aarch64Machine>.PrintCore(boot, index, " does not start: PSCI answers "u8);
            Kernel<Aarch64Machine>.PrintHex(boot, words[0]);
            Kernel<Aarch64Machine>.PrintString(boot, ", expected 0\n"u8);
        }
    }

    private static void Release(BootInfo* boot)
    {
        ulong* words = (ulong*)boot->SpinTable;
        ulong entry = Physical(boot, &SpunCore);
        for (uint index = 1; index < boot->CoreCount; index++)
        {
            if (Kernel<Aarch64Machine>.HasThread(boot, index))
            {
                // Who waits there has its caches off.
                words[index] = entry;
                Aarch64Instructions.CleanData(words + index);
            }
        }

        Aarch64Instructions.WakeCores();
        ulong deadline = Aarch64Instructions.ReadCounter() + (Seconds * Aarch64Instructions.ReadCounterFrequency());
        for (uint index = 1; index < boot->CoreCount; index++)
        {
            if (Kernel<Aarch64Machine>.HasThread(boot, index) && !Kernel<Aarch64Machine>.Comes(boot->Cores + index, deadline))
            {
                Kernel<Aarch64Machine>.PrintCore(boot, index, " does not start: no sign of it in two seconds\n"u8);
            }
        }
    }

    private static ulong Physical(BootInfo* boot, delegate*<void> code) => boot->LoadAddress + ((ulong)code - KernelLayout.ImageWindow);

    // Both in Entry.S.
    [DllImport("*", EntryPoint = "pride_other_core")]
    private static extern void OtherCore();

    [DllImport("*", EntryPoint = "pride_spun_core")]
    private static extern void SpunCore();
}
