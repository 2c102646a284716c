// Vector128<T> and Vector256<T> as LLVM vectors. In variables both are vectors of bytes, whatever T is, so that
// reinterpreting costs nothing; an operation sees them as vectors of T.

using System.Globalization;
using Pride.Compiler.Metadata;

namespace Pride.Compiler.Intrinsics;

/// <summary>One vector type: its size in bytes and its element type.</summary>
internal readonly record struct VectorShape(int Bytes, TypeDesc Element)
{
    private const string Namespace = "System.Runtime.Intrinsics";

    public const string Static128 = Namespace + ".Vector128";
    public const string Static256 = Namespace + ".Vector256";
    public const string Generic128 = Static128 + "`1";
    public const string Generic256 = Static256 + "`1";

    public int ElementBytes => Element.VariableSize;

    public int Count => Bytes / ElementBytes;

    public bool IsFloat => Element.IsFloat;

    public string ElementLlvm => Element.Kind switch
    {
        TypeKind.Single => "float",
        TypeKind.Double => "double",
        _ => Integer,
    };

    /// <summary>The vector of T.</summary>
    public string Llvm => Text(Count, ElementLlvm);

    /// <summary>The vector of integers as wide as T.</summary>
    public string IntegerLlvm => Text(Count, Integer);

    /// <summary>The vector of truth values that a comparison yields.</summary>
    public string MaskLlvm => Text(Count, "i1");

    /// <summary>How variables of the type look.</summary>
    public string Storage => Text(Bytes, "i8");

    private string Integer => string.Create(CultureInfo.InvariantCulture, $"i{8 * ElementBytes}");

    /// <summary>The shape of a type; null when it is no vector of numbers of these two sizes.</summary>
    public static VectorShape? Of(TypeDesc type)
    {
        if (type.Definition is not { Namespace: Namespace } definition || type.Arguments.Length != 1)
        {
            return null;
        }

        int bytes = definition.Name switch { "Vector128`1" => 16, "Vector256`1" => 32, _ => 0 };
        return bytes > 0 && IsNumber(type.Arguments[0]) ? new VectorShape(bytes, type.Arguments[0]) : null;
    }

    /// <summary>Bytes of a generic vector type by its metadata name; 0 for other types.</summary>
    public static int SizeOf(string metadataName) => metadataName switch
    {
        Namespace + ".Vector64`1" => 8,
        Generic128 => 16,
        Generic256 => 32,
        Namespace + ".Vector512`1" => 64,
        _ => 0,
    };

    /// <summary>T is one of the types that vectors can hold.</summary>
    public static bool IsNumber(TypeDesc type) => type.Kind is > TypeKind.Char and < TypeKind.Enum;

    public static string Text(int count, string element) => string.Create(CultureInfo.InvariantCulture, $"<{count} x {element}>");
}
