// Arrays where CoreLib's own code needs CoreCLR's type descriptions: copying, clearing, shape and element access by object.

using System;
using System.Runtime.CompilerServices;
using Pride.Machine;
using Pride.Runtime.ObjectModel;

namespace Pride.Runtime.Plugs;

[Plug(typeof(Array))]
internal static unsafe class ArrayPlugs
{
    // CoreLib's own texts (Arg_LongerThanSrcArray, Arg_LongerThanDestArray).
    private const string SourceTooShort = "Source array was not long enough. Check the source index, length, and the array's lower bounds.";
    private const string DestinationTooShort = "Destination array was not long enough. Check the destination index, length, and the array's lower bounds.";

    // What Buffer.BlockCopy asks, to refuse arrays whose elements are no primitive numbers.
    [PlugMethod("GetCorElementTypeOfElementType", AnySignature = true)]
    public static byte GetCorElementTypeOfElementType(Array self) => ObjectLayout.MethodTableOf(self)->Related->ElementType;

    public static void Copy(Array sourceArray, Array destinationArray, int length) => Copy(sourceArray, 0, destinationArray, 0, length);

    public static void Copy(Array sourceArray, int sourceIndex, Array destinationArray, int destinationIndex, int length)
    {
        ArgumentNullException.ThrowIfNull(sourceArray);
        ArgumentNullException.ThrowIfNull(destinationArray);
        CheckRange(sourceArray, sourceIndex, length, SourceTooShort, nameof(sourceArray));
        CheckRange(destinationArray, destinationIndex, length, DestinationTooShort, nameof(destinationArray));
        MethodTable* from = ObjectLayout.MethodTableOf(sourceArray);
        MethodTable* to = ObjectLayout.MethodTableOf(destinationArray);
        if (from != to && from->Rank != to->Rank)
        {
            throw new RankException();
        }

        bool isSame = from == to || Casting.IsAssignable(from, to);
        if (!isSame && (from->Related->Has(MethodTableFlags.ValueType) || to->Related->Has(MethodTableFlags.ValueType)))
        {
            CopyConverting(sourceArray, sourceIndex, destinationArray, destinationIndex, length);
            return;
        }

        byte* source = ElementAt(sourceArray, sourceIndex);
        byte* destination = ElementAt(destinationArray, destinationIndex);
        if (isSame)
        {
            MemoryOperations.Move(destination, source, (nuint)length * from->ComponentSize);
            return;
        }

        for (int i = 0; i < length; i++)
        {
            byte* value = ((byte**)source)[i];
            ((byte**)destination)[i] = Casting.Cast(value, to->Related);
        }
    }

    public static void ConstrainedCopy(Array sourceArray, int sourceIndex, Array destinationArray, int destinationIndex, int length) =>
        Copy(sourceArray, sourceIndex, destinationArray, destinationIndex, length);

    public static void Clear(Array array)
    {
        ArgumentNullException.ThrowIfNull(array);
        MethodTable* type = ObjectLayout.MethodTableOf(array);
        Unsafe.InitBlockUnaligned(ElementAt(array, 0), 0, (uint)((nuint)array.Length * type->ComponentSize));
    }

    public static void Clear(Array array, int index, int length)
    {
        ArgumentNullException.ThrowIfNull(array);
        if (index < 0 || length < 0 || (uint)index + (uint)length > (uint)array.Length)
        {
            throw new IndexOutOfRangeException();
        }

        MethodTable* type = ObjectLayout.MethodTableOf(array);
        Unsafe.InitBlockUnaligned(ElementAt(array, index), 0, (uint)((nuint)length * type->ComponentSize));
    }

    [PlugMethod("get_Rank")]
    public static int GetRank(Array array) => ObjectLayout.MethodTableOf(array)->Rank;

    public static int GetLength(Array array, int dimension)
    {
        int rank = GetRank(array);
        if ((uint)dimension >= (uint)rank)
        {
            throw new IndexOutOfRangeException();
        }

        return rank == 1 ? array.Length : LengthsOf(array)[dimension];
    }

    public static int GetLowerBound(Array array, int dimension)
    {
        if ((uint)dimension >= (uint)GetRank(array))
        {
            throw new IndexOutOfRangeException();
        }

        return 0;
    }

    public static int GetUpperBound(Array array, int dimension) => GetLength(array, dimension) - 1;

    public static object? InternalGetValue(Array array, nint flattenedIndex)
    {
        MethodTable* element = ObjectLayout.MethodTableOf(array)->Related;
        byte* address = ElementAt(array, flattenedIndex);
        return element->Has(MethodTableFlags.ValueType)
            ? Boxing.Box(element, address)
            : *(nint*)address == 0 ? null : ObjectLayout.ObjectAt(*(byte**)address);
    }

    public static void InternalSetValue(Array array, object? value, nint flattenedIndex)
    {
        MethodTable* type = ObjectLayout.MethodTableOf(array);
        byte* address = ElementAt(array, flattenedIndex);
        byte* source = ObjectLayout.AddressOf(value);
        if (!type->Related->Has(MethodTableFlags.ValueType))
        {
            Casting.CheckArrayStore(ObjectLayout.AddressOf(array), source);
            *(byte**)address = source;
        }
        else if (source == null)
        {
            Unsafe.InitBlockUnaligned(address, 0, type->ComponentSize);
        }
        else if (*(MethodTable**)source == type->Related)
        {
            MemoryOperations.Move(address, source + ObjectLayout.HeaderSize, type->ComponentSize);
        }
        else
        {
            throw new InvalidCastException("Object cannot be stored in an array of this type.");
        }
    }

    public static Array CreateInstanceFromArrayType(Type arrayType, int length) =>
        (Array)ObjectLayout.ObjectAt(Allocator.NewArray(RuntimeTypePlugs.MethodTableOf(arrayType), length));

    public static object Clone(Array array) => ObjectPlugs.MemberwiseClone(array);

    [NotAPlug]
    internal static byte* ElementAt(Array array, nint index)
    {
        MethodTable* type = ObjectLayout.MethodTableOf(array);
        return ObjectLayout.AddressOf(array) + type->BaseSize + (index * type->ComponentSize);
    }

    [NotAPlug]
    private static int* LengthsOf(Array array) => (int*)(ObjectLayout.AddressOf(array) + ObjectLayout.ArrayDataOffset);

    [NotAPlug]
    private static void CheckRange(Array array, int index, int length, string message, string parameter)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        if ((uint)index + (uint)length > (uint)array.Length)
        {
            throw new ArgumentException(message, parameter);
        }
    }

    // Boxing and unboxing copies (int[] to object[] and back); widening between primitive types is not supported.
    [NotAPlug]
    private static void CopyConverting(Array source, int sourceIndex, Array destination, int destinationIndex, int length)
    {
        MethodTable* from = ObjectLayout.MethodTableOf(source)->Related;
        MethodTable* to = ObjectLayout.MethodTableOf(destination)->Related;
        if (from->Has(MethodTableFlags.ValueType) && to->Has(MethodTableFlags.ValueType))
        {
            throw new ArrayTypeMismatchException();
        }

        for (int i = 0; i < length; i++)
        {
            InternalSetValue(destination, InternalGetValue(source, sourceIndex + i), destinationIndex + i);
        }
    }
}
