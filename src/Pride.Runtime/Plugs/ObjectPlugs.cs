// System.Object and System.ValueType: type, copy, and the default equality of value types by their field tables.

using System;
using Pride.Machine;
using Pride.Runtime.ObjectModel;

namespace Pride.Runtime.Plugs;

[Plug(typeof(object))]
internal static unsafe class ObjectPlugs
{
    public static Type GetType(object value) => (Type)ObjectLayout.ObjectAt((byte*)ObjectLayout.MethodTableOf(value)->RuntimeType);

    public static object MemberwiseClone(object value)
    {
        byte* source = ObjectLayout.AddressOf(value);
        MethodTable* type = *(MethodTable**)source;
        nuint size = ObjectLayout.SizeOf(source);
        byte* copy;
        if (type->ComponentSize == 0)
        {
            copy = type->Has(MethodTableFlags.Finalizer) ? Allocator.NewFinalizable(type) : Allocator.NewObject(type);
        }
        else
        {
            copy = Allocator.NewArray(type, *(int*)(source + ObjectLayout.ArrayLengthOffset));
        }

        MemoryOperations.Move(copy + ObjectLayout.HeaderSize, source + ObjectLayout.HeaderSize, size - ObjectLayout.HeaderSize);
        return ObjectLayout.ObjectAt(copy);
    }
}

[Plug(typeof(ValueType))]
internal static unsafe class ValueTypePlugs
{
    public static bool Equals(ValueType value, object? other)
    {
        byte* left = ObjectLayout.AddressOf(value);
        byte* right = ObjectLayout.AddressOf(other);
        return right != null && *(MethodTable**)left == *(MethodTable**)right
            && AreEqual(*(MethodTable**)left, left + ObjectLayout.HeaderSize, right + ObjectLayout.HeaderSize);
    }

    public static int GetHashCode(ValueType value)
    {
        byte* box = ObjectLayout.AddressOf(value);
        return HashOf(*(MethodTable**)box, box + ObjectLayout.HeaderSize);
    }

    public static string ToString(ValueType value) => value.GetType().ToString();

    [NotAPlug]
    private static bool AreEqual(MethodTable* type, byte* left, byte* right)
    {
        FieldTable* fields = (FieldTable*)type->Detail;
        FieldEntry* entries = &fields->First;
        for (nuint i = 0; i < fields->Count; i++)
        {
            FieldEntry field = entries[i];
            if (!AreFieldsEqual(field.Type, left + field.Offset, right + field.Offset))
            {
                return false;
            }
        }

        return true;
    }

    [NotAPlug]
    private static bool AreFieldsEqual(MethodTable* type, byte* left, byte* right)
    {
        if (!type->Has(MethodTableFlags.ValueType))
        {
            return Equals(ReferenceAt(left), ReferenceAt(right));
        }

        // Boxing lets the field's own Equals decide, as CoreCLR does.
        return Equals(Boxing.Box(type, left), Boxing.Box(type, right));
    }

    // The first field that is not null decides the hash, as under CoreCLR.
    [NotAPlug]
    private static int HashOf(MethodTable* type, byte* data)
    {
        FieldTable* fields = (FieldTable*)type->Detail;
        FieldEntry* entries = &fields->First;
        for (nuint i = 0; i < fields->Count; i++)
        {
            FieldEntry field = entries[i];
            object? value = field.Type->Has(MethodTableFlags.ValueType)
                ? Boxing.Box(field.Type, data + field.Offset)
                : ReferenceAt(data + field.Offset);
            if (value != null)
            {
                return value.GetHashCode();
            }
        }

        return (int)type->TypeId;
    }

    [NotAPlug]
    private static object? ReferenceAt(byte* address) => *(nint*)address == 0 ? null : ObjectLayout.ObjectAt(*(byte**)address);
}
