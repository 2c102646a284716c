// Pride's protection domains on the real seL4: exported, made an image by Microkit's own tool, booted.
//
// They need a Microkit SDK, which MICROKIT_SDK names; without it the boots are skipped and say so. What is refused without an SDK is tested everywhere.

using System;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Pride.Abi;
using Pride.Description;
using Pride.Machine;
using Pride.Tool;
using Pride.Tool.Building;
using Pride.Tool.Commands;
using Pride.Tool.Emulation;
using Xunit;

namespace Pride.Boot.Tests;

/// <summary>A theory that holds where a Microkit SDK is, for each board, or board and configuration, that the SDK has.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RealKernelTheoryAttribute : TheoryAttribute
{
    public RealKernelTheoryAttribute() =>
        Skip = Environment.GetEnvironmentVariable(MicrokitSdk.Variable) is { Length: > 0 } ? null : $"{MicrokitSdk.Variable} names no Microkit SDK";
}

public sealed class RealKernelTests
{
    private static readonly string[] s_boards = [Checkout.Board, Checkout.RiscVBoard, Checkout.X64Board];

    /// <summary>One board of each architecture, as far as the SDK has it in the debug configuration, whose kernel alone prints for PDs.</summary>
    public static TheoryData<string> Boards => [.. s_boards.Where(board => MicrokitSdk.Find().Has(Load(board), debug: true))];

    /// <summary>The same in the debug and the release configuration.</summary>
    public static TheoryData<string, bool> Configurations => InBothConfigurations(s_boards);

    /// <summary>The same, and boards of several cores as far as the SDK has its configurations for them.</summary>
    public static TheoryData<string, bool> WithSeveralCores => InBothConfigurations([.. s_boards, .. s_boards.Select(board => board + "-smp4")]);

    // What a release's tool does not know is left out or refused: nothing of the examples is.
    [RealKernelTheory]
    [MemberData(nameof(Configurations))]
    public void The_sdks_tool_builds_every_example(string board, bool debug)
    {
        MicrokitSdk sdk = MicrokitSdk.Find();
        foreach (Example example in Example.All(Checkout.Workspace))
        {
            SystemImage image = Image(example.Name, board, debug);
            string loaded = RunCommand.OnRealKernel(image, Options(image), sdk, debug).ImagePath;
            Assert.InRange(new FileInfo(loaded).Length, 1 << 16, int.MaxValue);
            Assert.Contains(image.System.Pds[^1].Name, File.ReadAllText(Path.Combine(Path.GetDirectoryName(loaded)!, "report.txt")), StringComparison.Ordinal);
        }
    }

    [RealKernelTheory]
    [MemberData(nameof(Boards))]
    public async Task Hello_prints_its_line_on_sel4(string board)
    {
        await using QemuMachine machine = Boot("hello", board);
        await machine.Expect("hello: Pride runs C# on bare metal, 3 translations and 18 characters later");
    }

    [RealKernelTheory]
    [MemberData(nameof(Boards))]
    public async Task Sel4_stops_every_forbidden_thing_and_everything_else_goes_on(string board)
    {
        await using QemuMachine machine = Boot("faults", board);
        await machine.Expect("supervisor: everything forbidden was stopped, everything else went on");
        Assert.DoesNotContain("NOT clean", machine.Serial, StringComparison.Ordinal);
        Assert.Equal(8, machine.Serial.Split("restarted, its data is clean").Length - 1);
    }

    // Serial line, timer, random numbers, disk; that the CPU's counter and the timer agree shows that the counter's rate is known.
    [RealKernelTheory]
    [MemberData(nameof(Configurations))]
    public async Task What_is_typed_is_answered_in_time_on_sel4(string board, bool debug)
    {
        await using QemuMachine machine = Boot("console", board, debug: debug);
        await ConsoleTests.TypeAsync(machine);
    }

    // Children are restarted, which on seL4 is a write of their program counter.
    [RealKernelTheory]
    [MemberData(nameof(Boards))]
    public async Task A_file_is_read_rightly_while_everything_beneath_is_restarted_on_sel4(string board)
    {
        await using QemuMachine machine = Boot("restarts", board, extraArguments: RestartsTests.Counting);
        await RestartsTests.ExpectRestartsAsync(machine);
    }

    [RealKernelTheory]
    [MemberData(nameof(Configurations))]
    public async Task C_and_csharp_share_a_system_on_sel4(string board, bool debug)
    {
        await using QemuMachine machine = Boot("mixedlanguages", board, debug: debug);
        await MixedLanguagesTests.TalkAsync(machine);
    }

    [RealKernelTheory]
    [MemberData(nameof(Configurations))]
    public async Task A_rest_service_answers_on_sel4_as_it_does_under_CoreClr(string board, bool debug)
    {
        await using QemuMachine machine = Boot("inventory", board, debug: debug);
        await InventoryTests.Compare(machine);
    }

