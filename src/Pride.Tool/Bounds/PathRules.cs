// Which paths a row of the table is about: the system call's number, the invocation, and what is counted in a row of its own.

using System.Collections.Generic;
using System.Linq;

namespace Pride.Tool.Bounds;

/// <summary>How a call is treated.</summary>
internal enum CallRule
{
    Counted,

    /// <summary>Not part of this row: paths with it do not count.</summary>
    Excluded,

    /// <summary>It has a row of its own, and here it costs nothing.</summary>
    CountedElsewhere,
}

/// <summary>The assumptions of one row.</summary>
internal sealed class PathRules
{
    /// <summary>TCB words: the system call's number (Aarch64Machine.NumberRegister, x7).</summary>
    private const ulong NumberOffset = 7 * sizeof(ulong);

    /// <summary>CoreState.Current.</summary>
    private const ulong CurrentOffset = 8;

    /// <summary>Where the long way begins: it reads the number before anything is written to the thread's registers.</summary>
    private const string LongWay = "pride_kernel_system_call";

    /// <summary>Called by the vectors for what is no system call.</summary>
    private const string ExceptionEntry = "pride_kernel_exception";

    private const string Charging = "ChargeBudget";

    /// <summary>What the long way calls for a thread that has used up its budget: its call is repeated later.</summary>
    private static readonly HashSet<string> s_withoutBudget = [Charging, "Schedule", "TakeInterrupt"];

    /// <summary>What prints through the kernel: debug images, and the end of a thread that has no fault handler.</summary>
    public static readonly string[] Console = ["PrintLineOf", "PrintFault"];

    /// <summary>Functions that stop the machine: the kernel itself is wrong, or (in a debug image) a PD asks for it.</summary>
    private static readonly HashSet<string> s_ends = ["pride_panic", "pride_kernel_fault", "HaltBy"];

    /// <summary>The methods that look at a cap or a label and call what does the work.</summary>
    private static readonly HashSet<string> s_dispatchers = ["Invoke", "InvokeTcb", "InvokeContext"];

    /// <summary>The system call's number; null: any.</summary>
    public long? Number { get; init; }

    /// <summary>Of the methods that do the work (<see cref="Invocations"/>), the only one that is called; null: any.</summary>
    public string? Invocation { get; init; }

    /// <summary>All methods that dispatchers call to do the work.</summary>
    public required IReadOnlySet<string> Invocations { get; init; }

    /// <summary>Whether the thread still has budget when it makes the system call; null: it may or may not.</summary>
    public bool? HasBudget { get; init; }

    /// <summary>Whether what came through the vector is an exception and no system call; null: either.</summary>
    public bool? IsException { get; init; }

    /// <summary>Methods that have rows of their own.</summary>
    public IReadOnlyList<string> CountedElsewhere { get; init; } = Console;

    public bool NeverReturns(KernelCode code, ulong callee) => s_ends.Contains(code.MethodAt(callee));

    public CallRule RuleOf(KernelCode code, ulong caller, ulong callee)
    {
        string method = code.MethodAt(callee);
        if (CountedElsewhere.Contains(method))
        {
            return CallRule.CountedElsewhere;
        }

        if (IsException is { } isException && !code.IsFunction(caller) && isException != (method == ExceptionEntry))
        {
            return CallRule.Excluded;
        }

        if (HasBudget is { } has && code.MethodAt(caller) == LongWay && (has ? method == Charging : !s_withoutBudget.Contains(method)))
        {
            return CallRule.Excluded;
        }

        bool isOther = Invocation is not null && method != Invocation && Invocations.Contains(method) && s_dispatchers.Contains(code.MethodAt(caller));
        return isOther ? CallRule.Excluded : CallRule.Counted;
    }

    /// <summary>What a load from a known structure gives.</summary>
    public KnownValue Load(KernelCode code, ulong function, KnownValue address, ulong offset)
    {
        if (address.Kind == ValueKind.Thread && offset == NumberOffset && Number is { } number && code.MethodAt(function) == LongWay)
        {
            return KnownValue.Constant((ulong)number);
        }

        // In the vectors, before any C# has run.
        return address.Kind == ValueKind.Core && offset == CurrentOffset && !code.IsFunction(function) ? new KnownValue(ValueKind.Thread, 0) : default;
    }
}
