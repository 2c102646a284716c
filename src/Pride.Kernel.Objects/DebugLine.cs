// The line that a PD is printing through the kernel. Only debug images have them.
//
// DebugPutChar prints single characters, and a PD may lose the CPU after each: kept back until the line is whole, lines of
// different PDs do not mix.

using System.Runtime.InteropServices;

namespace Pride.Kernel.Objects;

/// <summary>A line that is not finished. <see cref="Size"/> bytes, zeroed by the builder; one for each thread, by <see cref="Tcb.Index"/>.</summary>
[StructLayout(LayoutKind.Sequential, Size = Size)]
public unsafe struct DebugLine
{
    public const int Size = 128;

    /// <summary>Longer lines come in pieces: printing happens with interrupts off, and a UART takes about 90 µs for a byte.</summary>
    public const int Capacity = Size - sizeof(uint);

    /// <summary>Bytes in <see cref="Text"/>.</summary>
    public uint Length;

    public fixed byte Text[Capacity];
}
