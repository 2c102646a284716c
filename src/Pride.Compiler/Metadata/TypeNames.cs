// How types and methods are written in symbols, messages and reports: as a C# programmer reads them.

using System;
using System.Linq;
using System.Text;
using Mono.Cecil;

namespace Pride.Compiler.Metadata;

/// <summary>Readable names.</summary>
internal static class TypeNames
{
    public static string FullName(TypeDesc type) => type.Kind switch
    {
        TypeKind.SzArray => type.Element!.FullName + "[]",
        TypeKind.MdArray => type.Element!.FullName + "[" + new string(',', type.Rank - 1) + "]",
        TypeKind.Pointer => type.Element!.FullName + "*",
        TypeKind.ByRef => type.Element!.FullName + "&",
        TypeKind.FunctionPointer => "delegate*",
        _ => DefinitionName(type.Definition!, type.Arguments),
    };

    /// <summary>The last part of the name only, for parameter lists.</summary>
    public static string ShortName(TypeDesc type)
    {
        string name = type.Kind switch
        {
            TypeKind.SzArray => ShortName(type.Element!) + "[]",
            TypeKind.MdArray => ShortName(type.Element!) + "[,]",
            TypeKind.Pointer => ShortName(type.Element!) + "*",
            TypeKind.ByRef => ShortName(type.Element!) + "&",
            TypeKind.FunctionPointer => "delegate*",
            _ => WithoutArity(type.Definition!.Name),
        };
        return type.Arguments.Length == 0 ? name : $"{name}<{string.Join(",", type.Arguments.Select(ShortName))}>";
    }

    /// <summary>The metadata name of a definition: namespace, nested types after '/', arity kept.</summary>
    public static string MetadataName(TypeDefinition definition) =>
        definition.DeclaringType is { } outer ? MetadataName(outer) + "/" + definition.Name
        : definition.Namespace.Length == 0 ? definition.Name : definition.Namespace + "." + definition.Name;

    private static string DefinitionName(TypeDefinition definition, TypeDesc[] arguments)
    {
        StringBuilder text = new();
        int used = 0;
        Append(text, definition, arguments, ref used);
        return text.ToString();
    }

    // A nested type's parameters begin with its outer types' parameters: each level shows its own.
    private static void Append(StringBuilder text, TypeDefinition definition, TypeDesc[] arguments, ref int used)
    {
        if (definition.DeclaringType is { } outer)
        {
            Append(text, outer, arguments, ref used);
            text.Append('.');
        }
        else if (definition.Namespace.Length > 0)
        {
            text.Append(definition.Namespace).Append('.');
        }

        text.Append(WithoutArity(definition.Name));
        int own = definition.GenericParameters.Count - used;
        if (own > 0 && arguments.Length >= used + own)
        {
            text.Append('<').AppendJoin(',', arguments.Skip(used).Take(own).Select(ShortName)).Append('>');
            used += own;
        }
    }

    private static string WithoutArity(string name)
    {
        int tick = name.IndexOf('`', StringComparison.Ordinal);
        return tick < 0 ? name : name[..tick];
    }
}
