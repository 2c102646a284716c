// What the process's exit code means; scripts rely on these.

namespace Pride.Tool;

/// <summary>Exit codes of the `pride` command.</summary>
public static class ExitCodes
{
    public const int Success = 0;

    /// <summary>Tests failed, or the guest ended with a failure.</summary>
    public const int Failure = 1;

    /// <summary>The command line or a named file, example or board is wrong.</summary>
    public const int Usage = 2;

    /// <summary>The description breaks a rule, or the programs do not fit the image.</summary>
    public const int Description = 3;

    /// <summary>C# or guest compilation failed.</summary>
    public const int Compilation = 4;

    /// <summary>A program that Pride needs is missing and could not be installed.</summary>
    public const int Prerequisite = 5;

    /// <summary>The emulator could not be started or ended by itself.</summary>
    public const int Emulator = 6;
}
