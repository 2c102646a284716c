// Writes the LLVM module: attributes, functions, data, debug metadata.

using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using Pride.Compiler.Metadata;
using Pride.Compiler.Reachability;

namespace Pride.Compiler.Emit;

/// <summary>The last pass of the front end.</summary>
internal sealed class ModuleWriter(World world)
{
    /// <summary>Of a call that does nothing but make an object whose memory is zero but for what is stored behind the call.</summary>
    public const string AllocatorAttributes = "#2";

    private const string RunsOnceAttribute = "Pride.Machine.RunsOnceAttribute";

    private static readonly string[] s_memoryFunctions = ["memcpy", "memmove", "memset", "memcmp"];

    /// <summary>Characters of text that are gathered before they go to the file.</summary>
    private const int FlushLength = 64 * 1024;

    private readonly StringBuilder _out = new();

    /// <summary>Writes the module as UTF-8.</summary>
    public void WriteTo(TextWriter file)
    {
        _out.Append(CultureInfo.InvariantCulture, $"target datalayout = \"{world.Target.DataLayout}\"\ntarget triple = \"{world.Target.Triple}\"\n\n");
        if (world.UsesExceptions)
        {
            _out.Append("@pride_pending = internal global ptr null, align 8\n");
        }

        world.Data.WriteTo(_out);
        HashSet<string> defined = [.. world.Functions.Where(f => f.Body != null).Select(f => f.Symbol)];
        foreach (Function function in world.Functions.ToArray())
        {
            if (function.Body != null)
            {
                WriteFunction(function);
                if (_out.Length > FlushLength)
                {
                    Flush(file);
                }
            }
            else if (function.Kind == FunctionKind.External && !defined.Contains(function.Symbol) && !world.Data.Defines(function.Symbol) && function.Symbol != "pride_pending")
            {
                _out.Append(CultureInfo.InvariantCulture, $"declare {ReturnType(function)} {world.Symbol(function)}({Parameters(function, false)}) #0\n");
            }
        }

        MemoryFallback.Write(_out, s_memoryFunctions.Where(name => !defined.Contains(name)));
        WriteAttributes();
        world.Debug?.WriteTo(_out);
        Flush(file);
    }

    private void Flush(TextWriter file)
    {
        file.Write(_out);
        _out.Clear();
    }

    private static string ReturnType(Function function) => Extension(function, function.Signature.Return) + function.Signature.ReturnLlvm;

    // The C ABI of some targets wants to know how narrow integers are extended.
    private static string Extension(Function function, TypeDesc type)
    {
        bool isC = function.Kind == FunctionKind.External || function.IsExported;
        bool isNarrow = type.IsValueType && !type.IsStruct && !type.IsFloat && type.VariableSize < 4;
        return isC && isNarrow ? type.IsSigned ? "signext " : "zeroext " : "";
    }

    private static string Parameters(Function function, bool named)
    {
        List<string> list = [];
        if (function.Signature.ReturnsInMemory)
        {
            list.Add("ptr noalias" + (named ? " %result" : ""));
        }

        for (int i = 0; i < function.Signature.Parameters.Count; i++)
        {
            SignatureParameter parameter = function.Signature.Parameters[i];
            string extension = Extension(function, parameter.Type).TrimEnd();
            list.Add(parameter.Llvm + (extension.Length > 0 ? " " + extension : "") + (named ? string.Create(CultureInfo.InvariantCulture, $" %a{i}") : ""));
        }

        return string.Join(", ", list);
    }

