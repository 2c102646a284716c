// The ledger by itself: what it holds outlives it, and what was written over it is not believed.

using System;
using System.Collections.Generic;
using System.Linq;
using Pride.Machine;
using Pride.Sddf;
using Pride.Testing;
using Xunit;

namespace Pride.Components.Tests;

public sealed class LedgerTests
{
    private const uint Slots = 8;

    [Fact]
    public void ItemsOutliveTheLedgerThatHeldThem()
    {
        using TestSystem system = new();
        Region region = system.Memory((int)Ledger<Item>.BytesFor(Slots));
        Ledger<Item> first = new(region);
        Assert.Equal((0u, 8, 0), (first.Life, first.FreeCount, first.HeldCount));
        ushort a = first.Hold(new Item(1));
        ushort b = first.Hold(new Item(2));
        ushort c = first.Hold(new Item(3));
        first.Release(b);
        Ledger<Item> second = new(region);
        Assert.Equal((1u, 6, 2, 0u), (second.Life, second.FreeCount, second.HeldCount, second.Dropped));
        Assert.True(second.IsHeld(a) && !second.IsHeld(b) && second.IsHeld(c) && !second.IsHeld(Slots) && !second.IsHeld(uint.MaxValue));
        Assert.Equal([1, 3], new[] { second[a].Value, second[c].Value });
        List<uint> rest = [.. Enumerable.Range(0, 6).Select(i => (uint)second.Hold(new Item((ulong)i)))];
        Assert.Equal(Slots, (uint)rest.Append(a).Append(c).Distinct().Count());
    }

    [Fact]
    public void AnItemThatWasAboutToBeGivenIsSettledByTheQueuesPosition()
    {
        using TestSystem system = new();
        Region region = system.Memory((int)Ledger<Item>.BytesFor(Slots));
        Ledger<Item> first = new(region);
        ushort notPut = first.Hold(new Item(1));
        ushort put = first.Hold(new Item(2));
        first.Giving(notPut, 7);
        first.Giving(put, 6);
        Ledger<Item> second = new(region);
        Assert.False(second.IsHeld(notPut) || second.IsHeld(put));
        second.SettleAll(7);
        Assert.True(second.IsHeld(notPut) && !second.IsHeld(put));
        Assert.Equal((1, 7, 1ul), (second.HeldCount, second.FreeCount, second[notPut].Value));
    }

    [Fact]
    public void EveryBitThatIsWrongIsSeen()
    {
        using TestSystem system = new();
        int bytes = (int)Ledger<Item>.BytesFor(Slots);
        Region region = system.Memory(bytes);
        Ledger<Item> first = new(region);
        for (ulong i = 0; i < Slots; i++)
        {
            first.Hold(new Item(0x1234_5678_9abc_def0 * (i + 1)));
        }

        byte[] sound = region.Bytes.ToArray();
        for (int bit = 0; bit < bytes * 8; bit++)
        {
            sound.CopyTo(region.Bytes);
            region.Bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Ledger<Item> second = new(region);
            Assert.Equal(1u, second.Dropped);
            Assert.True(second.HeldCount is 7 or 0);
        }

        sound.CopyTo(region.Bytes);
        Assert.Equal((0u, 8), (new Ledger<Item>(region).Dropped, new Ledger<Item>(region).HeldCount));
    }

    private readonly struct Item(ulong value) : ILedgerItem
    {
        public ulong Value { get; } = value;

        public uint Fold => LedgerFold.Of(Value);
    }
}
