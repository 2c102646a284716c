// Writes random C# programs, the same ones for the same seeds: Pride.Compiler.Generator FILE COUNT SMALL
//
// FILE gets COUNT classes Generated.Random0000 and so on, each with a Main that prints what it computes, and two entries:
// Generated.Some knows the first SMALL programs, Generated.All the others. Their first argument names the program, a second one asks for a
// collection at every allocation.

using System.Globalization;
using System.IO;
using System.Text;

namespace Pride.Compiler.Generator;

internal static class Program
{
    public static int Main(string[] arguments)
    {
        int count = int.Parse(arguments[1], CultureInfo.InvariantCulture);
        int small = int.Parse(arguments[2], CultureInfo.InvariantCulture);
        StringBuilder text = new(Support.Text);
        for (int seed = 0; seed < count; seed++)
        {
            text.Append(new ProgramWriter(seed).Write());
        }

        AppendSelector(text, "Some", 0, small);
        AppendSelector(text, "All", small, count);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(arguments[0]))!);
        File.WriteAllText(arguments[0], text.ToString());
        return 0;
    }

    private static void AppendSelector(StringBuilder text, string name, int from, int to)
    {
        text.Append(CultureInfo.InvariantCulture, $"public static class {name} {{\n    public static void Main() {{\n        string[] a = Environment.GetCommandLineArgs();\n        Pride.Runtime.Heap.Collector.StressPause = a.Length > 2 ? 0 : Pride.Runtime.Heap.Collector.NoStress;\n        switch (a[1]) {{\n");
        for (int i = from; i < to; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"            case \"Random{i:D4}\": Random{i:D4}.Main(); break;\n");
        }

        text.Append("            default: Console.WriteLine(\"no program\"); break;\n        }\n    }\n}\n");
    }
}
