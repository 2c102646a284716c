// Walks a path from the root: one directory scan for each component that the name cache does not know.
//
// It is bounded without further ado: a path has at most 2,048 components, a directory at most 65,536 entries. Directories that
// contain each other in a circle lead nowhere longer than the path is.

using System;
using Pride.Abi.Fs;

namespace Pride.FileSystems.Fat;

/// <summary>A lookup that keeps its place while blocks are waited for.</summary>
internal sealed class PathLookup(NameCache names, DirectoryScanner scanner, Stall stall)
{
    private readonly char[] _upper = new char[FatNames.MaximumLength + 1];
    private FatGeometry _geometry;
    private FatEntry _current;
    private int _component;
    private int _upperLength;
    private bool _isScanning;

    /// <summary>Begins at the root.</summary>
    public void Start(in FatGeometry geometry)
    {
        _geometry = geometry;
        _current = FatEntry.Root(in geometry);
        _component = 0;
        _isScanning = false;
    }

    /// <summary>Goes on to what the path names. Fails with NoFile, NotDirectory, InvalidName or Error.</summary>
    public Progress TryFind(PathText path, out FatEntry found)
    {
        found = default;
        while (path.TryGetComponent(_component, out ReadOnlySpan<byte> name, out int next))
        {
            Progress progress = _isScanning || !_current.IsDirectory ? Progress.Waiting : TryFindCached(name);
            if (progress == Progress.Waiting)
            {
                progress = TryScan(name);
            }

            if (progress != Progress.Done)
            {
                return progress;
            }

            _component = next;
        }

        found = _current;
        return Progress.Done;
    }

    // Waiting: the cache does not know.
    private Progress TryFindCached(ReadOnlySpan<byte> name)
    {
        if (!names.TryGet(_current.FirstCluster, name, out bool exists, out FatEntry entry))
        {
            return Progress.Waiting;
        }

        if (!exists)
        {
            return stall.Fail(FsStatus.NoFile);
        }

        _current = entry;
        return Progress.Done;
    }

    private Progress TryScan(ReadOnlySpan<byte> name)
    {
        if (!_isScanning)
        {
            Progress begun = TryBeginScan(name);
            if (begun != Progress.Done)
            {
                return begun;
            }
        }

        while (true)
        {
            Progress progress = scanner.TryNext(out bool atEnd);
            if (progress != Progress.Done)
            {
                return progress;
            }

            if (atEnd)
            {
                names.Add(_current.FirstCluster, name, exists: false, default);
                return stall.Fail(FsStatus.NoFile);
            }

            ReadOnlySpan<char> wanted = _upper.AsSpan(0, _upperLength);
            if (CaseFolding.EqualsUpper(scanner.Name, wanted) || CaseFolding.EqualsUpper(scanner.ShortName, wanted))
            {
                names.Add(_current.FirstCluster, name, exists: true, scanner.Entry);
                _current = scanner.Entry;
                _isScanning = false;
                return Progress.Done;
            }
        }
    }

    private Progress TryBeginScan(ReadOnlySpan<byte> name)
    {
        if (!_current.IsDirectory)
        {
            return stall.Fail(FsStatus.NotDirectory);
        }

        _upperLength = FatNames.ToUpperUtf16(name, _upper);
        if (_upperLength == 0)
        {
            return stall.Fail(FsStatus.InvalidName);
        }

        if (!IsSoundDirectory(in _current, in _geometry))
        {
            return stall.Corrupt();
        }

        scanner.Start(in _geometry, _current.FirstCluster);
        _isScanning = true;
        return Progress.Done;
    }

    /// <summary>Only the root has no entry; every other directory has a cluster, and not the root's.</summary>
    public static bool IsSoundDirectory(in FatEntry directory, in FatGeometry geometry) =>
        directory.Position == 0
        || (geometry.IsCluster(directory.FirstCluster) && directory.FirstCluster != geometry.RootCluster);
}
