// `pride run EXAMPLE`: builds, boots under QEMU, prints what can be reached and what the guest says, until Ctrl-C.

using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Pride.Description;
using Pride.Image;
using Pride.Tool.Building;
using Pride.Tool.Emulation;
using Pride.Tool.Site;

namespace Pride.Tool.Commands;

internal static class RunCommand
{
    private const string OwnKernel = "pride";

    private const string RealKernel = "sel4";

    public static Command Create()
    {
        Argument<string> example = CommonOptions.SystemName();
        Option<string[]> searchPaths = CommonOptions.SearchPaths();
        Option<string> board = CommonOptions.Board();
        Option<bool> release = CommonOptions.Release();
        Option<string> configuration = CommonOptions.Configuration();
        Option<int?> port = new("--port", "-p") { Description = "this machine's port for the example's first service", HelpName = "N" };
        Option<DirectoryInfo?> site = new("--site") { Description = "the folder that becomes the disk", HelpName = "DIR" };
        DeviceOptions devices = new();
        Option<bool> gdb = new("--gdb") { Description = "wait for a debugger on port 1234 before the first instruction" };
        Option<string> kernel = new("--kernel")
        {
            Description = $"pride, or sel4: the real one, of the Microkit SDK that {MicrokitSdk.Variable} names",
            DefaultValueFactory = _ => OwnKernel,
            HelpName = "KERNEL",
        };
        kernel.AcceptOnlyFromAmong(OwnKernel, RealKernel);
        Option<ulong> clockRate = CommonOptions.ClockRate();
        Command command = new("run", "Builds a system and boots it under QEMU.") { example, searchPaths, board, release, configuration, port, site, gdb, kernel, clockRate };
        devices.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            Workspace workspace = Workspace.Find();
            Prerequisites.Ensure(Prerequisites.Compiling, Prerequisites.Running);

            // Before anything is built.
            GivenDevices given = devices.Read(parsed);
            if (parsed.GetValue(site) is { } wanted)
            {
                DiskImage.RequireFolder(given.Disk is null ? wanted.FullName : throw new ToolException(
                    ExitCodes.Usage, "both --site and --disk are given", "leave one of them out: --site makes the disk of a folder"));
            }

            MicrokitSdk? sdk = parsed.GetValue(kernel) == RealKernel ? MicrokitSdk.Find() : null;
            if (sdk is null && parsed.GetValue(clockRate) != 0)
            {
                throw new ToolException(ExitCodes.Usage, $"--clock-rate is for --kernel {RealKernel}: Pride's kernel measures", "leave it out");
            }

            BuildOptions build = CommonOptions.Build(parsed.GetValue(release), parsed.GetValue(configuration));
            SystemImage image = SystemImage.Build(
                workspace, CommonOptions.Source(workspace, parsed.GetValue(example)!, parsed.GetValue(searchPaths)), parsed.GetValue(board)!, build);
            Symbolizer symbolizer = new(image.Folder, workspace.Cache);
            MachineOptions options = Options(workspace, image, parsed.GetValue(port), parsed.GetValue(site)?.FullName, given: given);
            options = options with
            {
                ExtraArguments = parsed.GetValue(gdb) ? ["-S", "-s", .. options.ExtraArguments] : options.ExtraArguments,
                Output = new GuestOutput(Console.Write, symbolizer.Addition),
            };
            return await Run(image, sdk is null ? options : OnRealKernel(image, options, sdk, debug: !build.Release, parsed.GetValue(clockRate)), cancel);
        });
        return command;
    }

    /// <summary>What <paramref name="image"/> is started with: its ports chosen, its disk made, and what is <paramref name="given"/> besides.</summary>
    internal static MachineOptions Options(Workspace workspace, SystemImage image, int? port, string? site, bool preferredPorts = true, GivenDevices? given = null) => new()
    {
        Board = image.Board.WithDevicesFor(image.System.Regions),
        ImagePath = image.Path,
        Network = image.Resources.Network || given is { Network: true },
        Forwards = [.. QemuMachine.ChoosePorts(image.Resources.Forwards, port, preferredPorts), .. (given?.Forwards ?? []).Select(QemuMachine.Forward)],
        DiskPath = given?.Disk ?? Disk(workspace, image, site),
        KeepsDisk = given?.Disk is not null,
        ExtraArguments = given?.Arguments ?? [],
    };

    /// <summary>As <paramref name="options"/>, but the system is exported, made an image by the tool of <paramref name="sdk"/>, and runs on the real seL4, whose clock has the rate <paramref name="clockHertz"/> if it is not 0.</summary>
    internal static MachineOptions OnRealKernel(SystemImage image, MachineOptions options, MicrokitSdk sdk, bool debug, ulong clockHertz = 0)
    {
        MicrokitTarget target = sdk.TargetOf(image.Board, debug);
        string system = ExportCommand.Export(image, Path.Combine(image.Folder, "sel4"), target, clockHertz);
        return options with { ImagePath = sdk.Build(system, image.Board, debug), RealKernel = true, KernelPath = sdk.KernelOf(image.Board, debug) };
    }

    private static string? Disk(Workspace workspace, SystemImage image, string? site)
    {
        if (image.Resources.SiteFolder is not { } folder)
        {
            return null;
        }

        string source = site ?? (folder == SiteBuilder.DocumentationName
            ? SiteBuilder.Build(workspace)
            : Path.IsPathRooted(folder) ? folder : Path.Combine(Example.Find(workspace, image.Name).Folder, folder));
        string disk = DiskImage.NewPath(image.Folder);
        DiskImage.Create(disk, source, image.Resources.DiskBytes);
        return disk;
    }

    private static async Task<int> Run(SystemImage image, MachineOptions options, CancellationToken cancel)
    {
        PrintBanner(image, options);
        await using QemuMachine machine = QemuMachine.Start(options);
        using Keyboard keyboard = Keyboard.Take();
        _ = Keyboard.ForwardAsync(machine);
        try
        {
            int code = await machine.WaitForExitAsync(cancel);
            string errors = await machine.ErrorsAsync();
            if (code != 0 || errors.Length > 0)
            {
                throw new ToolException(
                    ExitCodes.Emulator, $"{image.Board.Emulator.Program} ended with code {code}: {errors}", "its command line: " + QemuMachine.CommandLine(options));
            }

            return ExitCodes.Success;
        }
        catch (OperationCanceledException)
        {
            Report.Progress("stopped");
            return ExitCodes.Success;
        }
    }

    private static void PrintBanner(SystemImage image, MachineOptions options)
    {
        Console.WriteLine($"{image.Name} on {image.Board.Description}");
        foreach (Pd pd in image.System.Pds.OrderByDescending(p => p.Options.Priority))
        {
            string passive = pd.Options.Passive ? ", passive" : string.Empty;
            Console.WriteLine($"  PD {pd.Name,-20} priority {pd.Options.Priority,3}{passive}  {pd.Source.Name}");
        }

        foreach (ForwardedPort port in options.Forwards)
        {
            Console.WriteLine($"  {port.Forward.Name}: {port.Url}");
        }

        Console.WriteLine("Ctrl-C stops it.");
        Console.WriteLine();
    }
}
