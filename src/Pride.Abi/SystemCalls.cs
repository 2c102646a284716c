// System-call numbers of the seL4 MCS interface (libsel4, api/syscall.xml, "api-mcs", then "debug").
//
// On AArch64 the number travels in x7. Numbers are negative; everything else is an unknown system call, which is a fault.

namespace Pride.Abi;

/// <summary>System-call numbers.</summary>
public static class SystemCalls
{
    public const long Call = -1;
    public const long ReplyRecv = -2;
    public const long NBSendRecv = -3;
    public const long NBSendWait = -4;
    public const long Send = -5;
    public const long NBSend = -6;
    public const long Recv = -7;
    public const long NBRecv = -8;
    public const long Wait = -9;
    public const long NBWait = -10;
    public const long Yield = -11;

    /// <summary>Debug configuration only: prints the byte in the first register.</summary>
    public const long DebugPutChar = -12;

    /// <summary>Debug configuration only: stops the machine with a message.</summary>
    public const long DebugHalt = -14;

    /// <summary>Debug configuration only: answers the type of a cap (as seL4 does: a number that means something to a person only).</summary>
    public const long DebugCapIdentify = -15;

    /// <summary>Debug configuration only: accepted and ignored (names come from the image).</summary>
    public const long DebugNameThread = -17;
}
