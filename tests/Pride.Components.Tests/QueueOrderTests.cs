// The queue and the signalling protocol on a weakly ordered machine, over many interleavings, and the proof that the
// model finds the bugs it is there for: the same tests with a fence left out must fail.

using System;
using System.Runtime.InteropServices;
using Pride.Abi.Sddf;
using Pride.Machine;
using Pride.Sddf;
using Xunit;

namespace Pride.Components.Tests;

public sealed unsafe class QueueOrderTests : IDisposable
{
    private const int Schedules = 1500;
    private const int Entries = 4;
    private const uint Capacity = 2;
    private const ushort NearWrap = 0xfffe;

    private readonly nint _memory = (nint)NativeMemory.AlignedAlloc(4096, 64);

    [Fact]
    public void NothingIsLostTornOrLate()
    {
        for (int seed = 0; seed < Schedules; seed++)
        {
            Assert.True(Transfer<WeakMachine.AllFences>(seed), $"seed {seed}: a wake-up was lost");
        }
    }

    [Fact]
    public void TheModelFindsALostWakeupWithoutTheFullFence() =>
        Assert.True(Fails(seed => Transfer<WeakMachine.NoFullFence>(seed)));

    [Fact]
    public void TheModelFindsAnOldEntryWithoutAcquire() =>
        Assert.True(Fails(seed => Transfer<WeakMachine.NoAcquire>(seed)));

    [Fact]
    public void TheModelFindsATornEntryWithoutRelease() =>
        Assert.True(Fails(seed => Transfer<WeakMachine.NoRelease>(seed)));

    public void Dispose() => NativeMemory.AlignedFree((void*)_memory);

    private static bool Fails(Func<int, bool> transfer)
    {
        for (int seed = 0; seed < Schedules; seed++)
        {
            try
            {
                if (!transfer(seed))
                {
                    return true;
                }
            }
            catch (InvalidOperationException)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A producer and a consumer move entries across the wrap of the indices; each waits for the other by the signalling protocol.</summary>
    private bool Transfer<TFences>(int seed)
        where TFences : struct, WeakMachine.IFences
    {
        new Span<byte>((void*)_memory, 4096).Clear();
        Region region = new((nuint)_memory, 2048);
        Region spaceFlag = new((nuint)_memory + 2048, 64);
        region.At<ushort>(NetworkQueueLayout.Head) = NearWrap;
        region.At<ushort>(NetworkQueueLayout.Tail) = NearWrap;
        SignalFlag<WeakMachine.Memory<TFences>> filled = new(region.Address + NetworkQueueLayout.ConsumerSignalled);
        SignalFlag<WeakMachine.Memory<TFences>> emptied = new(spaceFlag.Address);
        return WeakMachine.Run(seed, Produce, Consume);

        void Produce()
        {
            QueueProducer<NetworkLayout, NetworkBuffer, WeakMachine.Memory<TFences>> queue = new(region, Capacity);
            for (ushort i = 1; i <= Entries; i++)
            {
                while (!queue.TryEnqueue(new NetworkBuffer { IoAddressOrOffset = i, Length = i }))
                {
                    emptied.Request();
                    if (queue.IsFull)
                    {
                        WeakMachine.Wait();
                    }
                }

                if (filled.Take())
                {
                    WeakMachine.Signal();
                }
            }
        }

        void Consume()
        {
            QueueConsumer<NetworkLayout, NetworkBuffer, WeakMachine.Memory<TFences>> queue = new(region, Capacity);
            for (ushort expected = 1; expected <= Entries;)
            {
                if (queue.TryDequeue(out NetworkBuffer entry))
                {
                    Require(entry.IoAddressOrOffset == expected && entry.Length == expected);
                    expected++;
                    if (emptied.Take())
                    {
                        WeakMachine.Signal();
                    }

                    continue;
                }

                filled.Request();
                if (queue.IsEmpty)
                {
                    WeakMachine.Wait();
                }
            }

            Require(queue.Violations == 0);
        }
    }

    private static void Require(bool condition)
    {
        if (!condition)
        {
            throw new InvalidOperationException("an entry was torn, lost or out of order");
        }
    }
}
