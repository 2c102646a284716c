// Queue arithmetic on one CPU: limits, wrap-around of 16-bit indices, and neighbours that write nonsense.

using System;
using System.Runtime.InteropServices;
using Pride.Abi.Sddf;
using Pride.Machine;
using Pride.Sddf;
using Xunit;

namespace Pride.Components.Tests;

public sealed unsafe class QueueTests : IDisposable
{
    private readonly nint _memory;
    private readonly Region _region;

    public QueueTests()
    {
        _memory = (nint)NativeMemory.AllocZeroed(1 << 20);
        _region = new Region((nuint)_memory, 1 << 20);
    }

    public void Dispose() => NativeMemory.Free((void*)_memory);

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(32768)]
    public void FillsAndEmptiesAcrossTheWrapOfTheIndices(int capacity)
    {
        Assert.Equal(0, 65536 % capacity);
        QueueProducer<NetworkLayout, NetworkBuffer, CoherentMemory> producer = new(_region, (uint)capacity);
        QueueConsumer<NetworkLayout, NetworkBuffer, CoherentMemory> consumer = new(_region, (uint)capacity);
        ulong next = 0;
        ulong expected = 0;
        for (int round = 0; round < (70000 / capacity) + 3; round++)
        {
            while (producer.TryEnqueue(new NetworkBuffer { IoAddressOrOffset = next }))
            {
                next++;
            }

            Assert.Equal((ulong)capacity, next - expected);
            while (consumer.TryDequeue(out NetworkBuffer buffer))
            {
                Assert.Equal(expected++, buffer.IoAddressOrOffset);
            }

            Assert.Equal(next, expected);
        }

        Assert.True(next > 65536);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(500)]
    [InlineData(65536)]
    public void RefusesCapacitiesThatBreakAtTheWrap(uint capacity) =>
        Assert.Throws<InvalidOperationException>(() => new QueueProducer<NetworkLayout, NetworkBuffer, CoherentMemory>(_region, capacity));

    [Fact]
    public void RefusesARegionThatIsTooSmall()
    {
        Region small = new((nuint)_memory, 8 + (16 * 4) - 1);
        Assert.Throws<InvalidOperationException>(() => new QueueProducer<NetworkLayout, NetworkBuffer, CoherentMemory>(small, 4));
    }

    [Fact]
    public void TakesUpWhereTheLastOwnerStopped()
    {
        QueueProducer<NetworkLayout, NetworkBuffer, CoherentMemory> producer = new(_region, 4);
        Assert.True(producer.TryEnqueue(new NetworkBuffer { IoAddressOrOffset = 1 }));
        producer = new(_region, 4);
        Assert.True(producer.TryEnqueue(new NetworkBuffer { IoAddressOrOffset = 2 }));
        QueueConsumer<NetworkLayout, NetworkBuffer, CoherentMemory> consumer = new(_region, 4);
        Assert.True(consumer.TryDequeue(out NetworkBuffer first));
        consumer = new(_region, 4);
        Assert.True(consumer.TryDequeue(out NetworkBuffer second));
        Assert.Equal((1UL, 2UL), (first.IoAddressOrOffset, second.IoAddressOrOffset));
        Assert.False(consumer.TryDequeue(out _));
    }

    [Fact]
    public void AHostileTailNeverGivesMoreThanTheQueueHolds()
    {
        Random random = new(1);
        QueueConsumer<NetworkLayout, NetworkBuffer, CoherentMemory> consumer = new(_region, 8);
        for (int i = 0; i < 10_000; i++)
        {
            _region.At<ushort>(NetworkQueueLayout.Tail) = (ushort)random.Next();
            _region.At<ushort>(NetworkQueueLayout.Head) = (ushort)random.Next();
            int taken = 0;
            while (consumer.TryDequeue(out _))
            {
                Assert.True(++taken <= 8);
            }
        }

        Assert.NotEqual(0u, consumer.Violations);
    }

    [Fact]
    public void AHostileHeadNeverMakesMoreRoomThanTheQueueHas()
    {
        Random random = new(2);
        QueueProducer<NetworkLayout, NetworkBuffer, CoherentMemory> producer = new(_region, 8);
        for (int i = 0; i < 10_000; i++)
        {
            _region.At<ushort>(NetworkQueueLayout.Head) = (ushort)random.Next();
            int given = 0;
            while (producer.TryEnqueue(default))
            {
                Assert.True(++given <= 8);
            }
        }

        Assert.NotEqual(0u, producer.Violations);
    }

    [Fact]
    public void BytesGoRoundTheEndOfTheRing()
    {
        SerialConnection connection = new() { Queue = new Region((nuint)_memory, 12), Data = new Region((nuint)_memory + 64, 16) };
        connection.Queue.At<uint>(SerialQueueLayout.Head) = uint.MaxValue - 5;
        connection.Queue.At<uint>(SerialQueueLayout.Tail) = uint.MaxValue - 5;
        ByteQueueProducer producer = new(in connection);
        ByteQueueConsumer consumer = new(in connection);
        Span<byte> read = stackalloc byte[32];
        for (int round = 0; round < 20; round++)
        {
            ReadOnlySpan<byte> text = "0123456789abcdefXYZ"u8;
            Assert.Equal(16, producer.Write(text));
            Assert.Equal(5, consumer.Read(read[..5]));
            Assert.Equal("01234"u8, read[..5]);
            Assert.Equal(5, producer.Write("ABCDE"u8));
            Assert.Equal(16, consumer.Read(read));
            Assert.Equal("56789abcdefABCDE"u8, read[..16]);
        }
    }
}
