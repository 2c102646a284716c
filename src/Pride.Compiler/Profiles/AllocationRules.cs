// The rules about allocation and exceptions that need the whole call graph: drivers allocate only while they start,
// [NoAlloc] methods never allocate.

using System.Linq;
using Pride.Compiler.Metadata;
using Pride.Compiler.Reachability;

namespace Pride.Compiler.Profiles;

/// <summary>Call-graph checks, run when the world is complete.</summary>
internal static class AllocationRules
{
    private const string NoAllocAttribute = "Pride.Machine.NoAllocAttribute";

    /// <summary>The entry points that run after a driver has started.</summary>
    private static readonly string[] s_eventMethods = ["Notified", "Protected", "Fault", "Idle"];

    public static void Check(World world, EntryPoint entry)
    {
        foreach (Function function in world.Functions.Where(f => f.Method?.HasAttribute(NoAllocAttribute) == true && f.Kind == FunctionKind.Method))
        {
            Forbid(function, "is marked [NoAlloc], but");
        }

        if (world.Profile != CompilationProfile.Driver || entry.ProtectionDomain == null)
        {
            return;
        }

        foreach (Function function in world.Functions)
        {
            bool isEvent = function is { Kind: FunctionKind.Method, Method: { IsVirtual: true } method }
                && s_eventMethods.Contains(method.Name) && entry.ProtectionDomain.IsSubclassOf(method.Owner);
            if (isEvent)
            {
                Forbid(function, "runs after Init, when a driver must not allocate, but");
            }
        }
    }

    private static void Forbid(Function root, string reason)
    {
        if (CallChain.Find(root, f => f.Callees, f => f.Allocates) is { } found)
        {
            string what = found.Breaking.AllocationSites[0] is { Line: { } line } site ? $" ({site.What}, {line})" : "";
            throw new CompilationException(
                CompilationError.ProfileViolation, $"{root.Display} {reason} {found.Breaking.Display} allocates{what}\n{found.Text}");
        }
    }
}
