// Systems of C protection domains: compiled with clang and Pride's header, described in SDF, booted.

using System;
using System.Buffers.Binary;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using Pride.Abi;
using Pride.Description;
using Pride.Image;
using Pride.Image.Elf;
using Pride.Machine;
using Pride.Tool;
using Pride.Tool.Building;
using Pride.Tool.Commands;
using Pride.Tool.Emulation;
using Xunit;

namespace Pride.Boot.Tests;

public sealed class MicrokitTests
{
    private const string ArmBoard = "qemu_virt_aarch64";

    private static readonly Lazy<SystemImage> s_image = new(() => Build(ArmBoard), LazyThreadSafetyMode.ExecutionAndPublication);

    /// <summary>Instructions are counted, a nanosecond each: the programs measure budgets.</summary>
    internal static string[] Counting { get; } = ["-icount", "shift=0,sleep=off"];

    internal static string Sources => Path.Combine(Checkout.Workspace.Root, "tests", "Systems", "Microkit");

    internal static string GuestSources => Path.Combine(Sources, "Guests");

    private static string Programs => Path.Combine(Checkout.Workspace.Output, "test-c");

    [Fact]
    public Task C_domains_find_everything_that_microkit_promises() => CheckAsync(s_image.Value);

    [Theory]
    [Trait("Category", "Full")]
    [InlineData("qemu_virt_riscv64")]
    [InlineData("x86_64_generic")]
    public Task On_other_boards_they_do_too(string board) => CheckAsync(Build(board));

    private static async Task CheckAsync(SystemImage image)
    {
        await using QemuMachine machine = Machines.Boot(image, null, Counting);
        await machine.Expect("checks passed");
        Assert.DoesNotContain("FAILED", machine.Serial, StringComparison.Ordinal);
        Assert.Contains("checker: all ", machine.Serial, StringComparison.Ordinal);
        Assert.Contains("checker: the library prints 8,4294967295", machine.Serial, StringComparison.Ordinal);
        Assert.Contains("checker microkit_notify: invalid channel given '62'", machine.Serial, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Architecture.AArch64)]
    [InlineData(Architecture.RiscV64)]
    [InlineData(Architecture.X64)]
    public void The_header_has_the_whole_interface(Architecture architecture)
    {
        string output = Path.Combine(Programs, $"api-{architecture}.elf");
        new CCompiler(Checkout.Workspace, architecture).Compile(new CSource(["api.c"]), Sources, output);
        Assert.NotNull(ElfFile.Load(output).FindSymbol("microkit_name"));
    }

    // The labels of release.
    [Fact]
    public async Task A_manager_of_a_pcs_guests_speaks_as_seL4_listens()
    {
        string programs = Path.Combine(Programs, "guests");
        new CCompiler(Checkout.Workspace, Architecture.X64).Compile(new CSource(["manager.c"]), GuestSources, Path.Combine(programs, "manager.elf"));
        string serial = await ManageGuestsAsync(programs, firstLabel: 66);
        Assert.Contains("microkit_vcpu_x86_enable_ioport: invalid", serial, StringComparison.Ordinal);
    }

    /// <summary>
    /// Boots the manager in <paramref name="programs"/>, which calls X86VCPUSetTCB <paramref name="firstLabel"/>, beside what plays the kernel's part; returns what was printed.
    /// </summary>
    internal static async Task<string> ManageGuestsAsync(string programs, int firstLabel)
    {
        new CCompiler(Checkout.Workspace, Architecture.X64).Compile(
            new CSource(["kernel.c"]) { Options = [$"-DFIRST_LABEL={firstLabel}"] }, GuestSources, Path.Combine(programs, "kernel.elf"));

        // Images are named by their descriptions.
        string description = Path.Combine(programs, $"{Path.GetFileName(programs)}.system");
        File.Copy(Path.Combine(GuestSources, "guests.system"), description, overwrite: true);
        SdfSystem system = new(description, [programs]);
        await using QemuMachine machine = Machines.Boot(SystemImage.Build(Checkout.Workspace, system, Checkout.X64Board, new BuildOptions(Release: false)));
        await machine.Expect(" times");
        Assert.DoesNotContain("FAILED", machine.Serial, StringComparison.Ordinal);
        Assert.Contains("other than seL4's: 0 times", machine.Serial, StringComparison.Ordinal);
        return machine.Serial;
    }

