// Calling the firmware, the way this machine does it: by HVC (a hypervisor below, as QEMU plays it) or by SMC.

using Pride.Kernel.Objects;

namespace Pride.Kernel.AArch64;

/// <summary>Firmware calls.</summary>
internal static unsafe class Firmware
{
    /// <summary>x0 to x7.</summary>
    public const int Words = 8;

    /// <summary>SMCCC's answer to a call that nobody knows.</summary>
    private const ulong NotSupported = ulong.MaxValue;

    /// <summary>Calls with <paramref name="w"/>, which then holds the answer; "not supported" where the machine has no firmware.</summary>
    public static void Call(BootInfo* boot, ulong* w)
    {
        FirmwareReply reply;
        switch (boot->Firmware)
        {
            case FirmwareKind.PsciByHypervisorCall:
                reply = Aarch64Instructions.CallHypervisor(w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7]);
                break;
            case FirmwareKind.PsciByMonitorCall:
                reply = Aarch64Instructions.CallMonitor(w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7]);
                break;
            default:
                w[0] = NotSupported;
                return;
        }

        w[0] = reply.X0;
        w[1] = reply.X1;
        w[2] = reply.X2;
        w[3] = reply.X3;
        w[4] = reply.X4;
        w[5] = reply.X5;
        w[6] = reply.X6;
        w[7] = reply.X7;
    }
}
