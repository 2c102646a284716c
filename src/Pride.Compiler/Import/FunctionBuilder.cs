// Writes the text of one LLVM function: allocas apart from code, numbered values and labels, and the places where a
// pending exception may have to be tested (whether it must be is known only when the whole world has been seen).

using System;
using System.Collections.Generic;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Pride.Compiler.Reachability;

namespace Pride.Compiler.Import;

/// <summary>The body of one function in the making.</summary>
internal sealed class FunctionBuilder
{
    /// <summary>Values of any one function that share the text of their names.</summary>
    private const int SharedNames = 4096;

    private static readonly string?[] s_names = new string?[SharedNames];

    private readonly StringBuilder _entry = new();
    private readonly StringBuilder _code = new();
    private readonly List<ExceptionTest> _tests = [];
    private int _next;

    /// <summary>Where in the text a test belongs, and what decides whether it is needed.</summary>
    private readonly record struct ExceptionTest(int Position, Function Callee, string Handler, string Continue, string Location, string? Result);

    /// <summary>", !dbg !7" or empty: appended to every instruction.</summary>
    public string Location { get; set; } = "";

    /// <summary>The current block already ends in a branch.</summary>
    public bool IsTerminated { get; private set; }

    public string NewName(string prefix = "t") => string.Create(CultureInfo.InvariantCulture, $"{prefix}{_next++}");

    /// <summary>Starts a block; code before it that has not ended falls through.</summary>
    public void Begin(string label)
    {
        if (!IsTerminated && _code.Length > 0)
        {
            Branch(label);
        }

        _code.Append(label).Append(":\n");
        IsTerminated = false;
    }

    /// <summary>An instruction without a result.</summary>
    public void Do(string instruction)
    {
        if (!IsTerminated)
        {
            _code.Append("  ").Append(instruction).Append(Location).Append('\n');
        }
    }

    /// <summary>The same; the text goes into the function's without a string of its own.</summary>
    public void Do(ref DefaultInterpolatedStringHandler instruction)
    {
        if (!IsTerminated)
        {
            _code.Append("  ").Append(instruction.Text).Append(Location).Append('\n');
        }

        instruction.Clear();
    }

    /// <summary>An instruction with a result, whose operand is returned.</summary>
    public string Let(string instruction)
    {
        string name = NewValue();
        StartLet(name)?.Append(instruction).Append(Location).Append('\n');
        return name;
    }

    /// <summary>The same; the text goes into the function's without a string of its own.</summary>
    public string Let(ref DefaultInterpolatedStringHandler instruction)
    {
        string name = NewValue();
        StartLet(name)?.Append(instruction.Text).Append(Location).Append('\n');
        instruction.Clear();
        return name;
    }

    public void Branch(string label) => Terminate($"br label %{label}");

    public void Branch(string condition, string then, string otherwise) => Terminate($"br i1 {condition}, label %{then}, label %{otherwise}");

    public void Unreachable() => Terminate("unreachable");

    public void Terminate(string instruction)
    {
        Do(instruction);
        IsTerminated = true;
    }

    public void Terminate(ref DefaultInterpolatedStringHandler instruction)
    {
        Do(ref instruction);
        IsTerminated = true;
    }

    /// <summary>Memory that lives as long as the call.</summary>
    public string Alloca(string type, int alignment)
    {
        string name = "%" + NewName("m");
        _entry.Append(CultureInfo.InvariantCulture, $"  {name} = alloca {type}, align {alignment}\n");
        return name;
    }

    /// <summary>An instruction in the entry block, before all code.</summary>
    public void AtEntry(string instruction) => _entry.Append("  ").Append(instruction).Append('\n');

    /// <summary>
    /// After a call: go to <paramref name="handler"/> if the callee left an exception. <paramref name="result"/> is what it returned, if that is null just then.
    /// </summary>
    public void TestException(Function callee, string handler, string? result = null)
    {
        if (IsTerminated)
        {
            return;
        }

        string next = NewName("c");
        _tests.Add(new ExceptionTest(_code.Length, callee, handler, next, Location, result));
        _code.Append(next).Append(":\n");
    }

    /// <summary>Whole blocks, after a block that has ended.</summary>
    public void Raw(string blocks)
    {
        _code.Append(blocks);
        IsTerminated = true;
    }

    /// <summary>
    /// Tells LLVM that an exception is pending here, or that none is. Behind inlined code it then knows which way that went, and tests neither
    /// for an exception where none was thrown nor again what has been tested. The word is read as a number: LLVM would turn what it is told of a pointer into a
    /// property of the load, and forget both where nothing uses the value.
    /// </summary>
    public void TellPending(bool isPending)
    {
        if (!IsTerminated)
        {
            AppendPending(_code, isPending);
        }
    }

    private static void AppendPending(StringBuilder text, bool isPending)
    {
        string name = isPending ? "p" : "q";
        text.Append(CultureInfo.InvariantCulture, $"  %{name}w = load i64, ptr @pride_pending\n  %{name}c = icmp {(isPending ? "ne" : "eq")} i64 %{name}w, 0\n  call void @llvm.assume(i1 %{name}c)\n");
    }

    /// <summary>The finished text. <paramref name="mayThrow"/> decides which tests stay, <paramref name="tellsEntry"/> says that no exception is pending at the start.</summary>
    public void Write(StringBuilder output, string firstLabel, Func<Function, bool> mayThrow, bool tellsEntry)
    {
        output.Append("entry:\n").Append(_entry);
        if (tellsEntry)
        {
            AppendPending(output, isPending: false);
        }

        output.Append(CultureInfo.InvariantCulture, $"  br label %{firstLabel}\n");
        int position = 0;
        int number = 0;
        foreach (ExceptionTest test in _tests)
        {
            output.Append(_code, position, test.Position - position);
            position = test.Position;
            if (mayThrow(test.Callee))
            {
                if (test.Result != null)
                {
                    output.Append(CultureInfo.InvariantCulture, $"  %y{number} = icmp ne ptr {test.Result}, null{test.Location}\n");
                }
                else
                {
                    output.Append(CultureInfo.InvariantCulture, $"  %x{number} = load i64, ptr @pride_pending{test.Location}\n");
                    output.Append(CultureInfo.InvariantCulture, $"  %y{number} = icmp eq i64 %x{number}, 0{test.Location}\n");
                }

                output.Append(CultureInfo.InvariantCulture, $"  br i1 %y{number}, label %{test.Continue}, label %{test.Handler}, !prof !0{test.Location}\n");
                number++;
            }
            else
            {
                output.Append(CultureInfo.InvariantCulture, $"  br label %{test.Continue}{test.Location}\n");
            }
        }

        output.Append(_code, position, _code.Length - position);
    }

    // Names of values are the same in every function, so their texts are made once. A race makes one twice.
    private string NewValue()
    {
        int number = _next++;
        return number < SharedNames ? s_names[number] ??= Name(number) : Name(number);

        static string Name(int number) => string.Create(CultureInfo.InvariantCulture, $"%t{number}");
    }

    private StringBuilder? StartLet(string name) => IsTerminated ? null : _code.Append("  ").Append(name).Append(" = ");
}
