// One random program: a struct, a class with two heirs, and functions that call each other downwards.
//
// Rules, so that a program means the same everywhere: no float is converted to a type smaller than int (ECMA-335 leaves it
// open), filters have no effects (they run at another time than under CoreCLR), and divisors and checked operands are
// variables, so that the C# compiler finds no error in constants.

using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace Pride.Compiler.Generator;

/// <summary>A variable in reach: its name and C# type; loops' counters are only read.</summary>
internal sealed record Variable(string Name, string Type, bool IsReadOnly = false);

/// <summary>A function that later ones may call.</summary>
internal sealed record Callable(string Name, string ReturnType, string[] Parameters);

internal sealed partial class ProgramWriter(int seed)
{
    private const int Functions = 4;

    private static readonly string[] s_types = ["int", "int", "long", "uint", "ulong", "short", "byte", "double", "float", "bool"];

    private readonly Random _random = new(seed);
    private readonly List<Callable> _callables = [];
    private readonly StringBuilder _text = new();
    private List<Variable> _variables = [];
    private List<(string Name, string Type)> _fields = [];
    private string _indent = "";
    private int _names;
    private int _loops;
    private string _returnType = "void";

    public string Write()
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"Random{seed:D4}");
        Line($"public static class {name} {{");
        _indent = "    ";
        WriteTypes();
        for (int i = 0; i < Functions; i++)
        {
            WriteFunction(i);
        }

        WriteMain();
        _indent = "";
        Line("}");
        return _text.ToString();
    }

    private string AnyType() => s_types[_random.Next(s_types.Length)];

    private bool Chance(int percent) => _random.Next(100) < percent;

    private string NewName(string prefix) => string.Create(CultureInfo.InvariantCulture, $"{prefix}{_names++}");

    private void Line(string text) => _text.Append(_indent).Append(text).Append('\n');

    private void Open(string head)
    {
        Line(head + " {");
        _indent += "    ";
    }

    private void Close(string tail = "}")
    {
        _indent = _indent[4..];
        Line(tail);
    }

    private void WriteTypes()
    {
        _fields = [.. Enumerable.Range(0, _random.Next(2, 6)).Select(i => ($"F{i}", AnyType()))];
        string packing = Chance(30) ? "[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Sequential, Pack = 1)] " : "";
        Open($"{packing}public struct Data : IMeasure");
        foreach ((string name, string type) in _fields)
        {
            Line($"public {type} {name};");
        }

        Line("public string Text;");
        Line($"public long Measure(int n) => unchecked({string.Join(" + ", _fields.Select(f => AsLong(f.Name, f.Type)))} + n);");
        if (Chance(50))
        {
            Line("string IMeasure.Tag => \"data\";");
        }

        Close();
        Line("public class Root : IMeasure { public int A; public Data D; public virtual int Turn(int n) => unchecked(A + n); public virtual long Measure(int n) => unchecked(Turn(n) * 3L); }");
        Line($"public class Left : Root {{ public override int Turn(int n) => unchecked(base.Turn(n) {Pick("*", "-", "^")} {_random.Next(2, 9)}); }}");
        Line($"public sealed class Right : {(Chance(50) ? "Left" : "Root")} {{ public string Name = \"r\"; public override int Turn(int n) => {(Chance(50) ? "n > 0 ? base.Turn(n) : -1" : "unchecked(n * n)")}; public override long Measure(int n) => A; }}");
        Line("private static Root s_root = new Left { A = 3 };");
        Line("private static Data s_data;");
        Line($"private static int[] s_ints = [{string.Join(", ", Enumerable.Range(0, 8).Select(_ => _random.Next(-99, 100)))}];");
        Line($"private static double[] s_doubles = [{string.Join(", ", Enumerable.Range(0, 8).Select(_ => (_random.NextDouble() * 100).ToString("R", CultureInfo.InvariantCulture)))}];");
    }

    private static string AsLong(string name, string type) => type switch
    {
        "bool" => $"({name} ? 1L : 2L)",
        _ => $"(long){name}",
    };

    private string Pick(params string[] options) => options[_random.Next(options.Length)];

    private void WriteFunction(int index)
    {
        string type = AnyType();
        string[] parameters = [.. Enumerable.Range(0, _random.Next(1, 4)).Select(_ => AnyType())];
        string name = $"Function{index}";
        _variables = [.. parameters.Select((p, i) => new Variable($"p{i}", p))];
        _returnType = type;
        Open($"private static {type} {name}({string.Join(", ", parameters.Select((p, i) => $"{p} p{i}"))})");
        Line("if (Trace.Spend()) { return default; }");
        Open("unchecked");
        WriteLocals();
        WriteStatements(_random.Next(3, 7), 2);
        Line($"return {Expression(type, 3)};");
        Close();
        Close();
        _callables.Add(new Callable(name, type, parameters));
    }

    private void WriteLocals()
    {
        for (int i = _random.Next(2, 5); i > 0; i--)
        {
            string type = AnyType();
            string name = NewName("v");
            Line($"{type} {name} = {Expression(type, 1)};");
            _variables.Add(new Variable(name, type));
        }
    }

    private void WriteMain()
    {
        _variables = [];
        _returnType = "void";
        Open("public static void Main()");
        Line("Trace.Begin();");
        for (int i = 0; i < 6; i++)
        {
            Callable callable = _callables[_random.Next(_callables.Count)];
            Line("Trace.Fuel = 3000;");
            Line($"try {{ Trace.Mix({callable.Name}({string.Join(", ", callable.Parameters.Select(p => Literal(p)))})); }}");
            Line($"catch (GeneratedException e) when (e.Code != {_random.Next(4)}) {{ Trace.Mix(e.Code); Console.WriteLine(e.Message); }}");
            Line("catch (Exception e) { Trace.Mix(e.GetType().Name); Console.WriteLine(e.GetType().Name + \": \" + e.Message); }");
            Line($"Trace.Show(\"{callable.Name}\");");
        }

        Line("Trace.Mix(s_root.Measure(2)); Trace.Mix(s_data.Measure(1)); Trace.Mix(s_data.Text);");
        Line("foreach (int n in s_ints) { Trace.Mix(n); } foreach (double d in s_doubles) { Trace.Mix(d); }");
        Line("Trace.Show(\"end\");");
        Close();
    }
}
