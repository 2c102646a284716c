// Calls to the firmware by cap: what libmicrokit's microkit_arm_smc_call does.

using System.Runtime.CompilerServices;
using Pride.Abi;
using Pride.Kernel.Objects;

namespace Pride.Kernel;

public static unsafe partial class Kernel<TMachine>
{
    /// <summary>Words there and back: x0 to x7 (libsel4, seL4_ARM_SMCContext).</summary>
    private const int FirmwareWords = 8;

    /// <summary>Words: function id and seven arguments; answers eight words. A cap with a badge allows the function id that it names and no other.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong InvokeFirmware(CoreState* core, Tcb* caller, Cap* cap, MessageInfo info, InvokeOptions options)
    {
        if (info.Label != caller->Labels->SmcCall || info.Label == 0)
        {
            return KernelErrors.IllegalOperation;
        }

        if (info.Length < FirmwareWords)
        {
            return KernelErrors.TruncatedMessage;
        }

        ulong* words = stackalloc ulong[FirmwareWords];
        for (int i = 0; i < FirmwareWords; i++)
        {
            words[i] = GetWord(caller, i);
        }

        if (cap->Badge != 0 && cap->Badge != words[0])
        {
            return KernelErrors.IllegalOperation;
        }

        TMachine.CallFirmware(core->Boot, words);
        int length = 0;
        for (int i = 0; i < FirmwareWords; i++)
        {
            length = SetWord(caller, i, words[i]);
        }

        if ((options & InvokeOptions.Call) != 0)
        {
            ReplyFromKernel(caller, KernelErrors.NoError, length);
        }

        return Answered;
    }
}
