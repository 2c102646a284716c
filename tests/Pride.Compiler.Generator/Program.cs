// Writes random C# programs, the same ones for the same seeds: Pride.Compiler.Generator FILE COUNT SMALL
//
// FILE gets COUNT classes Generated.Random0000 and so on, each with a Main that prints what it computes, and two entries:
// Generated.Some knows the first SMALL programs, Generated.All the others.

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
        text.Append(CultureInfo.InvariantCulture, $"public static class {name} {{\n    public static void Main() {{\n        switch (Environment.GetCommandLineArgs()[1]) {{\n");
        for (int i = from; i < to; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"            case \"Random{i:D4}\": Random{i:D4}.Main(); break;\n");
        }

        text.Append("            default: Console.WriteLine(\"no program\"); break;\n        }\n    }\n}\n");
    }
}