    private void WriteFunction(Function function)
    {
        string linkage = function.IsExported ? "" : "internal ";
        string debug = function.DebugScope >= 0 ? string.Create(CultureInfo.InvariantCulture, $" !dbg !{function.DebugScope}") : "";
        string returned = function.Kind == FunctionKind.TypeTest ? "i1" : ReturnType(function);
        string parameters = function.Kind == FunctionKind.TypeTest ? "ptr %a0" : Parameters(function, true);
        _out.Append(CultureInfo.InvariantCulture, $"define {linkage}{returned} {world.Symbol(function)}({parameters}){Foldable(function)}{FunctionAttributes(function)}{debug} {{\n");
        function.Body!.Write(_out, function.FirstLabel, f => f.MayThrow, world.TellsPending && function is { MayThrow: true, Kind: FunctionKind.Method });
        _out.Append("}\n\n");
    }

    // Identical code is folded by the linker, but not what a delegate or pointer may be compared with.
    private string Foldable(Function function) => function.IsExported || world.AddressTaken.Contains(function) ? "" : " unnamed_addr";

    private string FunctionAttributes(Function function)
    {
        string attributes = s_memoryFunctions.Contains(function.Symbol) ? " #0 \"no-builtins\"" : " #0";
        if (function.Kind is FunctionKind.Dispatch or FunctionKind.TypeTest)
        {
            return attributes + " alwaysinline";
        }

        if (function.Kind == FunctionKind.Method)
        {
            Mono.Cecil.MethodDefinition definition = function.Method!.Definition;
            if (world.KeepsVariables(function.Method))
            {
                return attributes + " noinline optnone";
            }

            bool neverReturns = function.Method.HasAttribute("System.Diagnostics.CodeAnalysis.DoesNotReturnAttribute");

            // The kernel's authors say what is inlined, since they count the instructions of a path; elsewhere it is advice, for code size.
            string inlining = world.Profile == CompilationProfile.Kernel ? " alwaysinline" : " inlinehint";
            // Parts that LLVM shares between functions return by another register on RISC-V: not in a kernel (no branch that a PD could train).
            bool runsOnce = Attributes.Has(definition, RunsOnceAttribute) || Attributes.Has(definition.DeclaringType, RunsOnceAttribute);
            return attributes + (definition.NoInlining || neverReturns ? " noinline" : definition.AggressiveInlining ? inlining : "")
                + (neverReturns ? " cold" : "")
                + (runsOnce ? " optsize minsize \"nooutline\"" : "");
        }

        return attributes;
    }

    private void WriteAttributes()
    {
        bool floats = world.AllowsFloatingPoint;
        string features = floats ? world.Target.FloatingPointFeatures : world.Target.IntegerOnlyFeatures;
        string plain = floats ? "" : Target.IntegerOnlyAttributes + " ";

        // Leaves of the kernel have no frame: a system call's short way is one, and a panic is never in one. A PD's backtrace names every method.
        string frames = world.Profile == CompilationProfile.Kernel ? "non-leaf" : "all";

        // A switch of the kernel is compares: an indirect branch is one that a PD could train the processor to take elsewhere.
        string switches = world.Profile == CompilationProfile.Kernel ? " \"no-jump-tables\"=\"true\"" : "";
        string featureText = features.Length > 0 ? $" \"target-features\"=\"{features}\"" : "";

        // Methods that keep their variables for a debugger are not optimised at all, which LLVM takes for a contradiction.
        string size = world.Request is { OptimizesForSize: true, KeepVariables: false } ? "optsize " : "";
        _out.Append(CultureInfo.InvariantCulture, $"attributes #0 = {{ {plain}{size}nounwind \"frame-pointer\"=\"{frames}\" \"target-cpu\"=\"{world.Target.Cpu}\"{switches}{featureText} }}\n");
        _out.Append("attributes #1 = { noreturn nomerge cold }\n");
        _out.Append(CultureInfo.InvariantCulture, $"attributes {AllocatorAttributes} = {{ allockind(\"alloc,zeroed\") \"alloc-family\"=\"pride\" }}\n");
        _out.Append("!0 = !{!\"branch_weights\", i32 2000, i32 1}\n!1 = !{!\"branch_weights\", i32 1, i32 2000}\n!2 = !{}\n");
    }
}
