// Types for the debugger: primitives, enums, structs and classes with their fields and bases, arrays, pointers.
//
// A reference is a pointer to the object's structure. An array is a structure with a Length and its elements; a string is
// CoreLib's own two fields, which the pretty-printers (src/Pride.Tool/Debugging) show as text. The framework's classes are declared without fields unless
// a variable or a base class has their type: their fields lead to all of CoreLib.

using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Mono.Cecil;
using Pride.Compiler.Metadata;

namespace Pride.Compiler.DebugInfo;

/// <summary>Type nodes, each once.</summary>
internal sealed class DebugTypes(DebugMetadata metadata)
{
    private const int BitsPerByte = 8;
    private const int PointerBits = Target.PointerSize * BitsPerByte;

    private readonly Dictionary<TypeDesc, int> _variables = [];
    private readonly Dictionary<TypeDesc, int> _objects = [];
    private readonly Queue<(TypeDesc Type, int Node)> _unwritten = [];
    private readonly HashSet<TypeDesc> _wanted = [];

    /// <summary>The type of a variable of <paramref name="type"/>, which is then described with its fields.</summary>
    public int Of(TypeDesc type)
    {
        _wanted.Add(type.Element is { } element && (type.IsArray || type.Kind == TypeKind.ByRef) ? element : type);
        return Variable(type);
    }

    /// <summary>Writes what is still only a number.</summary>
    public void Complete()
    {
        while (_unwritten.TryDequeue(out (TypeDesc Type, int Node) next))
        {
            WriteObject(next.Type, next.Node);
        }
    }

    private int Variable(TypeDesc type)
    {
        if (!_variables.TryGetValue(type, out int node))
        {
            node = MakeVariable(type);
            _variables.Add(type, node);
        }

        return node;
    }

    private int MakeVariable(TypeDesc type)
    {
        switch (type.Kind)
        {
            case TypeKind.Enum:
                return Enumeration(type);
            case TypeKind.Struct:
                return Object(type);
            case TypeKind.Pointer or TypeKind.ByRef when type.Element!.Kind != TypeKind.Void:
                return Pointer(Variable(type.Element!));
            case >= TypeKind.Pointer or TypeKind.IntPtr or TypeKind.UIntPtr when type.IsPointerLike:
                return metadata.Node($"!DIDerivedType(tag: DW_TAG_pointer_type, baseType: null, size: {PointerBits})");
            case >= TypeKind.Class:
                return Pointer(Object(type));
            default:
                (string name, string encoding) = Primitive(type.Kind);
                return metadata.Node($"!DIBasicType(name: \"{name}\", size: {type.VariableSize * BitsPerByte}, encoding: {encoding})");
        }
    }

    private static (string Name, string Encoding) Primitive(TypeKind kind) => kind switch
    {
        TypeKind.Boolean => ("bool", "DW_ATE_boolean"),
        TypeKind.Char => ("char16_t", "DW_ATE_UTF"),
        TypeKind.SByte => ("sbyte", "DW_ATE_signed"),
        TypeKind.Byte => ("byte", "DW_ATE_unsigned"),
        TypeKind.Int16 => ("short", "DW_ATE_signed"),
        TypeKind.UInt16 => ("ushort", "DW_ATE_unsigned"),
        TypeKind.Int32 => ("int", "DW_ATE_signed"),
        TypeKind.UInt32 => ("uint", "DW_ATE_unsigned"),
        TypeKind.Int64 => ("long", "DW_ATE_signed"),
        TypeKind.UInt64 => ("ulong", "DW_ATE_unsigned"),
        TypeKind.IntPtr => ("nint", "DW_ATE_signed"),
        TypeKind.UIntPtr => ("nuint", "DW_ATE_unsigned"),
        TypeKind.Single => ("float", "DW_ATE_float"),
        TypeKind.Double => ("double", "DW_ATE_float"),
        _ => throw new InvalidOperationException($"{kind} is no primitive type"),
    };

    private int Pointer(int target) => metadata.Node($"!DIDerivedType(tag: DW_TAG_pointer_type, baseType: !{target}, size: {PointerBits})");

    private int Enumeration(TypeDesc type)
    {
        IEnumerable<int> members = type.Definition!.Fields.Where(f => f.IsStatic && f.HasConstant)
            .Select(f => metadata.Node($"!DIEnumerator(name: {DebugMetadata.MetadataString(f.Name)}, value: {EnumValue(f.Constant)})"));
        return metadata.Node(
            $"!DICompositeType(tag: DW_TAG_enumeration_type, name: {Name(type)}, baseType: !{Variable(type.Reduced)}, size: {type.VariableSize * BitsPerByte}, elements: !{{{List(members)}}})");
    }

