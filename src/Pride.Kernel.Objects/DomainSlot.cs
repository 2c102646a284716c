// One turn in the domain schedule: while it lasts, threads of one domain run and no others, even if the core idles.

using System.Runtime.InteropServices;

namespace Pride.Kernel.Objects;

/// <summary>A slot. 16 bytes.</summary>
[StructLayout(LayoutKind.Sequential, Size = Size)]
public struct DomainSlot
{
    public const int Size = 16;

    /// <summary>Builder: <see cref="Tcb.Domain"/> of those who run.</summary>
    public ulong Domain;

    /// <summary>Builder: how long.</summary>
    public ulong Microseconds;
}
