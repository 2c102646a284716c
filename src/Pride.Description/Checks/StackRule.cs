// The one rule that needs the compiled programs: a PD's stack holds the deepest chain of calls that its program can make.
//
// The compiler works that chain out (Pride.Compiler.Reports.StackDepth). With recursion or a stackalloc of variable size there is no bound, and nothing is
// checked: `pride stack` names what leaves it open, and the guard page below the stack stops what goes too deep.

using System.Collections.Generic;
using System.Linq;

namespace Pride.Description.Checks;

/// <summary>What one PD's program needs of its stack.</summary>
/// <param name="Pd">The PD.</param>
/// <param name="WorstCaseBytes">Bytes of the deepest chain; null when there is no bound.</param>
/// <param name="Chain">"method (bytes)", the entry first.</param>
public sealed record StackNeed(Pd Pd, long? WorstCaseBytes, IReadOnlyList<string> Chain);

/// <summary>The rule `stack-worst-case`.</summary>
public static class StackRule
{
    /// <exception cref="SystemDescriptionException">Some stack is too small; the message has the chain and the size to give.</exception>
    public static void Check(IEnumerable<StackNeed> needs)
    {
        Violation[] violations = [.. needs.Where(n => n.WorstCaseBytes > (long)n.Pd.Options.StackSize).Select(Describe)];
        if (violations.Length > 0)
        {
            throw new SystemDescriptionException(violations);
        }
    }

    private static Violation Describe(StackNeed need)
    {
        ulong enough = Sizes.RoundUp((ulong)need.WorstCaseBytes!.Value, Limits.PageSize);
        return new Violation(
            "stack-worst-case",
            $"PD '{need.Pd.Name}' has a stack of {need.Pd.Options.StackSize} bytes, but its program can need {need.WorstCaseBytes}:\n      "
                + string.Join("\n      ", need.Chain),
            $"give it {Sizes.Show(enough)} (stack: {enough / 1024}.KiB()), or make the frames of the chain smaller");
    }
}
