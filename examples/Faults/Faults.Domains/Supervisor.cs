// The parent: tells one child after the other to misbehave, reports the fault, restarts the child and goes on.

using System;
using Pride.Abi;
using Pride.Machine;
using Pride.Microkit;
using Pride.Runtime;

namespace Faults.Domains;

/// <summary>Which child is which: channel id, child id and name go together.</summary>
public static class Roles
{
    public const int Count = 9;

    /// <summary>The last: it never faults.</summary>
    public const int Spinner = Count - 1;

    /// <summary>The channel to the answerer.</summary>
    public const int Answerer = Count;

    /// <summary>The name of child <paramref name="id"/>, as the description gives it.</summary>
    public static ReadOnlySpan<byte> NameOf(int id) => id switch
    {
        0 => "read_kernel"u8,
        1 => "read_other"u8,
        2 => "jump_to_data"u8,
        3 => "write_code"u8,
        4 => "stack_overrun"u8,
        5 => "null_dereference"u8,
        6 => "wild_calls"u8,
        7 => "exception"u8,
        _ => "spinner"u8,
    };
}

/// <summary>Parent of all the others.</summary>
public sealed class Supervisor : ProtectionDomain
{
    /// <summary>Calls made while the spinner spins: far more than fit into what one budget leaves.</summary>
    private const int CallsAgainstSpinner = 20_000;

    private int _ready;
    private int _turn = -1;

    /// <summary>Where a restarted child begins. The entry stub is the first thing in every program, so one address serves all.</summary>
    [Wired] public ulong EntryPoint;

    [Wired] public Channel Answerer;

    /// <summary>The spinner reports for duty.</summary>
    public override void Notified(Channel channel) => Report();

    /// <summary>A child reports for duty: at boot, and again after its restart.</summary>
    public override MessageInfo Protected(Channel channel, MessageInfo message)
    {
        int child = (int)channel.Id;
        ulong starts = MessageRegisters.Get(0);
        if (_turn < 0)
        {
            Report();
        }
        else
        {
            Say(child, starts == Victim.FirstStart ? "restarted, its data is clean"u8 : "restarted, but its data is NOT clean"u8);
            Ask();
            Next();
        }

        return new MessageInfo(0, 0);
    }

    /// <summary>A child has faulted: report, restart, no reply (it goes on elsewhere).</summary>
    public override bool Fault(Child child, MessageInfo message, out MessageInfo reply)
    {
        reply = default;
        FaultReport.Print(Roles.NameOf((int)child.Id), child.Id, CapSlots.BaseTcb + child.Id, message, 0);
        child.Restart(EntryPoint);
        return false;
    }

    private void Report()
    {
        _ready++;
        if (_ready == Roles.Count)
        {
            Next();
        }
    }

    private void Next()
    {
        _turn++;
        if (_turn < Roles.Count)
        {
            Say(_turn, "told to misbehave"u8);
            new Channel((ulong)_turn).Notify();
        }

        if (_turn == Roles.Spinner)
        {
            OutliveSpinner();
        }
    }

    // The spinner has a higher priority than this PD: every line from here on is what its budget leaves over.
    private void OutliveSpinner()
    {
        for (int i = 0; i < CallsAgainstSpinner; i++)
        {
            Answerer.Call(new MessageInfo(0, 0));
        }

        Ask();
        new Child(Roles.Spinner).Stop();
        Say(Roles.Spinner, "stopped by its parent"u8);
        DebugConsole.WriteLine("supervisor: everything forbidden was stopped, everything else went on"u8);
    }

    private void Ask()
    {
        Answerer.Call(new MessageInfo(0, 0));
        DebugConsole.Write("supervisor: the answerer answers, number 0x"u8);
        DebugConsole.WriteHexadecimal(MessageRegisters.Get(0));
        DebugConsole.WriteLine(""u8);
    }

    private static void Say(int child, ReadOnlySpan<byte> what)
    {
        DebugConsole.Write("supervisor: '"u8);
        DebugConsole.Write(Roles.NameOf(child));
        DebugConsole.Write("' "u8);
        DebugConsole.WriteLine(what);
    }
}
