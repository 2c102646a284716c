// The event loop on the host: order, growth, timers on a simulated clock, waiting, and the signal that joins it to channels.

using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Pride.Runtime.Time;
using Xunit;

namespace Pride.Runtime.Tests;

public sealed class EventLoopTests : IDisposable
{
    private readonly SimulatedClock _clock = new();
    private readonly EventLoop _loop = new();

    public EventLoopTests() => Clock.Source = _clock;

    public void Dispose() => Clock.Source = null;

    [Fact]
    public void Work_runs_in_order_and_the_queue_grows()
    {
        List<int> ran = [];
        for (int i = 0; i < 1000; i++)
        {
            int number = i;
            _loop.Enqueue((Action)(() => ran.Add(number)));
        }

        Assert.Equal(1000, _loop.Pending);
        Assert.Equal(1000, _loop.Drain());
        Assert.Equal(1000, ran.Count);
        for (int i = 0; i < 1000; i++)
        {
            Assert.Equal(i, ran[i]);
        }
    }

    [Fact]
    public void Work_that_queues_work_is_drained_too_and_a_flood_is_refused()
    {
        int depth = 0;
        void Again()
        {
            if (++depth < 10)
            {
                _loop.Enqueue((Action)Again);
            }
        }

        _loop.Enqueue((Action)Again);
        _loop.Drain();
        Assert.Equal(10, depth);
        Action nothing = () => { };
        for (int i = 0; i < EventLoop.MaximumPending; i++)
        {
            _loop.Enqueue(nothing);
        }

        Assert.Throws<InvalidOperationException>(() => _loop.Enqueue(nothing));
    }

    [Fact]
    public void A_timer_fires_when_its_time_has_come()
    {
        CountingItem timer = new();
        long armed = 0;
        _loop.TimerArmed = due => armed = due;
        _loop.SetTimer(timer, 20);
        Assert.Equal(20_000_000, armed);
        Assert.Equal(armed, _loop.NextDeadline);
        _loop.Drain();
        Assert.Equal(0, timer.Count);
        _clock.Nanoseconds = 19_999_999;
        _loop.Drain();
        Assert.Equal(0, timer.Count);
        _clock.Nanoseconds = 20_000_000;
        _loop.Drain();
        _loop.Drain();
        Assert.Equal(1, timer.Count);
        Assert.Null(_loop.NextDeadline);
    }

    [Fact]
    public void Waiting_runs_other_work_and_ends_with_the_task_or_the_time()
    {
        _clock.Step = 1_000_000;
        TaskCompletionSource source = new();
        _loop.Enqueue((Action)source.SetResult);
        Assert.True(_loop.RunUntilCompleted(source.Task, -1, CancellationToken.None));

        TaskCompletionSource never = new();
        Assert.False(_loop.RunUntilCompleted(never.Task, 5, CancellationToken.None));
        Assert.Throws<InvalidOperationException>(() => _loop.RunUntilCompleted(never.Task, -1, CancellationToken.None));
        Assert.Throws<OperationCanceledException>(() => _loop.RunUntilCompleted(never.Task, -1, new CancellationToken(true)));
    }

    [Fact]
    public async Task A_signal_wakes_its_waiter_once_and_remembers_one_set()
    {
        AsyncSignal signal = new();
        signal.Set();
        signal.Set();
        await signal.WaitAsync();
        ValueTask second = signal.WaitAsync();
        Assert.False(second.IsCompleted);
        Assert.Throws<InvalidOperationException>(() => { _ = signal.WaitAsync(); });
        signal.Set();
        Assert.True(second.IsCompleted);
        await second;
        Assert.False(signal.WaitAsync().IsCompleted);
    }

    private sealed class CountingItem : IThreadPoolWorkItem
    {
        public int Count { get; private set; }

        public void Execute() => Count++;
    }

    private sealed class SimulatedClock : ITimeSource
    {
        private long _now;

        public long Step { get; set; }

        public long Nanoseconds
        {
            get => _now += Step;
            set => _now = value;
        }
    }
}
