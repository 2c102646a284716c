// C files to the ELF file of a PD: clang-19 and ld.lld-19 with the header, the event loop and the linker script of src/Pride.Microkit/C.

using System.Collections.Generic;
using System.IO;
using System.Linq;
using Pride.Description;
using Pride.Machine;

namespace Pride.Tool.Building;

/// <summary>Compiles C for one board.</summary>
public sealed class CCompiler(Workspace workspace, Architecture architecture)
{
    private const string Clang = "clang-19";

    private string Library => Path.Combine(workspace.Source, "Pride.Microkit", "C");

    /// <summary>Compiles <paramref name="source"/>, whose relative paths start at <paramref name="folder"/>, to <paramref name="output"/>.</summary>
    /// <exception cref="ToolException">It does not compile; the message is clang's.</exception>
    public void Compile(CSource source, string folder, string output)
    {
        string[] files =
        [
            Path.Combine(Library, "microkit.c"),
            Path.Combine(Library, architecture.ToString(), "start.S"),
            .. source.Files.Select(f => Path.Combine(folder, f)),
        ];
        List<string> arguments =
        [
            .. TargetOptions, "-ffreestanding", "-nostdlib", "-static", "-std=gnu17", "-O2", "-g", "-Wall", "-Wextra", "-Werror", "-Wno-main",
            "-fno-omit-frame-pointer", "--ld-path=ld.lld-19", "-Wl,--build-id=sha1", "-Wl,-z,max-page-size=4096",
            "-I", Library, .. source.IncludeFolders.SelectMany(i => new[] { "-I", Path.Combine(folder, i) }),
            .. source.Options, "-T", Path.Combine(Library, "microkit.ld"), .. files, "-o", output,
        ];
        Directory.CreateDirectory(Path.GetDirectoryName(output)!);
        ProcessResult result = Processes.Run(Clang, arguments);
        if (result.ExitCode != 0)
        {
            throw new ToolException(ExitCodes.Compilation, $"{source.Name} does not compile:\n{result.Error.Trim()}", "mend the C that the message names");
        }
    }

    private string[] TargetOptions => architecture switch
    {
        Architecture.AArch64 => ["--target=aarch64-none-elf"],
        Architecture.RiscV64 => ["--target=riscv64-none-elf", "-march=rv64imac", "-mabi=lp64", "-mcmodel=medany"],
        // clang's bare-metal target for x86-64 links by calling gcc; that for Linux calls the linker itself.
        Architecture.X64 => ["--target=x86_64-linux-gnu", "-fno-pic", "-fcf-protection=none"],
        _ => throw new ToolException(ExitCodes.Compilation, $"C programs cannot be compiled for {architecture}", "choose an AArch64, RISC-V or x86-64 board"),
    };
}
