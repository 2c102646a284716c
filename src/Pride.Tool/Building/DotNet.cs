// Calls the .NET SDK and turns its errors into ours.

using System;
using System.Linq;

namespace Pride.Tool.Building;

/// <summary>dotnet build.</summary>
public static class DotNet
{
    /// <summary>Builds one project, release, quietly.</summary>
    /// <exception cref="ToolException">It has errors; the message lists them.</exception>
    public static void Build(string project)
    {
        string[] arguments = ["build", project, "-c", "Release", "-v", "q", "--nologo", "-clp:NoSummary", "-nodeReuse:false"];
        ProcessResult result = Report.Step(
            $"built {System.IO.Path.GetFileNameWithoutExtension(project)}", () => Processes.Run("dotnet", arguments));
        if (result.ExitCode != 0)
        {
            string[] errors = result.Output.Split('\n').Where(l => l.Contains("error", StringComparison.Ordinal)).Distinct().ToArray();
            throw new ToolException(
                ExitCodes.Compilation,
                $"{project} does not build:\n{string.Join('\n', errors.Length > 0 ? errors : [result.Output, result.Error])}",
                "mend the errors above");
        }
    }
}
