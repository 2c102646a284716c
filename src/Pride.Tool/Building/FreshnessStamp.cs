// Tells whether anything that a build read has changed since: the newest source file against a stamp written after the build.
//
// MSBuild would find out by itself, but takes seconds to do so; this takes milliseconds.

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Pride.Tool.Building;

/// <summary>A stamp for one build.</summary>
public sealed class FreshnessStamp(Workspace workspace, string name)
{
    private static readonly string[] s_extensions = [".cs", ".csproj", ".props", ".targets", ".json", ".S", ".ld", ".slnx"];

    private readonly string _path = Path.Combine(workspace.Output, "stamps", name);

    /// <summary>True when nothing under <paramref name="folders"/> nor at the root is newer than the last build.</summary>
    private bool IsFresh(params string[] folders)
    {
        if (!File.Exists(_path))
        {
            return false;
        }

        DateTime built = File.GetLastWriteTimeUtc(_path);
        IEnumerable<string> files = folders.SelectMany(f => Directory.EnumerateFiles(f, "*", SearchOption.AllDirectories))
            .Concat(Directory.EnumerateFiles(workspace.Root));
        return !files.Any(f => s_extensions.Contains(Path.GetExtension(f)) && File.GetLastWriteTimeUtc(f) > built);
    }

    /// <summary>Runs <paramref name="build"/> unless nothing under <paramref name="folders"/> has changed since it last did.</summary>
    public void BuildUnlessFresh(Action build, params string[] folders)
    {
        if (IsFresh(folders))
        {
            return;
        }

        DateTime started = DateTime.UtcNow;
        build();
        Set(started);
    }

    /// <summary>Notes that what was there at <paramref name="started"/> has been built.</summary>
    private void Set(DateTime started)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        File.WriteAllText(_path, string.Empty);
        File.SetLastWriteTimeUtc(_path, started);
    }
}
