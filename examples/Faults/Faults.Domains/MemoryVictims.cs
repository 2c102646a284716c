// PDs that touch memory they may not touch.

using System;
using System.Runtime.CompilerServices;
using Pride.Machine;
using Pride.Microkit;

namespace Faults.Domains;

/// <summary>Reads the first word of the kernel's program.</summary>
public sealed class ReadKernel : Victim
{
    private const ulong KernelImage = 0xFFFF_FFFF_8000_0000;

    protected override void Misbehave() => Mmio.Access.Load32(unchecked((nuint)KernelImage));
}

/// <summary>Reads a page that is mapped in the answerer alone, at the address it has there.</summary>
public sealed class ReadOther : Victim
{
    [Wired] public ulong Secret;

    protected override void Misbehave() => Mmio.Access.Load32((nuint)Secret);
}

/// <summary>Jumps to bytes on its own stack.</summary>
public sealed class JumpToData : Victim
{
    protected override unsafe void Misbehave()
    {
        // Would return at once, if it could run: "ret".
        const uint Return = 0xd65f03c0;
        uint code = Return;
        ((delegate*<void>)&code)();
    }
}

/// <summary>Overwrites its own code.</summary>
public sealed class WriteCode : Victim
{
    private const uint NoOperation = 0xd503201f;

    [Wired] public ulong OwnCode;

    protected override void Misbehave() => Mmio.Access.Store32((nuint)OwnCode, NoOperation);
}

/// <summary>Recurses until its stack is used up.</summary>
public sealed class StackOverrun : Victim
{
    protected override void Misbehave() => Deeper(0);

    // What comes after the call keeps it from becoming a loop.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong Deeper(ulong depth)
    {
        Span<ulong> frame = stackalloc ulong[16];
        frame[(int)(depth & 15)] = depth;
        return Deeper(depth + 1) + frame[(int)(depth & 7)];
    }
}

/// <summary>Follows a null reference.</summary>
public sealed class NullDereference : Victim
{
    private Victim? _nobody;

    protected override void Misbehave()
    {
        Supervisor = _nobody!.Supervisor;
        _nobody = this;
    }
}
