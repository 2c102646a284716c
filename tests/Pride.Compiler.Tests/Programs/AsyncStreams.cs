// IAsyncEnumerable, await foreach with cancellation, await using.
using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
namespace Programs;

public static class AsyncStreams
{
    private static async IAsyncEnumerable<int> Numbers(int count, [EnumeratorCancellation] CancellationToken token = default)
    {
        try { for (int i = 0; i < count; i++) { token.ThrowIfCancellationRequested(); await Task.Yield(); yield return i; } } finally { Console.WriteLine("stream closed"); }
    }
    private sealed class Resource : IAsyncDisposable { public async ValueTask DisposeAsync() { await Task.Yield(); Console.WriteLine("disposed"); } }
    private static async Task Work()
    {
        int sum = 0;
        await foreach (int n in Numbers(10)) { sum += n; }
        Console.WriteLine(sum);
        await foreach (int n in Numbers(10)) { if (n == 3) { break; } }
        await using (Resource resource = new()) { Console.WriteLine("using"); }
        using CancellationTokenSource cancel = new();
        try { await foreach (int n in Numbers(10).WithCancellation(cancel.Token)) { if (n == 2) { cancel.Cancel(); } } } catch (OperationCanceledException) { Console.WriteLine("stopped"); }
    }
    public static void Main() => Work().GetAwaiter().GetResult();
}