    [Fact]
    public void C_that_is_wrong_is_refused_with_clangs_message()
    {
        string wrong = Path.Combine(Programs, "wrong.c");
        Directory.CreateDirectory(Programs);
        File.WriteAllText(wrong, "#include <microkit.h>\nvoid init(void) { microkit_notify(); }\nvoid notified(microkit_channel ch) { (void)ch; }\n");
        ToolException e = Assert.Throws<ToolException>(() => new CCompiler(Checkout.Workspace, Architecture.AArch64).Compile(new CSource([wrong]), Sources, wrong + ".elf"));
        Assert.Contains("too few arguments", e.Message, StringComparison.Ordinal);
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

    [Fact]
    public void Patched_programs_have_the_same_bytes_by_section_and_by_segment()
    {
        ElfFile checker = s_image.Value.LoadProgram("checker");
        ElfSection data = checker.FindSection(".data")!.Value;
        Assert.Equal(checker.Read(data.Address, (int)data.Size), checker.AllBytes.Slice((int)data.FileOffset, (int)data.Size).ToArray());
        Assert.Equal((byte)'c', checker.Read(checker.FindSymbol("microkit_name")!.Value.Address, 1)![0]);
        Assert.Equal(0x300_0000ul, BinaryPrimitives.ReadUInt64LittleEndian(checker.Read(checker.FindSymbol("shared_vaddr")!.Value.Address, 8)));
    }

    // The other PDs, their configurations and the wiring are in files by then; disk and port come from `pride run`'s options.
    [Fact]
    public async Task An_exported_system_is_built_again_from_its_files_and_serves_the_disk_that_it_is_given()
    {
        SystemImage web = Checkout.Image("webserver");
        string folder = Path.Combine(Programs, "exported");
        string file = ExportCommand.Export(web, folder, new MicrokitTarget(Architecture.AArch64, MicrokitRelease.V23, Debug: true));
        Assert.Contains("<!-- For Microkit 2.3, debug:", File.ReadAllText(file), StringComparison.Ordinal);
        ElfFile elf = ElfFile.Load(Path.Combine(folder, "web.elf"));
        Assert.All((string[])["microkit_name", "microkit_passive", "microkit_irqs", "microkit_notifications", "microkit_pps", "microkit_ioports"], name => Assert.NotNull(elf.FindSymbol(name)));
        Assert.Equal(0xff_ffff_f000ul, BinaryPrimitives.ReadUInt64LittleEndian(elf.Read(elf.FindSymbol("__sel4_ipc_buffer")!.Value.Address, 8)));
        SystemImage again = SystemImage.Build(Checkout.Workspace, new SdfSystem(file, [folder]), "qemu_virt_aarch64", new BuildOptions(Release: false));

        string site = Directory.CreateTempSubdirectory("pride-site").FullName;
        File.WriteAllText(Path.Combine(site, "page.txt"), "a page");
        string disk = Path.Combine(folder, "disk.img");
        DiskImage.Create(disk, site, 1);
        PortForward http = web.Resources.Forwards.Single();
        int port = QemuMachine.ChoosePorts([http], preferred: false)[0].HostPort;
        GivenDevices given = new(disk, Network: true, [DeviceOptions.ParseForward($"{port}:{http.GuestPort}")]);
        await using (QemuMachine machine = QemuMachine.Start(RunCommand.Options(Checkout.Workspace, again, null, null, given: given)))
        {
            await machine.Expect("web: serving on");
            using HttpClient client = new() { BaseAddress = new Uri($"http://localhost:{port}/"), Timeout = Machines.Limit };
            Assert.Equal("a page", await client.GetStringAsync("/page.txt"));
        }

        Assert.True(File.Exists(disk));
        Directory.Delete(site, recursive: true);
    }

    // The hello of docs/microkit.md, for every board that Microkit has a name of; and a child that faults with its stack half used, and finds all of it again.
    [Theory]
    [Trait("Category", "Full")]
    [InlineData("qemu_virt_aarch64")]
    [InlineData("qemu_virt_aarch64_el1")]
    [InlineData("zcu102")]
    [InlineData("qemu_virt_riscv64")]
    [InlineData("x86_64_generic")]
    public async Task A_system_boots_on_a_board_by_its_Microkit_name(string name)
    {
        await using QemuMachine machine = Machines.Boot(BuildNamed(name, "named", File.ReadAllText(Path.Combine(Sources, "Named", "named.system"))));
        await ExpectNamedAsync(machine);
    }

    // QEMU's command line of Microkit's manual, which is in makefiles: a hypervisor's machine, and the image as bytes at an address of the user's. sdfgen's
    // descriptions have memory at fixed places below that.
    [Theory]
    [InlineData("movable", "")]
    [InlineData("fixed", "<memory_region name=\"low\" size=\"0x10_000\" phys_addr=\"0x5f_ff0_000\" />")]
    public async Task An_image_starts_as_Microkits_own_do(string name, string region)
    {
        string text = File.ReadAllText(Path.Combine(Sources, "Named", "named.system")).Replace("<system>", $"<system>{region}", StringComparison.Ordinal);
        SystemImage image = BuildNamed(ArmBoard, name, text);
        await using QemuMachine machine = QemuMachine.Start(RunCommand.Options(Checkout.Workspace, image, null, null, preferredPorts: false) with { RealKernel = true });
        await ExpectNamedAsync(machine);
        await using QemuMachine own = Machines.Boot(image);
        await ExpectNamedAsync(own);
    }

    private static SystemImage BuildNamed(string board, string name, string text)
    {
        string folder = Path.Combine(Programs, $"{board}-{name}");
        CCompiler compiler = new(Checkout.Workspace, Board.Load(Checkout.Workspace.Root, board).Architecture);
        foreach (string program in (string[])["component", "parent", "child"])
        {
            compiler.Compile(new CSource([$"{program}.c"]), Path.Combine(Sources, "Named"), Path.Combine(folder, $"{program}.elf"));
        }

        string description = Path.Combine(folder, $"{name}.system");
        File.WriteAllText(description, text);
        return SystemImage.Build(Checkout.Workspace, new SdfSystem(description, [folder]), board, new BuildOptions(Release: false));
    }

    private static async Task ExpectNamedAsync(QemuMachine machine)
    {
        await machine.Expect("component: here I am");
        await machine.Expect("component: the parent answered");
        await machine.Expect("child: started 3 times, always at the same stack");
    }

    /// <summary>Writes the system's description for <paramref name="board"/> into <paramref name="folder"/>, for programs with a libmicrokit of other people or with Pride's; returns its path.</summary>
    internal static string Describe(Board board, string folder, bool libmicrokit = false)
    {
        string text = File.ReadAllText(Path.Combine(Sources, "microkit.system"));
        if (board.Architecture != Architecture.AArch64)
        {
            // On a PC regions get their addresses at boot.
            bool isPc = board.Architecture == Architecture.X64;
            ulong device = board.Device(isPc ? "timer" : "rtc").Base;
            text = isPc ? text.Replace("<setvar symbol=\"shared_paddr\" region_paddr=\"shared\" />", string.Empty, StringComparison.Ordinal) : text;

            // libmicrokit's own code uses floating-point registers there.
            text = isPc && libmicrokit ? text.Replace(" fpu=\"false\"", string.Empty, StringComparison.Ordinal) : text;
            text = text.Replace("0x9_010_000", $"0x{device:x}", StringComparison.Ordinal).Replace(" smc=\"true\"", string.Empty, StringComparison.Ordinal);
        }

        string path = Path.Combine(folder, "microkit.system");
        File.WriteAllText(path, text);
        return path;
    }

    private static SystemImage Build(string board)
    {
        Board described = Board.Load(Checkout.Workspace.Root, board);
        Architecture architecture = described.Architecture;
        string programs = architecture == Architecture.AArch64 ? Programs : Path.Combine(Programs, architecture.ToString());
        Directory.CreateDirectory(programs);
        CCompiler compiler = new(Checkout.Workspace, architecture);
        foreach (string name in (string[])["checker", "crasher", "spinner"])
        {
            compiler.Compile(new CSource([$"{name}.c"]), Sources, Path.Combine(programs, $"{name}.elf"));
        }

        // It may not use floating point.
        compiler.Compile(new CSource(["server.c"]) { Options = architecture == Architecture.RiscV64 ? [] : ["-mgeneral-regs-only"] }, Sources, Path.Combine(programs, "server.elf"));

        // Without the symbols that Pride's builder knows, as a program of somebody else, with the IPC buffer where libmicrokit 2.3 has it.
        ulong buffer = new MicrokitTarget(architecture, MicrokitRelease.V23, Debug: false).UserTop - Limits.PageSize;
        compiler.Compile(
            new CSource(["echo.c"]) { Options = ["-Dpride_labels=labels", "-Dpride_stack_top=stack_top", $"-DPRIDE_IPC_BUFFER=0x{buffer:x}ULL"] }, Sources, Path.Combine(programs, "echo.elf"));
        Assert.Equal(0, Processes.Run("llvm-objcopy-19", ["--strip-all", Path.Combine(programs, "server.elf"), Path.Combine(programs, "stripped.elf")]).ExitCode);
        return SystemImage.Build(Checkout.Workspace, new SdfSystem(Describe(described, programs), [programs, Sources]), board, new BuildOptions(Release: false));
    }
}
