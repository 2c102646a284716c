// Reading a PD's memory as the PD itself could: a walk of its translation tables in software.

using Pride.Kernel.Objects;

namespace Pride.Kernel;

/// <summary>Walks tables of the format <typeparamref name="TFormat"/>.</summary>
internal static unsafe class PageWalk<TFormat>
    where TFormat : struct, IPageTable
{
    /// <summary>One aligned word at <paramref name="address"/> below <paramref name="root"/>. False when the PD could not read it or it is not RAM.</summary>
    public static bool TryRead(BootInfo* boot, ulong root, ulong address, out ulong value)
    {
        value = 0;
        ulong table = root;
        ulong memory = boot->MemoryAt(0);
        for (int level = 0; level <= TFormat.LastLevel; level++)
        {
            ulong entry = ((ulong*)(memory + table))[TFormat.Index(address, level)];
            if (!TFormat.IsValid(entry))
            {
                return false;
            }

            if (level < TFormat.LastLevel && TFormat.IsTable(entry))
            {
                table = TFormat.Address(entry);
                continue;
            }

            ulong offsetMask = PageTables.BytesAt<TFormat>(level) - 1;
            ulong physical = (TFormat.Address(entry) & ~offsetMask) | (address & offsetMask);
            if (!TFormat.IsUserMemory(entry) || physical < boot->RamStart || physical >= boot->RamEnd)
            {
                return false;
            }

            value = *(ulong*)(memory + physical);
            return true;
        }

        return false;
    }
}
