// Long runs of garbage with a live part: trees, strings, arrays of many sizes.
using System;
using System.Collections.Generic;
namespace Programs;

public static class HeapChurn
{
    private sealed class Node(Node? left, Node? right, int value) { public Node? Left = left; public Node? Right = right; public int Value = value; }
    private static Node Build(int depth) => depth == 0 ? new Node(null, null, 1) : new Node(Build(depth - 1), Build(depth - 1), depth);
    private static int Sum(Node? node) => node == null ? 0 : node.Value + Sum(node.Left) + Sum(node.Right);
    public static void Main()
    {
        Node kept = Build(12);
        long total = 0;
        for (int i = 0; i < 200; i++) { total += Sum(Build(10)); }
        Console.WriteLine(total + " " + Sum(kept));
        Dictionary<int, byte[]> live = [];
        for (int i = 0; i < 20000; i++)
        {
            byte[] data = new byte[(i * 37 % 9000) + 1];
            data[0] = data[^1] = (byte)i;
            live[i % 64] = data;
        }
        int check = 0;
        foreach (byte[] data in live.Values) { check += data[0] == data[^1] ? 1 : 0; }
        Console.WriteLine(check);
        string text = "";
        for (int i = 0; i < 2000; i++) { text += (char)('a' + (i % 26)); }
        Console.WriteLine(text.Length + " " + text[1999]);
        GC.Collect();
        Console.WriteLine(Sum(kept));
    }
}
