// System.Enum: values and names from the type's table; formatting and parsing are CoreLib's own.

using System;
using Pride.Machine;
using Pride.Runtime.ObjectModel;

namespace Pride.Runtime.Plugs;

[Plug(typeof(Enum))]
internal static unsafe class EnumPlugs
{
    public static bool Equals(Enum self, object? obj) => RuntimeHelpersPlugs.Equals(self, obj);

    // As the underlying type's own: for 32 bits and less the value, for 64 bits the halves mixed.
    public static int GetHashCode(Enum self)
    {
        byte* data = ObjectLayout.AddressOf(self) + ObjectLayout.HeaderSize;
        return ObjectLayout.MethodTableOf(self)->ElementType switch
        {
            ElementTypeI1 => *(sbyte*)data,
            ElementTypeU1 => *data,
            ElementTypeI2 => *(short*)data,
            ElementTypeU2 => *(ushort*)data,
            ElementTypeI8 or ElementTypeU8 => (*(long*)data).GetHashCode(),
            _ => *(int*)data,
        };
    }

    // Both of that name: of a boxed enum, and of an enum's type object.
    [PlugMethod("InternalGetCorElementType", AnySignature = true)]
    public static byte InternalGetCorElementType(object value)
    {
        MethodTable* type = ObjectLayout.MethodTableOf(value);
        return type->Has(MethodTableFlags.Enum) ? type->ElementType : RuntimeTypePlugs.MethodTableOf(value)->ElementType;
    }

    [PlugMethod("InternalGetUnderlyingType", AnySignature = true)]
    public static object? InternalGetUnderlyingType(object enumType) => RuntimeTypePlugs.TypeOf(RuntimeTypePlugs.MethodTableOf(enumType)->Related);

    [PlugMethod("GetEnumValuesAndNames", AnySignature = true)]
    public static void GetEnumValuesAndNames(TypeHandleArgument enumType, nint values, nint names, int getNames)
    {
        MethodTable* type = (MethodTable*)enumType.Handle;
        EnumTable* table = (EnumTable*)type->Detail;
        int count = (int)table->Count;
        *(byte**)values = ObjectLayout.AddressOf(ValuesOf(type->ElementType, table, count));
        if (getNames != 0)
        {
            string[] list = new string[count];
            for (int i = 0; i < count; i++)
            {
                list[i] = (string)ObjectLayout.ObjectAt((byte*)table->Names[i]);
            }

            *(byte**)names = ObjectLayout.AddressOf(list);
        }
    }

    // CoreLib keeps the values of signed enums in arrays of the unsigned type.
    [NotAPlug]
    private static Array ValuesOf(byte elementType, EnumTable* table, int count)
    {
        switch (elementType)
        {
            case ElementTypeI1 or ElementTypeU1:
                byte[] bytes = new byte[count];
                for (int i = 0; i < count; i++)
                {
                    bytes[i] = (byte)table->Values[i];
                }

                return bytes;
            case ElementTypeI2 or ElementTypeU2:
                ushort[] shorts = new ushort[count];
                for (int i = 0; i < count; i++)
                {
                    shorts[i] = (ushort)table->Values[i];
                }

                return shorts;
            case ElementTypeI8 or ElementTypeU8:
                ulong[] longs = new ulong[count];
                for (int i = 0; i < count; i++)
                {
                    longs[i] = table->Values[i];
                }

                return longs;
            default:
                uint[] words = new uint[count];
                for (int i = 0; i < count; i++)
                {
                    words[i] = (uint)table->Values[i];
                }

                return words;
        }
    }

    // ECMA-335 II.23.1.16.
    private const byte ElementTypeI1 = 4;
    private const byte ElementTypeU1 = 5;
    private const byte ElementTypeI2 = 6;
    private const byte ElementTypeU2 = 7;
    private const byte ElementTypeI8 = 10;
    private const byte ElementTypeU8 = 11;
}

/// <summary>CoreLib's QCallTypeHandle: the address of the RuntimeType reference, and its handle.</summary>
internal readonly struct TypeHandleArgument
{
    public readonly nint Reference;
    public readonly nint Handle;
}
