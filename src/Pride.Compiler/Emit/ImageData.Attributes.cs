// What the image knows of types beyond their layout: members of enums, and the attributes that the JSON serializer looks up at run
// time even under a source-generated context. The tables have the layouts of Pride.Runtime.ObjectModel; change both together.

using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Mono.Cecil;
using Pride.Compiler.Metadata;
using Pride.Compiler.Reachability;

namespace Pride.Compiler.Emit;

internal sealed partial class ImageData
{
    private const string JsonNamespace = "System.Text.Json.Serialization.";

    // The plugs that read the tables; without them in the image there is nobody to read.
    private const string PolymorphismGetter = "Pride.Runtime.Plugs.JsonPolymorphismOptionsPlugs.CreateFromAttributeDeclarations";
    private const string JsonNamesGetter = "Pride.Runtime.ObjectModel.EnumMember.WithOtherNames";

    private const int PolymorphismHeaderSize = 24;
    private const int DerivedTypeSize = 24;

    private readonly Dictionary<TypeDesc, string> _polymorphisms = [];

    private bool Uses(string symbol) => world.Functions.Any(f => f.Symbol == symbol);

    // A table for each type that may be given to the serializer: it has a type object.
    private void AddPolymorphicTypes()
    {
        if (!Uses(PolymorphismGetter))
        {
            return;
        }

        Queue<TypeDesc> queue = new(_runtimeTypes.Keys);
        while (queue.TryDequeue(out TypeDesc? type))
        {
            if (type.Definition is not { HasCustomAttributes: true } definition || type.IsValueType || type.IsDelegate || _polymorphisms.ContainsKey(type))
            {
                continue;
            }

            CustomAttribute[] derived = [.. definition.CustomAttributes.Where(a => a.AttributeType.FullName == JsonNamespace + "JsonDerivedTypeAttribute")];
            CustomAttribute? options = Attributes.Find(definition, JsonNamespace + "JsonPolymorphicAttribute");
            if (derived.Length > 0 || options != null)
            {
                _polymorphisms.Add(type, PolymorphismTable(type, options, derived, queue));
            }
        }
    }

    private string PolymorphismTable(TypeDesc type, CustomAttribute? options, CustomAttribute[] derived, Queue<TypeDesc> queue)
    {
        Blob table = new(PolymorphismHeaderSize + (DerivedTypeSize * derived.Length), 8) { IsReadOnly = true };
        if (options != null)
        {
            table.WritePointer(0, Attributes.Property(options, "TypeDiscriminatorPropertyName") is string name ? StringLiteral(name, null) : null);
            table.Write32(8, (uint)(Attributes.Property(options, "UnknownDerivedTypeHandling") as int? ?? 0));
            table.Write32(12, Attributes.Property(options, "IgnoreUnrecognizedTypeDiscriminators") is true ? 1u : 0);
        }

        table.Write64(16, (ulong)derived.Length);
        for (int i = 0; i < derived.Length; i++)
        {
            int offset = PolymorphismHeaderSize + (DerivedTypeSize * i);
            TypeDesc derivedType = world.Types.Resolve((TypeReference)derived[i].ConstructorArguments[0].Value, default);
            queue.Enqueue(derivedType);
            table.WritePointer(offset, RuntimeType(derivedType, null));
            switch (derived[i].ConstructorArguments.ElementAtOrDefault(1).Value)
            {
                case string text:
                    table.WritePointer(offset + 8, StringLiteral(text, null));
                    break;
                case int number:
                    table.Write32(offset + 16, (uint)number);
                    table.Write32(offset + 20, 1);
                    break;
            }
        }

        return Add(table, "derived." + type.FullName);
    }

    private string EnumTable(TypeDesc type)
    {
        FieldDefinition[] members = [.. type.Definition!.Fields.Where(f => f.IsStatic && f.HasConstant).OrderBy(f => Unsigned(f.Constant, type))];
        Blob values = new(int.Max(1, members.Length) * 8, 8) { IsReadOnly = true };
        Blob names = new(int.Max(1, members.Length) * 8, 8) { IsReadOnly = true };
        for (int i = 0; i < members.Length; i++)
        {
            values.Write64(i * 8, Unsigned(members[i].Constant, type));
            names.WritePointer(i * 8, StringLiteral(members[i].Name, null));
        }

        Blob table = new(32, 8) { IsReadOnly = true };
        table.Write64(0, (ulong)members.Length);
        table.WritePointer(8, Add(values, "values." + type.FullName));
        table.WritePointer(16, Add(names, "names." + type.FullName));
        table.WritePointer(24, JsonNames(type, members));
        return Add(table, "enum." + type.FullName);
    }

    private string? JsonNames(TypeDesc type, FieldDefinition[] members)
    {
        if (!Uses(JsonNamesGetter))
        {
            return null;
        }

        Blob names = new(int.Max(1, members.Length) * 8, 8) { IsReadOnly = true };
        bool hasAny = false;
        for (int i = 0; i < members.Length; i++)
        {
            if (Attributes.Find(members[i], JsonNamespace + "JsonStringEnumMemberNameAttribute") is { } attribute)
            {
                names.WritePointer(i * 8, StringLiteral((string)attribute.ConstructorArguments[0].Value, null));
                hasAny = true;
            }
        }

        return hasAny ? Add(names, "jsonnames." + type.FullName) : null;
    }

    private static ulong Unsigned(object constant, TypeDesc type)
    {
        ulong bits = constant is ulong large ? large : (ulong)Convert.ToInt64(constant, CultureInfo.InvariantCulture);
        int size = type.VariableSize;
        return size == 8 ? bits : bits & ((1UL << (8 * size)) - 1);
    }
}
