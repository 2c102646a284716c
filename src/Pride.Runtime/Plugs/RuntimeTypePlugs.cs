// System.Type at run time: identity, names and kind from the type's description. There is no reflection over members.

using System;
using System.Reflection;
using System.Runtime.CompilerServices;
using Pride.Machine;
using Pride.Runtime.ObjectModel;

namespace Pride.Runtime.Plugs;

[Plug("System.RuntimeType")]
internal static unsafe class RuntimeTypePlugs
{
    // ECMA-335 II.23.1.16.
    private const byte ElementTypeBoolean = 2;
    private const byte ElementTypeR8 = 13;
    private const byte ElementTypeString = 14;
    private const byte ElementTypeI = 0x18;
    private const byte ElementTypeU = 0x19;

    [NotAPlug]
    public static MethodTable* MethodTableOf(object type) => *(MethodTable**)(ObjectLayout.AddressOf(type) + HandleOffset);

    public static string ToString(object self)
    {
        string name = NameOf(MethodTableOf(self));
        return MethodTableOf(self)->Has(MethodTableFlags.Generic) ? ShortGenericName(name) : name;
    }

    // List`1[[System.Int32]] is a full name, List`1[System.Int32] what ToString says.
    [NotAPlug]
    private static string ShortGenericName(string name)
    {
        Span<char> text = stackalloc char[name.Length];
        int length = 0;
        for (int i = 0; i < name.Length; i++)
        {
            char unit = name[i];
            char next = i + 1 < name.Length ? name[i + 1] : '\0';
            if ((unit == ']' && next == ',') || (unit == '[' && i > 0 && name[i - 1] == ','))
            {
                // Between two arguments: "],[".
                continue;
            }

            text[length++] = unit;
            i += (unit is '[' or ']') && next == unit ? 1 : 0;
        }

        return new string(text[..length]);
    }

    [PlugMethod("get_FullName")]
    public static string FullName(object self) => NameOf(MethodTableOf(self));

    [PlugMethod("get_AssemblyQualifiedName")]
    public static string AssemblyQualifiedName(object self) => NameOf(MethodTableOf(self));

    [PlugMethod("get_Name")]
    public static string Name(object self)
    {
        string name = NameOf(MethodTableOf(self));
        int end = EndOfOwnName(name);
        int start = name.AsSpan(0, end).LastIndexOfAny('.', '+') + 1;

        // Arrays keep their brackets: Int32[].
        return MethodTableOf(self)->Has(MethodTableFlags.Array) ? name[start..] : name[start..end];
    }

    [PlugMethod("get_Namespace")]
    public static string? Namespace(object self)
    {
        string name = NameOf(MethodTableOf(self));
        ReadOnlySpan<char> own = name.AsSpan(0, EndOfOwnName(name));
        int nested = own.IndexOf('+');
        int dot = (nested < 0 ? own : own[..nested]).LastIndexOf('.');
        return dot < 0 ? null : name[..dot];
    }

    public static new bool Equals(object self, object? obj) => ReferenceEquals(self, obj);

    public static int GetHashCode(object self) => RuntimeHelpersPlugs.GetHashCode(self);

    public static bool IsValueTypeImpl(object self) => MethodTableOf(self)->Has(MethodTableFlags.ValueType);

    [PlugMethod("get_IsActualValueType")]
    public static bool IsActualValueType(object self) => MethodTableOf(self)->Has(MethodTableFlags.ValueType);

    [PlugMethod("get_IsEnum")]
    public static bool IsEnum(object self) => MethodTableOf(self)->Has(MethodTableFlags.Enum);

    [PlugMethod("get_IsActualEnum")]
    public static bool IsActualEnum(object self) => MethodTableOf(self)->Has(MethodTableFlags.Enum);

    [PlugMethod("get_IsActualInterface")]
    public static bool IsActualInterface(object self) => MethodTableOf(self)->Has(MethodTableFlags.Interface);

