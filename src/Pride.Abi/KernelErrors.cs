// Error codes that the kernel answers a Call of an invocation with, in the label of the reply (libsel4, errors.h).

namespace Pride.Abi;

/// <summary>seL4_Error.</summary>
public static class KernelErrors
{
    public const ulong NoError = 0;

    /// <summary>Word 0 of the reply: which argument, counted from 0.</summary>
    public const ulong InvalidArgument = 1;

    /// <summary>Word 0 of the reply: which cap, 0 being the invoked one.</summary>
    public const ulong InvalidCapability = 2;
    public const ulong IllegalOperation = 3;

    /// <summary>Words 0 and 1 of the reply: least and greatest value allowed.</summary>
    public const ulong RangeError = 4;
    public const ulong AlignmentError = 5;
    public const ulong FailedLookup = 6;
    public const ulong TruncatedMessage = 7;
    public const ulong DeleteFirst = 8;
    public const ulong RevokeFirst = 9;
    public const ulong NotEnoughMemory = 10;
}
