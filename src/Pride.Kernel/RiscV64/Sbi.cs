// The firmware below the kernel: RISC-V Supervisor Binary Interface, version 0.3 and later.

namespace Pride.Kernel.RiscV64;

/// <summary>Firmware calls.</summary>
internal static class Sbi
{
    // Extension numbers are the letters of their names (SBI specification, chapters 5 to 9).
    private const ulong ConsolePutChar = 0x01;
    private const ulong TimerExtension = 0x5449_4D45;
    private const ulong IpiExtension = 0x0073_5049;
    private const ulong HartExtension = 0x0048_534D;
    private const ulong FirstFunction = 0;

    /// <summary>Prints a character on the firmware's console.</summary>
    public static void PutChar(byte value) => RiscV64Instructions.CallFirmware(value, 0, 0, 0, ConsolePutChar);

    /// <summary>Asks for the timer's interrupt once the time counter reaches <paramref name="deadline"/>.</summary>
    public static void SetTimer(ulong deadline) => RiscV64Instructions.CallFirmware(deadline, 0, 0, FirstFunction, TimerExtension);

    /// <summary>Interrupts another hart: its software interrupt becomes pending.</summary>
    public static void Interrupt(ulong hart) => RiscV64Instructions.CallFirmware(1, hart, 0, FirstFunction, IpiExtension);

    /// <summary>Starts a hart at physical address <paramref name="entry"/>, with its number in a0 and <paramref name="argument"/> in a1. 0, or an error.</summary>
    public static long StartHart(ulong hart, ulong entry, ulong argument) =>
        RiscV64Instructions.CallFirmware(hart, entry, argument, FirstFunction, HartExtension).Error;
}
