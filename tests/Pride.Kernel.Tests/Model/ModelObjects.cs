// The objects of the model: lists and references, no queues by hand. What a specification would say, not how a kernel does it.

using System.Collections.Generic;
using Pride.Kernel.Objects;

namespace Pride.Kernel.Tests.Model;

/// <summary>A cap: what it points to, and what it lets do.</summary>
public sealed record ModelCap(CapType Type, CapRights Rights, object? Object, ulong Badge)
{
    public static readonly ModelCap Null = new(CapType.Null, CapRights.None, null, 0);

    public bool MayRead => Rights.HasFlag(CapRights.Read);

    public bool MayWrite => Rights.HasFlag(CapRights.Write);

    /// <summary>Who sends through it may be answered.</summary>
    public bool MayBeAnswered => (Rights & (CapRights.Grant | CapRights.GrantReply)) != 0;
}

/// <summary>A thread. What it waits at, if anything, is an endpoint, a notification or a reply object.</summary>
public sealed class ModelThread(int index)
{
    public int Index { get; } = index;

    public ThreadState State { get; set; }

    public uint Priority { get; set; }

    public uint MaximumPriority { get; set; }

    public ulong[] Registers { get; } = new ulong[Tcb.RegisterWords];

    public ulong[] Buffer { get; } = new ulong[128];

    public Dictionary<ulong, ModelCap> Caps { get; } = [];

    public ModelCap FaultHandler { get; set; } = ModelCap.Null;

    public ModelContext? Context { get; set; }

    public ModelNotification? Bound { get; set; }

    public ModelEndpoint? Endpoint { get; set; }

    public ModelNotification? WaitsFor { get; set; }

    /// <summary>While it waits for an answer: through what. While it receives: what it offers to callers.</summary>
    public ModelReply? Reply { get; set; }

    /// <summary>While it waits to send.</summary>
    public ModelCap? SendsThrough { get; set; }

    public bool SendsCall { get; set; }

    public ulong Fault { get; set; }

    public ulong[] FaultWords { get; } = new ulong[6];

    /// <summary>How far behind the system call, which is to be repeated if the thread is stopped, the program counter stands.</summary>
    public ulong RestartOffset { get; set; }

    public bool CanRun => State == ThreadState.Running && Context != null;
}

/// <summary>An endpoint. At most one of the lists has members; the most urgent first, equals in order of arrival.</summary>
public sealed class ModelEndpoint
{
    public List<ModelThread> Senders { get; } = [];

    public List<ModelThread> Receivers { get; } = [];
}

/// <summary>A notification.</summary>
public sealed class ModelNotification
{
    public List<ModelThread> Waiters { get; } = [];

    /// <summary>Signals that nobody has taken; null: none.</summary>
    public ulong? Pending { get; set; }

    public ModelThread? Bound { get; set; }

    public ModelContext? Context { get; set; }
}

/// <summary>A reply object: free, offered by a thread that receives, or held by a thread that waits for its answer.</summary>
public sealed class ModelReply
{
    public ModelThread? Thread { get; set; }

    /// <summary>The calls along which a context was lent, this one among them.</summary>
    public ModelChain? Chain { get; set; }
}

/// <summary>Calls along which a context was lent, the last one last. Without a context: what was cut off below a call that was given up.</summary>
public sealed class ModelChain(ModelContext? context)
{
    public ModelContext? Context { get; set; } = context;

    public List<ModelReply> Calls { get; } = [];
}

/// <summary>A scheduling context; in the model time never ends.</summary>
public sealed class ModelContext
{
    public ModelThread? Thread { get; set; }

    public ModelNotification? Notification { get; set; }

    public ModelChain? Chain { get; set; }
}

/// <summary>An interrupt line.</summary>
public sealed class ModelIrq
{
    public ModelNotification? Notification { get; init; }

    public ulong Badge { get; init; }

    public bool IsPending { get; set; }

    public bool IsActive { get; set; }

    public bool IsDisabled { get; set; }
}
