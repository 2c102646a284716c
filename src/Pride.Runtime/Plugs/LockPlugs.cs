// Locks: a PD has one thread, so a lock is always free or its own.

using System;
using System.Threading;
using Pride.Machine;

namespace Pride.Runtime.Plugs;

[Plug(typeof(Monitor))]
internal static class MonitorPlugs
{
    public static void Enter(object obj) => ArgumentNullException.ThrowIfNull(obj);

    public static void Enter(object obj, ref bool lockTaken)
    {
        ArgumentNullException.ThrowIfNull(obj);
        lockTaken = true;
    }

    public static void Exit(object obj) => ArgumentNullException.ThrowIfNull(obj);

    public static void ExitIfLockTaken(object obj, ref bool lockTaken) => lockTaken = false;

    public static bool TryEnter(object obj) => true;

    public static bool TryEnter(object obj, int millisecondsTimeout) => true;

    public static void TryEnter(object obj, ref bool lockTaken) => lockTaken = true;

    public static void TryEnter(object obj, int millisecondsTimeout, ref bool lockTaken) => lockTaken = true;

    public static bool IsEntered(object obj) => true;

    public static void Pulse(object obj)
    {
    }

    public static void PulseAll(object obj)
    {
    }

    // Others run while this one waits, as far as there is anything to run.
    public static bool Wait(object obj, int millisecondsTimeout) => EventLoop.Current.RunOnceWaiting(millisecondsTimeout);
}

[Plug(typeof(Lock))]
internal static class LockPlugs
{
    public static void Enter(Lock self)
    {
    }

    public static bool TryEnter(Lock self) => true;

    public static bool TryEnter(Lock self, int millisecondsTimeout) => true;

    public static void Exit(Lock self)
    {
    }

    [PlugMethod("EnterScope", AnySignature = true)]
    public static void EnterScope(Lock self)
    {
    }

    [PlugMethod("get_IsHeldByCurrentThread")]
    public static bool IsHeldByCurrentThread(Lock self) => true;

    [PlugMethod(".cctor")]
    public static void StaticConstructor()
    {
    }
}

[Plug("System.Threading.Lock/Scope")]
internal static class LockScopePlugs
{
    [PlugMethod("Dispose", AnySignature = true)]
    public static void Dispose(nint self)
    {
    }
}

[Plug(typeof(SpinWait))]
internal static class SpinWaitPlugs
{
    public static void SpinOnceCore(ref SpinWait self, int sleep1Threshold) => EventLoop.Current.RunOnceWaiting(0);
}
