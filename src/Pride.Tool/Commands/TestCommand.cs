// `pride test`: what the continuous integration runs. The last line of its output is "N passed, N failed".

using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Linq;
using System.Xml.Linq;
using Pride.Tool.Building;

namespace Pride.Tool.Commands;

internal static class TestCommand
{
    /// <summary>Tests with this trait take long and run with --full alone.</summary>
    private const string FullFilter = "Category!=Full";

    public static Command Create()
    {
        Option<bool> full = new("--full") { Description = "also the tests that take long (trait Category=Full)" };
        Option<string?> filter = new("--filter") { Description = "only test projects whose name contains this", HelpName = "NAME" };
        Command command = new("test", "Runs every test, on the host and in QEMU.") { full, filter };
        command.SetAction(parsed =>
        {
            Workspace workspace = Workspace.Find();
            Prerequisites.Ensure(Prerequisites.Compiling, Prerequisites.Running, Prerequisites.Debugging, Prerequisites.Testing);
            int passed = 0;
            int failed = 0;
            foreach (string project in Projects(workspace, parsed.GetValue(filter)))
            {
                (int ok, int bad) = RunProject(workspace, project, parsed.GetValue(full));
                passed += ok;
                failed += bad;
                Console.WriteLine($"{Path.GetFileName(project),-32} {ok,5} passed {bad,5} failed");
            }

            Console.WriteLine($"{passed} passed, {failed} failed");
            return failed == 0 && passed > 0 ? ExitCodes.Success : ExitCodes.Failure;
        });
        return command;
    }

    // Projects without test files are laid out for later work.
    private static IEnumerable<string> Projects(Workspace workspace, string? filter) =>
        Directory.EnumerateDirectories(Path.Combine(workspace.Root, "tests")).Order(StringComparer.Ordinal)
            .Where(f => Directory.EnumerateFiles(f, "*Tests.cs", SearchOption.AllDirectories).Any())
            .Where(f => filter is null || Path.GetFileName(f).Contains(filter, StringComparison.OrdinalIgnoreCase));

    // A project that does not build, or a runner that dies, counts as one failure.
    private static (int Passed, int Failed) RunProject(Workspace workspace, string project, bool full)
    {
        string name = Path.GetFileName(project);
        string results = Path.Combine(workspace.Output, "test-results", name + ".trx");
        Directory.CreateDirectory(Path.GetDirectoryName(results)!);
        File.Delete(results);
        string[] filter = full ? [] : ["--filter", FullFilter];
        string[] arguments =
        [
            "test", project, "-c", "Release", "-v", "q", "--nologo", "--logger", $"trx;LogFileName={results}", "-nodeReuse:false", .. filter,
        ];
        ProcessResult run = Report.Step(name, () => Processes.Run("dotnet", arguments, workspace.Root));
        if (!File.Exists(results))
        {
            Console.WriteLine(run.Output);
            Console.Error.WriteLine(run.Error);
            return (0, 1);
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

        return (passed, run.ExitCode != 0 && failed == 0 ? 1 : failed);
    }
}
