// Boxing by type description, for code that learns the type only at run time.

using Pride.Runtime.ObjectModel;

namespace Pride.Runtime;

/// <summary>Boxes of values of any type.</summary>
public static unsafe class Boxing
{
    /// <summary>A box with a copy of the value at <paramref name="data"/>; for Nullable&lt;T&gt; null or a box of T.</summary>
    public static object? Box(MethodTable* type, byte* data)
    {
        if (type->Has(MethodTableFlags.Nullable))
        {
            if (*data == 0)
            {
                return null;
            }

            // The fields of Nullable<T> are hasValue and value; the second one's offset is T's alignment.
            FieldTable* fields = (FieldTable*)type->Detail;
            data += (&fields->First)[1].Offset;
            type = type->Related;
        }

        byte* box = Allocator.NewObject(type);
        MemoryOperations.Move(box + ObjectLayout.HeaderSize, data, type->BaseSize - ObjectLayout.HeaderSize);
        return ObjectLayout.ObjectAt(box);
    }
}
