// Queries over objects: filtering, projecting, grouping, ordering, aggregating.

using System.Linq;

namespace SpeedSet;

/// <summary>LINQ to objects.</summary>
internal static class Linq
{
    private const int Orders = 50_000;

    private static readonly Order[] s_orders = new Order[Orders];

    private sealed record Order(int Id, int Customer, int Amount, string City);

    public static void Main()
    {
        string[] cities = ["Berlin", "Lagos", "Lima", "Oslo", "Perth", "Quito", "Seoul"];
        for (int i = 0; i < Orders; i++)
        {
            s_orders[i] = new Order(i, i * 7919 % 997, i * 31 % 1000, cities[i % cities.Length]);
        }

        Rounds.Run(nameof(Linq), Round);
    }

    private static long Round()
    {
        long sum = s_orders.Where(o => o.Amount > 500).Select(o => o.Amount).Sum();
        var byCustomer = s_orders.GroupBy(o => o.Customer)
            .Select(g => new { Customer = g.Key, Total = g.Sum(o => o.Amount), Count = g.Count() })
            .OrderByDescending(g => g.Total).ThenBy(g => g.Customer).Take(20);
        foreach (var group in byCustomer)
        {
            sum = (sum * 31) + group.Total + group.Count;
        }

        sum += s_orders.Select(o => o.City).Distinct().Count();
        sum += s_orders.OrderBy(o => o.Amount).ThenBy(o => o.Id).Skip(Orders / 2).First().Id;
        sum += s_orders.Join(s_orders.Take(500), o => o.Id, o => o.Customer, (a, b) => a.Amount + b.Amount).Sum();
        return sum + s_orders.ToDictionary(o => o.Id).Count + s_orders.Max(o => o.Customer);
    }
}
