// RuntimeHelpers where it asks CoreCLR about objects.

using System;
using System.Runtime.CompilerServices;
using Pride.Machine;
using Pride.Runtime.ObjectModel;

namespace Pride.Runtime.Plugs;

[Plug(typeof(RuntimeHelpers))]
internal static unsafe class RuntimeHelpersPlugs
{
    // Objects never move, so the address, spread by a multiplicative hash (Knuth, 6.4), identifies them.
    public static int GetHashCode(object? o) => (int)((ulong)((nuint)ObjectLayout.AddressOf(o) >> 4) * 0x9E3779B97F4A7C15UL >> 33);

    public static int TryGetHashCode(object? o) => GetHashCode(o);

    /// <summary>A box of a primitive or enum, by its type.</summary>
    public static object? Box(ref byte target, RuntimeTypeHandle type)
    {
        MethodTable* table = (MethodTable*)type.Value;
        byte* box = Allocator.NewObject(table);
        nuint size = table->ElementType switch
        {
            0x02 or 0x04 or 0x05 => 1,
            0x03 or 0x06 or 0x07 => 2,
            0x08 or 0x09 or 0x0c => 4,
            _ => table->BaseSize - ObjectLayout.HeaderSize,
        };
        MemoryOperations.Move(box + ObjectLayout.HeaderSize, (byte*)Unsafe.AsPointer(ref target), size);
        return ObjectLayout.ObjectAt(box);
    }

    public static bool TryEnsureSufficientExecutionStack() => true;

    public static void EnsureSufficientExecutionStack()
    {
    }

    public static ref byte GetRawData(object obj) => ref *(ObjectLayout.AddressOf(obj) + ObjectLayout.HeaderSize);

    public static nuint GetRawObjectDataSize(object obj) => ObjectLayout.SizeOf(ObjectLayout.AddressOf(obj)) - ObjectLayout.HeaderSize;

    public static ushort GetElementSize(Array array) => ObjectLayout.MethodTableOf(array)->ComponentSize;

    public static ref int GetMultiDimensionalArrayBounds(Array array) =>
        ref *(int*)(ObjectLayout.AddressOf(array) + ObjectLayout.ArrayDataOffset);

    // 0 for T[], as CoreCLR has it.
    public static int GetMultiDimensionalArrayRank(Array array)
    {
        int rank = ObjectLayout.MethodTableOf(array)->Rank;
        return rank == 1 ? 0 : rank;
    }

    public static bool ObjectHasComponentSize(object obj) => ObjectLayout.MethodTableOf(obj)->ComponentSize != 0;

    public static object GetUninitializedObject(Type type) =>
        ObjectLayout.ObjectAt(Allocator.NewObject(RuntimeTypePlugs.MethodTableOf(type)));

    public static void RunClassConstructor(RuntimeTypeHandle type)
    {
    }

    // Equal bytes behind the header; both are of the same type.
    public static bool ContentEquals(object left, object right)
    {
        byte* a = ObjectLayout.AddressOf(left);
        byte* b = ObjectLayout.AddressOf(right);
        int size = (int)ObjectLayout.SizeOf(a) - ObjectLayout.HeaderSize;
        return new ReadOnlySpan<byte>(a + ObjectLayout.HeaderSize, size).SequenceEqual(new ReadOnlySpan<byte>(b + ObjectLayout.HeaderSize, size));
    }

    public static new bool Equals(object? o1, object? o2)
    {
        if (ReferenceEquals(o1, o2))
        {
            return true;
        }

        return o1 != null && o2 != null && ObjectLayout.MethodTableOf(o1) == ObjectLayout.MethodTableOf(o2)
            && ObjectLayout.MethodTableOf(o1)->Has(MethodTableFlags.ValueType) && ContentEquals(o1, o2);
    }
}
