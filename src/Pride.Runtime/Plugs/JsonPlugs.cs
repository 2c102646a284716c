// System.Text.Json's serializer over source-generated contexts. What the generator does not write down the serializer asks of
// reflection: the attributes of polymorphic types and of members of enums. The compiler writes both into tables.

using System;
using System.Collections.Generic;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Pride.Machine;
using Pride.Runtime.ObjectModel;

namespace Pride.Runtime.Plugs;

/// <summary>The default contract resolver would look at members; with a context nobody needs it.</summary>
[Plug(typeof(JsonSerializer))]
internal static class JsonSerializerPlugs
{
    [PlugMethod("get_IsReflectionEnabledByDefault")]
    public static bool IsReflectionEnabledByDefault() => false;
}

[Plug(typeof(JsonPolymorphismOptions))]
internal static unsafe class JsonPolymorphismOptionsPlugs
{
    public static JsonPolymorphismOptions? CreateFromAttributeDeclarations(Type baseType)
    {
        MethodTable* type = RuntimeTypePlugs.MethodTableOf(baseType);
        if (type->Has(MethodTableFlags.ValueType | MethodTableFlags.Delegate) || type->Detail == null)
        {
            return null;
        }

        PolymorphismTable* table = (PolymorphismTable*)type->Detail;
        JsonPolymorphismOptions options = new()
        {
            UnknownDerivedTypeHandling = (JsonUnknownDerivedTypeHandling)table->UnknownTypes,
            IgnoreUnrecognizedTypeDiscriminators = table->IgnoresUnknownDiscriminators != 0,
        };
        if (table->DiscriminatorName != null)
        {
            options.TypeDiscriminatorPropertyName = TextAt(table->DiscriminatorName);
        }

        DerivedTypeEntry* entries = &table->First;
        for (nuint i = 0; i < table->Count; i++)
        {
            Type derived = (Type)ObjectLayout.ObjectAt((byte*)entries[i].Type);
            options.DerivedTypes.Add(
                entries[i].HasNumber != 0 ? new JsonDerivedType(derived, entries[i].Number)
                : entries[i].Text != null ? new JsonDerivedType(derived, TextAt(entries[i].Text))
                : new JsonDerivedType(derived));
        }

        return options;
    }

    [NotAPlug]
    private static string TextAt(void* text) => (string)ObjectLayout.ObjectAt((byte*)text);
}

[Plug("System.Text.Json.Serialization.Converters.EnumConverter`1", Assembly = "System.Text.Json")]
internal static class EnumConverterPlugs
{
    // The members, for their JsonStringEnumMemberName; their names and values come from Enum.
    [PlugMethod("<ResolveEnumFields>g__GetFields|23_0", AnySignature = true)]
    public static unsafe IEnumerable<FieldInfo> GetFields<T>() => EnumMember.WithOtherNames(CompilerFacts.MethodTableOf<T>());
}
