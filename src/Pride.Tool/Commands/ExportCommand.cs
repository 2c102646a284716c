// `pride export SYSTEM --to DIR`: the system as Microkit's tool takes it: a .system file, an ELF file for each PD, a file for each filled region.

using System;
using System.CommandLine;
using System.IO;
using System.Linq;
using Pride.Abi;
using Pride.Description;
using Pride.Description.Sdf;
using Pride.Image;
using Pride.Image.Layout;
using Pride.Machine;
using Pride.Tool.Building;

namespace Pride.Tool.Commands;

internal static class ExportCommand
{
    public static Command Create()
    {
        Argument<string> system = CommonOptions.SystemName();
        Option<string[]> searchPaths = CommonOptions.SearchPaths();
        Option<string> board = CommonOptions.Board();
        Option<DirectoryInfo> to = new("--to") { Description = "the folder", HelpName = "DIR", Required = true };
        Option<bool> debug = new("--debug") { Description = "for the debug configuration of Microkit's boards; else for release" };
        Option<bool> el1 = new("--el1") { Description = "for boards where seL4 is no hypervisor (qemu_virt_aarch64_el1)" };
        Option<string> release = new("--microkit")
        {
            Description = $"Microkit's release: {MicrokitReleases.Names[0]} to {MicrokitReleases.Names[^1]}",
            DefaultValueFactory = _ => MicrokitReleases.Names[^1],
            HelpName = "RELEASE",
        };
        release.AcceptOnlyFromAmong(MicrokitReleases.Names);
        Option<ulong> clockRate = CommonOptions.ClockRate();
        Command command = new("export", "Writes a system for Microkit's tool and the real seL4.") { system, searchPaths, board, to, release, debug, el1, clockRate };
        command.SetAction(parsed =>
        {
            Workspace workspace = Workspace.Find();
            ISystemSource source = CommonOptions.Source(workspace, parsed.GetValue(system)!, parsed.GetValue(searchPaths));
            SystemImage image = SystemImage.Build(workspace, source, parsed.GetValue(board)!, new BuildOptions(!parsed.GetValue(debug)));
            MicrokitTarget target = new(image.Board.Architecture, MicrokitReleases.Parse(parsed.GetValue(release)!)!.Value, parsed.GetValue(debug), !parsed.GetValue(el1));
            string file = Export(image, parsed.GetValue(to)!.FullName, target, parsed.GetValue(clockRate));
            Console.WriteLine($"{file}  {image.System.Pds.Count} PDs");
            string name = image.Board.Microkit?.Names[parsed.GetValue(el1) ? ^1 : 0] ?? "BOARD";
            Console.WriteLine($"microkit {Path.GetFileName(file)} --board {name} --config {MicrokitSdk.Configuration(image.Board, parsed.GetValue(debug))} --search-path . -o loader.img");
            return ExitCodes.Success;
        });
        return command;
    }

    /// <summary>
    /// Writes <paramref name="image"/> into <paramref name="folder"/>; returns the path of the .system file. <paramref name="clockHertz"/>, when not 0, is the rate of a PC's
    /// time counter.
    /// </summary>
    internal static string Export(SystemImage image, string folder, MicrokitTarget target, ulong clockHertz = 0)
    {
        if (clockHertz != 0 && image.Board.Architecture != Architecture.X64)
        {
            throw new ToolException(ExitCodes.Usage, $"--clock-rate is for PCs: {image.Board.Name} says itself how fast its counter runs", "leave it out");
        }

        string[] beyond = [.. SdfRelease.Beyond(image.System, target.Release).Select(b => $"{b.What} (since {b.Since.Name()})")];
        if (beyond.Length > 0)
        {
            throw new ToolException(ExitCodes.Description, $"{target} has no {string.Join(", no ", beyond)}", "export for a newer release, or change the description");
        }

        SdfClock clock = SdfClock.Of(image.System, target.Release, clockHertz);
        Directory.CreateDirectory(folder);
        foreach (PdProgram program in image.Image.Programs.Where(p => !p.IsMonitor))
        {
            File.WriteAllBytes(Path.Combine(folder, SdfFileNames.Default.ImageOf(program.Described!)), MicrokitExport.Program(program, target, clock).AllBytes);
        }

        foreach (MemoryRegion region in image.System.Regions.Where(r => r.Prefill.Length > 0))
        {
            File.WriteAllBytes(Path.Combine(folder, SdfFileNames.Default.PrefillOf(region)), region.Prefill.Span);
        }

        string path = Path.Combine(folder, Path.ChangeExtension(image.Name, "system"));
        string text = SdfWriter.Write(image.System, SdfFileNames.Default, target.Release, clock);
        File.WriteAllText(path, text.Insert(text.IndexOf('\n', StringComparison.Ordinal) + 1, $"<!-- For {target}: the programs have its numbers and places. -->\n"));
        return path;
    }
}
