// The one thread of a PD: what CoreLib would give to a thread pool, and what async code awaits, runs here, item by item.
//
// A PD drains the loop after each event (AsyncProtectionDomain.Idle); a hosted program, and a test on the host, may also wait
// in it. Timers: CoreLib's TimerQueue asks for one wake-up; whoever waits (the PD's timer driver client, the hosted
// loop) asks NextDeadline and calls RunDueTimers.
//
// Rules: one thread only. An exception that leaves a work item ends the program, as on a thread pool.

using System;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using Pride.Runtime.Time;

namespace Pride.Runtime;

/// <summary>A queue of work and one timer.</summary>
public sealed class EventLoop
{
    /// <summary>Work items that may wait; more is a program that queues faster than it runs, and the error says so.</summary>
    public const int MaximumPending = 1 << 20;

    private const int InitialCapacity = 64;

    private static EventLoop? s_current;

    private object?[] _items = new object?[InitialCapacity];
    private int _first;
    private int _count;
    private IThreadPoolWorkItem? _timer;
    private long _timerDue;

    /// <summary>The loop of this PD.</summary>
    public static EventLoop Current => s_current ??= new EventLoop();

    /// <summary>Work items that wait.</summary>
    public int Pending => _count;

    /// <summary>Called when the timer is set anew, with the due time on <see cref="Clock.Nanoseconds"/>: a PD arms its timer here.</summary>
    public Action<long>? TimerArmed { get; set; }

    /// <summary>When <see cref="RunDueTimers"/> has something to do, on <see cref="Clock.Nanoseconds"/>; null when no timer runs.</summary>
    public long? NextDeadline => _timer == null ? null : _timerDue;

    /// <summary>The moment <paramref name="milliseconds"/> from now on <see cref="Clock.Nanoseconds"/>; -1 is never.</summary>
    public static long DeadlineAfter(int milliseconds) =>
        milliseconds < 0 ? long.MaxValue : Clock.Nanoseconds + (milliseconds * Clock.NanosecondsPerMillisecond);

    /// <summary>Adds a Task or an IThreadPoolWorkItem, or an Action.</summary>
    /// <exception cref="InvalidOperationException">Too many items wait (<see cref="MaximumPending"/>).</exception>
    public void Enqueue(object item)
    {
        if (_count == _items.Length)
        {
            Grow();
        }

        _items[(_first + _count) & (_items.Length - 1)] = item;
        _count++;
    }

    /// <summary>Asks that <paramref name="queue"/> be executed in <paramref name="milliseconds"/>; replaces an earlier wish.</summary>
    public void SetTimer(IThreadPoolWorkItem queue, uint milliseconds)
    {
        _timer = queue;
        _timerDue = Clock.Nanoseconds + (milliseconds * Clock.NanosecondsPerMillisecond);
        TimerArmed?.Invoke(_timerDue);
    }

    /// <summary>Runs the timers that are due, and then all work until none waits. Returns the items that ran.</summary>
    public int Drain()
    {
        int ran = 0;
        Heap.Finalizers.Run();
        RunDueTimers();
        while (RunOne())
        {
            ran++;
        }

        return ran;
    }

    /// <summary>Fires the timer when its time has come.</summary>
    public bool RunDueTimers()
    {
        if (_timer is not { } timer || Clock.Nanoseconds < _timerDue)
        {
            return false;
        }

        _timer = null;
        timer.Execute();
        return true;
    }

    /// <summary>Runs one item, or a due timer; else waits for the timer. False when that is after <paramref name="deadline"/>.</summary>
    /// <exception cref="InvalidOperationException">Nothing waits and no timer runs: whoever waits would wait for ever.</exception>
    public bool RunOnceBefore(long deadline)
    {
        if (RunDueTimers() || RunOne())
        {
            return true;
        }

        if (_timer == null && deadline == long.MaxValue)
        {
            throw new InvalidOperationException("a wait that would never end: no work, and no timer runs");
        }

        long until = _timer == null ? deadline : Math.Min(deadline, _timerDue);
        WaitUntil(until);
        return RunDueTimers() || Clock.Nanoseconds < deadline;
    }

    /// <summary>As <see cref="RunOnceBefore"/> with a time from now in milliseconds.</summary>
    public bool RunOnceWaiting(int milliseconds) => RunOnceBefore(DeadlineAfter(milliseconds));

    /// <summary>Runs other work until <paramref name="task"/> is done, or the time is over (false).</summary>
    public bool RunUntilCompleted(Task task, int millisecondsTimeout, CancellationToken cancellationToken)
    {
        long deadline = DeadlineAfter(millisecondsTimeout);
        while (!task.IsCompleted)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!RunOnceBefore(deadline))
            {
                return task.IsCompleted;
            }
        }

        return true;
    }

    /// <summary>Thread.Sleep: other work runs meanwhile.</summary>
    public void Sleep(int milliseconds)
    {
        long deadline = DeadlineAfter(milliseconds);
        while (RunOnceBefore(deadline))
        {
        }
    }

    // A hosted program has nobody to give the CPU to; a PD in this place holds on to its budget, which is why PDs await.
    private static void WaitUntil(long nanoseconds)
    {
        while (Clock.Nanoseconds < nanoseconds)
        {
        }
    }

    private bool RunOne()
    {
        if (_count == 0)
        {
            return false;
        }

        object item = _items[_first]!;
        _items[_first] = null;
        _first = (_first + 1) & (_items.Length - 1);
        _count--;
        switch (item)
        {
            case Task task:
                ExecuteFromThreadPool(task, Thread.CurrentThread);
                break;
            case IThreadPoolWorkItem work:
                work.Execute();
                break;
            default:
                ((Action)item)();
                break;
        }

        return true;
    }

    private void Grow()
    {
        if (_count >= MaximumPending)
        {
            throw new InvalidOperationException("more work items wait than EventLoop.MaximumPending");
        }

        object?[] larger = new object?[_items.Length * 2];
        for (int i = 0; i < _count; i++)
        {
            larger[i] = _items[(_first + i) & (_items.Length - 1)];
        }

        _items = larger;
        _first = 0;
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "ExecuteFromThreadPool")]
    private static extern void ExecuteFromThreadPool(Task task, Thread thread);
}
