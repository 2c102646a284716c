// UTF-8, UTF-16, ASCII, Latin-1, hexadecimal and base 64, and bad input.
using System;
using System.Buffers.Text;
using System.Text;
namespace Programs;

public static class Encodings
{
    public static void Main()
    {
        string text = "h\u00e9llo \u4e2d\u6587 \U0001F600";
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        Console.WriteLine(utf8.Length + " " + Convert.ToHexString(utf8));
        Console.WriteLine(Encoding.UTF8.GetString(utf8) == text);
        Console.WriteLine(Encoding.UTF8.GetString([0x41, 0xC3, 0x28, 0xFF, 0x42]));
        Console.WriteLine(Encoding.ASCII.GetString([72, 105]) + Encoding.ASCII.GetBytes("\u00e9")[0] + " " + Encoding.Unicode.GetBytes("ab").Length + " " + Encoding.Latin1.GetBytes("\u00e9")[0]);
        Console.WriteLine(Convert.ToBase64String(utf8) + " " + Convert.FromBase64String("aGVsbG8=").Length + " " + Convert.FromHexString("00ff10")[1]);
        Console.WriteLine("literal"u8.Length + " " + "literal"u8.IndexOf((byte)'t') + " " + "abc"u8.SequenceEqual("abc"u8) + " " + Encoding.UTF8.GetByteCount(text));
        Console.WriteLine(Ascii.IsValid("caf\u00e9"u8) + " " + Ascii.EqualsIgnoreCase("Host"u8, "hOST"u8));
        Console.WriteLine(Utf8Parser.TryParse("12345 rest"u8, out int value, out int consumed) + " " + value + " " + consumed);
        foreach (Rune rune in "a\U0001F600".EnumerateRunes()) { Console.Write(rune.Value + " "); }
        Console.WriteLine(Rune.GetUnicodeCategory(new Rune('A')));
        try { new UTF8Encoding(false, true).GetString([0xFF]); } catch (ArgumentException) { Console.WriteLine("invalid utf-8"); }
        Encoder encoder = Encoding.UTF8.GetEncoder();
        byte[] part = new byte[8];
        int n = encoder.GetBytes(['\ud83d'], part, false);
        n += encoder.GetBytes(['\ude00'], part.AsSpan(n), true);
        Console.WriteLine(n + " " + Convert.ToHexString(part, 0, n));
    }
}
