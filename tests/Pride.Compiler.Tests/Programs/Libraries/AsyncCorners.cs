// Async beyond the usual: cancelled streams, dropping channels, finally with await, iterators left early, exceptions carried along, clocks of one's own.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using System.Threading.Tasks.Sources;
namespace Programs;

public static class AsyncCorners
{
    private static readonly List<string> s_log = [];
    private sealed class FakeClock : TimeProvider { public DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero); public override DateTimeOffset GetUtcNow() => Now; public override long GetTimestamp() => Now.Ticks; public override long TimestampFrequency => TimeSpan.TicksPerSecond; }
    private sealed class Once : IValueTaskSource<int> { private ManualResetValueTaskSourceCore<int> _core; public ValueTask<int> Task => new(this, _core.Version); public void Set(int v) => _core.SetResult(v); public int GetResult(short t) => _core.GetResult(t); public ValueTaskSourceStatus GetStatus(short t) => _core.GetStatus(t); public void OnCompleted(Action<object?> c, object? s, short t, ValueTaskSourceOnCompletedFlags f) => _core.OnCompleted(c, s, t, f); }
    private static async IAsyncEnumerable<int> Numbers([EnumeratorCancellation] CancellationToken token = default) { try { for (int i = 0; ; i++) { token.ThrowIfCancellationRequested(); await Task.Yield(); yield return i; } } finally { await Task.Yield(); s_log.Add("closed"); } }
    private static IEnumerable<int> Nested() { try { try { yield return 1; yield return 2; } finally { s_log.Add("inner"); } yield return 3; } finally { s_log.Add("outer"); } }
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))] private static async ValueTask<int> Pooled(int n) { await Task.Yield(); return n * 2; }
    private static async Task<int> Deep(int n) { try { if (n == 0) { await Task.Yield(); throw new InvalidOperationException("bottom") { Data = { ["depth"] = 0 } }; } return await Deep(n - 1); } catch (InvalidOperationException e) when (n == 2) { e.Data["seen"] = n; throw; } finally { await Task.Yield(); s_log.Add("f" + n); } }
    private static async Task Void(TaskCompletionSource done) { try { await Task.FromException(new AggregateException("many", new ArgumentException("a"), new FormatException("f"))); } catch (AggregateException e) { s_log.Add(e.InnerExceptions.Count + e.Flatten().InnerException!.Message); try { e.Handle(x => x is ArgumentException); } catch (AggregateException rest) { s_log.Add(rest.InnerExceptions[0].GetType().Name); } } finally { done.SetResult(); } }

    private static async Task Work()
    {
        using CancellationTokenSource source = new(); int sum = 0;
        try { await foreach (int n in Numbers().WithCancellation(source.Token).ConfigureAwait(false)) { sum += n; if (n == 4) { source.Cancel(); } } } catch (OperationCanceledException e) { Flush($"{sum} {e.CancellationToken == source.Token}"); }
        await foreach (int n in Numbers()) { if (n == 2) { break; } }
        Flush("left");
        foreach (int n in Nested()) { if (n == 2) { break; } }
        Flush("nested"); Flush(string.Join(',', Nested().Concat(Nested().Take(1))));
        List<int> dropped = []; Channel<int> channel = Channel.CreateBounded<int>(new BoundedChannelOptions(2) { FullMode = BoundedChannelFullMode.DropOldest }, dropped.Add); for (int i = 0; i < 5; i++) { channel.Writer.TryWrite(i); }
        channel.Writer.Complete(new NotSupportedException("ended"));
        try { await foreach (int n in channel.Reader.ReadAllAsync()) { s_log.Add(n.ToString()); } } catch (NotSupportedException e) { Flush(e.Message + string.Join(',', dropped)); }
        Channel<string> ranked = Channel.CreateUnboundedPrioritized(new UnboundedPrioritizedChannelOptions<string> { Comparer = Comparer<string>.Create((a, b) => a.Length - b.Length) }); foreach (string s in (string[])["long", "s", "mid"]) { await ranked.Writer.WriteAsync(s); }
        ranked.Writer.Complete(); await foreach (string s in ranked.Reader.ReadAllAsync()) { s_log.Add(s); }
        Flush("ranked");
        try { await Deep(3); } catch (InvalidOperationException e) { Flush(e.Message + e.Data["depth"] + e.Data["seen"] + e.Data.Count); }
        Once once = new(); ValueTask<int> waiting = once.Task; _ = Task.Run(() => once.Set(6)); Flush($"{await waiting} {await Pooled(4)} {await Pooled(5).AsTask()}");
        TaskCompletionSource done = new(); await Void(done); await done.Task; Flush("aggregate");
        ExceptionDispatchInfo? info = null; try { await Task.Run(() => throw new FormatException("carried")); } catch (Exception e) { info = ExceptionDispatchInfo.Capture(e); }
        try { info!.Throw(); } catch (FormatException e) { Flush(e.Message + ReferenceEquals(e, info!.SourceException)); }
        FakeClock clock = new(); long start = clock.GetTimestamp(); clock.Now += TimeSpan.FromSeconds(2.5); Flush($"{clock.GetElapsedTime(start).TotalMilliseconds} {clock.GetUtcNow():s}");
        Task<int> canceled = Task.FromCanceled<int>(new CancellationToken(true)); Flush($"{canceled.Status} {await canceled.ContinueWith(t => t.IsCanceled ? -1 : t.Result)} {(await Task.WhenAny(Task.Delay(-1), Task.CompletedTask)).IsCompletedSuccessfully}");
        int[] slots = new int[3]; await Parallel3(slots); Flush(string.Join(',', slots)); AsyncLocal<int> local = new(e => s_log.Add($"{e.PreviousValue}>{e.CurrentValue}")); local.Value = 1; await Inside(local); Flush(local.Value.ToString());
        Progress<int> progress = new(); TaskCompletionSource<int> reported = new(); progress.ProgressChanged += (_, v) => reported.TrySetResult(v); ((IProgress<int>)progress).Report(8); Flush((await reported.Task).ToString());
        Lock gate = new(); lock (gate) { using Lock.Scope again = gate.EnterScope(); s_log.Add("locked"); }
        Flush("end");
    }

    private static async Task Inside(AsyncLocal<int> local) { local.Value = 2; await Task.CompletedTask; }
    private static Task Parallel3(int[] slots) => Task.WhenAll(Enumerable.Range(0, 3).Select(async i => { await Task.Delay(3 - i); slots[i] = i * i; }));
    private static void Flush(string text) { Console.WriteLine(text + " [" + string.Join(' ', s_log) + "]"); s_log.Clear(); }
    public static void Main() => Work().GetAwaiter().GetResult();
}
