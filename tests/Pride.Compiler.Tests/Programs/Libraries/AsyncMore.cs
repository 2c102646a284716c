// Cancellation, timeouts, channels, semaphores, async disposal, WhenEach, periodic timers, local state, aggregated failures.
using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
namespace Programs;

public static class AsyncMore
{
    private sealed class Resource(string name) : IAsyncDisposable { public async ValueTask DisposeAsync() { await Task.Yield(); Console.WriteLine("disposed " + name); } }
    private static readonly AsyncLocal<string> s_local = new();
    private static async Task<string> Inner() { s_local.Value = "inner"; await Task.Yield(); return s_local.Value; }
    private static async Task Work()
    {
        using CancellationTokenSource source = new(); Task waiting = Task.Delay(-1, source.Token); source.Token.Register(() => Console.WriteLine("callback")); source.Cancel(); try { await waiting; } catch (TaskCanceledException e) { Console.WriteLine("cancelled " + (e.CancellationToken == source.Token) + waiting.Status); }
        try { await Task.Delay(-1).WaitAsync(TimeSpan.FromMilliseconds(5)); } catch (TimeoutException) { Console.WriteLine("timeout"); }
        using CancellationTokenSource late = new(5); try { await Task.Delay(-1, late.Token); } catch (OperationCanceledException) { Console.WriteLine("late"); }
        using CancellationTokenSource linked = CancellationTokenSource.CreateLinkedTokenSource(source.Token); Console.WriteLine(linked.IsCancellationRequested);
        Channel<int> channel = Channel.CreateBounded<int>(2); Task producer = Task.Run(async () => { for (int i = 0; i < 5; i++) { await channel.Writer.WriteAsync(i); } channel.Writer.Complete(); }); int sum = 0; await foreach (int n in channel.Reader.ReadAllAsync()) { sum = (sum * 10) + n; }
        await producer; Console.WriteLine(sum + " " + channel.Writer.TryWrite(1));
        SemaphoreSlim gate = new(1); int inside = 0, most = 0; await Task.WhenAll(Run(), Run(), Run()); Console.WriteLine(most); async Task Run() { await gate.WaitAsync(); try { most = Math.Max(most, ++inside); await Task.Yield(); inside--; } finally { gate.Release(); } }
        await using (Resource a = new("a")) { await using Resource b = new("b"); Console.WriteLine("using"); }
        s_local.Value = "outer";
        Console.WriteLine(await Inner() + s_local.Value);
        Task all = Task.WhenAll(Fail("one"), Fail("two"), Task.CompletedTask);
        try
        {
            await all;
        }
        catch (InvalidOperationException e)
        {
            // CoreCLR runs the two on threads: either may be the first.
            Console.WriteLine((e.Message is "one" or "two") + " " + all.Exception!.InnerExceptions.Count);
        }

        List<int> order = []; await foreach (Task<int> done in Task.WhenEach(Later(30, 3), Later(1, 1), Task.FromResult(0))) { order.Add(await done); }
        Console.WriteLine(order.Count + order[0] + " " + order.Contains(3)); using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(2)); int ticks = 0; while (ticks < 3 && await timer.WaitForNextTickAsync()) { ticks++; }
        Console.WriteLine(ticks);
        TaskCompletionSource<string> completion = new(TaskCreationOptions.RunContinuationsAsynchronously); Task<int> length = completion.Task.ContinueWith(t => t.Result.Length); completion.SetResult("four"); Console.WriteLine(await length + " " + completion.TrySetCanceled() + completion.Task.IsCompletedSuccessfully); ValueTask<int> value = new(5); Console.WriteLine(await value + await new ValueTask<int>(Later(1, 6)) + " " + await await Task.Factory.StartNew(() => Later(0, 2)) + " " + Task.FromException(new Exception("x")).IsFaulted);
        try { await Task.Run(() => throw new NotSupportedException("run")); } catch (NotSupportedException e) { Console.WriteLine(e.Message); }
        Console.WriteLine(string.Join(',', await Task.WhenAll(Later(2, 1), Later(1, 2)))); await Task.CompletedTask.ConfigureAwait(false); await Fail("ignored").ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); Lazy<Task<int>> lazy = new(() => Later(1, 9)); Console.WriteLine(await lazy.Value + await lazy.Value); Progress<int> progress = new(); Console.WriteLine(progress != null);
    }
    private static async Task Fail(string text) { await Task.Yield(); throw new InvalidOperationException(text); }
    private static async Task<int> Later(int ms, int value) { await Task.Delay(ms); return value; }
    public static void Main() => Work().GetAwaiter().GetResult();
}
