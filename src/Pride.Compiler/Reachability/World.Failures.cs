// What a failed check becomes in each profile, and the messages of refusals with their call chains.

using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Pride.Compiler.Emit;
using Pride.Compiler.Import;
using Pride.Compiler.Metadata;

namespace Pride.Compiler.Reachability;

internal sealed partial class World
{
    /// <summary>The kernel's own handler of failed checks: void(int reason), exported from the entry assembly.</summary>
    private const string PanicSymbol = "pride_panic";

    /// <summary>The method of the runtime's Allocator that makes an instance of a class, or a box.</summary>
    public const string ObjectMaker = "NewObject";

    /// <summary>Links of a call chain that a message shows.</summary>
    private const int MaximumChain = 40;

    private Function? _panic;

    /// <summary>The function that a failed check calls.</summary>
    public Function RequireFailure(FailureReason reason, Function cause)
    {
        if (Profile == CompilationProfile.Kernel)
        {
            return _panic ??= Functions.FirstOrDefault(f => f.Symbol == PanicSymbol)
                ?? Synthesise(FunctionKind.External, PanicSymbol, PanicSymbol, new Signature(Llvm, Types.Void, [Types.Int32]), cause);
        }

        return reason switch
        {
            FailureReason.IndexOutOfRange => RequireRuntime("Throw", "IndexOutOfRange", 0, cause),
            FailureReason.NullReference => RequireRuntime("Throw", "NullReference", 0, cause),
            FailureReason.Overflow => RequireRuntime("Throw", "Overflow", 0, cause),
            FailureReason.DivideByZero => RequireRuntime("Throw", "DivideByZero", 0, cause),
            FailureReason.InvalidCast => RequireRuntime("Throw", "InvalidCast", 0, cause),
            FailureReason.MissingConstructor => RequireRuntime("Throw", "MissingConstructor", 0, cause),
            FailureReason.NoTarget => RequireRuntime("Throw", "NullReference", 0, cause),
            _ => RequireRuntime("Abandonment", "Abandon", 1, cause),
        };
    }

    public string FailureArguments(FailureReason reason, string? message, Function cause)
    {
        if (Profile == CompilationProfile.Kernel)
        {
            return string.Create(CultureInfo.InvariantCulture, $"i32 {(int)reason}");
        }

        return reason is FailureReason.Exception or FailureReason.Assertion ? $"ptr {Data.StringLiteral(message ?? reason.ToString(), cause)}" : "";
    }

    /// <summary>The reason behind a framework method that only throws (ThrowHelper and its kin).</summary>
    public FailureReason FailureOf(MethodDesc method) =>
        method.Name.Contains("IndexOutOfRange", StringComparison.Ordinal) || method.Name.Contains("ArgumentOutOfRange", StringComparison.Ordinal)
            ? FailureReason.IndexOutOfRange
            : method.Name.Contains("Overflow", StringComparison.Ordinal) ? FailureReason.Overflow
            : method.Name.Contains("DivideByZero", StringComparison.Ordinal) ? FailureReason.DivideByZero
            : method.Name.Contains("ArgumentNull", StringComparison.Ordinal) ? FailureReason.NullReference
            : FailureReason.Exception;

    /// <summary>It returns null when it leaves an exception, so that its caller need not look at the pending word.</summary>
    public static bool ReturnsNullWhenItThrows(Function function) =>
        function.Method is { Name: ObjectMaker } method && method.Owner.HasName("Pride.Runtime.Allocator");

    /// <summary>
    /// A call of the runtime's allocator for <paramref name="what"/>; the result is the new object. One that only makes an object says so to
    /// LLVM, which drops it when nothing needs the object. The type pointer is stored here too: LLVM, which takes the memory for zeroed, knows it then,
    /// and may drop this store, since the allocator has made the same.
    /// </summary>
    public string AllocationCall(MethodImporter importer, string what, string method, params string[] arguments)
    {
        if (Profile == CompilationProfile.Kernel)
        {
            Violation(importer.Function, "allocates, and there is no heap in the kernel profile");
        }

        Function allocator = RequireRuntime("Allocator", method, arguments.Length, importer.Function);
        importer.NoteAllocation(what, allocator);
        bool onlyMakes = ReturnsNullWhenItThrows(allocator);
        string made = onlyMakes
            ? importer.Out.Let($"call noalias ptr {Symbol(allocator)}({string.Join(", ", arguments)}) {ModuleWriter.AllocatorAttributes}")
            : importer.Out.Let($"call ptr {Symbol(allocator)}({string.Join(", ", arguments)})");
        importer.TestException(allocator, onlyMakes ? made : null);
        if (onlyMakes)
        {
            importer.Out.Do($"store {arguments[0]}, ptr {made}");
        }

        return made;
    }

    /// <summary>Refuses the program: <paramref name="function"/> breaks a rule of its profile.</summary>
    public void Violation(Function function, string rule) =>
        throw new CompilationException(CompilationError.ProfileViolation, $"{Profile} profile: {function.Display} {rule}\n{ChainTo(function)}");

    /// <summary>How a function came into the image, the entry last.</summary>
    public string ChainTo(Function? function)
    {
        StringBuilder text = new();
        string lead = "  in";
        int count = 0;
        for (Function? link = function; link != null && count < MaximumChain; link = link.Cause, count++)
        {
            text.Append(lead).Append(' ').Append(link.Display).Append('\n');
            lead = "  called from";
        }

        return text.ToString();
    }

    /// <summary>Call chains to every function whose name contains <paramref name="part"/>.</summary>
    public List<string> Explain(string part) =>
        [.. Functions.Where(f => f.Display.Contains(part, StringComparison.Ordinal)).Select(ChainTo)];
}
