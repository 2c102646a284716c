// The monitor: does for Pride's kernel what Microkit's monitor does. It waits at one endpoint for two things:
//
//   a passive PD has finished its Init (an empty message): its scheduling context moves from the PD to the PD's notification, so that from
//     now on the PD runs on its callers' contexts, or on its own while it handles a signal;
//   a PD that has no parent has faulted: the fault is printed, the PD stays stopped, everything else goes on.
//
// The badge is the PD's index + 1. Cap slots, patched symbols and behaviour are those of Microkit 2.3 (monitor/src/main.c).
// Priority: 255, the highest, so that a passive PD cannot be called between its Init and the move.

using System;
using System.Runtime.CompilerServices;
using Pride.Abi;
using Pride.Machine;
using Pride.Microkit;
using Pride.Runtime;

namespace Pride.Components.Monitor;

/// <summary>The monitor PD. Its whole life is its Init, since it speaks to the kernel in its own way.</summary>
[Profile(Profile.Driver)]
public sealed class Monitor : ProtectionDomain
{
    private const ulong BaseTcb = 10;
    private const ulong BaseSchedulingContext = 138;
    private const ulong BaseNotification = 202;

    /// <summary>Microkit's limit of PDs.</summary>
    private const int MaximumPds = 64;

    [Patched("pd_names_len")]
    private static readonly ulong s_count;

    [Patched("pd_names")]
    private static readonly PdNames s_names;

    [Patched("pd_stack_bottom_addrs")]
    private static readonly StackBottoms s_stackBottoms;

    public override void Init()
    {
        while (true)
        {
            MessageInfo message = Kernel.Receive(out ulong badge);
            ulong index = badge - 1;
            if (index >= s_count || index >= MaximumPds)
            {
                DebugConsole.WriteLine("monitor: a message from nobody it knows"u8);
            }
            else if (message.Label == FaultKind.None)
            {
                MakePassive(index);
            }
            else
            {
                FaultReport.Print(NameOf((int)index), index, BaseTcb + index, message, s_stackBottoms[(int)index]);
            }
        }
    }

    private static void MakePassive(ulong index)
    {
        MessageRegisters.SetExtraCap(0, BaseTcb + index);
        MessageInfo reply = Kernel.Call(BaseSchedulingContext + index, new MessageInfo(Kernel.Labels.SchedContextUnbindObject, 0, 1));
        if (reply.Label == KernelErrors.NoError)
        {
            MessageRegisters.SetExtraCap(0, BaseNotification + index);
            reply = Kernel.Call(BaseSchedulingContext + index, new MessageInfo(Kernel.Labels.SchedContextBind, 0, 1));
        }

        // IllegalOperation: the PD was restarted, and its context is with its notification already.
        if (reply.Label is not (KernelErrors.NoError or KernelErrors.IllegalOperation))
        {
            DebugConsole.Write("monitor: cannot make '"u8);
            ReadOnlySpan<byte> name = NameOf((int)index);
            int end = name.IndexOf((byte)0);
            DebugConsole.Write(end < 0 ? name : name[..end]);
            DebugConsole.WriteLine("' passive"u8);
        }
    }

    private static ReadOnlySpan<byte> NameOf(int index) =>
        ((ReadOnlySpan<byte>)s_names).Slice(index * PdStatistics.NameBytes, PdStatistics.NameBytes);

    [InlineArray(MaximumPds * PdStatistics.NameBytes)]
    private struct PdNames
    {
        private byte _first;
    }

    [InlineArray(MaximumPds)]
    private struct StackBottoms
    {
        private ulong _first;
    }
}
