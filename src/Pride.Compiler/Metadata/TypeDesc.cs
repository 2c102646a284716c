// A closed type: a definition with all its generic arguments, or an array, pointer or reference to one.
//
// Types are interned by TypeSystem, so equality is reference equality everywhere in the compiler.

using System;
using System.Collections.Generic;
using System.Linq;
using Mono.Cecil;

namespace Pride.Compiler.Metadata;

/// <summary>What a type is, as far as code generation cares.</summary>
internal enum TypeKind : byte
{
    Void,
    Boolean,
    Char,
    SByte,
    Byte,
    Int16,
    UInt16,
    Int32,
    UInt32,
    Int64,
    UInt64,
    IntPtr,
    UIntPtr,
    Single,
    Double,
    Enum,
    Struct,
    Class,
    Interface,
    SzArray,
    MdArray,
    Pointer,
    ByRef,
    FunctionPointer,
}

/// <summary>An interned closed type.</summary>
internal sealed class TypeDesc
{
    private readonly Dictionary<FieldDefinition, FieldDesc> _fields = [];
    private readonly Dictionary<MethodDefinition, MethodDesc> _methods = [];
    private TypeDesc? _baseType;
    private bool _baseKnown;
    private bool? _hasFinalizer;
    private IReadOnlyList<TypeDesc>? _interfaces;
    private TypeLayout? _layout;
    private IReadOnlyList<FieldDesc>? _instanceFields;

    public TypeDesc(TypeSystem system, int id, TypeKind kind, TypeDefinition? definition, TypeDesc[] arguments, TypeDesc? element, int rank)
    {
        System = system;
        Id = id;
        Kind = kind;
        Definition = definition;
        Arguments = arguments;
        Element = element;
        Rank = rank;
        GenericDepth = Math.Max(element?.GenericDepth ?? 0, arguments.Length == 0 ? 0 : 1 + arguments.Max(a => a.GenericDepth));
        FullName = TypeNames.FullName(this);
    }

    public TypeSystem System { get; }

    /// <summary>Dense number in order of first use.</summary>
    public int Id { get; }

    public TypeKind Kind { get; }

    public TypeDefinition? Definition { get; }

    public TypeDesc[] Arguments { get; }

    /// <summary>Arrays of this type, the pointer and the reference to it, as far as they have been asked for (TypeSystem's).</summary>
    public List<TypeDesc> Compounds { get; } = [];

    /// <summary>Of an array, pointer or reference.</summary>
    public TypeDesc? Element { get; }

    /// <summary>Of a multi-dimensional array.</summary>
    public int Rank { get; }

    /// <summary>As a C# programmer reads it: <c>System.Collections.Generic.List&lt;System.Int32&gt;</c>.</summary>
    public string FullName { get; }

    /// <summary>Levels of generic arguments within each other: 0 for int, 1 for List&lt;int&gt;.</summary>
    public int GenericDepth { get; }

    public GenericContext Context => new(Arguments, []);

    public bool IsValueType => Kind is > TypeKind.Void and <= TypeKind.Struct;

    public bool IsReference => Kind is TypeKind.Class or TypeKind.Interface or TypeKind.SzArray or TypeKind.MdArray;

    public bool IsArray => Kind is TypeKind.SzArray or TypeKind.MdArray;

    public bool IsPointerLike => Kind >= TypeKind.Pointer;

    public bool IsFloat => Kind is TypeKind.Single or TypeKind.Double;

    public bool IsStruct => Kind == TypeKind.Struct;

    public bool IsSigned => Reduced.Kind is TypeKind.SByte or TypeKind.Int16 or TypeKind.Int32 or TypeKind.Int64 or TypeKind.IntPtr;

    public bool IsSealed => Kind != TypeKind.Interface && (IsArray ? Element!.IsValueType || Element.IsSealed : Definition?.IsSealed ?? true);

    public bool IsDelegate => Kind == TypeKind.Class && BaseType == System.Known("System.MulticastDelegate");

    public bool IsNullable => IsStruct && Definition!.Name == "Nullable`1" && Definition.Namespace == "System";

    /// <summary>For an enum its underlying type, else the type itself.</summary>
    public TypeDesc Reduced => Kind == TypeKind.Enum ? InstanceFields[0].Type : this;

    public TypeDesc? BaseType
    {
        get
        {
            if (!_baseKnown)
            {
                _baseKnown = true;
                _baseType = IsArray ? System.Known("System.Array")
                    : IsOpen ? null : Definition?.BaseType is { } reference ? System.Resolve(reference, Context) : null;
            }

            return _baseType;
        }
    }

    /// <summary>All interfaces, those of base types and base interfaces included.</summary>
    public IReadOnlyList<TypeDesc> AllInterfaces => _interfaces ??= InterfaceLists.All(this);

    /// <summary>What <see cref="Assignability.ImplementedAs"/> has found so far.</summary>
    public Dictionary<TypeDesc, TypeDesc?> Implementations { get; } = [];

    public TypeLayout Layout => _layout ??= TypeLayout.Compute(this);

