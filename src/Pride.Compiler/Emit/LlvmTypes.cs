// How C# types look in LLVM IR.
//
// A variable has its storage type (bool is i8, a small struct is a first-class aggregate); on the evaluation stack
// integers below 32 bits are i32. Structs with many leaves never become first-class values: LLVM would split each copy
// into as many loads and stores. They live in memory, and a stack value of such a type is the address of a private copy.

using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Pride.Compiler.Intrinsics;
using Pride.Compiler.Metadata;

namespace Pride.Compiler.Emit;

/// <summary>Type names in IR, cached by type.</summary>
internal sealed class LlvmTypes(Target target, bool allowsFloatingPoint)
{
    /// <summary>A struct with more leaves than this stays in memory: eight registers return a struct on AArch64.</summary>
    private const int MaximumLeaves = 8;

    private readonly Dictionary<TypeDesc, Shape> _shapes = [];

    /// <summary>Vectors are in registers: the PD has them and the instruction set has vector instructions everywhere.</summary>
    public bool HasVectors { get; } = allowsFloatingPoint && target.VectorBytes > 0;

    private sealed record Shape(string Text, int Leaves, int Alignment, int Size);

    /// <summary>The type of a variable (argument, local, field, array element).</summary>
    public string Storage(TypeDesc type) => type.IsStruct ? ShapeOf(type).Text : ScalarShape(type).Text;

    /// <summary>The type of a value on the evaluation stack.</summary>
    public string Stack(TypeDesc type) => Storage(type) is var text && text is "i8" or "i16" && !type.IsStruct ? "i32" : text;

    /// <summary>Values of this type are handled by address.</summary>
    public bool IsInMemory(TypeDesc type) => type.IsStruct && ShapeOf(type).Leaves > MaximumLeaves;

    /// <summary>A type of the right size for an alloca or global, whatever the type is.</summary>
    public string Memory(TypeDesc type) => IsInMemory(type) ? $"[{type.VariableSize} x i8]" : Storage(type);

    private static Shape ScalarShape(TypeDesc type)
    {
        TypeKind kind = type.Reduced.Kind;
        string text = kind switch
        {
            TypeKind.Void => "void",
            TypeKind.Single => "float",
            TypeKind.Double => "double",
            _ when type.IsReference || type.IsPointerLike => "ptr",
            _ => Integer(Primitives.Size(kind)),
        };
        int size = kind == TypeKind.Void ? 0 : Primitives.Size(kind);
        return new Shape(text, 1, size, size);
    }

    private static string Integer(int bytes) => string.Create(CultureInfo.InvariantCulture, $"i{bytes * 8}");

    private Shape ShapeOf(TypeDesc type)
    {
        if (!type.IsStruct)
        {
            return ScalarShape(type);
        }

        if (!_shapes.TryGetValue(type, out Shape? shape))
        {
            shape = Compute(type);
            _shapes.Add(type, shape);
        }

        return shape;
    }

    private Shape Compute(TypeDesc type)
    {
        if (HasVectors && VectorShape.Of(type) is { } vector)
        {
            return new Shape(vector.Storage, 2, vector.Bytes, vector.Bytes);
        }

        TypeLayout layout = type.Layout;
        if (layout.InlineLength > 0)
        {
            Shape element = ShapeOf(type.InstanceFields[0].Type);
            return new Shape($"[{layout.InlineLength} x {element.Text}]", element.Leaves * layout.InlineLength, element.Alignment, layout.Size);
        }

        return layout.IsIrregular ? Opaque(layout) : Regular(type) ?? Opaque(layout);
    }

    private Shape? Regular(TypeDesc type)
    {
        List<Shape> parts = [];
        int offset = 0;
        int alignment = 1;
        foreach (FieldDesc field in type.InstanceFields)
        {
            Shape part = ShapeOf(field.Type);
            offset = TypeLayout.AlignUp(offset, part.Alignment);
            if (offset != field.Offset)
            {
                return null;
            }

            offset += part.Size;
            alignment = int.Max(alignment, part.Alignment);
            parts.Add(part);
        }

        if (TypeLayout.AlignUp(offset, alignment) != type.Layout.Size)
        {
            return null;
        }

        return new Shape("{ " + string.Join(", ", parts.Select(p => p.Text)) + " }", parts.Sum(p => p.Leaves), alignment, type.Layout.Size);
    }

    // Overlapping or packed fields: integers as wide as the alignment allows.
    private static Shape Opaque(TypeLayout layout)
    {
        int unit = int.Min(layout.Alignment, 8);
        while (layout.Size % unit != 0)
        {
            unit /= 2;
        }

        int count = layout.Size / unit;
        return new Shape($"[{count} x {Integer(unit)}]", count, unit, layout.Size);
    }
}
