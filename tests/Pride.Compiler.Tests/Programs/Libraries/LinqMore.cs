// LINQ in breadth, and the collections beside List and Dictionary: sorted, linked, immutable, frozen, priority, concurrent.
using System;
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
namespace Programs;

public static class LinqMore
{
    private sealed record Sale(string Region, string Product, int Units, decimal Price);
    private static string J<T>(IEnumerable<T> items) => string.Join(',', items);
    public static void Main()
    {
        Sale[] sales = [new("north", "bolt", 10, 1.5m), new("south", "nut", 5, 2m), new("north", "nut", 7, 2m), new("east", "bolt", 1, 1.5m), new("south", "bolt", 4, 1.25m)];
        Console.WriteLine(J(sales.GroupBy(s => s.Region).OrderBy(g => g.Key).Select(g => g.Key + "=" + g.Sum(s => s.Units * s.Price))) + " " + J(from s in sales where s.Units > 4 orderby s.Product, s.Units descending select s.Product + s.Units) + " " + J(sales.ToLookup(s => s.Product)["nut"].Select(s => s.Region)));
        Console.WriteLine(J(sales.Join(new[] { ("bolt", 1), ("nut", 2) }, s => s.Product, p => p.Item1, (s, p) => s.Units * p.Item2)) + " " + J(new[] { "nut", "cog" }.GroupJoin(sales, p => p, s => s.Product, (p, all) => p + all.Count())) + " " + sales.Aggregate(1, (a, s) => (a * 31) + s.Units) + " " + sales.MaxBy(s => s.Units)!.Region + sales.MinBy(s => s.Price)!.Units + " " + sales.Average(s => s.Units) + " " + sales.CountBy(s => s.Region).First());
        int[] n = [5, 3, 8, 3, 1, 9, 2]; Console.WriteLine(J(n.Order()) + " " + J(n.OrderDescending().Take(2)) + " " + J(n.Distinct()) + " " + J(n.Chunk(3).Select(c => c.Sum())) + " " + J(n.Zip(n.Skip(1), (a, b) => b - a)) + " " + J(n.TakeLast(2)) + J(n.SkipWhile(x => x > 2)) + " " + J(n.Except([3]).Union([100]).Intersect([8, 100])) + " " + J(n.Index().Where(p => p.Index % 3 == 0).Select(p => p.Item)) + " " + n.Any(x => x > 8) + n.All(x => x > 0) + n.Contains(8) + n.SequenceEqual(n.ToList()) + " " + J(Enumerable.Range(1, 3).SelectMany(i => Enumerable.Repeat(i, i))) + " " + n.ElementAt(^1) + n.LastOrDefault(x => x > 100, -1) + " " + J(n.Append(0).Reverse()) + " " + n.Order().ThenBy(x => -x).Last() + J(n.DistinctBy(x => x % 3)) + J(n.Cast<object>().OfType<int>().Where((x, i) => i < 2)) + J(n.ToHashSet().Order()));
    }
}
