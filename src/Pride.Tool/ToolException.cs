// An error that is the user's to mend: what happened, where, and what to do. The tool prints it without a stack trace.

using System;

namespace Pride.Tool;

/// <summary>A failure with an exit code and a remedy.</summary>
/// <param name="exitCode">One of <see cref="ExitCodes"/>.</param>
/// <param name="message">What happened and where.</param>
/// <param name="remedy">What to do.</param>
public sealed class ToolException(int exitCode, string message, string remedy) : Exception(message)
{
    public int ExitCode { get; } = exitCode;

    public string Remedy { get; } = remedy;
}
