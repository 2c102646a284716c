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

        if (size == Target.PointerSize && blob.Pointers.TryGetValue(offset, out DataPointer pointer))
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
            blob.Pointers[offset] = value.Kind == ValueKind.Type ? DataPointer.To(typeObject((TypeDesc)value.Token!)) : value.Pointer;
            return;
        }

        StoreNumber(blob.Bytes.AsSpan(offset, size), type.Reduced.Kind, value);
    }

    /// <summary>Copies bytes and the pointers among them; the ranges may overlap.</summary>
    public static void Copy(Blob source, int sourceOffset, Blob target, int targetOffset, int size)
    {
        CheckRange(source, sourceOffset, size);
        CheckRange(target, targetOffset, size);
        KeyValuePair<int, DataPointer>[] pointers =
            [.. source.Pointers.Where(p => p.Key > sourceOffset - Target.PointerSize && p.Key < sourceOffset + size)];
        if (pointers.Any(p => p.Key < sourceOffset || p.Key + Target.PointerSize > sourceOffset + size))
        {
            throw new NotPureException("copies a part of an address");
        }

        RemovePointers(target, targetOffset, size);
        source.Bytes.AsSpan(sourceOffset, size).CopyTo(target.Bytes.AsSpan(targetOffset));
        foreach ((int key, DataPointer pointer) in pointers)
        {
            target.Pointers[key - sourceOffset + targetOffset] = pointer;
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
        if (blob.Pointers.Count == 0)
        {
            return false;
        }

        for (int key = offset - Target.PointerSize + 1; key < offset + size; key++)
        {
            if (blob.Pointers.ContainsKey(key))
            {
                return true;
            }
        }

        return false;
    }

    private static void RemovePointers(Blob blob, int offset, int size)
    {
        if (blob.Pointers.Count == 0)
        {
            return;
        }

        for (int key = offset - Target.PointerSize + 1; key < offset + size; key++)
        {
            if (blob.Pointers.ContainsKey(key))
            {
                if (key < offset || key + Target.PointerSize > offset + size)
                {
                    throw new NotPureException("overwrites a part of an address");
                }

                blob.Pointers.Remove(key);
            }
        }
    }

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
