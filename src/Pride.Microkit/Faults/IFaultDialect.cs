// What a report of a fault must know of the architecture: where things stand in messages and contexts, and what codes mean.

using System;

namespace Pride.Microkit.Faults;

/// <summary>One architecture's faults.</summary>
internal interface IFaultDialect
{
    /// <summary>Words of a user context.</summary>
    static abstract int ContextLength { get; }

    /// <summary>The program counter's and the frame pointer's place in it.</summary>
    static abstract int PcWord { get; }

    static abstract int FrameWord { get; }

    /// <summary>The call's number in the message of an unknown system call.</summary>
    static abstract int CallNumberWord { get; }

    /// <summary>The exception's number in the message of a user exception.</summary>
    static abstract int ExceptionNumberWord { get; }

    /// <summary>True when a memory fault's <paramref name="status"/> tells of a store.</summary>
    static abstract bool IsWrite(ulong status);

    /// <summary>Why the memory fault, in words.</summary>
    static abstract ReadOnlySpan<byte> StatusName(ulong status);

    /// <summary>A user exception in words.</summary>
    static abstract ReadOnlySpan<byte> ExceptionName(ulong number);

    static abstract void PrintRegisters(ReadOnlySpan<ulong> context);
}
