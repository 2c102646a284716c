// SemaphoreSlim, TaskCompletionSource, CancellationToken, AsyncLocal, Channels.
using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
namespace Programs;

public static class AsyncCoordination
{
    private static readonly AsyncLocal<string> s_local = new();
    private static int s_inside;
    private static async Task Guarded(SemaphoreSlim gate, int id)
    {
        await gate.WaitAsync();
        try { s_inside++; if (s_inside > 2) { Console.WriteLine("too many"); } await Task.Yield(); s_inside--; } finally { gate.Release(); }
    }
    private static async Task<int> Consume(ChannelReader<int> reader) { int sum = 0; await foreach (int n in reader.ReadAllAsync()) { sum += n; } return sum; }
    private static async Task Work()
    {
        SemaphoreSlim gate = new(2);
        List<Task> tasks = [];
        for (int i = 0; i < 10; i++) { tasks.Add(Guarded(gate, i)); }
        await Task.WhenAll(tasks);
        Console.WriteLine("gate " + gate.CurrentCount);
        TaskCompletionSource<string> source = new();
        Task<string> waiting = source.Task;
        Console.WriteLine(waiting.IsCompleted);
        source.SetResult("set");
        Console.WriteLine(await waiting);
        using CancellationTokenSource cancel = new();
        cancel.Token.Register(() => Console.WriteLine("callback"));
        Task<int> never = new TaskCompletionSource<int>().Task;
        Task<int> cancellable = never.WaitAsync(cancel.Token);
        cancel.Cancel();
        try { await cancellable; } catch (OperationCanceledException) { Console.WriteLine("cancelled"); }
        Channel<int> bounded = Channel.CreateBounded<int>(2);
        Task<int> consumer = Consume(bounded.Reader);
        for (int i = 1; i <= 100; i++) { await bounded.Writer.WriteAsync(i); }
        bounded.Writer.Complete();
        Console.WriteLine(await consumer);
        Channel<int> unbounded = Channel.CreateUnbounded<int>();
        for (int i = 0; i < 5; i++) { unbounded.Writer.TryWrite(i); }
        unbounded.Writer.Complete();
        Console.WriteLine(await Consume(unbounded.Reader));
        s_local.Value = "outer";
        await Task.Run(async () => { s_local.Value = "inner"; await Task.Yield(); Console.WriteLine(s_local.Value); });
        Console.WriteLine(s_local.Value);
    }
    public static void Main() => Work().GetAwaiter().GetResult();
}
