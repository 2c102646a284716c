// Spans over the stack, slices and bounds.
using System;
namespace Programs;

public static class StackAlloc
{
    public static void Main()
    {
        Span<int> numbers = stackalloc int[32];
        for (int i = 0; i < numbers.Length; i++) { numbers[i] = i * i; }
        Span<int> part = numbers[4..8];
        part[0] = -1;
        long sum = 0;
        foreach (int n in numbers) { sum += n; }
        Console.WriteLine(sum);
        Console.WriteLine(numbers[4]);
        Console.WriteLine(part.Length);
        part.Clear();
        part.Fill(7);
        numbers[10..20].CopyTo(numbers[12..]);
        sum = 0;
        foreach (int n in numbers) { sum = (sum * 31) + n; }
        Console.WriteLine(sum);
        Console.WriteLine(numbers.IndexOf(7));
    }
}
