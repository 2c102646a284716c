// Message-signalled interrupts of x86-64: what a driver tells its device to write (Intel SDM volume 3, 10.11), and as which interrupt the kernel knows it.
//
// The data is seL4's: vector v of a description is the CPU's 0x30 + v (seL4, src/arch/x86: IRQ_INT_OFFSET + irq_user_min). The address
// names the core by a bit that the kernel gives it, since its APIC's own number is known only at boot. seL4 gives no such bits: there the core is named by its
// number (0xFEE00000), which is 0 on every machine that seL4 runs on.

namespace Pride.Abi;

/// <summary>Addresses and data of messages.</summary>
public static class X64Messages
{
    /// <summary>Vectors that descriptions may name: 0 to 107.</summary>
    public const uint Vectors = 108;

    /// <summary>Vector 0 is this interrupt of the kernel's; lower ones are pins.</summary>
    public const uint FirstLine = 16;

    /// <summary>Interrupt 0 is this vector of the CPU's.</summary>
    public const uint FirstCpuVector = 0x20;

    private const ulong Base = 0xFEE0_0000;

    // The destination is a logical one; and it is redirected to the one core that has the bit.
    private const ulong ToLogical = 3 << 2;
    private const int DestinationShift = 12;

    /// <summary>The address that a device writes to, for the PD of an interrupt on core <paramref name="core"/>.</summary>
    public static ulong Address(int core) => Base | ToLogical | (1UL << (DestinationShift + core));

    /// <summary>The same on the real seL4, which gives its core no bit: the core's number is 0.</summary>
    public const ulong FirstCoreAddress = Base;

    /// <summary>The data that it writes for <paramref name="vector"/>: fixed delivery, edge.</summary>
    public static uint Data(uint vector) => FirstCpuVector + FirstLine + vector;
}