    /// <summary>Bytes that a variable of this type takes: a pointer for references.</summary>
    public int VariableSize => IsStruct ? Layout.Size : Primitives.Size(Reduced.Kind);

    public int VariableAlignment => IsStruct ? Layout.Alignment : Primitives.Size(Reduced.Kind);

    /// <summary>A variable of this type is or holds object references (or references into objects).</summary>
    public bool ContainsReferences => IsReference || Kind == TypeKind.ByRef || (IsStruct && Layout.ReferenceOffsets.Count > 0);

    public IReadOnlyList<FieldDesc> InstanceFields => _instanceFields ??= CollectInstanceFields();

    public FieldDesc Field(FieldDefinition definition)
    {
        if (!_fields.TryGetValue(definition, out FieldDesc? field))
        {
            field = new FieldDesc(this, definition, System.Resolve(definition.FieldType, Context));
            _fields.Add(definition, field);
        }

        return field;
    }

    /// <summary>The method without generic arguments of its own that <paramref name="definition"/> is in this type.</summary>
    public MethodDesc Method(MethodDefinition definition)
    {
        if (!_methods.TryGetValue(definition, out MethodDesc? method))
        {
            method = new MethodDesc(this, definition, []);
            _methods.Add(definition, method);
        }

        return method;
    }

    /// <summary>This type or the base type that <paramref name="definition"/> defines; null when there is none.</summary>
    public TypeDesc? BaseDefinedBy(TypeDefinition definition)
    {
        for (TypeDesc? type = this; type != null; type = type.BaseType)
        {
            if (type.Definition == definition)
            {
                return type;
            }
        }

        return null;
    }

    public bool IsSubclassOf(TypeDesc other)
    {
        for (TypeDesc? type = this; type != null; type = type.BaseType)
        {
            if (type == other)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A generic definition without arguments (`typeof(List&lt;&gt;)`): only its name can be asked for.</summary>
    public bool IsOpen => Definition != null && Definition.GenericParameters.Count != Arguments.Length;

    /// <summary>The class, or one that it derives from, overrides Object.Finalize.</summary>
    public bool HasFinalizer
    {
        get
        {
            if (_hasFinalizer is not { } known)
            {
                known = Kind == TypeKind.Class && this != System.Object && Definition != null
                    && (Definition.Methods.Any(m => m is { Name: "Finalize", IsVirtual: true, HasParameters: false }) || BaseType?.HasFinalizer == true);
                _hasFinalizer = known;
            }

            return known;
        }
    }

    public bool HasName(string fullName) => Definition != null && Arguments.Length == 0 && FullName == fullName;

    public override string ToString() => FullName;

    private List<FieldDesc> CollectInstanceFields()
    {
        List<FieldDesc> fields = [];
        if (Definition != null && !IsOpen)
        {
            foreach (FieldDefinition field in Definition.Fields)
            {
                if (!field.IsStatic)
                {
                    fields.Add(Field(field));
                }
            }
        }

        return fields;
    }
}

/// <summary>A field of a closed type, with its closed type.</summary>
internal sealed class FieldDesc(TypeDesc owner, FieldDefinition definition, TypeDesc type)
{
    public TypeDesc Owner { get; } = owner;

    public FieldDefinition Definition { get; } = definition;

    public TypeDesc Type { get; } = type;

    public bool IsStatic => Definition.IsStatic;

    public string Name => Definition.Name;

    /// <summary>Byte offset from the start of the struct, or of the object (whose first word is the method table).</summary>
    public int Offset => Owner.Layout.OffsetOf(this);

    public override string ToString() => $"{Owner.FullName}.{Name}";
}

/// <summary>The generic arguments that stand for a body's type and method parameters.</summary>
internal readonly record struct GenericContext(TypeDesc[] TypeArguments, TypeDesc[] MethodArguments)
{
    public static readonly GenericContext Empty = new([], []);
}

/// <summary>Sizes of the primitive kinds in bytes.</summary>
internal static class Primitives
{
    public static int Size(TypeKind kind) => kind switch
    {
        TypeKind.Boolean or TypeKind.SByte or TypeKind.Byte => 1,
        TypeKind.Char or TypeKind.Int16 or TypeKind.UInt16 => 2,
        TypeKind.Int32 or TypeKind.UInt32 or TypeKind.Single => 4,
        TypeKind.Void => throw new InvalidOperationException("void has no size"),
        _ => 8,
    };

    public static TypeKind? KindOf(string name) => name switch
    {
        "Void" => TypeKind.Void,
        "Boolean" => TypeKind.Boolean,
        "Char" => TypeKind.Char,
        "SByte" => TypeKind.SByte,
        "Byte" => TypeKind.Byte,
        "Int16" => TypeKind.Int16,
        "UInt16" => TypeKind.UInt16,
        "Int32" => TypeKind.Int32,
        "UInt32" => TypeKind.UInt32,
        "Int64" => TypeKind.Int64,
        "UInt64" => TypeKind.UInt64,
        "IntPtr" => TypeKind.IntPtr,
        "UIntPtr" => TypeKind.UIntPtr,
        "Single" => TypeKind.Single,
        "Double" => TypeKind.Double,
        _ => null,
    };
}
