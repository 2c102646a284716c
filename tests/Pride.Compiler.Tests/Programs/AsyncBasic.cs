// async/await: completion order, values, exceptions, finally, yield.
using System;
using System.Threading.Tasks;
namespace Programs;

public static class AsyncBasic
{
    private static async Task<int> AddLater(int a, int b) { await Task.Yield(); return a + b; }
    private static async ValueTask<string> Quick(bool wait) { if (wait) { await Task.Yield(); } return wait ? "slow" : "fast"; }
    private static async Task Fails() { await Task.Yield(); throw new InvalidOperationException("failed later"); }
    private static async Task<int> Recursive(int n) => n == 0 ? 0 : 1 + await Recursive(n - 1);
    private static async Task Work()
    {
        Console.WriteLine(await AddLater(2, 3));
        Console.WriteLine(await Quick(true) + await Quick(false));
        try { await Fails(); } catch (InvalidOperationException e) { Console.WriteLine(e.Message); } finally { Console.WriteLine("finally"); }
        Console.WriteLine(await Recursive(50));
        int[] all = await Task.WhenAll(AddLater(1, 1), AddLater(2, 2), AddLater(3, 3));
        Console.WriteLine(all[0] + all[1] + all[2]);
        TaskCompletionSource<int> gate = new();
        Task<int> a = gate.Task, b = Task.FromResult(1);
        Task<int> first = await Task.WhenAny(a, b);
        gate.SetResult(10);
        Console.WriteLine(await first + await a);
        Console.WriteLine(await Task.Run(() => 77) + await Task.Run(async () => { await Task.Yield(); return 3; }));
        Task failed = Fails();
        try { await Task.WhenAll(failed, AddLater(0, 0)); } catch (InvalidOperationException) { Console.WriteLine(failed.IsFaulted + " " + failed.Exception!.InnerExceptions.Count); }
        await AddLater(1, 2).ContinueWith(t => Console.WriteLine("continued " + t.Result));
    }
    public static void Main() => Work().GetAwaiter().GetResult();
}
