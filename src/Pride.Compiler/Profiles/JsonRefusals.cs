// Attributes that System.Text.Json asks of types at run time even under a source-generated context. There is nobody to answer, and without
// an answer the JSON would silently be another one, so a type that carries them is refused where it is given to the serializer.

using System;
using System.Linq;
using Mono.Cecil;
using Pride.Compiler.Metadata;
using Pride.Compiler.Reachability;

namespace Pride.Compiler.Profiles;

/// <summary>Polymorphic types and renamed members of enums.</summary>
internal static class JsonRefusals
{
    private const string Assembly = "System.Text.Json";
    private const string Namespace = "System.Text.Json.Serialization.";

    private static readonly string[] s_ofTypes = [Namespace + "JsonDerivedTypeAttribute", Namespace + "JsonPolymorphicAttribute"];
    private static readonly string[] s_ofMembers = [Namespace + "JsonStringEnumMemberNameAttribute"];

    /// <summary>Refuses a call into the serializer for a type that carries one of the attributes.</summary>
    /// <exception cref="CompilationException">It does.</exception>
    public static void Check(World world, MethodDesc callee, Function caller)
    {
        if (callee.Definition.Module.Assembly.Name.Name != Assembly)
        {
            return;
        }

        foreach (TypeDesc type in callee.Arguments.Concat(callee.Owner.Arguments))
        {
            if (type.Definition is { } definition && AttributeOf(type, definition) is { } attribute)
            {
                throw new CompilationException(
                    CompilationError.Unsupported,
                    $"{type.FullName} has {attribute}, which is looked up at run time: write a JsonConverter<{definition.Name}> for it\n{world.ChainTo(caller)}");
            }
        }
    }

    private static string? AttributeOf(TypeDesc type, TypeDefinition definition) =>
        s_ofTypes.FirstOrDefault(a => Attributes.Has(definition, a))
        ?? (type.Kind == TypeKind.Enum ? s_ofMembers.FirstOrDefault(a => definition.Fields.Any(f => Attributes.Has(f, a))) : null);
}
