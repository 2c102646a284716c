// A PD in a TestSystem: its object, its pending notifications and what hangs on its channel ids.

using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using Pride.Abi;
using Pride.Microkit;

namespace Pride.Testing;

/// <summary>The other end of a channel.</summary>
internal readonly record struct TestPeer(TestPd Pd, int Id);

/// <summary>A PD of any class.</summary>
public abstract class TestPd(string name, int priority)
{
    private int _nextId;

    public string Name { get; } = name;

    public int Priority { get; } = priority;

    /// <summary>Notifications it has made, deferred ones included.</summary>
    public long NotificationsSent { get; internal set; }

    /// <summary>Times it was woken.</summary>
    public long Wakeups { get; protected set; }

    /// <summary>Something waits for it.</summary>
    public bool IsPending => Badge != 0;

    internal ulong Badge { get; set; }

    internal ulong[] MessageWords { get; } = new ulong[MessageInfo.MaximumLength];

    internal Dictionary<int, TestPeer> Peers { get; } = [];

    internal Dictionary<int, TestInterrupt> Interrupts { get; } = [];

    /// <summary>Signals the PD on <paramref name="channel"/> as if its other end had done so.</summary>
    public void Signal(Channel channel) => Badge |= 1UL << (int)channel.Id;

    internal int TakeId() => _nextId < CapSlots.MaximumChannels ? _nextId++ : throw new TestSystemException($"PD '{Name}' has no channel id left");

    internal abstract bool HasStarted { get; }

    internal abstract void Initialise();

    // An interrupt that was delivered to a life before would otherwise stay masked.
    internal void AcknowledgeAll()
    {
        foreach (TestInterrupt interrupt in Interrupts.Values)
        {
            interrupt.Acknowledge();
        }
    }

    internal abstract void Dispatch(ulong badge);

    internal abstract MessageInfo Protect(Channel channel, MessageInfo message);
}

/// <summary>A PD whose class is <typeparamref name="T"/>.</summary>
public sealed class TestPd<T>(string name, int priority, Action<T> wire) : TestPd(name, priority)
    where T : ProtectionDomain, new()
{
    private T? _pd;

    /// <summary>The component itself, once the system has started.</summary>
    public T Component => _pd ?? throw new TestSystemException($"PD '{Name}' has not started");

    internal override bool HasStarted => _pd is not null;

    internal override void Initialise()
    {
        _pd = (T)RuntimeHelpers.GetUninitializedObject(typeof(T));
        wire(_pd);
        typeof(T).GetConstructor(Type.EmptyTypes)!.Invoke(_pd, null);
        _pd.Init();
        _pd.Idle();
        AcknowledgeAll();
    }

    internal override void Dispatch(ulong badge)
    {
        Wakeups++;
        PdMain<T>.Dispatch(Component, badge, default, out _);
        Component.Idle();
    }

    internal override MessageInfo Protect(Channel channel, MessageInfo message)
    {
        MessageInfo reply = Component.Protected(channel, message);
        Component.Idle();
        return reply;
    }
}
