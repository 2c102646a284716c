// The Debian packages that Pride's commands call, and how they get onto the machine.

using System;
using System.Collections.Generic;
using System.Linq;

namespace Pride.Tool;

/// <summary>Checks for programs and installs the packages that have them.</summary>
public static class Prerequisites
{
    /// <summary>Needed to compile guests: program (or a file's path), then the Debian package that has it.</summary>
    public static readonly IReadOnlyList<(string Program, string Package)> Compiling =
    [
        ("clang-19", "clang-19"),
        ("ld.lld-19", "lld-19"),
        ("llvm-symbolizer-19", "llvm-19"),
        ("llvm-objcopy-19", "llvm-19"),
        ("dtc", "device-tree-compiler"),
    ];

    /// <summary>Needed to run images.</summary>
    public static readonly IReadOnlyList<(string Program, string Package)> Running =
    [
        ("qemu-system-aarch64", "qemu-system-arm"),
        ("qemu-system-riscv64", "qemu-system-misc"),
        ("qemu-system-x86_64", "qemu-system-x86"),
        ("mkfs.fat", "dosfstools"),
        ("mcopy", "mtools"),
    ];

    /// <summary>Needed to debug guests.</summary>
    public static readonly IReadOnlyList<(string Program, string Package)> Debugging =
    [
        ("gdb-multiarch", "gdb-multiarch"),
    ];

    /// <summary>Needed to run programs as Linux processes of another architecture.</summary>
    public static readonly IReadOnlyList<(string Program, string Package)> Hosting =
    [
        ("qemu-aarch64", "qemu-user"),
        ("qemu-riscv64", "qemu-user"),
    ];

    /// <summary>Needed by the tests alone.</summary>
    public static readonly IReadOnlyList<(string Program, string Package)> Testing =
    [
        ("curl", "curl"),
        ("grub-mkrescue", "grub-common"),
        ("xorriso", "xorriso"),
        ("/usr/lib/grub/i386-pc/multiboot2.mod", "grub-pc-bin"),
        ("/usr/share/ovmf/OVMF.fd", "ovmf"),
    ];

    /// <summary>Installs what is missing of <paramref name="programs"/>.</summary>
    /// <exception cref="ToolException">Something is missing and this user cannot install it.</exception>
    public static void Ensure(params IEnumerable<(string Program, string Package)>[] programs)
    {
        string[] missing = programs.SelectMany(p => p).Where(p => !IsThere(p.Program)).Select(p => p.Package).Distinct().ToArray();
        if (missing.Length == 0)
        {
            return;
        }

        string command = $"apt-get install -y --no-install-recommends {string.Join(' ', missing)}";
        bool root = Environment.UserName == "root";
        if (!Processes.Exists("apt-get") || (!root && !CanSudo()))
        {
            throw new ToolException(
                ExitCodes.Prerequisite,
                $"these packages are missing: {string.Join(", ", missing)}",
                $"install them: sudo {command}  (other systems: the packages of the same programs)");
        }

        Report.Progress($"installing {string.Join(", ", missing)}");
        string[] prefix = root ? [] : ["sudo", "-n"];
        Install([.. prefix, "apt-get", "update", "-q"]);
        Install([.. prefix, .. command.Split(' ')]);
        string[] still = programs.SelectMany(p => p).Where(p => !IsThere(p.Program)).Select(p => p.Program).ToArray();
        if (still.Length > 0)
        {
            throw new ToolException(
                ExitCodes.Prerequisite, $"installed, but still missing: {string.Join(", ", still)}", "see that /usr/bin and /usr/sbin are on the PATH");
        }
    }

    // mkfs.fat lives in /usr/sbin, which is not on every user's PATH.
    private static bool IsThere(string program) => program.StartsWith('/')
        ? System.IO.File.Exists(program)
        : Processes.Exists(program) || System.IO.File.Exists($"/usr/sbin/{program}");

    private static bool CanSudo() => Processes.Exists("sudo") && Processes.Run("sudo", ["-n", "true"]).ExitCode == 0;

    private static void Install(string[] command)
    {
        ProcessResult result = Processes.Run(command[0], command[1..]);
        if (result.ExitCode != 0)
        {
            throw new ToolException(
                ExitCodes.Prerequisite, $"'{string.Join(' ', command)}' failed:\n{result.Error.Trim()}", "run it by hand and see why");
        }
    }
}
