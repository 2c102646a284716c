// Method tables and type objects. The layout is that of Pride.Runtime.ObjectModel.MethodTable; change both together.

using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Mono.Cecil;
using Pride.Compiler.Metadata;
using Pride.Compiler.Reachability;
using Pride.Runtime.ObjectModel;

namespace Pride.Compiler.Emit;

internal sealed partial class ImageData
{
    /// <summary>Bytes of a method table before its code pointers.</summary>
    public const int MethodTableSize = 80;

    /// <summary>Where a method table has its element type.</summary>
    public const int ElementTypeOffset = 6;

    /// <summary>The assembly's number stands above the flags.</summary>
    private const int AssemblyNumberShift = 16;

    private const string RelatedTypeGetter = "Pride.Runtime.Plugs.RuntimeTypePlugs.TypeOf";

    private readonly Dictionary<TypeDesc, string> _tables = [];
    private readonly List<TypeDesc> _tableOrder = [];
    private readonly Dictionary<TypeDesc, string> _runtimeTypes = [];

    // Value types that the default Equals may look into: boxed ones, and the types of their fields.
    private readonly HashSet<TypeDesc> _fieldTables = [];

    /// <summary>The method table of a type, whether or not instances of it exist.</summary>
    public string MethodTable(TypeDesc type, Function? cause)
    {
        if (!_tables.TryGetValue(type, out string? symbol))
        {
            symbol = "@" + World.Quote(UniqueName("type." + type.FullName));
            _tables.Add(type, symbol);
            _tableOrder.Add(type);
        }

        return symbol;
    }

    /// <summary>The System.RuntimeType object of a type.</summary>
    public string RuntimeType(TypeDesc type, Function? cause)
    {
        if (!_runtimeTypes.TryGetValue(type, out string? symbol))
        {
            TypeDesc runtimeType = world.Types.Known("System.RuntimeType");
            world.Construct(runtimeType, cause);
            Blob blob = new(runtimeType.Layout.Size, 8) { Symbol = "@" + World.Quote(UniqueName("typeof." + type.FullName)) };
            symbol = blob.Symbol;
            _runtimeTypes.Add(type, symbol);
            blob.WritePointer(0, MethodTable(runtimeType, cause));
            FieldDesc handle = runtimeType.InstanceFields.First(f => f.Name == "m_handle");
            blob.WritePointer(handle.Offset, MethodTable(type, cause));
            _blobs.Add(blob);
        }

        return symbol;
    }

    private void WriteMethodTables()
    {
        bool hasGetType = world.Intrinsics.UsesGetType;
        if (hasGetType)
        {
            foreach (TypeDesc type in world.ConstructedTypes)
            {
                RuntimeType(type, null);
            }
        }

        AddPolymorphicTypes();
        AddRelatedTypeObjects();

        // Tables name other tables (base types, element types), so the list grows while it is walked.
        for (int i = 0; i < _tableOrder.Count; i++)
        {
            TypeDesc type = _tableOrder[i];
            if (type.BaseType is { } baseType)
            {
                MethodTable(baseType, null);
            }

            if (Related(type) is { } related)
            {
                MethodTable(related, null);
            }

            if (type.IsStruct && world.Profile == CompilationProfile.Managed && (world.IsConstructed(type) || _fieldTables.Contains(type)))
            {
                _fieldTables.Add(type);
                foreach (FieldDesc field in type.InstanceFields)
                {
                    MethodTable(FieldTableType(field), null);
                    _fieldTables.Add(field.Type);
                }
            }
        }

        Dictionary<TypeDesc, (uint First, uint Last)> numbers = NumberTypes();
        foreach (TypeDesc type in _tableOrder.ToArray())
        {
            WriteMethodTable(type, numbers);
        }
    }

