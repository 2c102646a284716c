// The image's layout on the machine itself, without compiled C#: a stub kernel in assembly turns the MMU on over the builder's
// tables and runs a PD in assembly that tries what it may do and what it may not.

using System;
using System.IO;
using System.Threading.Tasks;
using Pride.Description;
using Pride.Image;
using Pride.Image.Elf;
using Pride.Machine;
using Pride.Microkit;
using Pride.Tool;
using Pride.Tool.Emulation;
using Xunit;

namespace Pride.Boot.Tests;

public sealed class LayoutTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);

    [Theory]
    [InlineData("qemu-virt-aarch64")]
    [InlineData("qemu-virt-aarch64-gic3")]
    public async Task A_pd_reaches_its_memory_and_nothing_else(string boardName)
    {
        string folder = Directory.CreateTempSubdirectory("pride-layout").FullName;
        string sources = Path.Combine(Checkout.Workspace.Root, "tests", "Pride.Boot.Tests", "Assembly");
        string kernelSources = Path.Combine(Checkout.Workspace.Source, "Pride.Kernel", "AArch64");
        ElfFile kernel = Link(
            Path.Combine(folder, "kernel.elf"),
            Path.Combine(kernelSources, "kernel.ld"),
            Path.Combine(kernelSources, "Entry.S"),
            Path.Combine(sources, "StubKernel.S"));
        ElfFile pd = Link(Path.Combine(folder, "pd.elf"), Path.Combine(sources, "pd.ld"), Path.Combine(sources, "StubPd.S"));
        Board board = Board.Load(Checkout.Workspace.Root, boardName);
        SystemBuilder system = new("layout", board);
        system.Add<Nothing>("pd", priority: 1);
        BootImage image = ImageBuilder.Build(system, kernel, null, _ => pd, new ImageOptions(true));
        string path = Path.Combine(folder, "image");
        File.WriteAllBytes(path, image.Bytes);

        await using QemuMachine machine = QemuMachine.Start(new MachineOptions { Board = board, ImagePath = path });
        await machine.WaitForAsync(text => text.Contains('.', StringComparison.Ordinal), s_limit);
        Assert.Equal("KpsihdzFFFF.", machine.Serial);
        Directory.Delete(folder, recursive: true);
    }

    private static ElfFile Link(string output, string script, params string[] sources)
    {
        ProcessResult result = Processes.Run(
            "clang-19",
            ["--target=aarch64-none-elf", "-nostdlib", "-fuse-ld=lld-19", "-Wl,--build-id=sha1", "-T", script, "-o", output, .. sources]);
        Assert.True(result.ExitCode == 0, result.Error);
        return ElfFile.Load(output);
    }

    [Profile(Profile.Driver)]
    private sealed class Nothing : ProtectionDomain;
}
