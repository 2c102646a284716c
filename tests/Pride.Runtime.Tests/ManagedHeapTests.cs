// The collected heap against a model: what is reachable keeps its contents and place, what is not is handed out again.

using System;
using System.Collections.Generic;
using Pride.Runtime.Heap;
using Pride.Runtime.ObjectModel;
using Xunit;

namespace Pride.Runtime.Tests;

public sealed unsafe class ManagedHeapTests
{
    [Fact]
    public void A_heap_without_room_refuses()
    {
        ManagedHeap heap = default;
        Assert.True(heap.Allocate(16) == null);
        Assert.True(heap.Allocate(100_000) == null);
        heap.Initialise(null, 0);
        Assert.True(heap.Allocate(16) == null);
        Assert.False(heap.IsCollectionDue);
    }

    [Theory]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(100)]
    [InlineData(2048)]
    [InlineData(2049)]
    [InlineData(8192)]
    [InlineData(50_000)]
    public void Every_size_fills_the_heap_without_overlap_and_again_after_a_collection(int size)
    {
        using HeapModel model = new(1 << 20);
        int first = Fill(model, size);
        Assert.True(first * (long)size > (1 << 20) / 2, $"{first} objects of {size} bytes");
        model.Collect();
        Assert.Equal((nuint)0, model.Heap.LiveBytes);
        Assert.Equal(model.Heap.Capacity, model.Heap.FreeBlockBytes);
        Assert.Equal(first, Fill(model, size));
    }

    [Fact]
    public void Reachable_objects_keep_place_and_contents_under_random_mutation()
    {
        using HeapModel model = new(2 << 20);
        Random random = new(7);
        nint[] roots = new nint[64];
        Dictionary<nint, (ulong Stamp, nint Left, nint Right)> shadow = [];
        ulong stamp = 0;
        for (int step = 0; step < 300_000; step++)
        {
            nint left = roots[random.Next(roots.Length)];
            nint right = random.Next(4) == 0 ? roots[random.Next(roots.Length)] : 0;
            nint node = (nint)model.NewNode(++stamp, (byte*)left, (byte*)right);
            if (node == 0)
            {
                // Cut most roots, or everything stays reachable through them.
                Array.Clear(roots, 0, 48);
                model.Collect(roots);
                CheckReachable(roots, shadow);
                node = (nint)model.NewNode(stamp, (byte*)(left = 0), (byte*)(right = 0));
                Assert.NotEqual(0, node);
            }

            shadow[node] = (stamp, left, right);
            roots[random.Next(roots.Length)] = node;
            if (random.Next(50) == 0)
            {
                roots[random.Next(roots.Length)] = 0;
            }

            if (random.Next(3) == 0)
            {
                Assert.True(model.NewArray(model.BytesType, (uint)random.Next(5000)) != null || step > 0);
            }
        }

        Assert.True(model.Heap.Collections > 10);
    }

    [Fact]
    public void Arrays_of_references_and_of_structs_keep_their_elements()
    {
        using HeapModel model = new(1 << 20);
        byte* references = model.NewArray(model.ReferencesType, 3000);
        byte* pairs = model.NewArray(model.PairsType, 500);
        for (int i = 0; i < 3000; i++)
        {
            ((byte**)(references + 16))[i] = model.NewNode((ulong)i);
        }

        for (int i = 0; i < 500; i++)
        {
            // The first half of a pair is an integer that looks like an address: it must not keep anything.
            ((byte**)(pairs + 16))[i * 2] = model.NewNode(77);
            ((byte**)(pairs + 16))[(i * 2) + 1] = model.NewNode(1_000_000 + (ulong)i);
        }

        model.Collect((nint)references, (nint)pairs);
        Assert.Equal(RoundedTo((3000 * 8) + 16) + RoundedTo((500 * 16) + 16) + (3500 * 32), (long)model.Heap.LiveBytes);
        for (int i = 0; i < 500; i++)
        {
            Assert.Equal(1_000_000 + (ulong)i, *(ulong*)(((byte**)(pairs + 16))[(i * 2) + 1] + HeapModel.StampOffset));
        }
    }

    [Fact]
    public void A_wide_graph_overflows_the_mark_stack_and_is_still_marked_whole()
    {
        using HeapModel model = new(4 << 20);
        const int Width = 20_000;
        byte* references = model.NewArray(model.ReferencesType, Width);
        for (int i = 0; i < Width; i++)
        {
            ((byte**)(references + 16))[i] = model.NewNode((ulong)i, model.NewNode((ulong)i + Width));
        }

        model.Collect((nint)references);
        Assert.Equal(RoundedTo((Width * 8) + 16) + (2 * Width * 32), (long)model.Heap.LiveBytes);
    }

    [Fact]
    public void Interior_and_one_past_the_end_words_keep_objects_and_free_slots_are_ignored()
    {
        using HeapModel model = new(1 << 20);
        byte* small = model.NewNode(1);
        byte* other = model.NewNode(2);
        byte* large = model.NewArray(model.BytesType, 30_000);
        byte* dropped = model.NewArray(model.BytesType, 30_000);

        // A word into the unused rest of the nodes' block, one into free blocks, and values that are no addresses.
        model.CollectConservatively((nint)(small + 9), (nint)(large + 29_000), (nint)(other + 3200), (nint)(dropped + 200_000), 5, -1);
        Assert.Equal(32 + RoundedTo(30_016), (long)model.Heap.LiveBytes);

        model.CollectConservatively((nint)(small + 32));
        Assert.Equal(32, (long)model.Heap.LiveBytes);
        model.CollectConservatively((nint)(small - 1));
        Assert.Equal(0, (long)model.Heap.LiveBytes);
    }

    [Fact]
    public void Memory_stays_bounded_over_a_million_short_lived_objects()
    {
        using HeapModel model = new(256 * 1024);
        byte* kept = model.NewNode(42);
        for (int i = 0; i < 1_000_000; i++)
        {
            if (model.Heap.IsCollectionDue)
            {
                model.Collect((nint)kept);
            }

            Assert.True(model.NewNode((ulong)i) != null);
        }

        Assert.Equal(42UL, *(ulong*)(kept + HeapModel.StampOffset));
        Assert.InRange(model.Heap.Collections, 100u, 1000u);
    }

    private static int Fill(HeapModel model, int size)
    {
        HashSet<nint> seen = [];
        while (true)
        {
            byte* memory = model.Heap.Allocate((nuint)size);
            if (memory == null)
            {
                return seen.Count;
            }

            Assert.Equal(0, (nint)memory & 15);
            Assert.True(seen.Add((nint)memory));
            Span<byte> contents = new(memory, size);
            Assert.False(contents.ContainsAnyExcept((byte)0));
            contents.Fill(0xEE);

            // Not a type pointer: an object without a type holds no references.
            *(MethodTable**)memory = null;
        }
    }

    private static void CheckReachable(nint[] roots, Dictionary<nint, (ulong Stamp, nint Left, nint Right)> shadow)
    {
        HashSet<nint> seen = [];
        Stack<nint> open = new(roots);
        while (open.TryPop(out nint node))
        {
            if (node == 0 || !seen.Add(node))
            {
                continue;
            }

            (ulong stamp, nint left, nint right) = shadow[node];
            byte* memory = (byte*)node;
            Assert.Equal(stamp, *(ulong*)(memory + HeapModel.StampOffset));
            Assert.Equal(left, *(nint*)(memory + HeapModel.LeftOffset));
            Assert.Equal(right, *(nint*)(memory + HeapModel.RightOffset));
            open.Push(left);
            open.Push(right);
        }
    }

    private static long RoundedTo(long size) => (size + ManagedHeap.BlockSize - 1) / ManagedHeap.BlockSize * ManagedHeap.BlockSize;
}
