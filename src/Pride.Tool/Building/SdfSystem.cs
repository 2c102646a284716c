// A system whose description is an SDF file and whose programs are ELF files that somebody else built.

using System;
using System.Collections.Generic;
using System.IO;
using Pride.Description;
using Pride.Description.Sdf;

namespace Pride.Tool.Building;

/// <summary>One .system file.</summary>
/// <param name="path">The file.</param>
/// <param name="searchPaths">Where program images and prefill files are looked for, after the current folder.</param>
public sealed class SdfSystem(string path, IReadOnlyList<string> searchPaths) : ISystemSource
{
    private static readonly string[] s_extensions = [".system", ".xml", ".sdf"];
    private bool _hasWarned;

    /// <summary>With its extension, so that it has another image folder than an example of the same name.</summary>
    public string Name => Path.GetFileName(path);

    public string Folder => Path.GetDirectoryName(Path.GetFullPath(path))!;

    /// <summary>True when <paramref name="argument"/> of the command line means a file and not an example.</summary>
    public static bool IsFile(string argument) => Array.IndexOf(s_extensions, Path.GetExtension(argument)) >= 0 || argument.Contains(Path.DirectorySeparatorChar);

    public void Prepare()
    {
        if (!File.Exists(path))
        {
            throw new ToolException(ExitCodes.Usage, $"there is no file {path}", "name a system description file, or an example as `pride list` names it");
        }
    }

    public SystemBuilder Describe(Board board, out HostResources resources)
    {
        resources = new HostResources();
        SystemBuilder system = SdfReader.Load(path, board, new SdfFiles([Directory.GetCurrentDirectory(), .. searchPaths]));
        system.Complete();
        foreach (Violation warning in _hasWarned ? [] : system.Warnings)
        {
            Report.Warning(warning.ToString());
        }

        _hasWarned = true;
        return system;
    }
}