    [PlugMethod("get_IsNullableOfT")]
    public static bool IsNullableOfT(object self) => MethodTableOf(self)->Has(MethodTableFlags.Nullable);

    public static bool IsDelegate(object self) => MethodTableOf(self)->Has(MethodTableFlags.Delegate);

    [PlugMethod("get_IsSZArray")]
    public static bool IsSZArray(object self) => MethodTableOf(self)->Rank == 1;

    public static bool IsArrayImpl(object self) => MethodTableOf(self)->Has(MethodTableFlags.Array);

    public static int GetArrayRank(object self) => MethodTableOf(self)->Rank;

    public static bool HasElementTypeImpl(object self) => MethodTableOf(self)->Has(MethodTableFlags.Array);

    public static bool IsByRefImpl(object self) => false;

    public static bool IsPointerImpl(object self) => false;

    public static bool IsPrimitiveImpl(object self)
    {
        MethodTable* type = MethodTableOf(self);
        return type->Has(MethodTableFlags.ValueType) && !type->Has(MethodTableFlags.Enum)
            && type->ElementType is (>= ElementTypeBoolean and <= ElementTypeR8) or ElementTypeI or ElementTypeU;
    }

    public static TypeCode GetTypeCodeImpl(object self)
    {
        MethodTable* type = MethodTableOf(self);
        return type->ElementType switch
        {
            // ELEMENT_TYPE_BOOLEAN.. R8 stand in the order of TypeCode.Boolean (3) .. Double (14).
            >= ElementTypeBoolean and <= ElementTypeR8 => (TypeCode)(type->ElementType + 1),
            ElementTypeString => TypeCode.String,
            _ when type == CompilerFacts.MethodTableOf<decimal>() => TypeCode.Decimal,
            _ when type == CompilerFacts.MethodTableOf<DateTime>() => TypeCode.DateTime,
            _ => TypeCode.Object,
        };
    }

    public static Type? GetElementType(object self)
    {
        MethodTable* type = MethodTableOf(self);
        return type->Has(MethodTableFlags.Array) ? TypeOf(type->Related) : null;
    }

    public static Type GetEnumUnderlyingType(object self) => TypeOf(MethodTableOf(self)->Related)!;

    [PlugMethod("get_BaseType")]
    public static Type? BaseType(object self) => TypeOf(MethodTableOf(self)->Parent);

    public static bool IsInstanceOfType(object self, object? o) =>
        o != null && Casting.IsAssignable(ObjectLayout.MethodTableOf(o), MethodTableOf(self));

    public static bool IsAssignableFrom(object self, Type? c) =>
        c != null && Casting.IsAssignable(MethodTableOf(c), MethodTableOf(self));

    public static bool IsSubclassOf(object self, Type type)
    {
        MethodTable* mine = MethodTableOf(self);
        MethodTable* other = MethodTableOf(type);
        return mine != other && other->TypeId <= mine->TypeId && mine->TypeId <= other->LastTypeId;
    }

    public static bool IsDefined(object self, Type attributeType, bool inherit) =>
        attributeType == typeof(FlagsAttribute) && MethodTableOf(self)->Has(MethodTableFlags.EnumFlags);

    // What CoreLib would cache on the type (tables of enum members) is made anew each time.
    public static T FindCacheEntry<T>(object self) => default!;

    public static T ReplaceCacheEntry<T>(object self, T entry) => entry;

    [PlugMethod("GetAttributeFlagsImpl")]
    public static TypeAttributes GetAttributeFlagsImpl(object self)
    {
        MethodTable* type = MethodTableOf(self);
        return TypeAttributes.Public
            | (type->Has(MethodTableFlags.Interface) ? TypeAttributes.Interface : 0)
            | (type->Has(MethodTableFlags.Sealed) ? TypeAttributes.Sealed : 0)
            | (type->Has(MethodTableFlags.Abstract) ? TypeAttributes.Abstract : 0);
    }

    [PlugMethod("get_IsGenericType")]
    public static bool IsGenericType(object self) => MethodTableOf(self)->Has(MethodTableFlags.Generic);

