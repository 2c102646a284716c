// Sizes as people write them: `64.KiB()`, `16.MiB()`.

namespace Pride.Description;

/// <summary>Binary units, in bytes.</summary>
public static class Sizes
{
    private const ulong BytesPerKiB = 1024;

    /// <summary><paramref name="count"/> KiB in bytes.</summary>
    public static ulong KiB(this int count) => checked((ulong)count * BytesPerKiB);

    /// <summary><paramref name="count"/> MiB in bytes.</summary>
    public static ulong MiB(this int count) => count.KiB() * BytesPerKiB;

    /// <summary>The next multiple of <paramref name="unit"/> (a power of two) at or above <paramref name="value"/>.</summary>
    public static ulong RoundUp(ulong value, ulong unit) => checked(value + unit - 1) & ~(unit - 1);

    /// <summary>The next multiple of <paramref name="unit"/> (a power of two) at or below <paramref name="value"/>.</summary>
    public static ulong RoundDown(ulong value, ulong unit) => value & ~(unit - 1);

    /// <summary>A size for people: the largest unit that divides it, or one decimal.</summary>
    public static string Show(ulong bytes) => bytes switch
    {
        >= 1024 * 1024 when bytes % (1024 * 1024) == 0 => $"{bytes / (1024 * 1024)} MiB",
        >= 1024 * 1024 => $"{bytes / (1024.0 * 1024.0):F1} MiB",
        >= 1024 when bytes % 1024 == 0 => $"{bytes / 1024} KiB",
        >= 1024 => $"{bytes / 1024.0:F1} KiB",
        _ => $"{bytes} B",
    };
}
