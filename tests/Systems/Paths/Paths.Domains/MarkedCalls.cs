// System calls that carry a mark, so that a log of exceptions tells which is which: the number in the SVC instruction, of which the kernel takes no notice, but
// which the exception's syndrome holds. KernelBoundsTests has the table of marks.

using System;
using Pride.Machine;
using Pride.Microkit;

namespace Paths.Domains;

/// <summary>As KernelCalls.Enter; the name says what the caller does with it.</summary>
internal static class MarkedCalls
{
    private const string NotOnHost = "a marked call has no model on the host";
    private const string Outputs = "={x0},={x1},={x2},={x3},={x4},={x5},";
    private const string Inputs = "0,1,2,3,4,5,{x6},{x7},{x8},~{memory}";

    [InlineAssembly(Architecture.AArch64, "svc #4", Outputs + Inputs)]
    public static KernelReply NBSendWait(ulong cap, ulong info, ulong word0, ulong word1, ulong word2, ulong word3, ulong replyCap, long number, ulong sendCap) =>
        throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.AArch64, "svc #6", Outputs + Inputs)]
    public static KernelReply NBSend(ulong cap, ulong info, ulong word0, ulong word1, ulong word2, ulong word3, ulong replyCap, long number, ulong sendCap) =>
        throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.AArch64, "svc #8", Outputs + Inputs)]
    public static KernelReply NBRecv(ulong cap, ulong info, ulong word0, ulong word1, ulong word2, ulong word3, ulong replyCap, long number, ulong sendCap) =>
        throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.AArch64, "svc #9", Outputs + Inputs)]
    public static KernelReply Wait(ulong cap, ulong info, ulong word0, ulong word1, ulong word2, ulong word3, ulong replyCap, long number, ulong sendCap) =>
        throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.AArch64, "svc #10", Outputs + Inputs)]
    public static KernelReply NBWait(ulong cap, ulong info, ulong word0, ulong word1, ulong word2, ulong word3, ulong replyCap, long number, ulong sendCap) =>
        throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.AArch64, "svc #15", Outputs + Inputs)]
    public static KernelReply CapIdentify(ulong cap, ulong info, ulong word0, ulong word1, ulong word2, ulong word3, ulong replyCap, long number, ulong sendCap) =>
        throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.AArch64, "svc #17", Outputs + Inputs)]
    public static KernelReply NameThread(ulong cap, ulong info, ulong word0, ulong word1, ulong word2, ulong word3, ulong replyCap, long number, ulong sendCap) =>
        throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.AArch64, "svc #100", Outputs + Inputs)]
    public static KernelReply Unknown(ulong cap, ulong info, ulong word0, ulong word1, ulong word2, ulong word3, ulong replyCap, long number, ulong sendCap) =>
        throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.AArch64, "svc #101", Outputs + Inputs)]
    public static KernelReply CallEndpoint(ulong cap, ulong info, ulong word0, ulong word1, ulong word2, ulong word3, ulong replyCap, long number, ulong sendCap) =>
        throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.AArch64, "svc #102", Outputs + Inputs)]
    public static KernelReply CallNotification(ulong cap, ulong info, ulong word0, ulong word1, ulong word2, ulong word3, ulong replyCap, long number, ulong sendCap) =>
        throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.AArch64, "svc #103", Outputs + Inputs)]
    public static KernelReply CallReply(ulong cap, ulong info, ulong word0, ulong word1, ulong word2, ulong word3, ulong replyCap, long number, ulong sendCap) =>
        throw new PlatformNotSupportedException(NotOnHost);

    [InlineAssembly(Architecture.AArch64, "svc #104", Outputs + Inputs)]
    public static KernelReply CallOther(ulong cap, ulong info, ulong word0, ulong word1, ulong word2, ulong word3, ulong replyCap, long number, ulong sendCap) =>
        throw new PlatformNotSupportedException(NotOnHost);
}
