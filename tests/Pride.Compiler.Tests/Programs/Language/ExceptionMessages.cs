// The texts of the framework's own exceptions, as CoreCLR words them.
using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Text;
namespace Programs;

public static class ExceptionMessages
{
    private static void Show(Action action) { try { action(); Console.WriteLine("nothing thrown"); } catch (Exception e) { Console.WriteLine(e.GetType().FullName + ": " + e.Message.ReplaceLineEndings("|")); } }
    private static int? s_none; private static int s_zero; private static string? s_null; private static int[] s_array = [1, 2, 3]; private static object s_text = "text";
    public static void Main()
    {
        Show(() => s_array[3 + s_zero]++);
        Show(() => _ = 1 / s_zero);
        Show(() => _ = s_null!.Length);
        Show(() => _ = checked(int.MaxValue + (1 + s_zero)));
        Show(() => _ = new int[-1 + s_zero]);
        Show(() => int.Parse("12x"));
        Show(() => int.Parse("99999999999"));
        Show(() => byte.Parse("-1"));
        Show(() => double.Parse(""));
        Show(() => Guid.Parse("zz"));
        Show(() => DateTime.Parse("not a date"));
        Show(() => bool.Parse("maybe"));
        Show(() => "abc".Substring(5));
        Show(() => "abc".Substring(1, 9));
        Show(() => _ = "abc"[9]);
        Show(() => "abc".IndexOf('c', 7));
        Show(() => string.Format("{0} {1}", 1));
        Show(() => ArgumentNullException.ThrowIfNull(s_null));
        Show(() => ArgumentException.ThrowIfNullOrEmpty(""));
        Show(() => ArgumentOutOfRangeException.ThrowIfGreaterThan(5, 4));
        Show(() => new Dictionary<string, int>()["missing"].ToString());
        Show(() => new Dictionary<string, int> { ["a"] = 1 }.Add("a", 2));
        Show(() => new List<int>()[0].ToString());
        Show(() => new List<int> { 1 }.RemoveAt(4));
        Show(() => new List<int> { 1 }.Insert(9, 1));
        Show(() => new Queue<int>().Dequeue());
        Show(() => new Stack<int>().Pop());
        Show(() => Enumerable.Empty<int>().First());
        Show(() => Enumerable.Empty<int>().Max());
        Show(() => new[] { 1, 2 }.Single());
        Show(() => { List<int> list = [1, 2]; foreach (int n in list) { list.Add(n); } });
        Show(() => _ = s_array.AsSpan(2, 5));
        Show(() => Array.Copy(s_array, 0, new int[1], 0, 3));
        Show(() => Convert.FromBase64String("a"));
        Show(() => Convert.FromHexString("abc"));
        Show(() => Convert.ToInt32("x"));
        Show(() => new StringBuilder("ab").Remove(1, 5));
        Show(() => _ = s_none!.Value);
        Show(() => throw new InvalidOperationException());
        Show(() => throw new ArgumentException("bad", "p"));
        Show(() => throw new NotSupportedException());
        Show(() => throw new TimeoutException());
        Show(() => throw new OperationCanceledException());
        Show(() => throw new KeyNotFoundException());
        Show(() => throw new Exception());
        Show(() => new Random(1).Next(5, 1));
        Show(() => Enum.Parse<DayOfWeek>("Someday"));
        Show(() => ImmutableArray<int>.Empty[0].ToString());
        Show(() => TimeSpan.FromDays(double.MaxValue));
        Show(() => new DateTime(2023, 2, 30));
        Show(() => decimal.Parse("1e999"));
        Show(() => Encoding.UTF8.GetBytes((string)null!));
    }
}
