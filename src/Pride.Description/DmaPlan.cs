// Physical addresses for DMA regions: given out while the description runs, downwards from the top of main memory.
//
// The image lies at the bottom of main memory, so the two grow towards each other; the image builder checks that they do not meet.

namespace Pride.Description;

/// <summary>Hands out physical memory from the top down.</summary>
internal sealed class DmaPlan
{
    private readonly BoardMemory _memory;
    private ulong _next;

    public DmaPlan(Board board)
    {
        _memory = board.MainMemory;
        _next = _memory.Base + _memory.Size;
    }

    /// <summary>Reserves <paramref name="size"/> bytes, aligned to a large page when that long.</summary>
    public ulong Reserve(string name, ulong size)
    {
        ulong alignment = size >= Limits.LargePageSize ? Limits.LargePageSize : Limits.PageSize;
        if (size > _next - _memory.Base)
        {
            throw new SystemDescriptionException(
                "dma-memory",
                $"DMA region '{name}' of {Sizes.Show(size)} does not fit: {Sizes.Show(_next - _memory.Base)} of main memory are left",
                "make DMA regions smaller or give the board more memory");
        }

        _next = Sizes.RoundDown(_next - size, alignment);
        return _next;
    }
}
