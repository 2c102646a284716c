// Where things lie in objects: strings, arrays and boxes are CoreLib's own layouts (String._stringLength, RawArrayData),
// so that CoreLib's IL works on them unchanged.

using System.Runtime.CompilerServices;

namespace Pride.Runtime.ObjectModel;

/// <summary>Offsets in bytes from the start of an object, and the raw views of references.</summary>
public static unsafe class ObjectLayout
{
    /// <summary>The type pointer; fields and boxed values start behind it.</summary>
    public const int HeaderSize = 8;

    /// <summary>String: 32-bit count of UTF-16 units.</summary>
    public const int StringLengthOffset = 8;

    /// <summary>String: the first UTF-16 unit; a zero unit follows the last.</summary>
    public const int StringDataOffset = 12;

    /// <summary>Array: 32-bit count of elements over all dimensions, then 32 bits of padding.</summary>
    public const int ArrayLengthOffset = 8;

    /// <summary>One-dimensional array: the first element. Rank n: n lengths and n lower bounds (32 bits each) come first.</summary>
    public const int ArrayDataOffset = 16;

    /// <summary>Elements or UTF-16 units that an array or string can have: what a signed 32-bit length allows.</summary>
    public const int MaximumLength = 0x7FFFFFC7;

    /// <summary>The address of an object. It stays: the heap never moves objects.</summary>
    public static byte* AddressOf(object? value) => (byte*)Unsafe.As<object?, nint>(ref value);

    /// <summary>The object at <paramref name="address"/>.</summary>
    public static object ObjectAt(byte* address) => Unsafe.As<nint, object>(ref Unsafe.AsRef<nint>(&address));

    public static MethodTable* MethodTableOf(object value) => *(MethodTable**)AddressOf(value);

    /// <summary>Bytes that the object takes, a multiple of 8.</summary>
    public static nuint SizeOf(byte* value)
    {
        MethodTable* type = *(MethodTable**)value;
        return type->SizeOf(type->ComponentSize == 0 ? 0 : *(uint*)(value + ArrayLengthOffset));
    }
}
