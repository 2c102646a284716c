// The 16550A of a board, whose registers are memory.

using Pride.Machine;

namespace Pride.Drivers.Serial;

/// <summary>16550A in memory.</summary>
[Profile(Profile.Driver)]
public sealed class Ns16550a : Ns16550Driver
{
    /// <summary>QEMU virt's (clock-frequency).</summary>
    protected override ulong ReferenceClock => 3_686_400;

    protected override byte Read(nuint register) => Registers.Read8(register);

    protected override void Write(nuint register, byte value) => Registers.Write8(register, value);
}
