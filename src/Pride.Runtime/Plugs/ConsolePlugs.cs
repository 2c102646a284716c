// System.Console: text goes to the debug console (PDs) or to standard output (hosted programs). There is no input, and there are no colours.
//
// The overloads that programs use most go there directly; the others by way of Console.Out, as in the framework.

using System;
using System.IO;
using System.Text;
using Pride.Machine;

namespace Pride.Runtime.Plugs;

[Plug("System.Console", Assembly = "System.Console")]
internal static class ConsolePlugs
{
    private const string NewLine = "\n";

    private static TextWriter? s_out;

    [PlugMethod("get_Out")]
    public static TextWriter Out() => s_out ??= new ConsoleWriter();

    [PlugMethod("get_Error")]
    public static TextWriter Error() => Out();

    [PlugMethod("set_OutputEncoding")]
    public static void SetOutputEncoding(Encoding value)
    {
    }

    [PlugMethod("set_ForegroundColor")]
    public static void SetForegroundColor(ConsoleColor value)
    {
    }

    [PlugMethod("set_BackgroundColor")]
    public static void SetBackgroundColor(ConsoleColor value)
    {
    }

    public static void ResetColor()
    {
    }

    public static void WriteLine() => DebugConsole.Write(NewLine);

    public static void WriteLine(string? value)
    {
        Write(value);
        WriteLine();
    }

    public static void WriteLine(object? value) => WriteLine(value?.ToString());

    public static void WriteLine(bool value) => WriteLine(value ? bool.TrueString : bool.FalseString);

    public static void WriteLine(char value)
    {
        Write(value);
        WriteLine();
    }

    public static void WriteLine(int value) => WriteLine(value.ToString());

    public static void WriteLine(uint value) => WriteLine(value.ToString());

    public static void WriteLine(long value) => WriteLine(value.ToString());

    public static void WriteLine(ulong value) => WriteLine(value.ToString());

    public static void WriteLine(double value) => WriteLine(value.ToString());

    public static void WriteLine(float value) => WriteLine(value.ToString());

    public static void WriteLine(decimal value) => WriteLine(value.ToString());

    public static void WriteLine(string format, object? arg0) => WriteLine(string.Format(format, arg0));

    public static void WriteLine(string format, object? arg0, object? arg1) => WriteLine(string.Format(format, arg0, arg1));

    public static void WriteLine(string format, params object?[]? arg) => WriteLine(string.Format(format, arg ?? []));

    public static void Write(string? value)
    {
        if (value != null)
        {
            DebugConsole.Write(value);
        }
    }

    public static void Write(object? value) => Write(value?.ToString());

    public static void Write(char value) => DebugConsole.Write(new ReadOnlySpan<char>(in value));

    public static void Write(int value) => Write(value.ToString());

    public static void Write(long value) => Write(value.ToString());

    public static void Write(bool value) => Write(value ? bool.TrueString : bool.FalseString);

    public static void Write(double value) => Write(value.ToString());
}

/// <summary>Console.Out and Console.Error.</summary>
internal sealed class ConsoleWriter : TextWriter
{
    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value) => DebugConsole.Write(new ReadOnlySpan<char>(in value));

    public override void Write(ReadOnlySpan<char> buffer) => DebugConsole.Write(buffer);

    public override void Write(char[] buffer, int index, int count) => DebugConsole.Write(buffer.AsSpan(index, count));

    public override void Write(string? value) => DebugConsole.Write(value.AsSpan());
}
