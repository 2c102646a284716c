// [NoThrow]: no exception may leave the method. Checked with the result of the no-throw pass, which knows the clauses
// that take every exception. In profiles without exceptions nothing ever leaves a method.

using System.Linq;
using Pride.Compiler.Metadata;
using Pride.Compiler.Reachability;

namespace Pride.Compiler.Profiles;

/// <summary>The check, run after the no-throw pass.</summary>
internal static class ThrowRules
{
    private const string NoThrowAttribute = "Pride.Machine.NoThrowAttribute";

    public static void Check(World world)
    {
        if (!world.UsesExceptions)
        {
            return;
        }

        foreach (Function function in world.Functions.Where(f => f.Kind == FunctionKind.Method && f.MayThrow && f.Method!.HasAttribute(NoThrowAttribute)))
        {
            (Function thrower, string chain) = CallChain.Find(function, f => f.UnguardedCallees.Where(c => c.MayThrow || c.Throws), f => f.Throws)!.Value;
            throw new CompilationException(
                CompilationError.ProfileViolation, $"{function.Display} is marked [NoThrow], but {thrower.Display} may throw\n{chain}");
        }
    }
}
