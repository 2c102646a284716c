// Memory of the compile-time interpreter: blobs, which are bytes with pointers among them.
//
// Every access is checked, and one that tears a pointer apart or reads what is only known at run time ends the interpretation.

using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using Pride.Compiler.Emit;
using Pride.Compiler.Metadata;

namespace Pride.Compiler.StaticConstructors;

/// <summary>Typed loads and stores.</summary>
internal static class InterpretedMemory
{
    public static InterpretedValue Load(Blob blob, int offset, TypeDesc type)
    {
        int size = type.VariableSize;
        CheckRange(blob, offset, size);
        if (type.IsStruct)
        {
            Blob copy = new(size, type.VariableAlignment);
            Copy(blob, offset, copy, 0, size);
            return InterpretedValue.OfStruct(copy);
        }

        if (size == Target.PointerSize && blob.Pointers.TryGet(offset, out DataPointer pointer))
        {
            return InterpretedValue.To(pointer);
        }

        if (HasPointer(blob, offset, size))
        {
            throw new NotPureException("reads a part of an address");
        }

        return LoadNumber(blob.Bytes.AsSpan(offset, size), type.Reduced.Kind);
    }

    public static void Store(Blob blob, int offset, TypeDesc type, InterpretedValue value, Func<TypeDesc, string> typeObject)
    {
        int size = type.VariableSize;
        CheckRange(blob, offset, size);
        if (value.Kind == ValueKind.Struct)
        {
            Copy(value.Struct!, 0, blob, offset, size);
            return;
        }

        RemovePointers(blob, offset, size);
        if (value.Kind is ValueKind.Pointer or ValueKind.Type)
        {
            if (size != Target.PointerSize)
            {
                throw new NotPureException("stores an address as a number");
            }

            blob.Bytes.AsSpan(offset, size).Clear();
            blob.Pointers.Set(offset, value.Kind == ValueKind.Type ? DataPointer.To(typeObject((TypeDesc)value.Token!)) : value.Pointer);
            return;
        }

        StoreNumber(blob.Bytes.AsSpan(offset, size), type.Reduced.Kind, value);
    }

    /// <summary>Copies bytes and the pointers among them; the ranges may overlap.</summary>
    public static void Copy(Blob source, int sourceOffset, Blob target, int targetOffset, int size)
    {
        CheckRange(source, sourceOffset, size);
        CheckRange(target, targetOffset, size);
        (int first, int end) = PointersIn(source, sourceOffset, size, "copies a part of an address");
        int[] offsets = source.Pointers.Offsets[first..end].ToArray();
        DataPointer[] pointers = source.Pointers.Values[first..end].ToArray();
        RemovePointers(target, targetOffset, size);
        source.Bytes.AsSpan(sourceOffset, size).CopyTo(target.Bytes.AsSpan(targetOffset));
        for (int i = 0; i < pointers.Length; i++)
        {
            target.Pointers.Set(offsets[i] - sourceOffset + targetOffset, pointers[i]);
        }
    }

    public static void Fill(Blob blob, int offset, int size, byte value)
    {
        CheckRange(blob, offset, size);
        RemovePointers(blob, offset, size);
        blob.Bytes.AsSpan(offset, size).Fill(value);
    }

    private static void CheckRange(Blob blob, int offset, int size)
    {
        if (offset < 0 || size < 0 || offset > blob.Bytes.Length - size)
        {
            throw new NotPureException("accesses memory outside of an object");
        }
    }

    private static bool HasPointer(Blob blob, int offset, int size)
    {
        (int first, int end) = Touching(blob, offset, size);
        return first < end;
    }

    private static void RemovePointers(Blob blob, int offset, int size)
    {
        (int first, int end) = PointersIn(blob, offset, size, "overwrites a part of an address");
        while (end > first)
        {
            end--;
            blob.Pointers.Remove(blob.Pointers.Offsets[end]);
        }
    }

    // The pointers (from an index to before another) that lie wholly in a range; one that does so in part is refused.
    private static (int First, int End) PointersIn(Blob blob, int offset, int size, string refusal)
    {
        (int first, int end) = Touching(blob, offset, size);
        ReadOnlySpan<int> offsets = blob.Pointers.Offsets[first..end];
        return offsets.Length == 0 || (offsets[0] >= offset && offsets[^1] + Target.PointerSize <= offset + size) ? (first, end) : throw new NotPureException(refusal);
    }

    private static (int First, int End) Touching(Blob blob, int offset, int size) =>
        (blob.Pointers.FirstFrom(offset - Target.PointerSize + 1), blob.Pointers.FirstFrom(offset + size));

    private static InterpretedValue LoadNumber(ReadOnlySpan<byte> bytes, TypeKind kind) => kind switch
    {
        TypeKind.Boolean or TypeKind.Byte => InterpretedValue.FromInt32(bytes[0]),
        TypeKind.SByte => InterpretedValue.FromInt32((sbyte)bytes[0]),
        TypeKind.Char or TypeKind.UInt16 => InterpretedValue.FromInt32(BinaryPrimitives.ReadUInt16LittleEndian(bytes)),
        TypeKind.Int16 => InterpretedValue.FromInt32(BinaryPrimitives.ReadInt16LittleEndian(bytes)),
        TypeKind.Int32 or TypeKind.UInt32 => InterpretedValue.FromInt32(BinaryPrimitives.ReadInt32LittleEndian(bytes)),
        TypeKind.Single => InterpretedValue.FromFloat(BinaryPrimitives.ReadSingleLittleEndian(bytes)),
        TypeKind.Double => InterpretedValue.FromFloat(BinaryPrimitives.ReadDoubleLittleEndian(bytes)),
        _ => InterpretedValue.FromInt64(BinaryPrimitives.ReadInt64LittleEndian(bytes)),
    };

    private static void StoreNumber(Span<byte> bytes, TypeKind kind, InterpretedValue value)
    {
        if (kind is TypeKind.Single or TypeKind.Double)
        {
            if (value.Kind != ValueKind.Float)
            {
                throw new NotPureException("stores an integer as a floating-point number");
            }

            if (kind == TypeKind.Single)
            {
                BinaryPrimitives.WriteSingleLittleEndian(bytes, (float)value.Float);
            }
            else
            {
                BinaryPrimitives.WriteDoubleLittleEndian(bytes, value.Float);
            }

            return;
        }

        if (!value.IsInteger)
        {
            throw new NotPureException($"stores a {value.Kind} as an integer");
        }

        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)(value.Integer >> (8 * i));
        }
    }
}
