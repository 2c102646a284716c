// The error of this folder: something in the kernel's machine code has no bound, or is not as it must be for one.

namespace Pride.Tool.Bounds;

internal static class Unbounded
{
    /// <summary>The exception that says <paramref name="what"/>.</summary>
    public static ToolException Because(string what) => new(
        ExitCodes.Failure, what, "mend the kernel: every loop that a thread can reach names its limit (TMachine.PassLoop), and nothing jumps through a register or calls itself");
}
