// One- and multi-dimensional arrays, jagged arrays, copy, resize, sort, search, ranges.
using System;
namespace Programs;

public static class ArraysMore
{
    public static void Main()
    {
        int[,] grid = new int[3, 4];
        for (int i = 0; i < 3; i++) { for (int j = 0; j < 4; j++) { grid[i, j] = (i * 10) + j; } }
        int sum = 0;
        foreach (int n in grid) { sum += n; }
        Console.WriteLine(sum + " " + grid.GetLength(0) + " " + grid.GetLength(1) + " " + grid.Length + " " + grid.Rank);
        try { grid[3, 0] = 1; } catch (IndexOutOfRangeException) { Console.WriteLine("outside grid"); }
        string[][] jagged = [["a"], ["b", "c"], []];
        Console.WriteLine(jagged[1][1] + jagged[2].Length);
        int[] numbers = [5, 2, 9, 1, 7];
        Array.Sort(numbers);
        Console.WriteLine(string.Join(' ', numbers) + " at " + Array.BinarySearch(numbers, 7));
        Array.Reverse(numbers);
        Array.Resize(ref numbers, 7);
        Console.WriteLine(string.Join(' ', numbers[1..^1]));
        int[] copy = new int[7];
        Array.Copy(numbers, 0, copy, 2, 5);
        Array.Copy(copy, 2, copy, 3, 4);
        Console.WriteLine(string.Join(' ', copy) + " " + Array.IndexOf(copy, 9));
        object[] objects = new object[3];
        string[] strings = ["x", "y", "z"];
        Array.Copy(strings, objects, 3);
        Console.WriteLine(objects[2]);
        int[] clone = (int[])copy.Clone();
        clone[0] = 99;
        Console.WriteLine(copy[0] + " " + clone[0] + " " + clone.AsSpan().SequenceEqual(copy));
        string[] names = ["delta", "alpha", "charlie", "bravo"];
        Array.Sort(names, StringComparer.Ordinal);
        Console.WriteLine(string.Join(' ', names));
        int[] keys = [3, 1, 2];
        string[] items = ["three", "one", "two"];
        Array.Sort(keys, items);
        Console.WriteLine(string.Join(' ', items));
        Array.Clear(copy);
        Array.Fill(copy, 4, 1, 2);
        Console.WriteLine(string.Join(' ', copy) + " " + Array.Exists(copy, n => n == 4) + " " + Array.TrueForAll(copy, n => n < 4));
        try { copy[s_seven] = 1; } catch (IndexOutOfRangeException) { Console.WriteLine("outside"); }
        try { _ = new int[s_seven - 8]; } catch (OverflowException) { Console.WriteLine("negative length"); }
    }
    private static int s_seven = 7;
}
