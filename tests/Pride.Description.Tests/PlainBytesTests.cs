// What goes into an image of a value: its fields, and nothing that stood between them.

using System;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Pride.Abi.Sddf;
using Xunit;

namespace Pride.Description.Tests;

public sealed class PlainBytesTests
{
    [Fact]
    public void Padding_is_zero_whatever_stood_there()
    {
        Gaps value = Dirty<Gaps>();
        value.First = 1;
        value.Second = 0x0203_0405_0607_0809;
        value.Third = true;
        value.Pairs[0] = new Pair { Small = 0x0a, Large = 0x0b0c_0d0e };
        value.Pairs[1] = new Pair { Small = 0x0f, Large = 0x1011_1213 };
        Assert.Equal("0100000000000000" + "0908070605040302" + "01000000" + "0a0000000e0d0c0b" + "0f00000013121110" + "00000000", Convert.ToHexStringLower(PlainBytes.Of(value)));
    }

    [Fact]
    public unsafe void Fixed_buffers_and_explicit_offsets_are_fields_like_others()
    {
        Places value = Dirty<Places>();
        value.Low = 0x1234;
        for (int i = 0; i < 3; i++)
        {
            value.Words[i] = (ushort)(i + 1);
        }

        Assert.Equal("3412" + "0000" + "010002000300" + "000000000000", Convert.ToHexStringLower(PlainBytes.Of(value)));
    }

    [Fact]
    public void The_configurations_are_laid_out_as_they_are_in_memory()
    {
        // Every configuration's size comes out by its fields, or this throws.
        Type[] types = [.. typeof(SerialDriverConfig).Assembly.GetTypes().Where(t => t.IsValueType && t.IsDefined(typeof(Pride.Machine.ConfigurationSectionAttribute), false))];
        Assert.True(types.Length > 10, $"{types.Length} configurations");
        foreach (Type type in types)
        {
            byte[] bytes = (byte[])typeof(PlainBytes).GetMethod(nameof(PlainBytes.Of))!.MakeGenericMethod(type).Invoke(null, [Activator.CreateInstance(type)])!;
            Assert.All(bytes, b => Assert.Equal(0, b));
        }
    }

    private static T Dirty<T>()
        where T : unmanaged
    {
        T value = default;
        MemoryMarshal.AsBytes(new Span<T>(ref value)).Fill(0xEE);
        return value;
    }

    private struct Gaps
    {
        public byte First;
        public ulong Second;
        public bool Third;
        public Pairs Pairs;
    }

    private struct Pair
    {
        public byte Small;
        public uint Large;
    }

    [InlineArray(2)]
    private struct Pairs
    {
        private Pair _first;
    }

    [StructLayout(LayoutKind.Explicit, Size = 16)]
    private unsafe struct Places
    {
        [FieldOffset(0)]
        public ushort Low;

        [FieldOffset(4)]
        public fixed ushort Words[3];
    }
}
