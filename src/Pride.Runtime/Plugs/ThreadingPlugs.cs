// The thread pool of a PD is its event loop: work that CoreLib queues runs there, one item after the other.

using System;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using Pride.Machine;
using Pride.Runtime.ObjectModel;

namespace Pride.Runtime.Plugs;

[Plug(typeof(Thread))]
internal static unsafe class ThreadPlugs
{
    private static Thread? s_current;

    // Made without its constructor, which would make a thread; CoreLib keeps execution and synchronization context in it.
    // Not cast: no `new` of a Thread is in the image, so the compiler knows that casts to it fail.
    [PlugMethod("get_CurrentThread")]
    public static Thread CurrentThread() =>
        s_current ??= Unsafe.As<Thread>(ObjectLayout.ObjectAt(Allocator.NewObject(CompilerFacts.MethodTableOf<Thread>())));

    [PlugMethod("get_CurrentThreadAssumedInitialized")]
    public static Thread CurrentThreadAssumedInitialized() => CurrentThread();

    [PlugMethod("get_ManagedThreadId")]
    public static int ManagedThreadId(Thread self) => 1;

    [PlugMethod("get_OptimalMaxSpinWaitsPerSpinIteration")]
    public static int OptimalMaxSpinWaitsPerSpinIteration() => 1;

    public static bool Yield() => false;

    public static void SpinWait(int iterations)
    {
    }

    public static void Sleep(int millisecondsTimeout) => EventLoop.Current.Sleep(millisecondsTimeout);

    public static void UninterruptibleSleep0()
    {
    }

    public static int GetCurrentProcessorId() => 0;

    public static int GetCurrentProcessorNumber() => 0;
}

[Plug("System.Threading.ThreadPoolWorkQueue")]
internal static class ThreadPoolWorkQueuePlugs
{
    [PlugMethod(".ctor")]
    public static void Construct(object self)
    {
    }

    [PlugMethod(".cctor")]
    public static void StaticConstructor()
    {
    }

    public static void Enqueue(object self, object callback, bool forceGlobal) => EventLoop.Current.Enqueue(callback);

    public static void EnqueueAtHighPriority(object self, object workItem) => EventLoop.Current.Enqueue(workItem);

    public static bool LocalFindAndPop(object callback) => false;
}

[Plug(typeof(ThreadPool))]
internal static class ThreadPoolPlugs
{
    public static bool NotifyThreadBlocked() => false;

    public static void NotifyThreadUnblocked()
    {
    }

    public static bool TryPopCustomWorkItem(object workItem) => false;
}

[Plug("System.Threading.Tasks.ThreadPoolTaskScheduler")]
internal static class ThreadPoolTaskSchedulerPlugs
{
    [PlugMethod(".cctor")]
    public static void StaticConstructor()
    {
    }

    public static void QueueTask(object self, Task task) => EventLoop.Current.Enqueue(task);

    // The task stands in the event loop's queue, and runs there.
    public static bool TryExecuteTaskInline(object self, Task task, bool taskWasPreviouslyQueued) => false;

    public static bool TryDequeue(object self, Task task) => false;
}

[Plug("System.Threading.TimerQueue")]
internal static class TimerQueuePlugs
{
    public static bool SetTimer(object self, uint actualDuration)
    {
        EventLoop.Current.SetTimer((IThreadPoolWorkItem)self, actualDuration);
        return true;
    }

    [PlugMethod("get_TickCount64")]
    public static long TickCount64() => Time.Clock.Milliseconds;
}

[Plug(typeof(Task))]
internal static class TaskPlugs
{
    public static bool InternalWaitCore(Task self, int millisecondsTimeout, CancellationToken cancellationToken) =>
        EventLoop.Current.RunUntilCompleted(self, millisecondsTimeout, cancellationToken);

    public static bool SpinThenBlockingWait(Task self, int millisecondsTimeout, CancellationToken cancellationToken) =>
        EventLoop.Current.RunUntilCompleted(self, millisecondsTimeout, cancellationToken);
}

[Plug(typeof(ManualResetEventSlim))]
internal static class ManualResetEventSlimPlugs
{
    public static bool Wait(ManualResetEventSlim self, int millisecondsTimeout, CancellationToken cancellationToken)
    {
        long deadline = EventLoop.DeadlineAfter(millisecondsTimeout);
        while (!self.IsSet)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!EventLoop.Current.RunOnceBefore(deadline))
            {
                return false;
            }
        }

        return true;
    }
}
