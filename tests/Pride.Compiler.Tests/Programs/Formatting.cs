// Interpolation and format strings of numbers, booleans, characters and objects.
using System;
namespace Programs;

public static class Formatting
{
    private sealed class Named { public override string ToString() => "named"; }
    public static void Main()
    {
        int n = 1234567;
        Console.WriteLine($"{n} {n:N0} {n:X} {n:x8} {n:D10} {-n} {n,12}| {n,-12}|");
        Console.WriteLine($"{0.5:P0} {1234.5678:F2} {1234.5678:0.#} {0.000123:E2} {1e21} {1.5f}");
        Console.WriteLine($"{true} {'c'} {"text",8} {new Named()} {(object?)null}|");
        Console.WriteLine(string.Format("{0} {1:X2} {0}", "again", 10) + $"{{braces}}");
        Console.WriteLine($"{byte.MaxValue} {sbyte.MinValue} {short.MinValue} {ushort.MaxValue} {uint.MaxValue} {long.MinValue} {ulong.MaxValue}");
        Console.WriteLine($"{123.456m} {decimal.MaxValue} {1m / 3:F5} {-0.1m:C1}".Replace("\u00a4", "$"));
        Console.WriteLine($"{Int128.MaxValue} {UInt128.One << 100}");
        Console.WriteLine($"{new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)}");
        Console.WriteLine($"{new TimeSpan(1, 2, 3, 4, 5)} {TimeSpan.FromMilliseconds(1500):g} {new DateTime(2024, 2, 29, 13, 4, 5):yyyy-MM-dd HH:mm:ss} {new DateOnly(2024, 12, 31):O}");
        Span<char> buffer = stackalloc char[20];
        Console.WriteLine(n.TryFormat(buffer, out int written, "D9") + " " + buffer[..written].ToString());
        Span<byte> utf8 = stackalloc byte[20];
        Console.WriteLine(n.TryFormat(utf8, out written) + " " + written + " " + utf8[0]);
        FormattableString late = $"{n} and {n:X}";
        Console.WriteLine(late.ToString());
        Console.WriteLine(255.ToString("b8") + " " + nint.Zero + " " + (nuint)7);
        Console.WriteLine(new DateTime(2026, 11, 23, 14, 5, 6, DateTimeKind.Utc).ToString("R"));
    }
}
