// Task.Delay, cancellation by time, periodic timers: order by due time.
using System;
using System.Threading;
using System.Threading.Tasks;
namespace Programs;

public static class AsyncTimers
{
    private static async Task Say(string what, int milliseconds) { await Task.Delay(milliseconds); Console.WriteLine(what); }
    private static async Task Work()
    {
        await Task.WhenAll(Say("third", 500), Say("first", 10), Say("second", 250));
        using CancellationTokenSource source = new(20);
        try { await Task.Delay(10_000, source.Token); } catch (TaskCanceledException) { Console.WriteLine("cancelled by time"); }
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(5));
        int ticks = 0;
        while (ticks < 3 && await timer.WaitForNextTickAsync()) { ticks++; }
        Console.WriteLine(ticks);
        try { await Task.Delay(5000).WaitAsync(TimeSpan.FromMilliseconds(10)); } catch (TimeoutException) { Console.WriteLine("timeout"); }
    }
    public static void Main() => Work().GetAwaiter().GetResult();
}
