// The description of a type at run time: what Pride.Compiler emits for each type that is constructed or cast to,
// and what heap, casts, boxing and type names read. It is read-only data; the runtime never writes it.
//
// Rules: the layout below is an agreement with the compiler, which emits these fields in this order; change both
// together. Every object starts with a pointer to its MethodTable and has no other header: mark bits lie beside
// the heap, and locks need none, since a PD has one thread.

using System.Runtime.InteropServices;

namespace Pride.Runtime.ObjectModel;

/// <summary>One type: 80 bytes on 64-bit targets, then the code pointers of its virtual methods.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct MethodTable
{
    private const int AssemblyNumberShift = 16;

    /// <summary>
    /// Bytes of an instance with its type pointer, a multiple of 8. For strings and arrays: the bytes before the first
    /// element (string 12, one-dimensional array 16, array of rank n: 16 + 8 n). For a value type: of the boxed instance.
    /// </summary>
    public uint BaseSize;

    /// <summary>Bytes of an element of a string (2) or array; 0 for all other types.</summary>
    public ushort ComponentSize;

    /// <summary>The ECMA-335 II.23.1.16 element type (ELEMENT_TYPE_I4 = 8, CLASS = 0x12, VALUETYPE = 0x11, ...). Enums: that of the underlying type.</summary>
    public byte ElementType;

    /// <summary>Dimensions of an array type (1 for T[]); 0 for all other types.</summary>
    public byte Rank;

    /// <summary>Number of this type in a preorder walk of the class tree: D is a C or derives from it when C.TypeId &lt;= D.TypeId &lt;= C.LastTypeId.</summary>
    public uint TypeId;

    /// <summary>The highest <see cref="TypeId"/> among the types that derive from this one, itself included.</summary>
    public uint LastTypeId;

    /// <summary><see cref="MethodTableFlags"/> in the lower half; the number of the type's assembly, counted for each image, in the upper half.</summary>
    public MethodTableFlags Flags;

    /// <summary>Code pointers that follow this struct.</summary>
    public uint VirtualSlotCount;

    /// <summary>The base class; null for object and for interfaces.</summary>
    public MethodTable* Parent;

    /// <summary>Array: the element type. Enum: the underlying type. Nullable&lt;T&gt;: T. Otherwise null.</summary>
    public MethodTable* Related;

    /// <summary>
    /// Where references lie: a count, then so many byte offsets from the start of the object (for arrays of structs: from the
    /// start of an element). Null without references and for arrays of references, which have a flag.
    /// </summary>
    public uint* ReferenceMap;

    /// <summary>
    /// Every interface that a cast can ask for, variance already worked out by the compiler (closed world): string[]
    /// carries IList&lt;object&gt; when some cast asks for it. Null without any.
    /// </summary>
    public InterfaceMap* Interfaces;

    /// <summary>Full name in UTF-8 with a terminating zero ("System.Int32", "Acme.Outer+Inner"); null when the profile has no names.</summary>
    public byte* Name;

    /// <summary>The System.RuntimeType object of this type in static data (its m_handle is this table); null when nothing asks for it.</summary>
    public void* RuntimeType;

    /// <summary>
    /// Enum: its <see cref="EnumTable"/>. Delegate: the code that calls every target of a multicast delegate.
    /// Other value types: their <see cref="FieldTable"/>. Other classes and interfaces: their <see cref="PolymorphismTable"/>.
    /// Null when nothing asks for it.
    /// </summary>
    public void* Detail;

    public readonly bool Has(MethodTableFlags flag) => (Flags & flag) != 0;

    /// <summary>The assembly that defines the type (of an array: its elements' type), by its number in this image.</summary>
    public readonly int AssemblyNumber => (int)((uint)Flags >> AssemblyNumberShift);

    /// <summary>True when an instance, or an element of this array, can hold a reference.</summary>
    public readonly bool HasReferences => ReferenceMap != null || Has(MethodTableFlags.ArrayOfReferences);

    /// <summary>Bytes of an object with <paramref name="length"/> elements (0 when it has none), a multiple of 8.</summary>
    public readonly nuint SizeOf(uint length) => (BaseSize + ((nuint)ComponentSize * length) + 7) & ~(nuint)7;
}

/// <summary>The interfaces of a type: a count, then so many type pointers.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct InterfaceMap
{
    public nuint Count;
    public MethodTable* First;
}

/// <summary>The members of an enum in the order of their unsigned values, as CoreLib's EnumInfo wants them.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct EnumTable
{
    public nuint Count;

    /// <summary>Values, zero-extended from the underlying type.</summary>
    public ulong* Values;

    /// <summary>References to string objects in static data.</summary>
    public void** Names;

    /// <summary>
    /// What JSON calls the members (JsonStringEnumMemberName): references to string objects, null where a member has no other name;
    /// null when no member has one, or nothing asks for it.
    /// </summary>
    public void** JsonNames;
}

/// <summary>What JsonPolymorphic and JsonDerivedType say on a type; the entries follow.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct PolymorphismTable
{
    /// <summary>The string object with the discriminator's name; null for the serializer's own.</summary>
    public void* DiscriminatorName;

    /// <summary>A JsonUnknownDerivedTypeHandling.</summary>
    public uint UnknownTypes;

    /// <summary>1 when discriminators that are not listed are ignored.</summary>
    public uint IgnoresUnknownDiscriminators;

    public nuint Count;
    public DerivedTypeEntry First;
}

/// <summary>One derived type.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct DerivedTypeEntry
{
    /// <summary>The System.RuntimeType object in static data.</summary>
    public void* Type;

    /// <summary>The discriminator as a string object; null when it is a number or there is none.</summary>
    public void* Text;

    public int Number;

    /// <summary>1 when <see cref="Number"/> is the discriminator.</summary>
    public uint HasNumber;
}

/// <summary>The fields of a value type for the default Equals and GetHashCode: a count, then so many <see cref="FieldEntry"/>.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct FieldTable
{
    public nuint Count;
    public FieldEntry First;
}

/// <summary>One instance field of a value type.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct FieldEntry
{
    /// <summary>Bytes from the start of the unboxed value.</summary>
    public nuint Offset;

    /// <summary>The field's type; for a reference field, any class type.</summary>
    public MethodTable* Type;
}
