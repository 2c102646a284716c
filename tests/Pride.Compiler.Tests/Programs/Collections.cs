// List, Dictionary, HashSet, Queue, Stack, LinkedList, PriorityQueue, SortedDictionary.
using System;
using System.Collections.Generic;
namespace Programs;

public static class Collections
{
    public static void Main()
    {
        List<int> list = [5, 3, 8, 1];
        list.Add(9); list.Insert(1, 7); list.Remove(8); list.Sort();
        Console.WriteLine(string.Join(',', list) + " " + list.Contains(7) + " " + list.BinarySearch(5) + " " + list.IndexOf(9));
        list.Sort((a, b) => b.CompareTo(a));
        list.RemoveAll(n => n % 2 == 0);
        list.Reverse();
        Console.WriteLine(string.Join(',', list.ToArray()) + " " + list.FindIndex(n => n == 5));
        Dictionary<string, int> map = new() { ["one"] = 1, ["two"] = 2 };
        map["three"] = 3; map.Remove("one"); map.TryAdd("two", 22);
        Console.WriteLine(map.Count + " " + map["two"] + " " + map.TryGetValue("zero", out int zero) + " " + zero + " " + map.ContainsKey("three"));
        foreach ((string key, int value) in map) { Console.WriteLine(key + "=" + value); }
        try { Console.WriteLine(map["none"]); } catch (KeyNotFoundException) { Console.WriteLine("no key"); }
        Dictionary<(int, int), string> grid = [];
        for (int i = 0; i < 100; i++) { grid[(i % 10, i / 10)] = "c" + i; }
        Console.WriteLine(grid[(3, 4)] + " " + grid.Count);
        Dictionary<string, int> caseless = new(StringComparer.OrdinalIgnoreCase) { ["Content-Length"] = 5 };
        Console.WriteLine(caseless["content-length"]);
        HashSet<int> set = [1, 2, 3, 2];
        set.UnionWith([4, 5]); set.IntersectWith([2, 4, 6]);
        Console.WriteLine(set.Count + " " + set.Contains(4));
        Queue<string> queue = new(); queue.Enqueue("a"); queue.Enqueue("b"); Console.WriteLine(queue.Dequeue() + queue.Peek() + queue.Count);
        Stack<int> stack = new([1, 2, 3]); Console.WriteLine(stack.Pop() + stack.Pop());
        LinkedList<int> linked = new([1, 2, 3]); linked.AddFirst(0); Console.WriteLine(linked.First!.Value + linked.Last!.Value);
        PriorityQueue<string, int> heap = new(); heap.Enqueue("low", 9); heap.Enqueue("high", 1); heap.Enqueue("mid", 5);
        Console.WriteLine(heap.Dequeue() + heap.Dequeue());
        SortedDictionary<int, string> sorted = new() { [3] = "c", [1] = "a", [2] = "b" };
        foreach (KeyValuePair<int, string> pair in sorted) { Console.Write(pair.Key + pair.Value + " "); }
        Console.WriteLine();
    }
}
