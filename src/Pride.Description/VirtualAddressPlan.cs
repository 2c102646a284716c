// Where regions go in a PD's address space when the description does not say.
//
// Regions start at 256 MiB: below lies the ELF image. A guard page stands on either side of each, so
// running off the end of a buffer is a fault and never another buffer. Regions of 2 MiB and more are aligned to it, for large pages.

namespace Pride.Description;

/// <summary>Hands out virtual addresses upwards; nothing is ever given back.</summary>
internal sealed class VirtualAddressPlan
{
    /// <summary>The first address of the window.</summary>
    public const ulong Base = 0x1000_0000;

    private ulong _next = Base;

    /// <summary>Reserves <paramref name="size"/> bytes and a guard page behind them.</summary>
    public ulong Reserve(ulong size)
    {
        ulong alignment = size >= Limits.LargePageSize ? Limits.LargePageSize : Limits.PageSize;
        ulong address = Sizes.RoundUp(_next, alignment);
        _next = address + Sizes.RoundUp(size, Limits.PageSize) + Limits.PageSize;
        return address;
    }
}
