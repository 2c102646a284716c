// The layouts of sDDF 0.7 as C lays them out on a 64-bit machine: sizes and offsets worked out by hand from the
// headers, so that a field moved by accident is seen here and not as a driver that reads nonsense.

using System;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Pride.Abi.Sddf;
using Pride.Machine;
using Xunit;

namespace Pride.Components.Tests;

public sealed class SddfLayoutTests
{
    [Theory]
    [InlineData(typeof(DeviceRegion), 24)]
    [InlineData(typeof(DeviceResources), 1608)]
    [InlineData(typeof(NetworkBuffer), 16)]
    [InlineData(typeof(NetworkConnection), 40)]
    [InlineData(typeof(NetworkDriverConfig), 88)]
    [InlineData(typeof(NetworkTxDataRegion), 32)]
    [InlineData(typeof(NetworkVirtTxClientConfig), 2096)]
    [InlineData(typeof(NetworkVirtTxConfig), 134200)]
    [InlineData(typeof(NetworkVirtRxClientConfig), 432)]
    [InlineData(typeof(NetworkVirtRxConfig), 27744)]
    [InlineData(typeof(NetworkCopierConfig), 1128)]
    [InlineData(typeof(NetworkClientConfig), 128)]
    [InlineData(typeof(BlockRequest), 32)]
    [InlineData(typeof(BlockResponse), 12)]
    [InlineData(typeof(BlockStorageInfo), 88)]
    [InlineData(typeof(BlockConnection), 56)]
    [InlineData(typeof(BlockDriverConfig), 64)]
    [InlineData(typeof(BlockVirtClientConfig), 88)]
    [InlineData(typeof(BlockVirtDriverConfig), 80)]
    [InlineData(typeof(BlockVirtConfig), 5728)]
    [InlineData(typeof(BlockClientConfig), 80)]
    [InlineData(typeof(SerialConnection), 40)]
    [InlineData(typeof(SerialDriverConfig), 104)]
    [InlineData(typeof(SerialVirtRxConfig), 2616)]
    [InlineData(typeof(SerialVirtTxClientConfig), 104)]
    [InlineData(typeof(SerialVirtTxConfig), 6840)]
    [InlineData(typeof(SerialClientConfig), 88)]
    [InlineData(typeof(TimerClientConfig), 6)]
    public void SizeIsThatOfC(Type type, int size) => Assert.Equal(size, Size(type));

    [Theory]
    [InlineData(typeof(DeviceResources), "RegionCount", 5)]
    [InlineData(typeof(DeviceResources), "InterruptCount", 6)]
    [InlineData(typeof(DeviceResources), "Regions", 8)]
    [InlineData(typeof(DeviceResources), "Interrupts", 1544)]
    [InlineData(typeof(NetworkBuffer), "Length", 8)]
    [InlineData(typeof(NetworkBuffer), "_owner", 10)]
    [InlineData(typeof(NetworkConnection), "BufferCount", 32)]
    [InlineData(typeof(NetworkConnection), "ChannelId", 34)]
    [InlineData(typeof(NetworkDriverConfig), "VirtTx", 48)]
    [InlineData(typeof(NetworkTxDataRegion), "BufferCount", 24)]
    [InlineData(typeof(NetworkVirtTxClientConfig), "RegionCount", 2088)]
    [InlineData(typeof(NetworkVirtTxConfig), "Clients", 48)]
    [InlineData(typeof(NetworkVirtTxConfig), "ClientCount", 134192)]
    [InlineData(typeof(NetworkVirtRxClientConfig), "MacCount", 424)]
    [InlineData(typeof(NetworkVirtRxConfig), "BufferMetadata", 72)]
    [InlineData(typeof(NetworkVirtRxConfig), "Clients", 88)]
    [InlineData(typeof(NetworkVirtRxConfig), "ClientCount", 27736)]
    [InlineData(typeof(NetworkCopierConfig), "Client", 1072)]
    [InlineData(typeof(NetworkCopierConfig), "ClientData", 1112)]
    [InlineData(typeof(NetworkClientConfig), "MacAddress", 120)]
    [InlineData(typeof(BlockRequest), "IoAddressOrOffset", 8)]
    [InlineData(typeof(BlockRequest), "Count", 24)]
    [InlineData(typeof(BlockRequest), "Id", 28)]
    [InlineData(typeof(BlockResponse), "SuccessCount", 4)]
    [InlineData(typeof(BlockResponse), "Id", 8)]
    [InlineData(typeof(BlockStorageInfo), "ReadOnly", 64)]
    [InlineData(typeof(BlockStorageInfo), "SectorSize", 66)]
    [InlineData(typeof(BlockStorageInfo), "Capacity", 80)]
    [InlineData(typeof(BlockConnection), "ChannelId", 50)]
    [InlineData(typeof(BlockVirtClientConfig), "Partition", 80)]
    [InlineData(typeof(BlockVirtConfig), "Driver", 16)]
    [InlineData(typeof(BlockVirtConfig), "Clients", 96)]
    [InlineData(typeof(BlockClientConfig), "Data", 64)]
    [InlineData(typeof(SerialConnection), "ChannelId", 32)]
    [InlineData(typeof(SerialDriverConfig), "DefaultBaud", 88)]
    [InlineData(typeof(SerialDriverConfig), "RxEnabled", 96)]
    [InlineData(typeof(SerialVirtRxConfig), "ClientCount", 2608)]
    [InlineData(typeof(SerialVirtRxConfig), "TerminateNumberCharacter", 2610)]
    [InlineData(typeof(SerialVirtTxConfig), "ClientCount", 6704)]
    [InlineData(typeof(SerialVirtTxConfig), "BeginString", 6705)]
    [InlineData(typeof(SerialVirtTxConfig), "EnableColour", 6833)]
    [InlineData(typeof(SerialVirtTxConfig), "EnableRx", 6834)]
    [InlineData(typeof(TimerClientConfig), "DriverChannelId", 5)]
    public void OffsetIsThatOfC(Type type, string field, int offset) =>
        Assert.Equal(offset, OffsetOf(type, field));

