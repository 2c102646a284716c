// A notification: a word of badges that have been signalled, and those who wait for it.

using System.Runtime.InteropServices;

namespace Pride.Kernel.Objects;

/// <summary>What a notification is doing (seL4's three states).</summary>
public enum NotificationState : ulong
{
    /// <summary>No signal pending, nobody waits.</summary>
    Idle = 0,

    /// <summary>Somebody waits in the queue.</summary>
    Waiting = 1,

    /// <summary>Signals are pending in <see cref="Notification.Badges"/>.</summary>
    Active = 2,
}

/// <summary>A notification. 64 bytes.</summary>
[StructLayout(LayoutKind.Sequential, Size = Size)]
public unsafe struct Notification
{
    public const int Size = 64;

    /// <summary>Builder: Idle.</summary>
    public NotificationState State;

    /// <summary>The or of the badges signalled and not yet received.</summary>
    public ulong Badges;

    /// <summary>Builder: the thread that receives its signals also while it waits on an endpoint, or null. The TCB points back.</summary>
    public Tcb* BoundTcb;

    /// <summary>Builder: null. A context that is lent to a passive thread that a signal wakes (the monitor binds it after Init).</summary>
    public SchedulingContext* SchedulingContext;

    /// <summary>First waiting thread; ordered by priority, then by arrival.</summary>
    public Tcb* QueueHead;
    public Tcb* QueueTail;

    /// <summary>Badges that other cores have signalled and the owner has not yet taken. The only word of it that other cores write, atomically.</summary>
    public ulong RemoteBadges;

    /// <summary>Builder: the core that owns it.</summary>
    public uint Core;

    /// <summary>Builder: its bit in the owner's <see cref="CoreState.Inbox"/>.</summary>
    public uint Index;
}
