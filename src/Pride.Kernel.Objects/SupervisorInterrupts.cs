// The numbers that the RISC-V kernel gives to a hart's own interrupts. They lie beyond the PLIC's sources (1 to 1023), so that no
// PD can have them.

namespace Pride.Kernel.Objects;

/// <summary>A hart's own interrupts: 1024 and the cause that scause gives (RISC-V privileged architecture, "scause").</summary>
public static class SupervisorInterrupts
{
    /// <summary>Added to a cause.</summary>
    public const uint Base = 1024;

    /// <summary>Another hart's call (cause 1).</summary>
    public const uint Software = Base + 1;

    /// <summary>The kernel's timer (cause 5).</summary>
    public const uint Timer = Base + 5;
}