    [PlugMethod("get_IsGenericTypeDefinition")]
    public static bool IsGenericTypeDefinition(object self) => MethodTableOf(self)->Has(MethodTableFlags.Open);

    [PlugMethod("get_IsConstructedGenericType")]
    public static bool IsConstructedGenericType(object self) => IsGenericType(self) && !IsGenericTypeDefinition(self);

    [PlugMethod("get_IsGenericParameter")]
    public static bool IsGenericParameter(object self) => false;

    public static Type GetGenericTypeDefinition(object self) => throw new NotSupportedException(NoArguments);

    public static Type[] GetGenericArguments(object self) => throw new NotSupportedException(NoArguments);

    private const string NoArguments = "types of a compiled image do not know what they are instantiated from";

    [PlugMethod("get_DeclaringType")]
    public static Type? DeclaringType(object self) => null;

    [PlugMethod("get_Assembly")]
    public static Assembly Assembly(object self) => CompiledAssembly.Of(MethodTableOf(self)->AssemblyNumber);

    [PlugMethod("get_Module")]
    public static Module Module(object self) => throw new NotSupportedException("types of a compiled image know no module");

    // m_keepalive, m_cache, m_handle: the third field.
    private const int HandleOffset = ObjectLayout.HeaderSize + (2 * sizeof(long));

    [NotAPlug]
    internal static Type? TypeOf(MethodTable* type) =>
        type == null || type->RuntimeType == null ? null : (Type)ObjectLayout.ObjectAt((byte*)type->RuntimeType);

    [NotAPlug]
    internal static string NameOf(MethodTable* type)
    {
        byte* name = type->Name;
        if (name == null)
        {
            return "?";
        }

        // The compiler wrote this UTF-8, so it is well formed; Encoding, with its fallbacks, would be a quarter of a small image.
        int length = 0;
        for (byte* next = name; *next != 0; next++)
        {
            length += (*next & 0xC0) == 0x80 ? 0 : *next >= 0xF0 ? 2 : 1;
        }

        string text = new('\0', length);
        fixed (char* units = text)
        {
            Decode(name, units, length);
        }

        return text;
    }

    [NotAPlug]
    private static void Decode(byte* utf8, char* units, int length)
    {
        for (int i = 0; i < length; i++)
        {
            int lead = *utf8++;
            int rest = lead < 0x80 ? 0 : lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
            int scalar = rest == 0 ? lead : lead & (0x3F >> rest);
            for (; rest > 0; rest--)
            {
                scalar = (scalar << 6) | (*utf8++ & 0x3F);
            }

            if (scalar >= 0x10000)
            {
                units[i++] = (char)(0xD7C0 + (scalar >> 10));
                scalar = 0xDC00 | (scalar & 0x3FF);
            }

            units[i] = (char)scalar;
        }
    }

    // Where generic arguments or array brackets start.
    [NotAPlug]
    private static int EndOfOwnName(string name)
    {
        int bracket = name.IndexOf('[');
        return bracket < 0 ? name.Length : bracket;
    }
}

[Plug(typeof(Nullable))]
internal static unsafe class NullablePlugs
{
    public static Type? GetUnderlyingType(Type nullableType)
    {
        ArgumentNullException.ThrowIfNull(nullableType);
        MethodTable* type = RuntimeTypePlugs.MethodTableOf(nullableType);
        return type->Has(MethodTableFlags.Nullable) ? RuntimeTypePlugs.TypeOf(type->Related) : null;
    }
}

[Plug(typeof(Type))]
internal static class TypePlugs
{
    public static bool IsAssignableFrom(Type self, Type? c) => RuntimeTypePlugs.IsAssignableFrom(self, c);


    [PlugMethod("op_Equality")]
    public static bool AreEqual(Type? left, Type? right) => ReferenceEquals(left, right);

    [PlugMethod("op_Inequality")]
    public static bool AreUnequal(Type? left, Type? right) => !ReferenceEquals(left, right);
}
