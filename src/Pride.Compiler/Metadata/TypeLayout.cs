// Where fields lie: ECMA-335 II.10.7 with the CLR's rules for packing, explicit offsets, inline arrays and fixed buffers.
//
// Structs are laid out in declaration order. Classes are sorted by alignment (as the CLR's automatic layout does, but
// with our own order): nobody may depend on the offsets of a class's fields, except String and arrays, which sort right.

using System;
using System.Collections.Generic;
using System.Linq;
using Mono.Cecil;

namespace Pride.Compiler.Metadata;

/// <summary>Size, alignment and field offsets of a struct or class instance.</summary>
internal sealed class TypeLayout
{
    private const string InlineArrayAttribute = "System.Runtime.CompilerServices.InlineArrayAttribute";

    private readonly Dictionary<FieldDesc, int> _offsets = [];
    private readonly List<int> _references = [];

    /// <summary>Bytes; for a class, with the method-table pointer and padded to 8.</summary>
    public int Size { get; private set; }

    public int Alignment { get; private set; } = 1;

    /// <summary>For an inline array, the number of elements; otherwise 0.</summary>
    public int InlineLength { get; private set; }

    /// <summary>Offsets of object references and interior references.</summary>
    public IReadOnlyList<int> ReferenceOffsets => _references;

    /// <summary>Fields overlap, are packed or have gaps that natural alignment would not give.</summary>
    public bool IsIrregular { get; private set; }

    public int OffsetOf(FieldDesc field) => _offsets[field];

    public static TypeLayout Compute(TypeDesc type)
    {
        TypeLayout layout = new();
        if (type.Kind is TypeKind.SzArray or TypeKind.MdArray)
        {
            layout.Size = type.Kind == TypeKind.SzArray ? 16 : 16 + (8 * type.Rank);
            layout.Alignment = 8;
        }
        else if (type.IsReference)
        {
            layout.ComputeClass(type);
        }
        else
        {
            layout.ComputeStruct(type);
        }

        return layout;
    }

    public static int AlignUp(int value, int alignment) => (value + alignment - 1) & -alignment;

    private void ComputeClass(TypeDesc type)
    {
        int offset = Target.PointerSize;
        Alignment = Target.PointerSize;
        if (type.BaseType is { } baseType)
        {
            TypeLayout inherited = baseType.Layout;
            offset = inherited._end;
            _references.AddRange(inherited._references);
        }

        IEnumerable<FieldDesc> fields = type.InstanceFields;
        if (!type.Definition!.IsSequentialLayout)
        {
            fields = fields.OrderByDescending(f => f.Type.VariableAlignment);
        }

        foreach (FieldDesc field in fields)
        {
            Place(field, ref offset, int.MaxValue);
        }

        _end = offset;
        Size = AlignUp(offset, Target.PointerSize);
    }

    private int _end;

    private void ComputeStruct(TypeDesc type)
    {
        TypeDefinition definition = type.Definition!;
        int pack = definition.PackingSize > 0 ? definition.PackingSize : int.MaxValue;
        int end = 0;
        if (definition.IsExplicitLayout)
        {
            foreach (FieldDesc field in type.InstanceFields)
            {
                int offset = field.Definition.Offset;
                int at = offset;
                Place(field, ref at, 1);
                Alignment = Math.Max(Alignment, Math.Min(field.Type.VariableAlignment, pack));
                end = Math.Max(end, offset + field.Type.VariableSize);
            }

            IsIrregular = true;
        }
        else
        {
            foreach (FieldDesc field in type.InstanceFields)
            {
                Place(field, ref end, pack);
            }

            IsIrregular = pack != int.MaxValue;
        }

        // The 128-bit integers have the C ABI's alignment (also in CoreCLR).
        if (definition.Namespace == "System" && definition.Name is "Int128" or "UInt128")
        {
            Alignment = 16;
        }

        Repeat(type, ref end);
        int natural = Math.Max(1, AlignUp(end, Alignment));
        Size = Math.Max(natural, definition.ClassSize > 0 ? definition.ClassSize : 0);
        IsIrregular |= Size != natural || end == 0;
    }

    private void Repeat(TypeDesc type, ref int end)
    {
        if (Attributes.Find(type.Definition!, InlineArrayAttribute) is not { } attribute)
        {
            return;
        }

        InlineLength = (int)attribute.ConstructorArguments[0].Value;
        int element = type.InstanceFields[0].Type.VariableSize;
        int[] first = [.. _references];
        for (int i = 1; i < InlineLength; i++)
        {
            _references.AddRange(first.Select(r => r + (i * element)));
        }

        end = element * InlineLength;
    }

    private void Place(FieldDesc field, ref int offset, int pack)
    {
        int alignment = Math.Min(field.Type.VariableAlignment, pack);
        offset = AlignUp(offset, alignment);
        _offsets.Add(field, offset);
        Alignment = Math.Max(Alignment, alignment);
        if (field.Type.IsReference || field.Type.Kind == TypeKind.ByRef)
        {
            if (!_references.Contains(offset))
            {
                _references.Add(offset);
            }
        }
        else if (field.Type.IsStruct)
        {
            int start = offset;
            _references.AddRange(field.Type.Layout._references.Select(r => start + r));
        }

        offset += field.Type.VariableSize;
    }
}
