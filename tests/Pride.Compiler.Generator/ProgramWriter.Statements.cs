// Statements: assignments, branches, loops with few rounds, exceptions.

using System.Collections.Generic;
using System.Linq;

namespace Pride.Compiler.Generator;

internal sealed partial class ProgramWriter
{
    private void WriteStatements(int count, int depth)
    {
        int known = _variables.Count;
        for (int i = 0; i < count; i++)
        {
            WriteStatement(depth);
        }

        _variables.RemoveRange(known, _variables.Count - known);
    }

    private void WriteStatement(int depth)
    {
        int kind = depth > 0 ? _random.Next(16) : _random.Next(7);
        switch (kind)
        {
            case 0 or 1:
                Assign();
                break;
            case 2:
                (string name, string type) = _fields[_random.Next(_fields.Count)];
                Line($"{Pick("s_data", "s_root.D")}.{name} = {Expression(type, 2)};");
                break;
            case 3:
                Line($"s_ints[{Expression("int", 1)} & 7] {Pick("=", "+=", "^=")} {Expression("int", 2)};");
                break;
            case 4:
                string mixed = AnyType();
                Line($"Trace.Mix({Expression(mixed, 2)});");
                break;
            case 5:
                Line(Pick(
                    $"s_root = new {Pick("Root", "Left", "Right")} {{ A = {Expression("int", 1)}, D = s_data }};",
                    $"s_data.Text = $\"{{{Expression("int", 1)}}}:{{{Expression("bool", 1)}}}\";",
                    "s_data = s_root.D;",
                    $"s_doubles[{Expression("int", 1)} & 7] = {Expression("double", 2)};"));
                break;
            case 6:
                string type2 = AnyType();
                string local = NewName("v");
                Line($"{type2} {local} = {Expression(type2, 2)};");
                _variables.Add(new Variable(local, type2));
                break;
            case 7 or 8:
                Branch(depth);
                break;
            case 9 or 10:
                Loop(depth);
                break;
            case 11:
                Switch(depth);
                break;
            case 12 or 13:
                Try(depth);
                break;
            case 14:
                Line($"if ({Expression("bool", 2)}) {{ throw new GeneratedException({_random.Next(6)}); }}");
                break;
            default:
                Line(_loops > 0 && Chance(60) ? $"if ({Expression("bool", 1)}) {{ {Pick("break", "continue")}; }}" : $"if ({Expression("bool", 2)}) {{ return {Expression(_returnType, 2)}; }}");
                break;
        }
    }

    private void Assign()
    {
        Variable[] writable = [.. _variables.Where(v => !v.IsReadOnly)];
        Variable target = writable[_random.Next(writable.Length)];
        bool isNumber = target.Type is not ("bool" or "float" or "double");
        Line(isNumber && Chance(30) ? Pick($"{target.Name}++;", $"{target.Name} {Pick("+=", "-=", "*=", "&=", "|=", "^=")} {Expression(target.Type, 2)};")
            : $"{target.Name} = {Expression(target.Type, 3)};");
    }

    private void Branch(int depth)
    {
        Open($"if ({Expression("bool", 2)})");
        WriteStatements(_random.Next(1, 3), depth - 1);
        if (Chance(50))
        {
            Close("} else {");
            _indent += "    ";
            WriteStatements(_random.Next(1, 3), depth - 1);
        }

        Close();
    }

    private void Loop(int depth)
    {
        string counter = NewName("i");
        switch (_random.Next(3))
        {
            case 0:
                Open($"for (int {counter} = 0; {counter} < {_random.Next(1, 6)}; {counter}++)");
                break;
            case 1:
                Open($"foreach (int {counter} in {Pick("s_ints", $"Help.Steps({Expression("int", 1)}, {_random.Next(7)})")})");
                break;
            default:
                Line($"int {counter} = 0;");
                Open($"while (++{counter} < 5 && {Expression("bool", 2)})");
                break;
        }

        _loops++;
        _variables.Add(new Variable(counter, "int", IsReadOnly: true));
        WriteStatements(_random.Next(1, 4), depth - 1);
        _variables.RemoveAll(v => v.Name == counter);
        _loops--;
        Close();
    }

    private void Switch(int depth)
    {
        Open($"switch ({Expression("int", 2)} & {Pick("3", "7")})");
        int loops = _loops;
        _loops = 0;
        foreach (string label in new[] { "case 0:", "case 1: case 2:", "default:" })
        {
            Open(label);
            WriteStatements(_random.Next(1, 3), depth - 1);
            Close("} break;");
        }

        _loops = loops;
        Close();
    }

    private void Try(int depth)
    {
        Open("try");
        WriteStatements(_random.Next(1, 4), depth - 1);
        List<string> caught = [.. s_exceptions.Where(_ => Chance(35)).OrderBy(e => e == "Exception" ? 2 : e == "ArithmeticException" ? 1 : 0)];
        bool hasFinally = caught.Count == 0 || Chance(40);
        foreach (string exception in caught)
        {
            string name = NewName("e");
            string filter = exception == "GeneratedException" && Chance(50) ? $" when ({name}.Code {Pick("<", "!=", ">")} 3)" : "";
            Close($"}} catch ({exception} {name}){filter} {{");
            _indent += "    ";
            Line($"Trace.Mix({name}.GetType().Name);");
            WriteStatements(1, depth - 1);
            if (Chance(20))
            {
                Line($"if ({Expression("bool", 1)}) {{ throw; }}");
            }
        }

        if (hasFinally)
        {
            Close("} finally {");
            _indent += "    ";
            Line($"Trace.Mix({Expression("int", 2)});");
        }

        Close();
    }
}
