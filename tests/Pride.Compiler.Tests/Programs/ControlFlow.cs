// switch over ints and strings, goto, loops, ternaries, nested breaks, labels, tail recursion depth.
using System;
namespace Programs;

public static class ControlFlow
{
    private static string Word(int n) { switch (n) { case 0: return "zero"; case 1: case 2: return "small"; case 100: return "hundred"; case -5: return "minus five"; default: return n > 2 ? "big" : "negative"; } }
    private static int Code(string s) => s switch { "GET" => 1, "PUT" => 2, "POST" => 3, "DELETE" => 4, "HEAD" => 5, "OPTIONS" => 6, "PATCH" => 7, "TRACE" => 8, _ => 0 };
    private static int Ackermann(int m, int n) => m == 0 ? n + 1 : n == 0 ? Ackermann(m - 1, 1) : Ackermann(m - 1, Ackermann(m, n - 1));
    public static void Main()
    {
        foreach (int n in new[] { 0, 1, 2, 3, 100, -5, -6 }) { Console.Write(Word(n) + " "); }
        Console.WriteLine();
        Console.WriteLine(Code("POST") + Code("TRACE") + Code("none") + Code("get"));
        int found = 0;
        for (int i = 2; i < 100; i++) { for (int j = 2; j < i; j++) { if (i % j == 0) { goto next; } } found++; next:; }
        Console.WriteLine(found);
        int k = 0;
        do { k += 3; if (k == 9) { continue; } if (k > 20) { break; } } while (k < 100);
        Console.WriteLine(k);
        Console.WriteLine(Ackermann(2, 9));
        uint hash = 2166136261;
        foreach (char c in "hash me") { hash = (hash ^ c) * 16777619; }
        Console.WriteLine(hash);
        long collatz = 27; int steps = 0;
        while (collatz != 1) { collatz = (collatz & 1) == 0 ? collatz / 2 : (3 * collatz) + 1; steps++; }
        Console.WriteLine(steps);
    }
}