    private static string EnumValue(object constant) => constant is ulong large
        ? unchecked((long)large).ToString(CultureInfo.InvariantCulture)
        : Convert.ToInt64(constant, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture);

    private int Object(TypeDesc type)
    {
        if (!_objects.TryGetValue(type, out int node))
        {
            node = metadata.Reserve();
            _objects.Add(type, node);
            _unwritten.Enqueue((type, node));
        }

        return node;
    }

    private void WriteObject(TypeDesc type, int node)
    {
        if (!IsDescribed(type))
        {
            metadata.Write(node, $"!DICompositeType(tag: DW_TAG_structure_type, name: {Name(type)}, flags: DIFlagFwdDecl)");
            return;
        }

        List<int> members = [];
        if (type.IsArray)
        {
            AddArrayMembers(type, members, node);
        }
        else
        {
            AddFields(type, members, node);
        }

        metadata.Write(
            node,
            $"distinct !DICompositeType(tag: DW_TAG_structure_type, name: {Name(type)}, size: {type.Layout.Size * BitsPerByte}, elements: !{{{List(members)}}})");
    }

    private bool IsDescribed(TypeDesc type)
    {
        if (type.Kind == TypeKind.Interface || type.IsOpen)
        {
            return false;
        }

        if (type.IsArray || type.IsStruct || type == type.System.Object || type == type.System.String || _wanted.Contains(type))
        {
            return true;
        }

        string assembly = type.Definition!.Module.Assembly.Name.Name;
        return assembly != "System.Private.CoreLib" && !assembly.StartsWith("System.", StringComparison.Ordinal);
    }

    private void AddFields(TypeDesc type, List<int> members, int node)
    {
        if (type.IsReference && type.BaseType is { } baseType)
        {
            _wanted.Add(baseType);
            members.Add(metadata.Node($"!DIDerivedType(tag: DW_TAG_inheritance, scope: !{node}, baseType: !{Object(baseType)})"));
        }
        else if (type.IsReference)
        {
            int table = Variable(type.System.IntPtr);
            members.Add(Member("_methodTable", node, table, 0, PointerBits));
        }

        if (type.Layout.InlineLength > 0)
        {
            FieldDesc element = type.InstanceFields[0];
            members.Add(Member(element.Name, node, Elements(element.Type, type.Layout.InlineLength), 0, type.Layout.Size * BitsPerByte));
            return;
        }

        foreach (FieldDesc field in type.InstanceFields)
        {
            members.Add(Member(field.Name, node, Variable(field.Type), field.Offset * BitsPerByte, field.Type.VariableSize * BitsPerByte));
        }
    }

    // Offsets: Pride.Runtime.ObjectModel.ObjectLayout.
    private void AddArrayMembers(TypeDesc type, List<int> members, int node)
    {
        const int LengthOffset = 8;
        members.Add(Member("Length", node, Variable(type.System.Int32), LengthOffset * BitsPerByte, 4 * BitsPerByte));
        members.Add(Member("Elements", node, Elements(type.Element!, 0), type.Layout.Size * BitsPerByte, 0));
    }

    private int Elements(TypeDesc element, int count)
    {
        int range = metadata.Node($"!DISubrange(count: {count})");
        return metadata.Node($"!DICompositeType(tag: DW_TAG_array_type, baseType: !{Variable(element)}, size: {count * element.VariableSize * BitsPerByte}, elements: !{{!{range}}})");
    }

    // A property's field is shown under the property's name: <Name>k__BackingField.
    private int Member(string name, int owner, int type, int offset, int size)
    {
        int end = name.IndexOf('>', StringComparison.Ordinal);
        string shown = name.StartsWith('<') && end > 1 ? name[1..end] : name;
        return metadata.Node(
            $"!DIDerivedType(tag: DW_TAG_member, name: {DebugMetadata.MetadataString(shown)}, scope: !{owner}, baseType: !{type}, size: {size}, offset: {offset})");
    }

    private static string Name(TypeDesc type) => DebugMetadata.MetadataString(type.FullName);

    private static string List(IEnumerable<int> nodes) => string.Join(", ", nodes.Select(n => string.Create(CultureInfo.InvariantCulture, $"!{n}")));
}
