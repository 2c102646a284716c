// MemoryMarshal, BinaryPrimitives, sorting and searching spans, Memory, split, trims.
using System;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
namespace Programs;

public static class SpansMore
{
    private ref struct Reader(ReadOnlySpan<byte> data) { private ReadOnlySpan<byte> _rest = data; public ushort Next() { ushort value = BinaryPrimitives.ReadUInt16BigEndian(_rest); _rest = _rest[2..]; return value; } public readonly bool More => _rest.Length >= 2; }
    public static void Main()
    {
        byte[] packet = [0x45, 0, 0, 0x3c, 0x1c, 0x46, 0x40, 0, 0x40, 6, 0, 0, 0xac, 0x10, 0x0a, 0x63];
        Reader reader = new(packet);
        uint sum = 0;
        while (reader.More) { sum += reader.Next(); }
        Console.WriteLine((ushort)~((sum & 0xffff) + (sum >> 16)));
        Span<uint> words = MemoryMarshal.Cast<byte, uint>(packet.AsSpan());
        Console.WriteLine(words.Length + " " + words[1]);
        Span<int> numbers = [9, 3, 7, 1];
        numbers.Sort();
        Console.WriteLine(numbers.BinarySearch(7) + " " + numbers.IndexOfAny(3, 9) + " " + numbers.Contains(4) + " " + numbers.SequenceCompareTo([1, 3, 8]));
        numbers.Reverse();
        Console.WriteLine(string.Join(',', numbers.ToArray()));
        ReadOnlySpan<char> text = "  key : value ";
        int colon = text.IndexOf(':');
        Console.WriteLine("[" + text[..colon].Trim().ToString() + "][" + text[(colon + 1)..].Trim().ToString() + "]");
        Memory<byte> memory = packet.AsMemory(4, 8);
        memory.Span[0] = 0xff;
        Console.WriteLine(packet[4] + " " + memory.Slice(2).Length + " " + memory.ToArray()[7]);
        BinaryPrimitives.WriteInt64LittleEndian(packet, -2);
        Console.WriteLine(packet[0] + " " + BinaryPrimitives.ReverseEndianness(0x11223344) + " " + BitConverter.ToInt32(packet, 4));
        Console.WriteLine("GET /index.html HTTP/1.1"u8.IndexOf(" /"u8) + " " + "a,b"u8.Count((byte)',') + " " + MemoryExtensions.CommonPrefixLength<byte>("abcd"u8, "abxy"u8));
        Console.WriteLine("xx--xx".AsSpan().Trim('x').ToString() + "abcabc".AsSpan().LastIndexOf("bc") + "AbC".AsSpan().Equals("aBc", StringComparison.OrdinalIgnoreCase) + "abc".AsSpan().ContainsAny("xyzc"));
        try { _ = packet.AsSpan(10, 20); } catch (ArgumentOutOfRangeException) { Console.WriteLine("outside"); }
    }
}