    // On several cores the servers and their copiers are on cores of their own.
    [RealKernelTheory]
    [MemberData(nameof(WithSeveralCores))]
    public async Task Both_servers_echo_on_sel4(string board, bool debug)
    {
        await using QemuMachine machine = Boot("echo", board, debug: debug);

        await Task.WhenAll(machine.Forwards.Where(f => f.Forward.Scheme == "udp").Select(f => AnswersAsync(machine, f.HostPort)));
        foreach (ForwardedPort port in machine.Forwards)
        {
            await (port.Forward.Scheme == "udp" ? EchoTests.EchoDatagramsAsync(port.HostPort, count: 200, inFlight: 8) : EchoTests.EchoStreamAsync(port.HostPort, bytes: 1 << 18));
        }
    }

    [RealKernelTheory]
    [MemberData(nameof(Configurations))]
    public async Task The_web_server_serves_its_disk_on_sel4(string board, bool debug)
    {
        string folder = Directory.CreateTempSubdirectory("pride-site").FullName;
        byte[] large = new byte[1 << 20];
        new Random(7).NextBytes(large);
        await File.WriteAllBytesAsync(Path.Combine(folder, "large.bin"), large);
        await using (QemuMachine machine = Boot("webserver", board, folder, debug))
        {
            await machine.Expect("web: serving on");
            using HttpClient client = new() { BaseAddress = new Uri(machine.Forwards.Single().Url), Timeout = Machines.Limit };
            Assert.Equal(large, await client.GetByteArrayAsync("/large.bin"));
        }

        Directory.Delete(folder, recursive: true);
    }

    // The other way round: the C programs of MicrokitTests, linked with the SDK's libmicrokit, on Pride's kernel.
    [RealKernelTheory]
    [MemberData(nameof(Configurations))]
    public async Task Programs_of_the_sdks_libmicrokit_run_on_prides_kernel(string board, bool debug)
    {
        MicrokitSdk sdk = MicrokitSdk.Find();
        string name = Load(board).Microkit!.Names[0];
        Board described = Load(name);
        string programs = Path.Combine(Checkout.Workspace.Output, "test-c-sdk", $"{name}-{(debug ? "debug" : "release")}");
        Directory.CreateDirectory(programs);
        foreach (string program in (string[])["checker", "crasher", "spinner", "echo", "server"])
        {
            Link(sdk, described.Architecture, Path.Combine(sdk.Root, "board", name, debug ? "debug" : "release"), program, programs);
        }

        File.Copy(Path.Combine(programs, "server.elf"), Path.Combine(programs, "stripped.elf"), overwrite: true);
        SystemImage image = SystemImage.Build(
            Checkout.Workspace, new SdfSystem(MicrokitTests.Describe(described, programs, libmicrokit: true), [programs, MicrokitTests.Sources]), name, new BuildOptions(Release: false));
        Assert.All(image.Image.Programs.Where(p => !p.IsMonitor), p => Assert.Equal((sdk.Release, debug), (p.Abi.Release, p.Abi.Debug)));

        await using QemuMachine machine = Machines.Boot(image, null, MicrokitTests.Counting);
        await machine.Expect("checks passed");
        Assert.Contains("checker: all ", machine.Serial, StringComparison.Ordinal);
        Assert.DoesNotContain("FAILED", machine.Serial, StringComparison.Ordinal);
    }

