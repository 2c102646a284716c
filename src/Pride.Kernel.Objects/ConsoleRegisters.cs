// How to print a character on a UART, whichever it is: the kernel polls, and so needs no driver for each kind.

namespace Pride.Kernel.Objects;

/// <summary>Offsets of a UART's registers of 32 bits, and what their bits mean.</summary>
public struct ConsoleRegisters
{
    /// <summary>Takes a character.</summary>
    public uint Data;

    /// <summary>Says whether <see cref="Data"/> has room: not while its bits <see cref="BusyMask"/> are <see cref="BusyValue"/>.</summary>
    public uint Status;
    public uint BusyMask;
    public uint BusyValue;

    /// <summary>Where <see cref="EnableValue"/> lets the UART send; 0 there: nothing is written.</summary>
    public uint Enable;
    public uint EnableValue;
}
