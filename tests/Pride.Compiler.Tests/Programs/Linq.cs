// Queries over arrays and lists: filter, project, order, group, join, aggregate, set operations.
using System;
using System.Collections.Generic;
using System.Linq;
namespace Programs;

public static class Linq
{
    private sealed record Person(string Name, int Age, string City);
    public static void Main()
    {
        Person[] people = [new("Ann", 30, "Oslo"), new("Bob", 25, "Rome"), new("Cid", 30, "Rome"), new("Dee", 41, "Oslo")];
        Console.WriteLine(string.Join(",", people.Where(p => p.Age >= 30).OrderByDescending(p => p.Age).ThenBy(p => p.Name).Select(p => p.Name)));
        foreach (IGrouping<string, Person> city in people.GroupBy(p => p.City).OrderBy(g => g.Key)) { Console.WriteLine(city.Key + " " + city.Count() + " " + city.Average(p => p.Age)); }
        Console.WriteLine(Enumerable.Range(1, 10).Sum() + " " + Enumerable.Range(1, 5).Aggregate(1, (a, b) => a * b) + " " + people.Max(p => p.Age) + " " + people.Min(p => p.Name));
        Console.WriteLine(people.Any(p => p.Age > 40) + " " + people.All(p => p.Age > 40) + " " + people.First(p => p.City == "Rome").Name + " " + (people.FirstOrDefault(p => p.Age > 99)?.Name ?? "nobody"));
        Console.WriteLine(string.Join(" ", new[] { 3, 1, 3, 2 }.Distinct().Order()) + " " + string.Join(" ", new[] { 1, 2, 3 }.Union([3, 4]).Except([1])) + " " + string.Join(" ", new[] { 1, 2 }.Zip(["a", "b"], (n, s) => n + s)));
        Dictionary<string, int> ages = people.ToDictionary(p => p.Name, p => p.Age);
        Console.WriteLine(ages["Cid"] + " " + people.ToLookup(p => p.Age)[30].Count());
        var joined = from p in people join c in new[] { ("Oslo", "NO"), ("Rome", "IT") } on p.City equals c.Item1 where p.Age < 40 select p.Name + c.Item2;
        Console.WriteLine(string.Join(" ", joined));
        Console.WriteLine(string.Join(" ", Enumerable.Range(0, 10).Skip(2).Take(5).Chunk(2).Select(c => c.Sum())) + " " + string.Join("", "hello".Reverse()) + " " + Enumerable.Repeat("z", 3).Count());
        Console.WriteLine(string.Join(" ", people.SelectMany(p => p.Name.Take(2)).Select(c => (int)c)) + " " + new List<int> { 4, 5 }.TakeWhile(n => n < 5).Last() + " " + people.MaxBy(p => p.Age)!.Name);
    }
}