    // Who asks a type object for its base or element type gets a type object.
    private void AddRelatedTypeObjects()
    {
        if (!world.Functions.Any(f => f.Symbol == RelatedTypeGetter))
        {
            return;
        }

        Queue<TypeDesc> queue = new(_runtimeTypes.Keys);
        while (queue.TryDequeue(out TypeDesc? type))
        {
            foreach (TypeDesc? related in new[] { type.BaseType, Related(type) })
            {
                if (related != null && !_runtimeTypes.ContainsKey(related))
                {
                    RuntimeType(related, null);
                    queue.Enqueue(related);
                }
            }
        }
    }

    private void WriteMethodTable(TypeDesc type, Dictionary<TypeDesc, (uint First, uint Last)> numbers)
    {
        IReadOnlyList<string?> slots = world.IsConstructed(type) ? world.Dispatcher.SlotsOf(type) : [];
        Blob table = new(MethodTableSize + (slots.Count * Target.PointerSize), 8) { Symbol = _tables[type], IsReadOnly = true };
        (uint first, uint last) = numbers[type];
        int componentSize = type.IsArray ? type.Element!.VariableSize : type == world.Types.String ? 2 : 0;
        table.Write32(0, (uint)BaseSize(type));
        if (componentSize > ushort.MaxValue)
        {
            throw new CompilationException(CompilationError.Unsupported, $"array elements of {type.Element} are larger than 65,535 bytes");
        }

        BitConverter.TryWriteBytes(table.Bytes.AsSpan(4), (ushort)componentSize);
        table.Bytes[ElementTypeOffset] = ElementTypeCode(type.Reduced);
        table.Bytes[7] = (byte)(type.Kind == TypeKind.SzArray ? 1 : type.Rank);
        table.Write32(8, first);
        table.Write32(12, last);
        table.Write32(16, (uint)FlagsOf(type) | (AssemblyNumber(type) << AssemblyNumberShift));
        table.Write32(20, (uint)slots.Count);
        table.WritePointer(24, type.BaseType is { } baseType ? _tables[baseType] : null);
        table.WritePointer(32, Related(type) is { } related ? _tables[related] : null);
        table.WritePointer(40, ReferenceMap(type));
        table.WritePointer(48, InterfaceMap(type));
        table.WritePointer(56, world.Profile == CompilationProfile.Managed ? Utf8("name." + type.FullName, ReflectionName(type)) : null);
        table.WritePointer(64, _runtimeTypes.GetValueOrDefault(type));
        table.WritePointer(72, Detail(type));
        for (int i = 0; i < slots.Count; i++)
        {
            table.WritePointer(MethodTableSize + (i * Target.PointerSize), slots[i]);
        }

        _blobs.Add(table);
    }

    private static int BaseSize(TypeDesc type) =>
        type.IsValueType ? TypeLayout.AlignUp(Target.PointerSize + type.VariableSize, 8)
        : type.HasName("System.String") ? 12
        : type.IsReference && type.Kind != TypeKind.Interface ? type.Layout.Size : 0;

    private static TypeDesc? Related(TypeDesc type) =>
        type.IsArray || type.Kind is TypeKind.Pointer or TypeKind.ByRef ? type.Element
        : type.Kind == TypeKind.Enum ? type.Reduced
        : type.IsNullable && type.Arguments.Length > 0 ? type.Arguments[0] : null;

    /// <summary>ECMA-335 II.23.1.16.</summary>
    public static byte ElementTypeCode(TypeDesc type) => type.Kind switch
    {
        TypeKind.Void => 0x01,
        TypeKind.Boolean => 0x02,
        TypeKind.Char => 0x03,
        TypeKind.SByte => 0x04,
        TypeKind.Byte => 0x05,
        TypeKind.Int16 => 0x06,
        TypeKind.UInt16 => 0x07,
        TypeKind.Int32 => 0x08,
        TypeKind.UInt32 => 0x09,
        TypeKind.Int64 => 0x0a,
        TypeKind.UInt64 => 0x0b,
        TypeKind.Single => 0x0c,
        TypeKind.Double => 0x0d,
        TypeKind.Pointer => 0x0f,
        TypeKind.ByRef => 0x10,
        TypeKind.Struct => 0x11,
        TypeKind.MdArray => 0x14,
        TypeKind.IntPtr => 0x18,
        TypeKind.UIntPtr => 0x19,
        TypeKind.FunctionPointer => 0x1b,
        TypeKind.SzArray => 0x1d,
        _ => type.HasName("System.String") ? (byte)0x0e : type.HasName("System.Object") ? (byte)0x1c : (byte)0x12,
    };

