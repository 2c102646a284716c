// Where everything is: the repository, and .pride/ beneath it for all that is made (build output, compiled PDs, images).

using System;
using System.IO;
using System.Threading;

namespace Pride.Tool;

/// <summary>Folders of one checkout.</summary>
public sealed class Workspace
{
    public Workspace(string root) => Root = Path.GetFullPath(root);

    /// <summary>The folder that holds Pride.slnx.</summary>
    public string Root { get; }

    public string Examples => Path.Combine(Root, "examples");

    public string Source => Path.Combine(Root, "src");

    /// <summary>Everything that is made.</summary>
    public string Output => Path.Combine(Root, ".pride");

    /// <summary>Compiled PDs by content.</summary>
    public string Cache => Path.Combine(Output, "cache");

    /// <summary>The folder of one system's image and programs.</summary>
    public string ImageFolder(string system, string board) => Path.Combine(Output, "images", $"{system}-{board}");

    /// <summary>Where MSBuild puts <paramref name="project"/>'s assemblies.</summary>
    public string BinFolder(string project) => Path.Combine(Output, "build", "bin", project, "release");

    /// <summary>The checkout that the tool was built in; `./pride` passes it in PRIDE_ROOT.</summary>
    public static Workspace Find()
    {
        string? given = Environment.GetEnvironmentVariable("PRIDE_ROOT");
        for (DirectoryInfo? folder = new(given ?? AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Pride.slnx")))
            {
                return new Workspace(folder.FullName);
            }
        }

        throw new ToolException(ExitCodes.Usage, "no checkout of Pride here", "run the tool as ./pride from the checkout");
    }

    /// <summary>Keeps a second `pride` from building in the same checkout at the same time. Dispose to let it go.</summary>
    public IDisposable Lock()
    {
        Directory.CreateDirectory(Output);
        string path = Path.Combine(Output, "lock");
        for (bool told = false; ; told = true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                if (!told)
                {
                    Report.Progress("waiting for another ./pride that builds in this checkout");
                }

                Thread.Sleep(TimeSpan.FromMilliseconds(200));
            }
        }
    }
}
