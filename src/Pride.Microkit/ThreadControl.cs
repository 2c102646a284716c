// Looking into another PD through its TCB cap: registers, and (on Pride's kernel) memory.

using System;
using Pride.Abi;
using Pride.Machine;
using Pride.Runtime.ObjectModel;

namespace Pride.Microkit;

/// <summary>Calls on a TCB cap, by its slot. Each overwrites the message registers.</summary>
public static class ThreadControl
{
    /// <summary>Words of a user context on this machine.</summary>
    public static int ContextLength => CompilerFacts.Architecture switch
    {
        Architecture.RiscV64 => RiscV64UserContext.Length,
        Architecture.X64 => X64UserContext.Length,
        _ => UserContext.Length,
    };

    /// <summary>Reads the registers in the order of <see cref="UserContext"/>, <see cref="RiscV64UserContext"/> or <see cref="X64UserContext"/>. False: the kernel refused.</summary>
    public static bool TryReadRegisters(ulong tcb, Span<ulong> context)
    {
        MessageRegisters.Set(0, 0);
        MessageRegisters.Set(1, (ulong)context.Length);
        MessageInfo reply = Kernel.Call(tcb, new MessageInfo(Kernel.Labels.TcbReadRegisters, 2));
        if (reply.Label != 0)
        {
            return false;
        }

        for (int i = 0; i < context.Length; i++)
        {
            context[i] = MessageRegisters.Get(i);
        }

        return true;
    }

    /// <summary>Sets the first registers of the order that <see cref="TryReadRegisters"/> has; <paramref name="resume"/>: and lets the thread run.</summary>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public static void WriteRegisters(ulong tcb, ReadOnlySpan<ulong> context, bool resume)
    {
        MessageRegisters.Set(0, resume ? 1UL : 0);
        MessageRegisters.Set(1, (ulong)context.Length);
        for (int i = 0; i < context.Length; i++)
        {
            MessageRegisters.Set(2 + i, context[i]);
        }

        MessageInfo reply = Kernel.Call(tcb, new MessageInfo(Kernel.Labels.TcbWriteRegisters, 2 + context.Length));
        if (reply.Label != 0)
        {
            throw new KernelException(reply.Label);
        }
    }

    /// <summary>Reads 64-bit words of the PD's memory, as far as the PD itself could read them. Returns how many; 0 also where the kernel cannot do this.</summary>
    /// <param name="tcb">The cap slot.</param>
    /// <param name="address">A multiple of 8.</param>
    /// <param name="words">At most <see cref="MessageInfo.MaximumLength"/>.</param>
    public static int ReadMemory(ulong tcb, ulong address, Span<ulong> words)
    {
        if (Kernel.Labels.PrideTcbReadMemory == 0)
        {
            return 0;
        }

        MessageRegisters.Set(0, address);
        MessageRegisters.Set(1, (ulong)words.Length);
        MessageInfo reply = Kernel.Call(tcb, new MessageInfo(Kernel.Labels.PrideTcbReadMemory, 2));
        int count = reply.Label != 0 ? 0 : reply.Length;
        for (int i = 0; i < count && i < words.Length; i++)
        {
            words[i] = MessageRegisters.Get(i);
        }

        return count < words.Length ? count : words.Length;
    }
}
