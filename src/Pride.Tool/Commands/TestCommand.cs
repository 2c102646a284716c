// `pride test`: what the continuous integration runs. The last line of its output is "N passed, N failed", with ", N skipped" when tests found the machine without what they need. What is left for
// --full is listed, so that nothing goes unnoticed.

using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Pride.Tool.Building;

namespace Pride.Tool.Commands;

internal static partial class TestCommand
{
    /// <summary>Tests with this trait take long and run with --full alone.</summary>
    private const string FullTrait = "Category=Full";

    private readonly record struct Counts(int Passed, int Failed, int Skipped)
    {
        public static Counts operator +(Counts left, Counts right) =>
            new(left.Passed + right.Passed, left.Failed + right.Failed, left.Skipped + right.Skipped);
    }

    public static Command Create()
    {
        Option<bool> full = new("--full") { Description = "also the tests that take long (trait Category=Full)" };
        Option<string?> filter = new("--filter") { Description = "only test projects whose name contains this", HelpName = "NAME" };
        Command command = new("test", "Runs every test, on the host and in QEMU.") { full, filter };
        command.SetAction(parsed =>
        {
            Workspace workspace = Workspace.Find();
            string[] projects = [.. Choose(workspace, parsed.GetValue(filter))];
            Prerequisites.Ensure(Prerequisites.Compiling, Prerequisites.Running, Prerequisites.Debugging, Prerequisites.Hosting, Prerequisites.Testing);
            return RunAll(workspace, projects, parsed.GetValue(full));
        });
        return command;
    }

    private static int RunAll(Workspace workspace, string[] projects, bool full)
    {
        Counts all = default;
        List<string> left = [];
        foreach (string project in projects)
        {
            string name = Path.GetFileName(project);
            Counts counts = RunProject(workspace, project, full);
            all += counts;
            Console.WriteLine($"{name,-32} {counts.Passed,5} passed {counts.Failed,5} failed{(counts.Skipped == 0 ? "" : $" {counts.Skipped,5} skipped")}");
            left.AddRange(full ? [] : LongTests(workspace, project));
        }

        if (left.Count > 0)
        {
            Console.WriteLine("left for ./pride test --full:");
            left.ForEach(test => Console.WriteLine($"  {test}"));
        }

        Console.WriteLine($"{all.Passed} passed, {all.Failed} failed{(all.Skipped == 0 ? "" : $", {all.Skipped} skipped")}");
        return all is { Failed: 0, Passed: > 0 } ? ExitCodes.Success : ExitCodes.Failure;
    }

    private static IEnumerable<string> Choose(Workspace workspace, string? filter)
    {
        string[] all = [.. Projects(workspace)];
        string[] chosen = [.. all.Where(f => filter is null || Path.GetFileName(f).Contains(filter, StringComparison.OrdinalIgnoreCase))];
        return chosen.Length > 0
            ? chosen
            : throw new ToolException(
                ExitCodes.Usage,
                $"no test project's name contains '{filter}'",
                $"there are {string.Join(", ", all.Select(Path.GetFileName))}");
    }

    // The other folders hold systems and programs that tests use.
    private static IEnumerable<string> Projects(Workspace workspace) =>
        Directory.EnumerateDirectories(Path.Combine(workspace.Root, "tests")).Order(StringComparer.Ordinal)
            .Where(f => Directory.EnumerateFiles(f, "*Tests.cs", SearchOption.AllDirectories).Any());

    // A project that does not build, or a runner that dies, counts as one failure.
    private static Counts RunProject(Workspace workspace, string project, bool full)
    {
        string name = Path.GetFileName(project);
        string results = Path.Combine(workspace.Output, "test-results", name + ".trx");
        Directory.CreateDirectory(Path.GetDirectoryName(results)!);
        File.Delete(results);
        string[] filter = full ? [] : ["--filter", FullTrait.Replace("=", "!=", StringComparison.Ordinal)];
        string[] arguments =
        [
            "test", project, "-c", "Release", "-v", "q", "--nologo", "--logger", $"trx;LogFileName={results}", "-nodeReuse:false", .. filter,
        ];
        ProcessResult run = Report.Step(name, () => Processes.Run("dotnet", arguments, workspace.Root));
        if (!File.Exists(results))
        {
            Console.WriteLine(run.Output);
            Console.Error.WriteLine(run.Error);
            return new Counts(0, 1, 0);
        }

        XElement trx = XElement.Load(results);
        XElement counters = trx.Descendants().First(e => e.Name.LocalName == "Counters");
        int passed = (int)counters.Attribute("passed")!;
        int failed = (int)counters.Attribute("failed")!;
        foreach (XElement test in trx.Descendants().Where(e => e.Name.LocalName == "UnitTestResult" && (string?)e.Attribute("outcome") == "Failed"))
        {
            Console.WriteLine($"FAILED {(string?)test.Attribute("testName")}");
            Console.WriteLine(test.Value);
        }

        int skipped = (int)counters.Attribute("total")! - (int)counters.Attribute("executed")!;
        return new Counts(passed, run.ExitCode != 0 && failed == 0 ? 1 : failed, skipped);
    }

    // The long tests, by method with how many cases each has. The runner lists what it would run, one case a line, indented. Only projects that name the trait are
    // asked: it takes a second or two.
    private static string[] LongTests(Workspace workspace, string project)
    {
        if (!Directory.EnumerateFiles(project, "*Tests.cs", SearchOption.AllDirectories).Any(f => TraitOfLongTests().IsMatch(File.ReadAllText(f))))
        {
            return [];
        }

        ProcessResult list = Processes.Run(
            "dotnet", ["test", project, "-c", "Release", "--no-build", "--nologo", "--list-tests", "--filter", FullTrait], workspace.Root);
        return [.. list.Output.Split('\n').Where(line => line.StartsWith("    ", StringComparison.Ordinal))
            .CountBy(line => line.Trim().Split('(')[0], StringComparer.Ordinal)
            .Select(method => method.Value == 1 ? method.Key : $"{method.Key} ({method.Value} cases)")];
    }

    [GeneratedRegex("""Trait\("Category", "Full"\)""")]
    private static partial Regex TraitOfLongTests();
}
