// The interfaces of a type, and assignment compatibility with variance (ECMA-335 I.8.7).

using System.Collections.Generic;
using System.Linq;
using Mono.Cecil;

namespace Pride.Compiler.Metadata;

/// <summary>Closed interface lists.</summary>
internal static class InterfaceLists
{
    private static readonly string[] s_arrayInterfaces =
    [
        "System.Collections.Generic.IList`1",
        "System.Collections.Generic.ICollection`1",
        "System.Collections.Generic.IEnumerable`1",
        "System.Collections.Generic.IReadOnlyList`1",
        "System.Collections.Generic.IReadOnlyCollection`1",
    ];

    public static IReadOnlyList<TypeDesc> All(TypeDesc type)
    {
        List<TypeDesc> all = [];
        HashSet<TypeDesc> seen = [];
        if (type.BaseType is { } baseType)
        {
            foreach (TypeDesc inherited in baseType.AllInterfaces)
            {
                if (seen.Add(inherited))
                {
                    all.Add(inherited);
                }
            }
        }

        foreach (TypeDesc declared in Declared(type))
        {
            if (seen.Add(declared))
            {
                all.Add(declared);
            }

            foreach (TypeDesc inherited in declared.AllInterfaces)
            {
                if (seen.Add(inherited))
                {
                    all.Add(inherited);
                }
            }
        }

        return all;
    }

    /// <summary>The interfaces that stand on the type itself.</summary>
    public static IEnumerable<TypeDesc> Declared(TypeDesc type)
    {
        if (type.Kind == TypeKind.SzArray && !type.Element!.IsPointerLike)
        {
            foreach (string name in s_arrayInterfaces)
            {
                yield return type.System.Instance(type.System.Assemblies.CoreLib.MainModule.GetType(name), [type.Element]);
            }
        }

        if (type.Definition != null && type.Arguments.Length == type.Definition.GenericParameters.Count)
        {
            foreach (InterfaceImplementation implementation in type.Definition.Interfaces)
            {
                yield return type.System.Resolve(implementation.InterfaceType, type.Context);
            }
        }
    }
}

/// <summary>Casts, as far as they are known at compile time.</summary>
internal static class Assignability
{
    /// <summary>
    /// A box of <paramref name="boxed"/> unboxes as <paramref name="type"/>: the same type, or an enum and its underlying type, or two
    /// enums over one type (ECMA-335 III.4.32).
    /// </summary>
    public static bool IsSameWhenUnboxed(TypeDesc boxed, TypeDesc type) =>
        boxed == type || (boxed.IsValueType && !boxed.IsStruct && boxed.Reduced == type.Reduced);

    /// <summary>A value whose exact type is <paramref name="from"/> can be cast to <paramref name="to"/>.</summary>
    public static bool IsAssignable(TypeDesc from, TypeDesc to)
    {
        if (from == to || to == from.System.Object)
        {
            return true;
        }

        if (from.IsArray && to.IsArray)
        {
            return from.Kind == to.Kind && from.Rank == to.Rank && IsElementAssignable(from.Element!, to.Element!);
        }

        if (to.Kind == TypeKind.Interface)
        {
            return ImplementedAs(from, to) != null;
        }

        for (TypeDesc? type = from; type != null; type = type.BaseType)
        {
            if (type == to || IsVariant(type, to))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The interface among those of <paramref name="type"/> that <paramref name="wanted"/> is, or is a variant of.</summary>
    public static TypeDesc? ImplementedAs(TypeDesc type, TypeDesc wanted)
    {
        if (type == wanted)
        {
            return type;
        }

        // Asked for every method of an interface on every constructed type.
        if (!type.Implementations.TryGetValue(wanted, out TypeDesc? known))
        {
            known = FindImplementation(type, wanted);
            type.Implementations.Add(wanted, known);
        }

        return known;
    }

    private static TypeDesc? FindImplementation(TypeDesc type, TypeDesc wanted)
    {
        TypeDesc? variant = IsVariant(type, wanted) ? type : null;
        foreach (TypeDesc candidate in type.AllInterfaces)
        {
            if (candidate == wanted)
            {
                return candidate;
            }

            if (variant == null && (IsVariant(candidate, wanted) || IsArrayInterface(type, candidate, wanted)))
            {
                variant = candidate;
            }
        }

        return variant;
    }

    /// <summary>Same definition, and arguments compatible by declared variance.</summary>
    private static bool IsVariant(TypeDesc from, TypeDesc to)
    {
        if (from.Definition == null || from.Definition != to.Definition || from.Arguments.Length == 0 || from.Arguments.Length != to.Arguments.Length)
        {
            return false;
        }

        for (int i = 0; i < from.Arguments.Length; i++)
        {
            TypeDesc source = from.Arguments[i];
            TypeDesc target = to.Arguments[i];
            GenericParameter parameter = from.Definition.GenericParameters[i];
            bool compatible = source == target
                || (parameter.IsCovariant && source.IsReference && target.IsReference && IsAssignable(source, target))
                || (parameter.IsContravariant && source.IsReference && target.IsReference && IsAssignable(target, source));
            if (!compatible)
            {
                return false;
            }
        }

        return true;
    }

    // string[] is an IList<object> although IList<T> is invariant.
    private static bool IsArrayInterface(TypeDesc array, TypeDesc candidate, TypeDesc wanted) =>
        array.Kind == TypeKind.SzArray && candidate.Definition == wanted.Definition && candidate.Arguments.Length == 1 && !wanted.IsOpen
        && candidate.Arguments[0] == array.Element && IsElementAssignable(array.Element!, wanted.Arguments[0]);

    private static bool IsElementAssignable(TypeDesc from, TypeDesc to)
    {
        if (from.IsReference && to.IsReference)
        {
            return IsAssignable(from, to);
        }

        return from == to || (from.IsValueType && to.IsValueType && SameBits(from.Reduced.Kind) == SameBits(to.Reduced.Kind)
            && from.Reduced.Kind is not (TypeKind.Struct or TypeKind.Boolean or TypeKind.Char)
            && to.Reduced.Kind is not (TypeKind.Struct or TypeKind.Boolean or TypeKind.Char));
    }

    // int[] and uint[] convert into each other (ECMA-335 I.8.7.1, reduced types).
    private static TypeKind SameBits(TypeKind kind) => kind switch
    {
        TypeKind.SByte => TypeKind.Byte,
        TypeKind.Int16 => TypeKind.UInt16,
        TypeKind.Int32 => TypeKind.UInt32,
        TypeKind.Int64 => TypeKind.UInt64,
        TypeKind.IntPtr => TypeKind.UIntPtr,
        _ => kind,
    };
}
