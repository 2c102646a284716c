// Collections beside List and Dictionary: sorted, linked, immutable, frozen, priority, concurrent, bits, read-only views.
using System;
using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Linq;
namespace Programs;

public static class CollectionsMore
{
    private static string J<T>(IEnumerable<T> items) => string.Join(',', items);
    public static void Main()
    {
        SortedDictionary<string, int> sorted = new(StringComparer.Ordinal) { ["b"] = 2, ["a"] = 1, ["c"] = 3 }; sorted.Remove("b"); SortedSet<int> set = [5, 1, 9, 3]; Console.WriteLine(J(sorted) + " " + J(set.GetViewBetween(2, 6)) + " " + set.Min + set.Max + " " + J(new SortedList<int, string> { [3] = "x", [1] = "y" }.Values));
        LinkedList<int> linked = new([1, 2, 3]); linked.AddAfter(linked.First!, 9); linked.RemoveLast(); Console.WriteLine(J(linked)); PriorityQueue<string, int> queue = new(); queue.Enqueue("low", 5); queue.Enqueue("high", 1); queue.Enqueue("mid", 3); Console.WriteLine(queue.Dequeue() + queue.Dequeue() + queue.Count);
        ImmutableList<int> list = [1, 2]; ImmutableList<int> longer = list.Add(3); ImmutableDictionary<string, int> map = ImmutableDictionary<string, int>.Empty.SetItem("k", 1); Console.WriteLine(J(list) + J(longer) + map["k"] + map.Count + J(ImmutableArray.Create(3, 1, 2).Sort()) + J(ImmutableHashSet.Create(1, 1, 2).Order()) + J(ImmutableStack.Create(1, 2)) + J(ImmutableSortedDictionary<int, int>.Empty.Add(2, 1).Add(1, 2)));
        FrozenDictionary<string, int> frozen = new Dictionary<string, int> { ["one"] = 1, ["two"] = 2, ["three"] = 3 }.ToFrozenDictionary(); Console.WriteLine(frozen["two"] + " " + frozen.ContainsKey("four") + " " + new[] { 1, 5, 9 }.ToFrozenSet().Contains(5));
        ConcurrentDictionary<string, int> concurrent = new(); concurrent.AddOrUpdate("a", 1, (_, o) => o + 1); concurrent.AddOrUpdate("a", 1, (_, o) => o + 1); Console.WriteLine(concurrent["a"] + concurrent.GetOrAdd("b", k => k.Length) + " " + concurrent.TryRemove("a", out int removed) + removed); ConcurrentQueue<int> cq = new([1, 2]); cq.TryDequeue(out int first); ConcurrentStack<int> cs = new([1, 2]); cs.TryPop(out int top); ConcurrentBag<int> bag = [1]; Console.WriteLine(first + "" + top + bag.Count);
        BitArray bits = new(10); bits[3] = true; bits.Not(); Console.WriteLine(bits[3] + "" + bits[4] + bits.Cast<bool>().Count(b => b)); Hashtable table = new() { [1] = "one" }; ArrayList old = [1, "x"]; Console.WriteLine(table[1] + "" + old.Count + new ReadOnlyCollection<int>([4])[0]); ObservableCollection<int> observable = []; int changes = 0; observable.CollectionChanged += (_, e) => changes += e.NewItems?.Count ?? 0; observable.Add(1); observable.Add(2); Console.WriteLine(changes);
        HashSet<string> a = new(["x", "Y"], StringComparer.OrdinalIgnoreCase), b = new(["y", "z"]); a.SymmetricExceptWith(b); Console.WriteLine(J(a.Order()) + a.Overlaps(b) + a.IsSupersetOf(["x"])); List<int> l = [3, 1, 2]; l.Sort((x, y) => y - x); l.InsertRange(1, [7, 8]); l.RemoveAll(x => x > 7); Console.WriteLine(J(l) + l.FindIndex(x => x == 2) + l.BinarySearch(9) + J(l.GetRange(1, 2)) + l.ConvertAll(x => "" + x)[0] + l.TrueForAll(x => x > 0)); Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> alternate = new Dictionary<string, int> { ["key"] = 5 }.GetAlternateLookup<ReadOnlySpan<char>>(); Console.WriteLine(alternate["a key".AsSpan(2)]);
    }
}
