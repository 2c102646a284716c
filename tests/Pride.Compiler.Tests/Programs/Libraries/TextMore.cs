// Text: builders, interpolation with formats, parsing with styles, encodings, spans, UTF-8 formatting, search, Unicode.
using System;
using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Unicode;
namespace Programs;

public static class TextMore
{
    private readonly struct Celsius(double degrees) : ISpanFormattable { public string ToString(string? format, IFormatProvider? provider) => degrees.ToString(format ?? "F1", provider) + "C"; public bool TryFormat(Span<char> to, out int written, ReadOnlySpan<char> format, IFormatProvider? provider) { string s = ToString(format.Length == 0 ? null : format.ToString(), provider); written = s.Length; return s.TryCopyTo(to); } public override string ToString() => ToString(null, null); }
    public static void Main()
    {
        StringBuilder b = new("start"); b.Append(1).Append(' ').Append(2.5).AppendLine().AppendFormat("{0:X4}|{1,-5}|{2,5:F1}", 255, "ab", 3.14159).Insert(0, "<").Replace("a", "A").Append(CultureInfo.InvariantCulture, $"{12:D4}").AppendJoin(';', [1, 2]); b.Length -= 1; Console.WriteLine(b.ToString().ReplaceLineEndings("/") + b.Length + b[1]);
        Console.WriteLine($"{1234567.891:N2} {0.123:P1} {255:x} {-5:D3} {1e10:E3} {42,6}|{42,-6}|{new Celsius(21.55)} {new Celsius(1):F3} {DateTime.UnixEpoch:yyyy} {true} {'c'} {null} {{}} {1.0 / 3:R} {123.456:0.0#;(0.0)} {1e-7} {float.MaxValue} {100m:C}");
        Console.WriteLine(int.Parse("-1,234", NumberStyles.AllowThousands | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) + int.Parse("ff", NumberStyles.HexNumber) + " " + double.Parse("1.5e3", CultureInfo.InvariantCulture) + decimal.Parse("(12.5)", NumberStyles.Currency, CultureInfo.InvariantCulture) + " " + int.TryParse(" 7 ", out int seven) + seven + uint.TryParse("-1", out _) + long.Parse("9223372036854775807") + " " + double.Parse("4.9E-324") + " " + float.Parse("0.1") + (double)float.Parse("0.1") + Convert.ToInt32("101", 2) + Convert.ToString(255, 8));
        Console.WriteLine("a,b,,c".Split(',', StringSplitOptions.RemoveEmptyEntries).Length + string.Join('+', "x y  z".Split(' ')) + "Trim me ".Trim() + "abc".PadLeft(5, '.') + "title".ToUpperInvariant() + "ÄÖÜßé".ToLowerInvariant() + "straße".ToUpperInvariant() + "hello".Replace("l", "L") + "abcabc".LastIndexOf("bc") + "a".CompareTo("b") + string.Compare("A", "a", StringComparison.OrdinalIgnoreCase) + "x".Equals("X", StringComparison.OrdinalIgnoreCase) + "hello".Contains("ELL", StringComparison.OrdinalIgnoreCase) + "abc".EndsWith('c') + new string('z', 3) + string.Concat("a", 1, 'c') + "tEsT".IndexOfAny(['E', 'T']) + "abc".Remove(1, 1) + "ab".Insert(1, "-") + string.IsNullOrWhiteSpace(" \t") + "é".IsNormalized(NormalizationForm.FormC) + "line1\nline2".EnumerateLines().Current.Length + string.Create(3, 'q', (s, c) => s.Fill(c)));
        byte[] utf8 = Encoding.UTF8.GetBytes("aé€😀"); Console.WriteLine(Convert.ToHexString(utf8) + Encoding.UTF8.GetString(utf8).Length + Encoding.Unicode.GetByteCount("ab") + Encoding.Latin1.GetBytes("é")[0] + Encoding.ASCII.GetString([65, 200]) + Encoding.UTF32.GetBytes("a").Length + Convert.ToHexString(Encoding.BigEndianUnicode.GetBytes("a")) + Encoding.UTF8.GetString([0xC3, 0x28, 0xFF]).Length + Convert.ToBase64String([1, 2, 3, 255]) + Convert.FromBase64String("AQID/w==").Length + Base64Url.EncodeToString([251, 255]) + "😀".EnumerateRunes().First().Value + char.IsSurrogatePair("😀", 0) + Rune.ToUpperInvariant(new Rune('ä')) + char.GetUnicodeCategory('5') + char.IsLetterOrDigit('_') + char.GetNumericValue('7') + (char.ToUpperInvariant('ÿ') == 'Ÿ'));
        Span<byte> buffer = stackalloc byte[40]; Utf8.TryWrite(buffer, $"n={42:D4} {1.5} {"é"}", out int written); Console.WriteLine(Encoding.UTF8.GetString(buffer[..written]) + Utf8Formatter.TryFormat(123, buffer, out written) + written + Utf8Parser.TryParse("77x"u8, out int parsed, out int used) + parsed + used + 3.25.TryFormat(buffer, out written, "F3") + written); SearchValues<char> vowels = SearchValues.Create("aeiou"); Console.WriteLine("rhythm and".AsSpan().IndexOfAny(vowels) + "xyz".AsSpan().IndexOfAnyExcept(vowels) + "a-b-c".AsSpan().Count('-')); foreach (Range r in "k=v;x=y".AsSpan().Split(';')) { Console.Write("k=v;x=y"[r] + "."); }
        Console.WriteLine(new StringReader("l1\nl2").ReadLine() + new StringWriter { NewLine = "|" }.NewLine + CompositeFormat.Parse("{0}{1}").MinimumArgumentCount + string.Format(null, CompositeFormat.Parse("{0}-{1}"), 1, 2));
        using MemoryStream stream = new(); using (StreamWriter writer = new(stream, leaveOpen: true)) { writer.Write("stream é"); }
        stream.Position = 0; using StreamReader reader = new(stream); Console.WriteLine(reader.ReadToEnd() + stream.Length); using BinaryWriter binary = new(new MemoryStream()); binary.Write("s"); binary.Write(1.5); binary.Write7BitEncodedInt(300); Console.WriteLine(binary.BaseStream.Length); ArrayBufferWriter<byte> sink = new(); sink.Write<byte>([1, 2, 3]); Console.WriteLine(sink.WrittenCount + new ReadOnlySequence<byte>(sink.WrittenMemory).Slice(1).Length);
    }
}