    [Fact]
    public void MagicNamesTheClass()
    {
        SddfMagic magic = SddfMagic.Of(SddfClass.Network);
        Assert.Equal("sDDF\x05"u8.ToArray(), ((ReadOnlySpan<byte>)magic).ToArray());
        Assert.True(magic.Is(SddfClass.Network));
        Assert.False(magic.Is(SddfClass.Block));
        Assert.False(default(SddfMagic).Is(SddfClass.Network));
    }

    [Theory]
    [InlineData(typeof(DeviceResources), ".device_resources")]
    [InlineData(typeof(NetworkVirtRxConfig), ".net_virt_rx_config")]
    [InlineData(typeof(NetworkCopierConfig), ".net_copy_config")]
    [InlineData(typeof(BlockVirtConfig), ".blk_virt_config")]
    [InlineData(typeof(SerialVirtTxConfig), ".serial_virt_tx_config")]
    [InlineData(typeof(TimerClientConfig), ".timer_client_config")]
    public void SectionIsTheOneThatToolsPatch(Type type, string section) =>
        Assert.Equal(section, type.GetCustomAttribute<ConfigurationSectionAttribute>()!.Section);

    [Fact]
    public void OwnerHasSixBits()
    {
        NetworkBuffer buffer = new() { Owner = 0xff };
        Assert.Equal(0x3f, buffer.Owner);
    }

    private static int Size(Type type) =>
        (int)typeof(Unsafe).GetMethod(nameof(Unsafe.SizeOf))!.MakeGenericMethod(type).Invoke(null, null)!;

    // Marshal.OffsetOf speaks of marshalled layout; all these structs are blittable, where both are the same.
    // It does not take inline arrays, so the offset is measured on an instance instead.
    private static int OffsetOf(Type type, string field) =>
        (int)typeof(SddfLayoutTests).GetMethod(nameof(Measure), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(type).Invoke(null, [field])!;

    private static unsafe int Measure<T>(string field)
        where T : unmanaged
    {
        FieldInfo info = typeof(T).GetField(field, BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
            ?? throw new ArgumentException($"{typeof(T)} has no field {field}");
        object boxed = default(T);
        object marked = Activator.CreateInstance(info.FieldType)!;
        MemoryMarshal.CreateSpan(ref Unsafe.As<byte, byte>(ref RawData(marked)), Size(info.FieldType)).Fill(0xff);
        info.SetValue(boxed, marked);
        ReadOnlySpan<byte> bytes = MemoryMarshal.CreateReadOnlySpan(ref RawData(boxed), sizeof(T));
        return bytes.IndexOf((byte)0xff);
    }

    private static ref byte RawData(object boxed) => ref Unsafe.As<RawBox>(boxed).First;

    private sealed class RawBox
    {
        public byte First;
    }
}
