// `pride build SYSTEM`: the image, and where it is. Without a system: every example. With --disk-image also a disk that a PC starts it from.
//
// Of a .system file it makes what Microkit's tool makes of it, and takes that tool's options: --board, --config, --search-path, -o, -r.

using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Linq;
using Pride.Description;
using Pride.Tool.Building;
using Pride.Tool.Emulation;

namespace Pride.Tool.Commands;

internal static class BuildCommand
{
    /// <summary>Where Microkit's tool puts the image and the report of a .system file.</summary>
    private const string DefaultImage = "loader.img";

    private const string DefaultReport = "report.txt";

    public static Command Create()
    {
        Argument<string?> system = new("SYSTEM")
        {
            Description = "an example or a .system file; without one, all examples",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<string[]> searchPaths = CommonOptions.SearchPaths();
        Option<string> board = CommonOptions.Board();
        Option<bool> release = CommonOptions.Release();
        Option<string> configuration = CommonOptions.Configuration();
        Option<string?> image = new("--output", "-o") { Description = $"the image ({DefaultImage} for a .system file)", HelpName = "IMAGE" };
        Option<string?> report = new("--report", "-r") { Description = $"where everything lies ({DefaultReport} for a .system file)", HelpName = "REPORT" };
        Option<string> kind = new("--image-type") { Description = "binary: the only kind there is", HelpName = "TYPE" };
        kind.AcceptOnlyFromAmong("binary");
        Option<string?> disk = new("--disk-image") { Description = "also a disk with an EFI system partition that starts the image (x86-64)", HelpName = "DISK" };
        Command command = new("build", "Builds bootable images.") { system, searchPaths, board, release, configuration, image, report, kind, disk };
        command.SetAction(parsed =>
        {
            Workspace workspace = Workspace.Find();
            IReadOnlyList<ISystemSource> sources = parsed.GetValue(system) is { } name
                ? [CommonOptions.Source(workspace, name, parsed.GetValue(searchPaths))]
                : Example.All(workspace);
            BuildOptions options = CommonOptions.Build(parsed.GetValue(release), parsed.GetValue(configuration));
            foreach (ISystemSource source in sources)
            {
                SystemImage built = SystemImage.Build(workspace, source, parsed.GetValue(board)!, options);
                bool isFile = source is SdfSystem;
                Copy(built, parsed.GetValue(image) ?? (isFile ? DefaultImage : null));
                WriteReport(built, parsed.GetValue(report) ?? (isFile ? DefaultReport : null));
                WriteDisk(built, parsed.GetValue(disk));
                Print(built);
            }

            return ExitCodes.Success;
        });
        return command;
    }

    private static void Copy(SystemImage built, string? path)
    {
        if (path is not null)
        {
            File.Copy(built.Path, path, overwrite: true);
        }
    }

    private static void WriteDisk(SystemImage built, string? path)
    {
        if (path is not null)
        {
            Prerequisites.Ensure(Prerequisites.Running);
            BootDisk.Create(path, built);
        }
    }

    private static void WriteReport(SystemImage built, string? path)
    {
        if (path is not null)
        {
            using StreamWriter writer = new(path);
            new PlacementReport(built, writer).Write(addresses: true);
        }
    }

    private static void Print(SystemImage built)
    {
        int cached = built.Compilations.Count(c => c.FromCache);
        Console.WriteLine(
            $"{built.Path}  {Sizes.Show((ulong)built.Image.Bytes.Length)}, {built.System.Pds.Count} PDs, "
            + $"{built.Compilations.Count} programs ({cached} from the cache)");
    }
}
