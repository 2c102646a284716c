// Where an AArch64 instruction goes next (Arm ARM DDI 0487, C4.1 "A64 instruction set encoding"): all that a control-flow graph needs.

namespace Pride.Tool.Bounds;

/// <summary>What follows an instruction.</summary>
internal enum FlowKind
{
    /// <summary>The next instruction.</summary>
    Next,

    /// <summary>The target alone.</summary>
    Jump,

    /// <summary>The target, or the next instruction.</summary>
    Branch,

    /// <summary>The target, and when that returns, the next instruction.</summary>
    Call,

    /// <summary>Nothing: it returns to who called, or to a thread.</summary>
    Return,

    /// <summary>Nothing before an interrupt: WFI.</summary>
    Wait,

    /// <summary>Nothing: it traps into the kernel's own fault.</summary>
    Trap,

    /// <summary>Somewhere that only its register knows.</summary>
    Indirect,
}

/// <summary>An instruction's successors.</summary>
/// <param name="Kind">Which they are.</param>
/// <param name="Target">For Jump, Branch and Call: the address.</param>
internal readonly record struct Aarch64Flow(FlowKind Kind, ulong Target)
{
    /// <summary>Decodes <paramref name="word"/>, which stands at <paramref name="address"/>.</summary>
    public static Aarch64Flow Of(uint word, ulong address)
    {
        if ((word & 0x7C00_0000) == 0x1400_0000)
        {
            return new(word >> 31 == 0 ? FlowKind.Jump : FlowKind.Call, Relative(address, word, 0, 26));
        }

        if ((word & 0xFF00_0010) == 0x5400_0000)
        {
            // B.cond; conditions 14 and 15 mean always.
            return new((word & 15) >= 14 ? FlowKind.Jump : FlowKind.Branch, Relative(address, word, 5, 19));
        }

        if ((word & 0x7E00_0000) == 0x3400_0000)
        {
            return new(FlowKind.Branch, Relative(address, word, 5, 19));
        }

        if ((word & 0x7E00_0000) == 0x3600_0000)
        {
            return new(FlowKind.Branch, Relative(address, word, 5, 14));
        }

        return new(OfOthers(word), 0);
    }

    private static FlowKind OfOthers(uint word)
    {
        if ((word & 0xFE00_0000) == 0xD600_0000)
        {
            // BR and BLR leave; RET and ERET return.
            return ((word >> 21) & 15) is 2 or 4 ? FlowKind.Return : FlowKind.Indirect;
        }

        const uint WaitForInterrupt = 0xD503_207F;
        if (word == WaitForInterrupt)
        {
            return FlowKind.Wait;
        }

        // UDF, BRK and HLT.
        return word >> 16 == 0 || (word & 0xFFE0_001F) is 0xD420_0000 or 0xD440_0000 ? FlowKind.Trap : FlowKind.Next;
    }

    private static ulong Relative(ulong address, uint word, int shift, int bits)
    {
        long offset = (long)((ulong)word << (64 - shift - bits)) >> (64 - bits);
        return address + (ulong)(offset * 4);
    }
}
