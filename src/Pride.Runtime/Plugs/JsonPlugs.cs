// System.Text.Json's serializer over source-generated contexts. What the generator does not write down it asks of reflection:
// the attributes of polymorphic types and of members of enums. The compiler refuses types that carry them.

using System.Collections.Generic;
using System.Reflection;
using Pride.Machine;

namespace Pride.Runtime.Plugs;

[Plug("System.Text.Json.Serialization.Metadata.JsonPolymorphismOptions", Assembly = "System.Text.Json")]
internal static class JsonPolymorphismOptionsPlugs
{
    [PlugMethod("CreateFromAttributeDeclarations", AnySignature = true)]
    public static object? CreateFromAttributeDeclarations(object baseType) => null;
}

[Plug("System.Text.Json.Serialization.Converters.EnumConverter`1", Assembly = "System.Text.Json")]
internal static class EnumConverterPlugs
{
    // The members, for their JsonStringEnumMemberName; their names and values come from Enum.
    [PlugMethod("<ResolveEnumFields>g__GetFields|23_0", AnySignature = true)]
    public static IEnumerable<FieldInfo> GetFields<T>() => [];
}
