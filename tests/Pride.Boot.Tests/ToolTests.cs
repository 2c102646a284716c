// The tool's own parts that need no machine.

using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Linq;
using Pride.Description;
using Pride.Image;
using Pride.Image.Elf;
using Pride.Tool;
using Pride.Tool.Benchmarks;
using Pride.Tool.Building;
using Pride.Tool.Commands;
using Pride.Tool.Emulation;
using Pride.Tool.Site;
using Xunit;

namespace Pride.Boot.Tests;

public sealed class ToolTests
{
    [Fact]
    public void Benchmark_lines_become_measurements_with_their_reference()
    {
        const string Serial = "boot noise\r\nbench yield 1000 instructions\r\nbench x 2.5 u\nbench broken\n";
        foreach ((string board, double reference) in ((string, double)[])[(Checkout.Board, 470), (Checkout.RiscVBoard, 943)])
        {
            IReadOnlyList<Measurement> found = BenchmarkRunner.Parse(Serial, Board.Load(Checkout.Workspace.Root, board));
            Assert.Equal([new Measurement("yield", board, 1000, "instructions", reference), new Measurement("x", board, 2.5, "u", null)], found);
        }
    }

    [Fact]
    public void Unknown_examples_and_boards_name_the_known_ones()
    {
        Assert.Contains("hello", Assert.Throws<ToolException>(() => Example.Find(Checkout.Workspace, "nothing")).Remedy, System.StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => Board.Load(Checkout.Workspace.Root, "nothing"));
    }

