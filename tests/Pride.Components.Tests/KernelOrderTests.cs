// The kernel's signals between cores on a weakly ordered machine, over many interleavings: none is lost, and who gets one sees what its sender wrote before.
// And the proof that each order is needed, and that the model finds what is wrong without it.

using System;
using System.Numerics;
using System.Runtime.InteropServices;
using Pride.Kernel;
using Pride.Kernel.Objects;
using Xunit;

namespace Pride.Components.Tests;

public sealed unsafe class KernelOrderTests : IDisposable
{
    private const int Schedules = 1500;
    private const int Signals = 5;
    private const int MessageOffset = CoreState.Size + 64;
    private const int Bytes = MessageOffset + (Signals * 64);

    private readonly CoreState* _owner = (CoreState*)NativeMemory.AlignedAlloc(Bytes, 64);

    private Notification* Receiver => (Notification*)((byte*)_owner + CoreState.Size);

    [Fact]
    public void No_signal_is_lost_and_what_was_written_before_it_is_seen()
    {
        for (int seed = 0; seed < Schedules; seed++)
        {
            Assert.True(Cross<AllOrders>(seed), $"seed {seed}: a signal was lost");
        }
    }

    [Fact]
    public void Without_release_of_the_badge_its_receiver_reads_what_was_there_before() => Assert.True(Fails(Cross<NoReleaseOfBadges>));

    [Fact]
    public void Without_release_of_the_bit_a_signal_is_lost() => Assert.True(Fails(Cross<NoReleaseOfBit>));

    [Fact]
    public void Without_acquire_of_the_badge_its_receiver_reads_what_was_there_before() => Assert.True(Fails(Cross<NoAcquire>));

    [Fact]
    public void Without_waiting_for_the_end_of_the_interrupt_the_next_is_lost() => Assert.True(Fails(Cross<NoWait>));

    public void Dispose() => NativeMemory.AlignedFree(_owner);

    private static bool Fails(Func<int, bool> cross)
    {
        for (int seed = 0; seed < Schedules; seed++)
        {
            try
            {
                if (!cross(seed))
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

    /// <summary>One core writes a message and signals, several times; the other idles, and looks at a message once it has its badge.</summary>
    private bool Cross<TOrders>(int seed)
        where TOrders : struct, WeakMachine.IOrders
    {
        new Span<byte>(_owner, Bytes).Clear();
        Receiver->Index = 70;
        return WeakMachine.Run(seed, Send, Receive);

        void Send()
        {
            for (int i = 0; i < Signals; i++)
            {
                WeakMachine.StorePlain(Message(i), 1);
                if (Inbox<WeakMachine.Words<TOrders>>.Post(_owner, Receiver, 1UL << i))
                {
                    WeakMachine.Interrupt();
                }
            }
        }

        void Receive()
        {
            const ulong all = (1UL << Signals) - 1;
            ulong received = 0;
            while (received != all)
            {
                WeakMachine.WaitForInterrupt();
                WeakMachine.EndInterrupt(TOrders.EndWaits);
                for (uint word = 0; word < 2; word++)
                {
                    if (Inbox<WeakMachine.Words<TOrders>>.TakeWord(_owner, word) != 0)
                    {
                        received |= TakeMessages(Inbox<WeakMachine.Words<TOrders>>.TakeBadges(Receiver), received);
                    }
                }
            }
        }
    }

    private ulong TakeMessages(ulong badges, ulong before)
    {
        Require((badges & before) == 0);
        for (ulong rest = badges; rest != 0; rest &= rest - 1)
        {
            Require(WeakMachine.LoadPlain(Message(BitOperations.TrailingZeroCount(rest))) == 1);
        }

        return badges;
    }

    private ulong* Message(int index) => (ulong*)((byte*)_owner + MessageOffset + (index * 64));

    private static void Require(bool condition)
    {
        if (!condition)
        {
            throw new InvalidOperationException("a badge came twice, or before what was written before it");
        }
    }

    private readonly struct AllOrders : WeakMachine.IOrders
    {
        public static bool AddReleases => true;

        public static bool SetReleases => true;

        public static bool TakeAcquires => true;

        public static bool EndWaits => true;
    }

    private readonly struct NoReleaseOfBadges : WeakMachine.IOrders
    {
        public static bool AddReleases => false;

        public static bool SetReleases => true;

        public static bool TakeAcquires => true;

        public static bool EndWaits => true;
    }

    private readonly struct NoReleaseOfBit : WeakMachine.IOrders
    {
        public static bool AddReleases => true;

        public static bool SetReleases => false;

        public static bool TakeAcquires => true;

        public static bool EndWaits => true;
    }

    private readonly struct NoAcquire : WeakMachine.IOrders
    {
        public static bool AddReleases => true;

        public static bool SetReleases => true;

        public static bool TakeAcquires => false;

        public static bool EndWaits => true;
    }

    private readonly struct NoWait : WeakMachine.IOrders
    {
        public static bool AddReleases => true;

        public static bool SetReleases => true;

        public static bool TakeAcquires => true;

        public static bool EndWaits => false;
    }
}
