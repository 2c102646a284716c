// What bounds the kernel's loops. Every loop that a system call can reach names one of these (IMachine.PassLoop);
// on the host each is counted against it, and `pride bounds` computes the longest paths from them.

namespace Pride.Kernel.Objects;

/// <summary>How often a loop goes round at most.</summary>
public enum LoopLimit
{
    /// <summary>Threads of a core: a queue's length.</summary>
    Threads,

    /// <summary>The same, at the end of a domain's turn: none without a domain schedule.</summary>
    DomainThreads,

    /// <summary>Refills of a scheduling context.</summary>
    Refills,

    /// <summary>Words of a message that do not travel in registers, or all words.</summary>
    MessageWords,

    /// <summary>Those words in groups of four.</summary>
    MessageGroups,

    /// <summary>What remains of a message beside the groups.</summary>
    MessageRest,

    /// <summary>Caps that a message names.</summary>
    ExtraCaps,

    /// <summary>Registers of a user context.</summary>
    ContextWords,

    /// <summary>Registers in a fault message or its answer.</summary>
    FaultWords,

    /// <summary>Levels of a page table.</summary>
    TableLevels,

    /// <summary>Words of the inbox, by which cores signal each other.</summary>
    InboxWords,

    /// <summary>Notifications that a word of the inbox stands for.</summary>
    InboxBits,

    /// <summary>List registers of a virtual interrupt controller.</summary>
    ListRegisters,

    /// <summary>Words of an interrupt controller in which pending lines are looked for.</summary>
    PendingWords,

    /// <summary>Characters of a PD's name, of a line that it prints or of the kernel's own messages.</summary>
    LineBytes,

    /// <summary>Digits of a number that is printed.</summary>
    Digits,

    /// <summary>Readings of a serial line's state before a character is given up.</summary>
    SerialPolls,

    /// <summary>Attempts to have the console while another core prints.</summary>
    ConsoleAttempts,

    /// <summary>
    /// Attempts of an exclusive access. No loop in C# names this: the compiler writes them. An attempt fails because another core's has succeeded, whose
    /// next comes after a whole path through the kernel, which is longer than an attempt: so it fails once for each other core at most.
    /// </summary>
    Cores,
}

/// <summary>How often a loop has gone round; <see langword="default"/> when it begins. Only the host counts.</summary>
public struct LoopRounds
{
    public ulong Count;
}

/// <summary>The limits as numbers.</summary>
public static class LoopLimits
{
    /// <summary>Readings of a serial line's state: far more than it needs for a character.</summary>
    public const int SerialPolls = 1_000_000;

    /// <summary>Far longer than another core takes to print a line at 115200 bit/s (11 ms).</summary>
    public const int ConsoleAttempts = 100_000_000;

    /// <summary>How many a system may have at most.</summary>
    public static ulong Most(LoopLimit limit) => limit switch
    {
        LoopLimit.Threads or LoopLimit.DomainThreads => KernelLayout.MaximumTcbs,
        LoopLimit.Refills => SchedulingContext.DefaultRefills,
        LoopLimit.MessageWords => 120,
        LoopLimit.MessageGroups => 29,
        LoopLimit.MessageRest or LoopLimit.ExtraCaps => 3,
        LoopLimit.ContextWords => 36,
        LoopLimit.FaultWords => 17,
        LoopLimit.TableLevels or LoopLimit.ListRegisters => 4,
        LoopLimit.InboxBits => 64,
        LoopLimit.PendingWords => 2,
        LoopLimit.InboxWords => CoreState.InboxWords,
        LoopLimit.LineBytes => 128,
        LoopLimit.Digits => 16,
        LoopLimit.SerialPolls => SerialPolls,
        LoopLimit.ConsoleAttempts => ConsoleAttempts,
        _ => KernelLayout.MaximumCores,
    };
}
