// Systems of C protection domains: compiled with clang and Pride's header, described in SDF, booted.

using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Pride.Description;
using Pride.Machine;
using Pride.Tool;
using Pride.Tool.Building;
using Pride.Tool.Commands;
using Pride.Tool.Emulation;
using Xunit;

namespace Pride.Boot.Tests;

public sealed class MicrokitTests
{
    /// <summary>The top page where seL4 is a hypervisor for 40-bit addresses: what libmicrokit 2.3 has on Microkit's own QEMU board.</summary>
    private const string HypervisorIpcBuffer = "-DPRIDE_IPC_BUFFER=0xfffffff000ULL";

    private static readonly string[] s_counting = ["-icount", "shift=0,sleep=off"];
    private static readonly Lazy<SystemImage> s_image = new(Build, LazyThreadSafetyMode.ExecutionAndPublication);

    private static string Sources => Path.Combine(Checkout.Workspace.Root, "tests", "Systems", "Microkit");

    private static string Programs => Path.Combine(Checkout.Workspace.Output, "test-c");

    [Fact]
    public async Task C_domains_find_everything_that_microkit_promises()
    {
        await using QemuMachine machine = QemuMachine.Start(
            RunCommand.Options(Checkout.Workspace, s_image.Value, null, null, preferredPorts: false) with { ExtraArguments = s_counting });
        await machine.Expect("checks passed");
        Assert.DoesNotContain("FAILED", machine.Serial, StringComparison.Ordinal);
        Assert.Contains("checker: all ", machine.Serial, StringComparison.Ordinal);
        Assert.Contains("checker microkit_notify: invalid channel given '62'", machine.Serial, StringComparison.Ordinal);
    }

    [Fact]
    public void The_report_places_everything()
    {
        StringWriter report = new();
        new PlacementReport(s_image.Value, report).Write(addresses: true);
        string text = report.ToString();
        foreach (string expected in (string[])["PD 'crasher' (priority 150)", "region shared", "IPC buffer", "child 'spinner'", "channel to 'echo' (0), notifies", "left free"])
        {
            Assert.Contains(expected, text, StringComparison.Ordinal);
        }
    }

    private static SystemImage Build()
    {
        Directory.CreateDirectory(Programs);
        CCompiler compiler = new(Checkout.Workspace, Architecture.AArch64);
        foreach (string name in (string[])["checker", "crasher", "spinner"])
        {
            compiler.Compile(new CSource([$"{name}.c"]), Sources, Path.Combine(Programs, $"{name}.elf"));
        }

        // It may not use floating point.
        compiler.Compile(new CSource(["server.c"]) { Options = ["-mgeneral-regs-only"] }, Sources, Path.Combine(Programs, "server.elf"));

        // Without the symbols that Pride's builder knows, as a program of somebody else.
        compiler.Compile(
            new CSource(["echo.c"]) { Options = ["-Dpride_labels=labels", "-Dpride_stack_top=stack_top", HypervisorIpcBuffer] }, Sources, Path.Combine(Programs, "echo.elf"));
        Assert.Equal(0, Processes.Run("llvm-objcopy-19", ["--strip-all", Path.Combine(Programs, "server.elf"), Path.Combine(Programs, "stripped.elf")]).ExitCode);
        SdfSystem system = new(Path.Combine(Sources, "microkit.system"), [Programs, Sources]);
        return SystemImage.Build(Checkout.Workspace, system, "qemu_virt_aarch64", new BuildOptions(Release: false));
    }
}
