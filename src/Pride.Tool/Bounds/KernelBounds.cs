// The table of the kernel's longest paths: for each system call, for each invocation, for what is no system call.
//
// A path begins at the exception vector and ends with the return to a thread, or with waiting when no thread can run; interrupts are
// masked meanwhile. What follows the waiting is a path of its own, which an interrupt begins.

using System;
using System.Collections.Generic;
using System.Linq;
using Pride.Abi;
using Pride.Kernel.Objects;

namespace Pride.Tool.Bounds;

/// <summary>A line of the table.</summary>
/// <param name="Name">What is bounded.</param>
/// <param name="Instructions">At most.</param>
/// <param name="Covered">Addresses of all instructions that such a path can execute.</param>
internal readonly record struct BoundRow(string Name, long Instructions, IReadOnlySet<ulong> Covered);

/// <summary>Computes the table.</summary>
/// <param name="code">The kernel of an AArch64 image.</param>
/// <param name="limits">How often loops go round in the system, or at most in any.</param>
internal sealed class KernelBounds(KernelCode code, Func<LoopLimit, ulong> limits)
{
    // Arm ARM DDI 0487, D1.4.1.3: exceptions from a lower level in AArch64.
    public const ulong SynchronousVector = 0x400;
    public const ulong InterruptVector = 0x480;
    public const ulong SystemErrorVector = 0x580;

    /// <summary>The row of paths that begin behind the waiting.</summary>
    public const string WakingRow = "interrupt while idle";

    /// <summary>The row of system calls that are put off because the thread's budget is used up.</summary>
    public const string LateRow = "any call, its budget used up";

    /// <summary>The row of a thread's error that the bus reports: an exception through a vector of its own.</summary>
    public const string BusRow = "error on the bus";

    private const string NoInvocation = "none";

    private static readonly (string Name, long Number)[] s_calls =
    [
        ("Call", SystemCalls.Call), ("ReplyRecv", SystemCalls.ReplyRecv), ("NBSendRecv", SystemCalls.NBSendRecv), ("NBSendWait", SystemCalls.NBSendWait),
        ("Send", SystemCalls.Send), ("NBSend", SystemCalls.NBSend), ("Recv", SystemCalls.Recv), ("NBRecv", SystemCalls.NBRecv),
        ("Wait", SystemCalls.Wait), ("NBWait", SystemCalls.NBWait), ("Yield", SystemCalls.Yield), ("a number that is none", 0),
        ("DebugPutChar", SystemCalls.DebugPutChar), ("DebugCapIdentify", SystemCalls.DebugCapIdentify), ("DebugNameThread", SystemCalls.DebugNameThread),
    ];

    private static readonly (string Name, string Method)[] s_invocations =
    [
        ("an endpoint", "SendMessage"), ("a notification", "Signal"), ("a reply object", "SendReply"),
        ("TCB ReadRegisters", "ReadRegisters"), ("TCB WriteRegisters", "WriteRegisters"), ("TCB Suspend", "Suspend"), ("TCB Resume", "Resume"),
        ("TCB SetPriority", "SetPriority"), ("TCB BindNotification", "BindNotification"), ("TCB UnbindNotification", "UnbindNotification"),
        ("TCB ReadMemory", "ReadMemory"), ("scheduling context Bind", "BindContextCall"), ("scheduling context Unbind", "UnbindAll"),
        ("scheduling context UnbindObject", "UnbindObject"), ("scheduling context Consumed", "AnswerConsumed"), ("the firmware", "InvokeFirmware"),
    ];

    private static readonly HashSet<string> s_methods = [.. s_invocations.Select(i => i.Method)];

    private static readonly PathRules s_anything = new() { Invocations = s_methods };

    /// <summary>The table. An invocation's row is that of its Call, whose label or cap may be wrong as well.</summary>
    /// <exception cref="ToolException">A path without a bound.</exception>
    public IEnumerable<BoundRow> Rows()
    {
        foreach ((string name, long number) in s_calls)
        {
            yield return Entry(name, SynchronousVector, Rules(number, null), number);
        }

        foreach ((string name, string method) in s_invocations)
        {
            _ = code.AddressOf(code.NameOf(method));
            yield return Entry($"Call: {name}", SynchronousVector, Rules(SystemCalls.Call, method), SystemCalls.Call);
        }

        yield return Entry("Call: anything else, or refused", SynchronousVector, Rules(SystemCalls.Call, NoInvocation), SystemCalls.Call);
        PathRules late = new() { Invocations = s_methods, IsException = false, HasBudget = false };
        yield return Entry(LateRow, SynchronousVector, late, null);
        PathRules exception = new() { Invocations = s_methods, IsException = true };
        yield return Entry("exception of a thread", SynchronousVector, exception, null);
        yield return Entry(BusRow, SystemErrorVector, s_anything, null);
        yield return Entry("interrupt", InterruptVector, s_anything, null);
        yield return WhileIdle();
    }

    /// <summary>What printing through the kernel takes besides: in debug images, and when a thread without a fault handler ends.</summary>
    public IEnumerable<BoundRow> ConsoleRows()
    {
        PathRules rules = new() { Invocations = s_methods, CountedElsewhere = [] };
        return PathRules.Console.Select(method => Row(method, rules, code.AddressOf(code.NameOf(method)), new RegisterValues()));
    }

    // Yield charges the rest of the budget, and NBSendRecv's second half is done whether there is budget or not.
    private static PathRules Rules(long number, string? invocation) => new()
    {
        Invocations = s_methods,
        IsException = false,
        Number = number,
        Invocation = invocation,
        HasBudget = number is SystemCalls.Yield or SystemCalls.NBSendRecv ? null : true,
    };

    private BoundRow Entry(string name, ulong vector, PathRules rules, long? number)
    {
        RegisterValues known = new() { StackPointer = new KnownValue(ValueKind.Thread, 0) };
        const uint NumberRegister = 7;
        known[NumberRegister] = number is { } n ? KnownValue.Constant((ulong)n) : default;
        return Row(name, rules, code.AddressOf("pride_vectors") + vector, known);
    }

    // The waiting stands in what the handlers of Vectors.S call, so after it that function returns to them. Waiting for good has no end.
    private BoundRow WhileIdle()
    {
        WorstCase worst = new(code, s_anything, limits);

        // A fault of the kernel itself ends the machine.
        ulong fault = code.AddressOf("pride_kernel_fault");
        long exit = code.CallsIn(code.AddressOf("user_synchronous"), code.AddressOf("pride_fpu_save"))
            .Where(call => call.Target != fault && worst.Of(call.Target, new RegisterValues()).Waits is not null)
            .Max(call => worst.Of(call.Return, new RegisterValues()).Returns) ?? 0;
        long most = code.WaitingPlaces().Select(place => worst.Of(place + sizeof(uint), new RegisterValues())).Max(b => Math.Max(b.Returns + exit ?? 0, b.Waits ?? 0));
        return new BoundRow(WakingRow, most, worst.Covered);
    }

    private BoundRow Row(string name, PathRules rules, ulong entry, RegisterValues known)
    {
        WorstCase worst = new(code, rules, limits);
        Bound bound = worst.Of(entry, known);
        long most = Math.Max(bound.Returns ?? 0, bound.Waits ?? 0);
        return most > 0 ? new BoundRow(name, most, worst.Covered) : throw Unbounded.Because($"no path from {code.Describe(entry)} comes to an end");
    }
}