    [Fact]
    public void Only_a_pc_is_exported_with_the_rate_of_its_clock_and_only_since_2_1()
    {
        string folder = Path.Combine(Checkout.Workspace.Output, "test-export");
        MicrokitTarget target = new(Pride.Machine.Architecture.AArch64, Pride.Abi.MicrokitRelease.V22, Debug: true);
        ToolException arm = Assert.Throws<ToolException>(() => ExportCommand.Export(Checkout.Image("hello"), folder, target, clockHertz: 1));
        Assert.Contains("--clock-rate is for PCs", arm.Message, System.StringComparison.Ordinal);
        MicrokitTarget old = new(Pride.Machine.Architecture.X64, Pride.Abi.MicrokitRelease.V20, Debug: true);
        ToolException pc = Assert.Throws<ToolException>(() => ExportCommand.Export(Checkout.Image("hello", Checkout.X64Board), folder, old, clockHertz: 1));
        Assert.Contains("Microkit 2.0, debug has no PCs (since 2.1)", pc.Message, System.StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_without_addresses_pass_the_symbolizer_unchanged()
    {
        Symbolizer symbolizer = new(Path.GetTempPath());
        Assert.Equal("plain", symbolizer.Line("plain"));
        Assert.Equal("   at 0x0000000000200000", symbolizer.Line("   at 0x0000000000200000"));
        Assert.Equal("fault in '../../etc': x", symbolizer.Line("fault in '../../etc': x"));
        Assert.Equal("   at 0x0000000000200000", symbolizer.Line("   at 0x0000000000200000"));
    }

    [Fact]
    public void Only_the_program_with_the_build_id_of_the_log_is_asked()
    {
        SystemImage image = Checkout.Image("hello");
        ElfFile elf = ElfFile.Load(Path.Combine(image.Folder, "hello.elf"));
        string id = System.Convert.ToHexStringLower(elf.BuildId.Span)[..16];
        string frame = $"   at 0x{elf.FindSymbol("pride_main")!.Value.Address + 8:x16}";

        // The image's own, one among programs elsewhere, and none.
        foreach (Symbolizer symbolizer in (Symbolizer[])[new(image.Folder), new(Path.GetTempPath(), image.Folder)])
        {
            Assert.Equal($"backtrace of 'hello' build {id}", symbolizer.Line($"backtrace of 'hello' build {id}"));
            Assert.Equal($"{frame}  pride_main", symbolizer.Line(frame));
            Assert.Contains("no program here has this build id", symbolizer.Line("backtrace of 'hello' build 0123456789abcdef"), System.StringComparison.Ordinal);
            Assert.Equal(frame, symbolizer.Line(frame));
        }
    }

    [Fact]
    public void Forwarded_ports_are_free_ones_and_differ()
    {
        IReadOnlyList<ForwardedPort> ports = QemuMachine.ChoosePorts([new("a", 80, 0, "http"), new("b", 7, 0, "udp")]);
        Assert.All(ports, p => Assert.InRange(p.HostPort, 1, 65535));
        Assert.Equal($"http://localhost:{ports[0].HostPort}/", ports[0].Url);
    }

    [Fact]
    public void Disk_and_forwards_come_from_the_command_line()
    {
        string disk = Path.GetTempFileName();
        GivenDevices given = Read("--disk", disk, "--forward", "udp:7007:10.0.2.16:7", "--forward", "8080:80");
        Assert.Equal((disk, true), (given.Disk, given.Network));
        Assert.Equal(
            [new PortForward("port 7 of 10.0.2.16", 7, 7007, "udp", "10.0.2.16"), new PortForward("port 80", 80, 8080, "tcp")], given.Forwards);
        Assert.Equal((null, false), (Read().Disk, Read().Network));
        Assert.True(Read("--net").Network);
        Assert.Equal(["-device", "virtio-gpu-device"], Read("--qemu", "-device virtio-gpu-device").Arguments);
        Assert.Empty(Read().Arguments);
        File.Delete(disk);
        Assert.Contains("no disk image", Assert.Throws<ToolException>(() => Read("--disk", disk)).Message, System.StringComparison.Ordinal);
        Assert.All((string[])["80", "sctp:1:2", "tcp:0:80", "70000:80", "1:2:3:4:5", "1:here:2", "udp:1", ":80", ""], wrong =>
            Assert.Contains($"'{wrong}' forwards no port", Assert.Throws<ToolException>(() => Read("--forward", wrong)).Message, System.StringComparison.Ordinal));

        static GivenDevices Read(params string[] arguments)
        {
            DeviceOptions options = new();
            Command command = new("test");
            options.AddTo(command);
            return options.Read(command.Parse(arguments));
        }
    }

    [Fact]
    public void What_a_machine_is_given_reaches_QEMU()
    {
        SystemImage image = Checkout.Image("hello");
        int[] ports = [.. QemuMachine.ChoosePorts([new("a", 7, 0, "udp"), new("b", 80, 0, "tcp")]).Select(p => p.HostPort)];
        GivenDevices given = new("/some/disk", Network: true, [DeviceOptions.ParseForward($"udp:{ports[0]}:10.0.2.16:7"), DeviceOptions.ParseForward($"{ports[1]}:80")])
        {
            Arguments = ["-device", "virtio-gpu-device"],
        };
        MachineOptions options = RunCommand.Options(Checkout.Workspace, image, null, null, given: given);
        Assert.True(options.KeepsDisk);
        string line = QemuMachine.CommandLine(options);
        foreach (string expected in (string[])
            [$",hostfwd=udp:127.0.0.1:{ports[0]}-10.0.2.16:7", $",hostfwd=tcp:127.0.0.1:{ports[1]}-10.0.2.15:80", "virtio-net-device", "file=/some/disk,", "-device virtio-gpu-device"])
        {
            Assert.Contains(expected, line, System.StringComparison.Ordinal);
        }

        Assert.DoesNotContain("virtio-net-device", QemuMachine.CommandLine(RunCommand.Options(Checkout.Workspace, image, null, null)), System.StringComparison.Ordinal);
        Assert.Contains(
            "virtio-net-device", QemuMachine.CommandLine(RunCommand.Options(Checkout.Workspace, image, null, null, given: new(null, Network: true, []))), System.StringComparison.Ordinal);
    }

    [Fact]
    public void The_site_has_a_page_for_each_document()
    {
        string site = SiteBuilder.Build(Checkout.Workspace);
        string index = File.ReadAllText(Path.Combine(site, "index.html"));
        Assert.Contains("<title>Pride</title>", index, System.StringComparison.Ordinal);
        string docs = Path.Combine(Checkout.Workspace.Root, "docs");
        int documents = Directory.Exists(docs) ? Directory.EnumerateFiles(docs, "*.md", SearchOption.AllDirectories).Count() : 0;
        Assert.Equal(documents + 1, Directory.EnumerateFiles(site, "*.html", SearchOption.AllDirectories).Count());
    }

    [Fact]
    public void A_disk_holds_the_folder_byte_for_byte()
    {
        string folder = Directory.CreateTempSubdirectory("pride-disk").FullName;
        byte[] content = Enumerable.Range(0, 300_000).Select(i => (byte)(i * 7)).ToArray();
        Directory.CreateDirectory(Path.Combine(folder, "site", "a folder"));
        File.WriteAllBytes(Path.Combine(folder, "site", "a folder", "long file name.bin"), content);
        string disk = Path.Combine(folder, "disk.img");
        DiskImage.Create(disk, Path.Combine(folder, "site"), 1);
        ProcessResult copied = Processes.Run("mcopy", ["-i", $"{disk}@@{DiskImage.FirstSector * DiskImage.SectorSize}", "::/a folder/long file name.bin", Path.Combine(folder, "back")]);
        Assert.True(copied.ExitCode == 0, copied.Error);
        Assert.Equal(content, File.ReadAllBytes(Path.Combine(folder, "back")));
        Assert.Throws<ToolException>(() => DiskImage.Create(disk, Path.Combine(folder, "none"), 1));
        Directory.Delete(folder, recursive: true);
    }
}
