// A literal, its length and its characters: the smallest program with text.
using System;
namespace Programs;

public static class HelloString
{
    public static void Main()
    {
        string text = "hello, world";
        Console.WriteLine(text);
        Console.WriteLine(text.Length);
        int sum = 0;
        foreach (char c in text) { sum += c; }
        Console.WriteLine(sum);
    }
}
