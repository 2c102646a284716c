// What a description says about a PD besides its program and its wiring.

namespace Pride.Description;

/// <summary>How a PD is scheduled and how much memory it has. Times are in microseconds, sizes in bytes.</summary>
public sealed record PdOptions
{
    private readonly ulong? _period;

    /// <summary>0..254; the highest runnable priority runs.</summary>
    public int Priority { get; init; }

    /// <summary>CPU time it may use in each period.</summary>
    public ulong BudgetMicroseconds { get; init; } = SystemBuilder.DefaultBudgetMicroseconds;

    /// <summary>Length of a period; as long as the budget when it is not given.</summary>
    public ulong PeriodMicroseconds
    {
        get => _period ?? BudgetMicroseconds;
        init => _period = value;
    }

    /// <summary>Runs on its callers' time once Init is done.</summary>
    public bool Passive { get; init; }

    /// <summary>Stack size.</summary>
    public ulong StackSize { get; init; } = Limits.DefaultStack;

    /// <summary>Heap size; for drivers this is what Init may allocate.</summary>
    public ulong HeapSize { get; init; }

    /// <summary>The core it runs on.</summary>
    public int Core { get; init; }

    /// <summary>May make SMC calls.</summary>
    public bool MaySmc { get; init; }

    /// <summary>In whose turns of the domain schedule it runs (<see cref="SystemBuilder.DomainSchedule"/>).</summary>
    public int Domain { get; init; }

    /// <summary>Its parent is told when it has used up its budget, and lets it go on; else it just waits for the next period.</summary>
    public bool TimeoutFaults { get; init; }
}
