// Spans, Memory, MemoryMarshal, pools, buffers, binary primitives, hashing by hand-written and framework code.
using System;
using System.Buffers;
using System.Buffers.Binary;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
namespace Programs;

public static class SpansAndMemory
{
    private struct Pair { public short A; public int B; }
    public static void Main()
    {
        byte[] data = new byte[16]; Span<byte> s = data; BinaryPrimitives.WriteInt32BigEndian(s, 0x01020304); BinaryPrimitives.WriteDoubleLittleEndian(s[4..], 1.5); Console.WriteLine(Convert.ToHexString(data) + BinaryPrimitives.ReadUInt16BigEndian(s) + " " + MemoryMarshal.Read<int>(s) + " " + MemoryMarshal.Cast<byte, short>(s).Length + BinaryPrimitives.ReverseEndianness(0x11223344).ToString("X"));
        Pair[] pairs = [new() { A = 1, B = 2 }, new() { A = 3, B = 4 }]; Span<byte> raw = MemoryMarshal.AsBytes(pairs.AsSpan()); Console.WriteLine(raw.Length + " " + raw[8] + " " + MemoryMarshal.GetReference(pairs.AsSpan(1)).B + " " + Unsafe.Add(ref pairs[0], 1).A + " " + Unsafe.SizeOf<Pair>()); int[] n = [1, 2, 3, 4, 5, 6]; Span<int> t = n.AsSpan(1, 4); t.Reverse(); t[^1] = 9; Console.WriteLine(string.Join(',', n) + t.IndexOf(9) + t.Contains(4) + t.SequenceEqual([5, 4, 3, 9]) + t.BinarySearch(100) + t.StartsWith([5, 4]) + t.LastIndexOf(4) + t.ContainsAnyInRange(3, 3) + t.CommonPrefixLength([5, 4, 0]));
        t[..2].CopyTo(t[1..]); t.Slice(3).Fill(7); t[..1].Clear(); Console.WriteLine(string.Join(' ', n)); try { t[..1].CopyTo(Span<int>.Empty); } catch (ArgumentException e) { Console.WriteLine(e.Message); }
        try { _ = t[t.Length]; } catch (IndexOutOfRangeException) { Console.WriteLine("outside"); }
        ReadOnlyMemory<char> memory = "memory text".AsMemory(); Console.WriteLine(memory.Slice(7).ToString() + memory.Span.IndexOf("text") + memory.Length); int[] rented = ArrayPool<int>.Shared.Rent(100); Console.WriteLine(rented.Length >= 100); ArrayPool<int>.Shared.Return(rented); using IMemoryOwner<byte> owner = MemoryPool<byte>.Shared.Rent(10); Console.WriteLine(owner.Memory.Length >= 10);
        Span<char> chars = stackalloc char[8]; "span".CopyTo(chars); chars[4..].Fill('!'); Console.WriteLine(chars.ToString() + new string(chars[..4]).ToUpperInvariant() + chars.TrimEnd('!').Length + chars.IndexOfAnyExcept('s', 'p') + string.Join('|', "b,a,c".Split(',').Order())); ref int third = ref MemoryMarshal.GetArrayDataReference(n); Console.WriteLine(Unsafe.Add(ref third, 2) + Unsafe.ByteOffset(ref n[0], ref n[3]).ToString()); n.AsSpan().Sort((a, b) => b - a); Console.WriteLine(string.Join(',', n)); (int, string)[] keyed = [(2, "b"), (1, "a")]; keyed.AsSpan().Sort(); Console.WriteLine(keyed[0]); Guid guid = new("00112233-4455-6677-8899-aabbccddeeff"); Console.WriteLine(guid + " " + guid.ToString("N") + Convert.ToHexString(guid.ToByteArray()) + (Guid.Parse("{00112233-4455-6677-8899-aabbccddeeff}") == guid) + new Version(1, 2, 3).CompareTo(new Version("1.10")) + Buffer.ByteLength(n)); int[] moved = new int[6]; Buffer.BlockCopy(n, 4, moved, 0, 8); Console.WriteLine(moved[0] + moved[1]); HashCode hash = default; hash.Add(1); Console.WriteLine(hash.ToHashCode() == HashCode.Combine(1)); Console.WriteLine(string.GetHashCode("a") == "a".GetHashCode());
    }
}
