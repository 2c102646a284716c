// I/O ports by cap: what libmicrokit's microkit_x86_ioport calls do. Only x86-64 machines have ports, and only their images such caps.

using Pride.Abi;
using Pride.Kernel.Objects;

namespace Pride.Kernel;

public static unsafe partial class Kernel<TMachine>
{
    private const int PortBits = 16;
    private const ulong PortMask = (1UL << PortBits) - 1;

    /// <summary>Labels of reading 1, 2 and 4 bytes, then of writing them.</summary>
    private const ulong PortWidths = 3;

    /// <summary>Reading takes a port and answers its value; writing takes a port and a value. All bytes must be the cap's.</summary>
    private static ulong InvokeIoPort(CoreState* core, Tcb* caller, Cap* cap, MessageInfo info, InvokeOptions options)
    {
        ulong first = caller->Labels->IoPortIn8;
        ulong operation = info.Label - first;
        if (first == 0 || operation >= 2 * PortWidths)
        {
            return KernelErrors.IllegalOperation;
        }

        bool isRead = operation < PortWidths;
        if (info.Length < (isRead ? 1 : 2))
        {
            return KernelErrors.TruncatedMessage;
        }

        ulong port = GetWord(caller, 0) & PortMask;
        int bytes = 1 << (int)(operation % PortWidths);
        if (port < (cap->PointerBits & PortMask) || port + (ulong)bytes - 1 > ((cap->PointerBits >> PortBits) & PortMask))
        {
            return KernelErrors.IllegalOperation;
        }

        if (!isRead)
        {
            TMachine.WritePort((uint)port, bytes, (uint)GetWord(caller, 1));
            return KernelErrors.NoError;
        }

        uint value = TMachine.ReadPort((uint)port, bytes);
        if ((options & InvokeOptions.Call) != 0)
        {
            ReplyFromKernel(caller, KernelErrors.NoError, SetWord(caller, 0, value));
        }

        return Answered;
    }
}