    // What the library of the board with VT-x asks of its kernel is what Pride's own library asks (MicrokitTests); that kernel itself does not start under emulation.
    [RealKernelTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_manager_of_the_sdks_libmicrokit_for_guests_of_pcs_asks_the_same(bool debug)
    {
        MicrokitSdk sdk = MicrokitSdk.Find();
        string board = Path.Combine(sdk.Root, "board", "x86_64_generic_vtx", debug ? "debug" : "release");
        if (!Directory.Exists(board))
        {
            Assert.True(sdk.Release < MicrokitRelease.V23 || !sdk.Has(Load(Checkout.X64Board), debug), $"{board} is missing from an SDK that has the other board for PCs");
            return;
        }

        string programs = Path.Combine(Checkout.Workspace.Output, "test-c-sdk", $"guests-{(debug ? "debug" : "release")}");
        Directory.CreateDirectory(programs);
        Link(sdk, Architecture.X64, board, Path.Combine("Guests", "manager"), programs);
        await MicrokitTests.ManageGuestsAsync(programs, firstLabel: debug ? 70 : 66);
    }

    [Fact]
    public void A_folder_that_is_no_sdk_is_refused()
    {
        string folder = Directory.CreateTempSubdirectory("pride-sdk").FullName;
        ToolException empty = Assert.Throws<ToolException>(() => MicrokitSdk.At(folder));
        Assert.Contains("lacks VERSION or bin/microkit", empty.Message, StringComparison.Ordinal);
        Directory.CreateDirectory(Path.Combine(folder, "bin"));
        File.WriteAllText(Path.Combine(folder, "bin", "microkit"), string.Empty);
        File.WriteAllText(Path.Combine(folder, "VERSION"), "1.4.1\n");
        Assert.Contains("is Microkit 1.4.1", Assert.Throws<ToolException>(() => MicrokitSdk.At(folder)).Message, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(folder, "VERSION"), "2.2.0-dev.7\n");
        MicrokitSdk sdk = MicrokitSdk.At(folder);
        Assert.Equal(MicrokitRelease.V22, sdk.Release);
        Board board = Load(Checkout.Board);
        Assert.Contains("qemu_virt_aarch64 or qemu_virt_aarch64_el1", Assert.Throws<ToolException>(() => sdk.TargetOf(board, debug: true)).Message, StringComparison.Ordinal);
        Directory.CreateDirectory(Path.Combine(folder, "board", "qemu_virt_aarch64_el1", "debug"));
        Assert.False(sdk.Has(Load(Checkout.RiscVBoard), debug: true));
        Assert.True(sdk.Has(board, debug: true));
        Assert.Equal(1ul << 47, sdk.TargetOf(board, debug: true).UserTop);
        Directory.Delete(folder, recursive: true);
    }

    private static TheoryData<string, bool> InBothConfigurations(string[] boards)
    {
        TheoryData<string, bool> all = [];
        foreach (string board in boards)
        {
            foreach (bool debug in (bool[])[true, false])
            {
                if (MicrokitSdk.Find().Has(Load(board), debug))
                {
                    all.Add(board, debug);
                }
            }
        }

        return all;
    }

    private static Board Load(string name) => Board.Load(Checkout.Workspace.Root, name);

    // Both servers print at once, and seL4 prints letter by letter: what they say is no sign.
    private static async Task AnswersAsync(QemuMachine machine, int port)
    {
        using UdpClient client = new(0, AddressFamily.InterNetwork);
        using CancellationTokenSource late = new(Machines.Limit);
        ValueTask<UdpReceiveResult> answer = client.ReceiveAsync(late.Token);
        while (!answer.IsCompleted)
        {
            // Not connected: until QEMU listens, the refusal of a datagram is nothing to hear of.
            await client.SendAsync(new byte[1], new IPEndPoint(IPAddress.Loopback, port));
            await Task.Delay(TimeSpan.FromMilliseconds(200));
        }

        Assert.True(answer.IsCompletedSuccessfully, $"no server answers:\n{machine.Serial}");
    }

    private static void Link(MicrokitSdk sdk, Architecture architecture, string board, string program, string output)
    {
        string release = $"-DMICROKIT_RELEASE={sdk.Release.Name().Replace(".", string.Empty, StringComparison.Ordinal)}";
        string[] target = architecture switch
        {
            Architecture.AArch64 => ["--target=aarch64-none-elf", "-mcpu=cortex-a53", "-mstrict-align"],
            Architecture.RiscV64 => ["--target=riscv64-none-elf", "-march=rv64imafdc_zicsr_zifencei", "-mabi=lp64d", "-mcmodel=medany"],
            _ => ["--target=x86_64-linux-gnu", "-fno-pic", "-fcf-protection=none"],
        };
        ProcessResult result = Processes.Run(
            "clang-19",
            [
                .. target, "-ffreestanding", "-nostdlib", "-static", "-O2", "-g", release, "-I", Path.Combine(board, "include"),
                Path.Combine(MicrokitTests.Sources, $"{program}.c"), "--ld-path=ld.lld-19", "-T", Path.Combine(board, "lib", "microkit.ld"),
                Path.Combine(board, "lib", "libmicrokit.a"), "-o", Path.Combine(output, $"{Path.GetFileName(program)}.elf"),
                .. program == "server" && architecture != Architecture.RiscV64 ? (string[])["-mgeneral-regs-only"] : [],
            ]);
        Assert.True(result.ExitCode == 0, result.Error);
    }

    private static QemuMachine Boot(string example, string board, string? site = null, bool debug = true, string[]? extraArguments = null)
    {
        SystemImage image = Image(example, board, debug);
        MachineOptions options = Options(image, site) with { ExtraArguments = extraArguments ?? [] };
        return QemuMachine.Start(RunCommand.OnRealKernel(image, options, MicrokitSdk.Find(), debug));
    }

    // A release image of the other tests may print through the kernel, which seL4's release does not know.
    private static SystemImage Image(string example, string board, bool debug) => debug
        ? Checkout.Image(example, board)
        : SystemImage.Build(Checkout.Workspace, Checkout.Find(example), board, new BuildOptions(Release: true));

    private static MachineOptions Options(SystemImage image, string? site = null) =>
        RunCommand.Options(Checkout.Workspace, image, null, site, preferredPorts: false);
}
