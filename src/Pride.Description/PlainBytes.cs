// The bytes of a value as they go into an image: its fields, and 0 between them. What stands in a value's padding is whatever the host had in that memory, so an
// image that took it over would be another one each time, and show what is nobody's business.

using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Pride.Description;

/// <summary>Values as bytes.</summary>
public static class PlainBytes
{
    private static readonly ConcurrentDictionary<Type, bool[]> s_covered = [];

    /// <summary>The bytes of <paramref name="value"/>, in the order of its memory; padding is 0.</summary>
    public static byte[] Of<T>(in T value)
        where T : unmanaged
    {
        byte[] bytes = MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)).ToArray();
        bool[] covered = s_covered.GetOrAdd(typeof(T), static type => CoveredBy(type, Unsafe.SizeOf<T>()));
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = covered[i] ? bytes[i] : (byte)0;
        }

        return bytes;
    }

    private static bool[] CoveredBy(Type type, int size)
    {
        bool[] covered = LayoutOf(type).Covered;
        return covered.Length == size
            ? covered
            : throw new InvalidOperationException($"{type} has {size} bytes, and {covered.Length} by its fields' sizes and alignments");
    }

    private static Layout LayoutOf(Type type)
    {
        if (type.IsPrimitive || type.IsEnum || type.IsPointer || type.IsFunctionPointer)
        {
            int size = SizeOfPlain(type);
            return new Layout([.. Enumerable.Repeat(true, size)], size);
        }

        StructLayoutAttribute attribute = type.StructLayoutAttribute!;
        List<(int Offset, bool[] Covered)> parts = [];
        int end = 0;
        int alignment = 1;
        foreach (FieldInfo field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).OrderBy(f => f.MetadataToken))
        {
            Layout layout = LayoutOf(field.FieldType);
            int fieldAlignment = attribute.Pack == 0 ? layout.Alignment : Math.Min(layout.Alignment, attribute.Pack);
            int offset = field.GetCustomAttribute<FieldOffsetAttribute>()?.Value ?? RoundUp(end, fieldAlignment);
            int count = CountOf(type, field);
            parts.AddRange(Enumerable.Range(0, count).Select(i => (offset + (i * layout.Covered.Length), layout.Covered)));
            end = Math.Max(end, offset + (count * layout.Covered.Length));
            alignment = Math.Max(alignment, fieldAlignment);
        }

        bool[] covered = new bool[Math.Max(RoundUp(Math.Max(end, 1), alignment), attribute.Size)];
        foreach ((int offset, bool[] part) in parts)
        {
            // Fields may lie over each other, one's padding over another's bytes.
            for (int i = 0; i < part.Length; i++)
            {
                covered[offset + i] |= part[i];
            }
        }

        return new Layout(covered, alignment);
    }

    // An inline array has one field, and so has the type that the compiler makes of a fixed buffer, which says its size in bytes.
    private static int CountOf(Type type, FieldInfo field) =>
        type.GetCustomAttribute<InlineArrayAttribute>() is { } array ? array.Length
        : type.IsDefined(typeof(UnsafeValueTypeAttribute), false) ? type.StructLayoutAttribute!.Size / SizeOfPlain(field.FieldType)
        : 1;

    private static int SizeOfPlain(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.Boolean or TypeCode.Byte or TypeCode.SByte => sizeof(byte),
        TypeCode.Char or TypeCode.Int16 or TypeCode.UInt16 => sizeof(short),
        TypeCode.Int32 or TypeCode.UInt32 or TypeCode.Single => sizeof(int),
        _ => sizeof(long),
    };

    private static int RoundUp(int value, int alignment) => (value + alignment - 1) / alignment * alignment;

    /// <summary>What a type is like.</summary>
    /// <param name="Covered">For each of its bytes: it belongs to a field, and is no padding.</param>
    /// <param name="Alignment">In bytes.</param>
    private readonly record struct Layout(bool[] Covered, int Alignment);
}
