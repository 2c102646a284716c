// Starts other programs: quietly, with their output kept for the message when they fail.

using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading.Tasks;

namespace Pride.Tool;

/// <summary>What a program left behind.</summary>
public readonly record struct ProcessResult(int ExitCode, string Output, string Error);

/// <summary>Child processes.</summary>
public static class Processes
{
    /// <summary>Runs to the end and keeps the output.</summary>
    /// <exception cref="ToolException">The program is not there.</exception>
    public static ProcessResult Run(string program, IEnumerable<string> arguments, string? folder = null)
    {
        using Process process = Start(program, arguments, folder, redirect: true);
        process.StandardInput.Close();
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new ProcessResult(process.ExitCode, output, error.Result);
    }

    /// <summary>Runs to the end with the terminal's own output; returns the exit code.</summary>
    public static int RunVisible(string program, IEnumerable<string> arguments, string? folder = null)
    {
        using Process process = Start(program, arguments, folder, redirect: false);
        process.WaitForExit();
        return process.ExitCode;
    }

    /// <summary>Starts without waiting.</summary>
    public static Process Start(string program, IEnumerable<string> arguments, string? folder, bool redirect)
    {
        ProcessStartInfo info = new(program, arguments)
        {
            WorkingDirectory = folder ?? Directory.GetCurrentDirectory(),
            RedirectStandardInput = redirect,
            RedirectStandardOutput = redirect,
            RedirectStandardError = redirect,
            UseShellExecute = false,
        };
        try
        {
            return Process.Start(info)!;
        }
        catch (Win32Exception e)
        {
            throw new ToolException(
                ExitCodes.Prerequisite, $"cannot start {program}: {e.Message}", "run ./pride setup, which installs what is missing");
        }
    }

    /// <summary>True when <paramref name="program"/> is on the PATH.</summary>
    public static bool Exists(string program) => (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Any(folder => File.Exists(Path.Combine(folder, program)));
}
