// Expressions of a wanted type, to a depth.

using System;
using System.Globalization;
using System.Linq;

namespace Pride.Compiler.Generator;

internal sealed partial class ProgramWriter
{
    private static readonly string[] s_exceptions = ["GeneratedException", "ArithmeticException", "IndexOutOfRangeException", "OverflowException", "Exception"];

    private string Expression(string type, int depth)
    {
        if (depth <= 0 || Chance(15))
        {
            return Leaf(type);
        }

        return type switch
        {
            "bool" => Condition(depth),
            "double" or "float" => Floating(type, depth),
            _ => Integer(type, depth),
        };
    }

    private string Leaf(string type)
    {
        Variable[] fitting = [.. _variables.Where(v => v.Type == type)];
        if (fitting.Length > 0 && Chance(70))
        {
            return fitting[_random.Next(fitting.Length)].Name;
        }

        (string Name, string Type)[] fields = [.. _fields.Where(f => f.Type == type)];
        if (fields.Length > 0 && Chance(25))
        {
            return $"{Pick("s_data", "s_root.D")}.{fields[_random.Next(fields.Length)].Name}";
        }

        return Literal(type);
    }

    private string Literal(string type)
    {
        int small = _random.Next(-9, 100);
        return type switch
        {
            "int" => Chance(15) ? Pick("int.MaxValue", "int.MinValue", "-1", "0") : small.ToString(CultureInfo.InvariantCulture),
            "uint" => Chance(15) ? Pick("uint.MaxValue", "0x80000000u") : Text(Math.Abs(small)) + "u",
            "long" => Chance(20) ? Pick("long.MaxValue", "long.MinValue", "0x123456789ABCDEFL", "-1L") : Text(small) + "L",
            "ulong" => Chance(20) ? Pick("ulong.MaxValue", "0x8000000000000000UL") : Text(Math.Abs(small)) + "UL",
            "short" => $"(short){Text(Chance(20) ? -32768 : small)}".Replace("(short)-", "(short)-", StringComparison.Ordinal),
            "byte" => $"(byte){Text(Chance(20) ? 255 : Math.Abs(small))}",
            "double" => Chance(15) ? Pick("double.MaxValue", "double.Epsilon", "double.NaN", "-0.0", "1e300") : (small / 8.0).ToString("R", CultureInfo.InvariantCulture) + "d",
            "float" => Chance(15) ? Pick("float.MaxValue", "float.NegativeInfinity", "0.1f") : (small / 4.0).ToString("R", CultureInfo.InvariantCulture) + "f",
            _ => Chance(50) ? "true" : "false",
        };
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    private string Variable(string type)
    {
        Variable[] fitting = [.. _variables.Where(v => v.Type == type)];
        return fitting.Length > 0 ? fitting[_random.Next(fitting.Length)].Name : $"Help.Pick(s_ints.Length > 3, {Literal(type)}, {Literal(type)})";
    }

    private string Condition(int depth)
    {
        string type = AnyType();
        string left = Expression(type, depth - 1);
        return _random.Next(8) switch
        {
            0 => $"!({Expression("bool", depth - 1)})",
            1 => $"({Expression("bool", depth - 1)} {Pick("&&", "||", "&", "|", "^")} {Expression("bool", depth - 1)})",
            2 => $"(s_root is {Pick("Left", "Right", "Right { A: > 2 }", "not Left", "Root { A: 3 or > 50 }")})",
            3 => $"((object){Variable("int")} is {Pick("int", "long", "int and > 5", "IComparable<int>")})",
            4 => Shared("bool", depth),
            _ when type == "bool" => $"({left} {Pick("==", "!=")} {Expression("bool", depth - 1)})",
            _ => $"({left} {Pick("<", ">", "<=", ">=", "==", "!=")} {Expression(type, depth - 1)})",
        };
    }

    private string Floating(string type, int depth) => _random.Next(9) switch
    {
        0 => $"({type})({Expression(AnyNumber(), depth - 1)})",
        1 => $"(-({Expression(type, depth - 1)}))",
        2 when type == "double" => $"Math.Sqrt(Math.Abs({Expression("double", depth - 1)}))",
        3 when type == "double" => $"{Pick("Math.Floor", "Math.Ceiling", "Math.Truncate", "Math.Round", "Math.Abs")}({Expression("double", depth - 1)})",
        4 when type == "double" => $"s_doubles[{Expression("int", depth - 1)} & 7]",
        5 => $"{Pick("Math.Max", "Math.Min")}({Expression(type, depth - 1)}, {Expression(type, depth - 1)})",
        6 => Shared(type, depth),
        _ => $"({Expression(type, depth - 1)} {Pick("+", "-", "*", "/", "%")} {Expression(type, depth - 1)})",
    };

    private string AnyNumber()
    {
        string type;
        do
        {
            type = AnyType();
        }
        while (type == "bool");

        return type;
    }

    private string Integer(string type, int depth)
    {
        string operand = Expression(type, depth - 1);
        switch (_random.Next(13))
        {
            case 0:
                // From a float only to four bytes and more.
                string from = AnyNumber();
                return from is "double" or "float" && type is "short" or "byte" ? $"({type})(int)({Expression(from, depth - 1)})" : $"({type})({Expression(from, depth - 1)})";
            case 1:
                return type == "ulong" ? $"(~({operand}))" : $"({type})({Pick("-", "~")}({operand}))";
            case 2:
                return $"({type})({operand} {Pick("<<", ">>", ">>>")} {Expression("int", depth - 1)})";
            case 3:
                return $"({type})({operand} {Pick("/", "%")} {(Chance(70) ? $"({type})({Variable(type)} | 1)" : Variable(type))})";
            case 4:
                return $"checked(({type})({Variable(type)} {Pick("+", "-", "*")} {Variable(type)}))";
            case 5 when type == "int":
                return Chance(80) ? $"s_ints[{Expression("int", depth - 1)} & 7]" : $"Help.At(s_ints, {Expression("int", depth - 1)})";
            case 6 when type == "int":
                return $"{Pick("s_root", "((Root)Help.Pick<Root>(s_data.Text == null, s_root, new Right { A = 2 }))")}.Turn({Expression("int", depth - 1)})";
            case 7 when type == "long":
                return $"{Pick("Help.MeasureOf(s_data, ", "Help.MeasureOf(s_root, ", "((IMeasure)s_data).Measure(", "s_root.Measure(")}{Expression("int", depth - 1)})";
            case 8 when type == "int":
                return $"({Expression("int", depth - 1)} switch {{ 0 => {Expression("int", depth - 1)}, < 0 => {Expression("int", depth - 1)}, > 10 and < 20 => {Literal("int")}, var w when w % 3 == 1 => w, _ => {Literal("int")} }})";
            case 9 when type == "int":
                return $"(int)Help.Count(Help.Steps({Expression("int", depth - 1)}, {_random.Next(8)}))";
            case 10:
                return Shared(type, depth);
            default:
                return $"({type})({operand} {Pick("+", "-", "*", "&", "|", "^")} {Expression(type, depth - 1)})";
        }
    }

    // Forms that exist for every type.
    private string Shared(string type, int depth)
    {
        Callable[] fitting = [.. _callables.Where(c => c.ReturnType == type)];
        switch (_random.Next(6))
        {
            case 0 or 1 when fitting.Length > 0:
                Callable callable = fitting[_random.Next(fitting.Length)];
                return $"{callable.Name}({string.Join(", ", callable.Parameters.Select(p => Expression(p, depth - 2)))})";
            case 2:
                return $"Help.Pick({Expression("bool", depth - 2)}, {Expression(type, depth - 2)}, {Expression(type, depth - 2)})";
            case 3:
                return $"((Func<{type}, {type}>)(q => Help.Second(q, {Expression(type, depth - 2)})))({Expression(type, depth - 2)})";
            case 4:
                return $"new {Pick("Cell", "EchoCell")}<{type}>({Expression(type, depth - 2)}).Change({Expression(type, depth - 2)})";
            default:
                return $"({Expression("bool", depth - 2)} ? {Expression(type, depth - 2)} : {Expression(type, depth - 2)})";
        }
    }
}