    // An array belongs to the assembly of its elements.
    private uint AssemblyNumber(TypeDesc type)
    {
        while (type is { Definition: null, Element: { } element })
        {
            type = element;
        }

        return type.Definition is { } definition ? (uint)world.Types.Assemblies.NumberOf(definition.Module.Assembly) : 0;
    }

    private static MethodTableFlags FlagsOf(TypeDesc type)
    {
        MethodTableFlags flags = MethodTableFlags.None;
        flags |= type.IsValueType ? MethodTableFlags.ValueType : 0;
        flags |= type.Kind == TypeKind.Interface ? MethodTableFlags.Interface : 0;
        flags |= type.IsArray ? MethodTableFlags.Array : 0;
        flags |= type.IsArray && type.Element!.IsReference ? MethodTableFlags.ArrayOfReferences : 0;
        flags |= type.HasName("System.String") ? MethodTableFlags.String : 0;
        flags |= type.Kind == TypeKind.Enum ? MethodTableFlags.Enum : 0;
        flags |= type.IsNullable ? MethodTableFlags.Nullable : 0;
        flags |= type.IsDelegate ? MethodTableFlags.Delegate : 0;
        flags |= type.IsValueType && IsBitwiseEquatable(type) ? MethodTableFlags.BitwiseEquatable : 0;
        flags |= type.Kind == TypeKind.Enum && Attributes.Has(type.Definition!, "System.FlagsAttribute") ? MethodTableFlags.EnumFlags : 0;
        flags |= type.HasFinalizer ? MethodTableFlags.Finalizer : 0;
        flags |= type.Definition is { IsSealed: true } || type.IsArray ? MethodTableFlags.Sealed : 0;
        flags |= type.Definition is { IsAbstract: true } ? MethodTableFlags.Abstract : 0;
        flags |= type.Definition is { HasGenericParameters: true } ? MethodTableFlags.Generic : 0;
        flags |= type.IsOpen ? MethodTableFlags.Open : 0;
        return flags;
    }

    /// <summary>Equal means the same bytes: no padding, no references, no floating point.</summary>
    public static bool IsBitwiseEquatable(TypeDesc type)
    {
        if (!type.IsStruct)
        {
            return !type.IsFloat && type.IsValueType;
        }

        int bytes = 0;
        foreach (FieldDesc field in type.InstanceFields)
        {
            if (!IsBitwiseEquatable(field.Type))
            {
                return false;
            }

            bytes += field.Type.VariableSize;
        }

        return bytes == type.Layout.Size && type.Layout.InlineLength == 0;
    }

    // A preorder walk of the class tree, so that a class and all that derive from it have consecutive numbers.
    private Dictionary<TypeDesc, (uint First, uint Last)> NumberTypes()
    {
        Dictionary<TypeDesc, (uint First, uint Last)> numbers = [];
        ILookup<TypeDesc?, TypeDesc> children = _tableOrder.ToLookup(t => t.BaseType);
        uint next = 1;

        void Visit(TypeDesc type)
        {
            uint first = next++;
            foreach (TypeDesc child in children[type])
            {
                Visit(child);
            }

            numbers.Add(type, (first, next - 1));
        }

        foreach (TypeDesc root in _tableOrder.Where(t => t.BaseType == null))
        {
            Visit(root);
        }

        return numbers;
    }

