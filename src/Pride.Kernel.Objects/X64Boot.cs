// What the boot code and the image builder agree on for a PC.

namespace Pride.Kernel.Objects;

/// <summary>Places and sizes at boot.</summary>
public static class X64Boot
{
    /// <summary>Where the boot tables map physical address 0: not at 0, so that no pointer of boot's is the null pointer of a compiler.</summary>
    public const ulong FirmwareWindow = 1UL << 38;

    /// <summary>Bytes that they map there, read-only: what 32-bit boot loaders can reach, and where firmware keeps its tables.</summary>
    public const ulong FirmwareBytes = 1UL << 32;

    /// <summary>
    /// The page in which other cores wake (a start-up message names one below 1 MiB). The lowest 32 KiB are left to the firmware's own structures.
    /// </summary>
    public const ulong Trampoline = 0x8000;
}
