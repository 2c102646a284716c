// What the image builder tells every PD about itself, under libmicrokit's symbol names.

using Pride.Machine;

namespace Pride.Microkit;

/// <summary>The patched words of libmicrokit: the same for Pride's image builder and for the Microkit tool.</summary>
public static class PdIdentity
{
    [Patched("microkit_passive")]
    private static readonly byte s_isPassive;

    [Patched("microkit_irqs")]
    private static readonly ulong s_irqs;

    [Patched("microkit_notifications")]
    private static readonly ulong s_notifications;

    [Patched("microkit_pps")]
    private static readonly ulong s_protectedCalls;

    /// <summary>The PD runs on its callers' scheduling contexts once Init is done.</summary>
    public static bool IsPassive => s_isPassive != 0;

    /// <summary>One bit for each channel id that is an interrupt.</summary>
    public static ulong Irqs => s_irqs;

    /// <summary>One bit for each channel id that may be notified.</summary>
    public static ulong Notifications => s_notifications;

    /// <summary>One bit for each channel id that may be called.</summary>
    public static ulong ProtectedCalls => s_protectedCalls;
}
