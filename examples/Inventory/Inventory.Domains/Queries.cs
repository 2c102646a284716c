// Questions about the store: a search with a regular expression, order and pages, and the report.

using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;

namespace Inventory.Domains;

/// <summary>The parameters of a target's query, each by its name; of several with one name the last.</summary>
public sealed class QueryParameters
{
    private readonly Dictionary<string, string> _values = [];

    public QueryParameters(ReadOnlySpan<byte> query)
    {
        foreach (string part in Encoding.UTF8.GetString(query).Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] sides = part.Split('=', 2);
            _values[Decode(sides[0])] = sides.Length == 2 ? Decode(sides[1]) : string.Empty;
        }
    }

    public string? Text(string name) => _values.GetValueOrDefault(name);

    /// <summary>A number in a range.</summary>
    public T Number<T>(string name, T otherwise, T least, T most)
        where T : struct, IComparable<T>, ISpanParsable<T>
    {
        if (Text(name) is not { } text)
        {
            return otherwise;
        }

        return T.TryParse(text, CultureInfo.InvariantCulture, out T value) && value.CompareTo(least) >= 0 && value.CompareTo(most) <= 0
            ? value
            : throw ApiException.Invalid($"{name} is a number from {least} to {most}");
    }

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}

/// <summary>Answers from all items.</summary>
public static partial class Queries
{
    private const int DefaultPage = 20;
    private const int LargestPage = 100;

    // A pattern is the client's: one that backtracks for ever must not stop the service.
    private static readonly TimeSpan s_longestMatch = TimeSpan.FromMilliseconds(250);

    /// <summary>Items by name (match=PATTERN), tag, price (min, max), in an order (sort, with '-' before it: downwards), in pages (skip, take).</summary>
    public static ItemPage Search(IEnumerable<Item> items, QueryParameters query)
    {
        decimal least = query.Number("min", 0m, 0m, decimal.MaxValue);
        decimal most = query.Number("max", decimal.MaxValue, 0m, decimal.MaxValue);
        items = items.Where(i => i.Price >= least && i.Price <= most);
        if (query.Text("tag") is { } tag)
        {
            items = items.Where(i => i.Tags.Contains(tag, StringComparer.OrdinalIgnoreCase));
        }

        if (query.Text("match") is { } pattern)
        {
            Regex regex = Compile(pattern);
            items = items.Where(i => regex.IsMatch(i.Name));
        }

        List<Item> found = [.. Sort(items, query.Text("sort") ?? "id")];
        int skip = query.Number("skip", 0, 0, int.MaxValue);
        return new ItemPage(found.Count, [.. found.Skip(skip).Take(query.Number("take", DefaultPage, 1, LargestPage))]);
    }

    /// <summary>Sums over all items and for each tag.</summary>
    public static Report Summarise(IEnumerable<Item> items)
    {
        List<Item> all = [.. items];
        IEnumerable<TagReport> tags =
            from item in all
            from tag in item.Tags
            group item by tag into tagged
            let value = tagged.Sum(i => i.Price * i.Quantity)
            orderby value descending, tagged.Key
            select new TagReport(
                tagged.Key, tagged.Count(), tagged.Sum(i => (long)i.Quantity), value, tagged.Average(i => (double)i.Price), tagged.MaxBy(i => i.Price)!.Name);
        return new Report(all.Count, all.Sum(i => (long)i.Quantity), all.Sum(i => i.Price * i.Quantity), [.. tags]);
    }

    /// <summary>The number at the end of /items/NUMBER and /items/NUMBER/moves; false for other paths.</summary>
    public static bool TryParseItemPath(string path, out int id, out bool isMoves)
    {
        Match match = ItemPath().Match(path);
        isMoves = match.Groups["moves"].Success;
        id = 0;
        return match.Success && int.TryParse(match.Groups["id"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out id);
    }

    private static Regex Compile(string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, s_longestMatch);
        }
        catch (RegexParseException e)
        {
            throw ApiException.Invalid($"the pattern cannot be read at character {e.Offset}: {e.Error}", e);
        }
    }

    private static IEnumerable<Item> Sort(IEnumerable<Item> items, string order)
    {
        bool isDown = order.StartsWith('-');
        return order.TrimStart('-') switch
        {
            "id" => isDown ? items.Reverse() : items,
            "name" => By(i => i.Name, StringComparer.Ordinal),
            "price" => By(i => i.Price, Comparer<decimal>.Default),
            "quantity" => By(i => i.Quantity, Comparer<int>.Default),
            _ => throw ApiException.Invalid("items are sorted by id, name, price or quantity"),
        };

        // Sorting is stable: equals stay in the order of their numbers.
        IEnumerable<Item> By<T>(Func<Item, T> key, IComparer<T> comparer) => isDown ? items.OrderByDescending(key, comparer) : items.OrderBy(key, comparer);
    }

    [GeneratedRegex("^/items/(?<id>[0-9]{1,10})(?<moves>/moves)?$")]
    private static partial Regex ItemPath();
}
