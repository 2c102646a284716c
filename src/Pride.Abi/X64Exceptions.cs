// Exceptions of x86-64, which fault messages carry: the number of a user exception, and the code of a page fault.

namespace Pride.Abi;

/// <summary>Exception vectors (Intel SDM volume 3, table 6-1).</summary>
public static class X64Exceptions
{
    public const ulong DivideError = 0;
    public const ulong Debug = 1;
    public const ulong Breakpoint = 3;
    public const ulong Overflow = 4;
    public const ulong InvalidOpcode = 6;
    public const ulong DeviceNotAvailable = 7;
    public const ulong StackFault = 12;
    public const ulong GeneralProtection = 13;
    public const ulong PageFault = 14;
    public const ulong FloatingPoint = 16;
    public const ulong Alignment = 17;
    public const ulong SimdFloatingPoint = 19;
}

/// <summary>Bits of a page fault's error code (Intel SDM volume 3, 4.7), the status of a memory fault.</summary>
public static class X64PageFault
{
    /// <summary>The page is mapped, but not for this.</summary>
    public const ulong Present = 1 << 0;
    public const ulong Write = 1 << 1;
    public const ulong Reserved = 1 << 3;
    public const ulong Fetch = 1 << 4;

    /// <summary>The bits that seL4's message has.</summary>
    public const ulong Mask = 0x1F;
}
