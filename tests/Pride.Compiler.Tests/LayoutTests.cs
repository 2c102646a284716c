// Layouts must be CoreCLR's: the sizes and offsets of structs are compared with the running runtime's.

using System;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Pride.Compiler.Metadata;
using Xunit;

namespace Pride.Compiler.Tests;

public class LayoutTests
{
    public struct Mixed
    {
        public byte A;
        public long B;
        public short C;
    }

    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    public struct Packed
    {
        public byte A;
        public long B;
        public short C;
    }

    [StructLayout(LayoutKind.Explicit, Size = 24)]
    public struct Overlapping
    {
        [FieldOffset(0)]
        public int A;

        [FieldOffset(2)]
        public short B;

        [FieldOffset(8)]
        public double C;
    }

    [InlineArray(5)]
    public struct Repeated
    {
        public int First;
    }

    public unsafe struct Buffered
    {
        public byte A;
        public fixed ushort B[7];
    }

    public struct Wide
    {
        public byte A;
        public Int128 B;
    }

    public struct Empty;

    [Fact]
    public void StructsHaveTheSizesOfCoreClr()
    {
        using AssemblySet assemblies = new(typeof(LayoutTests).Assembly.Location, [], readSymbols: false);
        TypeSystem types = new(assemblies);
        Assert.Equal(Unsafe.SizeOf<Mixed>(), Layout(types, nameof(Mixed)).Size);
        Assert.Equal(Unsafe.SizeOf<Packed>(), Layout(types, nameof(Packed)).Size);
        Assert.Equal(Unsafe.SizeOf<Overlapping>(), Layout(types, nameof(Overlapping)).Size);
        Assert.Equal(Unsafe.SizeOf<Repeated>(), Layout(types, nameof(Repeated)).Size);
        Assert.Equal(Unsafe.SizeOf<Buffered>(), Layout(types, nameof(Buffered)).Size);
        Assert.Equal(Unsafe.SizeOf<Wide>(), Layout(types, nameof(Wide)).Size);
        Assert.Equal(Unsafe.SizeOf<Empty>(), Layout(types, nameof(Empty)).Size);
    }

    [Fact]
    public void FieldsOfPackedStructsFollowEachOther()
    {
        using AssemblySet assemblies = new(typeof(LayoutTests).Assembly.Location, [], readSymbols: false);
        TypeDesc packed = Type(new TypeSystem(assemblies), nameof(Packed));
        Assert.Equal([0, 1, 9], packed.InstanceFields.Select(f => f.Offset));
    }

    [Fact]
    public void StringsAndArraysKeepCoreLibsLayout()
    {
        using AssemblySet assemblies = new(typeof(LayoutTests).Assembly.Location, [], readSymbols: false);
        TypeSystem types = new(assemblies);
        Assert.Equal([8, 12], types.String.InstanceFields.Select(f => f.Offset));
        Assert.Equal(16, types.ArrayOf(types.Byte).Layout.Size);
    }

    private static TypeDesc Type(TypeSystem types, string name) =>
        types.Instance(types.Assemblies.Entry.MainModule.GetType($"Pride.Compiler.Tests.LayoutTests/{name}"), []);

    private static TypeLayout Layout(TypeSystem types, string name) => Type(types, name).Layout;
}
