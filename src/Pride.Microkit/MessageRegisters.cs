// Message registers of the current call: 0-3 in CPU registers while the kernel is entered, the others in the IPC buffer.

using Pride.Abi;
using Pride.Machine;

namespace Pride.Microkit;

/// <summary>The 120 message words. All of them live in the IPC buffer between calls; the call paths move 0-3 to registers and back.</summary>
public static unsafe class MessageRegisters
{
    /// <summary>In seL4_IPCBuffer: one tag word, then the message words.</summary>
    private const int FirstWord = 1;

    /// <summary>Caps that go with a call at most (seL4_MsgMaxExtraCaps). They stand after the words and one word of the user's own.</summary>
    private const int MaximumExtraCaps = 3;

    [Patched("__sel4_ipc_buffer")]
    private static readonly ulong* s_buffer;

    /// <summary>Word <paramref name="index"/> (0..119).</summary>
    public static ulong Get(int index) => Slot(index);

    /// <summary>Word <paramref name="index"/> (0..119).</summary>
    public static void Set(int index, ulong value) => Slot(index) = value;

    /// <summary>Names a cap (by its slot) that goes with the next call. Not on the host.</summary>
    public static void SetExtraCap(int index, ulong cap)
    {
        if ((uint)index >= MaximumExtraCaps)
        {
            ThrowOutside();
        }

        s_buffer[FirstWord + MessageInfo.MaximumLength + 1 + index] = cap;
    }

    private static ref ulong Slot(int index)
    {
        if ((uint)index >= MessageInfo.MaximumLength)
        {
            ThrowOutside();
        }

        if (HostKernel.Current is { } host)
        {
            return ref host.MessageWords[index];
        }

        return ref s_buffer[FirstWord + index];
    }

    private static void ThrowOutside() => throw new System.IndexOutOfRangeException("message register");
}
