// Ten thousand tasks in flight, and a million awaits in sequence: the heap stays small.
using System;
using System.Threading.Tasks;
namespace Programs;

public static class AsyncMany
{
    private static async Task<int> One(int i) { await Task.Yield(); return i & 1; }
    private static async Task Work()
    {
        Task<int>[] tasks = new Task<int>[10_000];
        for (int i = 0; i < tasks.Length; i++) { tasks[i] = One(i); }
        int sum = 0;
        foreach (int n in await Task.WhenAll(tasks)) { sum += n; }
        Console.WriteLine(sum);
        long total = 0;
        for (int i = 0; i < 100_000; i++) { total += await One(i); }
        Console.WriteLine(total);
    }
    public static void Main() => Work().GetAwaiter().GetResult();
}