    private string? ReferenceMap(TypeDesc type)
    {
        IReadOnlyList<int> offsets;
        int shift = 0;
        if (type.IsArray)
        {
            offsets = type.Element!.IsStruct ? type.Element.Layout.ReferenceOffsets : [];
        }
        else if (type.IsValueType)
        {
            offsets = type.IsStruct ? type.Layout.ReferenceOffsets : [];
            shift = Target.PointerSize;
        }
        else
        {
            offsets = type.Kind == TypeKind.Class ? type.Layout.ReferenceOffsets : [];
        }

        if (offsets.Count == 0 || world.Profile != CompilationProfile.Managed)
        {
            return null;
        }

        Blob map = new((offsets.Count + 1) * 4, 4) { IsReadOnly = true };
        map.Write32(0, (uint)offsets.Count);
        for (int i = 0; i < offsets.Count; i++)
        {
            map.Write32((i + 1) * 4, (uint)(offsets[i] + shift));
        }

        return Add(map, "references." + type.FullName);
    }

    // Interfaces that some cast asks for by table, with variance worked out.
    private string? InterfaceMap(TypeDesc type)
    {
        if (world.Profile != CompilationProfile.Managed || (!world.IsConstructed(type) && !_runtimeTypes.ContainsKey(type)))
        {
            return null;
        }

        // In the order in which the type names them, as Type.GetInterfaces has them; then those by variance.
        List<TypeDesc> interfaces = [.. _tableOrder.Where(t => t.Kind == TypeKind.Interface && Assignability.ImplementedAs(type, t) != null)];
        interfaces = [.. type.AllInterfaces.Where(interfaces.Contains), .. interfaces.Where(i => !type.AllInterfaces.Contains(i))];
        if (interfaces.Count == 0)
        {
            return null;
        }

        Blob map = new((interfaces.Count + 1) * Target.PointerSize, 8) { IsReadOnly = true };
        map.Write64(0, (ulong)interfaces.Count);
        for (int i = 0; i < interfaces.Count; i++)
        {
            map.WritePointer((i + 1) * Target.PointerSize, _tables[interfaces[i]]);
        }

        return Add(map, "interfaces." + type.FullName);
    }

    private string? Detail(TypeDesc type)
    {
        if (world.Profile != CompilationProfile.Managed)
        {
            return type.IsDelegate && world.MakesMulticasts && world.IsConstructed(type) ? world.Multicast(type) : null;
        }

        return type.Kind == TypeKind.Enum ? EnumTable(type)
            : type.IsDelegate && world.MakesMulticasts && world.IsConstructed(type) ? world.Multicast(type)
            : type.IsStruct && _fieldTables.Contains(type) ? FieldTable(type)
            : _polymorphisms.GetValueOrDefault(type);
    }

    // A reference compares by its own Equals, a pointer as an integer.
    private TypeDesc FieldTableType(FieldDesc field) =>
        field.Type.IsReference ? world.Types.Object : field.Type.IsPointerLike ? world.Types.IntPtr : field.Type;

    private string FieldTable(TypeDesc type)
    {
        Blob table = new(8 + (16 * type.InstanceFields.Count), 8) { IsReadOnly = true };
        table.Write64(0, (ulong)type.InstanceFields.Count);
        for (int i = 0; i < type.InstanceFields.Count; i++)
        {
            FieldDesc field = type.InstanceFields[i];
            table.Write64(8 + (16 * i), (ulong)field.Offset);
            table.WritePointer(16 + (16 * i), _tables[FieldTableType(field)]);
        }

        return Add(table, "fields." + type.FullName);
    }

    private string Utf8(string name, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Blob blob = new(bytes.Length + 1, 1) { IsReadOnly = true };
        bytes.CopyTo(blob.Bytes, 0);
        return Add(blob, name);
    }

    // As System.Type.FullName writes it: nested types after '+', arity kept.
    private static string ReflectionName(TypeDesc type)
    {
        if (type.Definition == null)
        {
            return type.FullName;
        }

        string name = TypeNames.MetadataName(type.Definition).Replace('/', '+');
        return type.Arguments.Length == 0 ? name : name + "[" + string.Join(",", type.Arguments.Select(a => "[" + ReflectionName(a) + "]")) + "]";
    }
}
