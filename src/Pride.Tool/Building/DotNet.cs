// Calls the .NET SDK and turns its errors into ours.

using System;
using System.Linq;

namespace Pride.Tool.Building;

/// <summary>dotnet build.</summary>
public static class DotNet
{
    /// <summary>Builds one project or single C# file, release, quietly.</summary>
    /// <exception cref="ToolException">It has errors; the message lists them.</exception>
    public static void Build(string project) => Run("build", project);

    /// <summary>The same, with what is built in <paramref name="folder"/>.</summary>
    /// <exception cref="ToolException">It has errors; the message lists them.</exception>
    public static void Build(string project, string folder) => Run("build", project, "-o", folder);

    /// <summary>Makes a native program of one project with .NET's own ahead-of-time compiler, whose package NuGet restores for it.</summary>
    /// <param name="project">The project's file.</param>
    /// <param name="instructionSet">As the compiler names it, x86-64-v3.</param>
    /// <param name="folder">Gets all that is built for it; the program then lies in <c>out</c>.</param>
    /// <exception cref="ToolException">It has errors, or the package cannot be had.</exception>
    public static void PublishNative(string project, string instructionSet, string folder) => Run(
        "publish",
        project,
        "-r", "linux-x64",
        "-p:PublishAot=true",
        $"-p:IlcInstructionSet={instructionSet}",
        "-p:CppCompilerAndLinker=clang-19",
        "-p:StripSymbols=false",
        // CoreLib's own code has trimming warnings; what they warn of shows as a different checksum.
        "-p:TreatWarningsAsErrors=false",
        "--artifacts-path", folder,
        "-o", System.IO.Path.Combine(folder, "out"));

    private static void Run(string verb, string project, params string[] options)
    {
        // Where a single C# file is to be built, the SDK knows no options of MSBuild's for its nodes.
        string alone = project.EndsWith(".cs", StringComparison.Ordinal) ? "--disable-build-servers" : "-nodeReuse:false";
        string[] arguments = [verb, project, "-c", "Release", "-v", "q", "--nologo", "-clp:NoSummary", alone, .. options];
        ProcessResult result = Report.Step(
            $"{(verb == "build" ? "built" : "published")} {System.IO.Path.GetFileNameWithoutExtension(project)}", () => Processes.Run("dotnet", arguments));
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
