// Casts that compiled code cannot decide by itself. Variance needs no work here: the compiler, which sees all types and
// all casts, lists in a type's interface map every interface that it counts as.

using Pride.Runtime.ObjectModel;

namespace Pride.Runtime;

/// <summary>isinst, castclass and the check of stores to arrays of references.</summary>
public static unsafe class Casting
{
    /// <summary><paramref name="value"/> when it is null or of type <paramref name="target"/>; otherwise null.</summary>
    public static byte* IsInstance(byte* value, MethodTable* target) =>
        value == null || IsAssignable(*(MethodTable**)value, target) ? value : null;

    /// <summary><paramref name="value"/>, which must be null or of type <paramref name="target"/>.</summary>
    /// <exception cref="System.InvalidCastException">It is of another type.</exception>
    public static byte* Cast(byte* value, MethodTable* target)
    {
        if (value != null && !IsAssignable(*(MethodTable**)value, target))
        {
            Throw.InvalidCast();
        }

        return value;
    }

    /// <summary>Checks that <paramref name="value"/> may be stored in the array of references <paramref name="array"/>.</summary>
    /// <exception cref="System.ArrayTypeMismatchException">The array is of a more special element type.</exception>
    public static void CheckArrayStore(byte* array, byte* value)
    {
        if (value == null)
        {
            return;
        }

        MethodTable* elementType = (*(MethodTable**)array)->Related;
        MethodTable* type = *(MethodTable**)value;
        if (type != elementType && !IsAssignable(type, elementType))
        {
            Throw.ArrayTypeMismatch();
        }
    }

    /// <summary>Whether a value of <paramref name="type"/> counts as <paramref name="target"/>.</summary>
    public static bool IsAssignable(MethodTable* type, MethodTable* target)
    {
        if (type == target)
        {
            return true;
        }

        if (target->Has(MethodTableFlags.Interface))
        {
            return HasInterface(type, target);
        }

        if (target->Has(MethodTableFlags.Array))
        {
            return IsArrayAssignable(type, target);
        }

        return target->TypeId <= type->TypeId && type->TypeId <= target->LastTypeId;
    }

    private static bool HasInterface(MethodTable* type, MethodTable* target)
    {
        InterfaceMap* map = type->Interfaces;
        if (map == null)
        {
            return false;
        }

        MethodTable** interfaces = &map->First;
        for (nuint i = 0; i < map->Count; i++)
        {
            if (interfaces[i] == target)
            {
                return true;
            }
        }

        return false;
    }

    // ECMA-335 I.8.7.1: references are covariant; element types of value type must be the same up to signedness and enum-ness.
    private static bool IsArrayAssignable(MethodTable* type, MethodTable* target)
    {
        if (!type->Has(MethodTableFlags.Array) || type->Rank != target->Rank)
        {
            return false;
        }

        MethodTable* from = type->Related;
        MethodTable* to = target->Related;
        if (to->Has(MethodTableFlags.ValueType) || from->Has(MethodTableFlags.ValueType))
        {
            return from == to || (IsInteger(from) && IsInteger(to) && Reduce(from->ElementType) == Reduce(to->ElementType));
        }

        return IsAssignable(from, to);
    }

    // ELEMENT_TYPE_I1 (4) to U8 (11), I (0x18) and U (0x19): the reduced type is the signed one.
    private static bool IsInteger(MethodTable* type) => type->ElementType is (>= 4 and <= 11) or 0x18 or 0x19;

    private static int Reduce(byte elementType) => elementType <= 11 ? elementType & ~1 : 0x18;
}
