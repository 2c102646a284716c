// A FAT volume for reading: the caches, the table, and the operations that the server's commands are made of.
//
// Every operation runs until it is done, has failed, or needs a block (see Stall). Positions and lengths that come
// from the medium are checked where they are read; those that come from a client, by FatService.

using System;
using Pride.Abi.Fs;

namespace Pride.FileSystems.Fat;

/// <summary>A mounted volume.</summary>
internal sealed class FatVolume
{
    // The FAT and directories: 128 blocks hold the FAT of a gigabyte and the directories of a large site.
    private const int MetadataBlocks = 128;

    // File data: a window makes one request to the device out of two reads of 32 KiB, and a tree of small files fits a few of them.
    private const int WindowBlocks = 16;

    // One that is read, one that is read ahead.
    private const int MinimumWindows = 2;

    private const int NameSets = 64;

    private readonly Stall _stall;
    private readonly IBlockDevice _device;
    private readonly BlockCache _metadata;
    private readonly BlockCache _windows;
    private readonly FatTable _table;
    private readonly ClusterChains _chains = new(OpenFiles.Maximum);
    private FatGeometry _geometry;
    private ulong _volumePosition;

    /// <param name="device">Where it lies.</param>
    /// <param name="stall">Told why an operation cannot go on.</param>
    /// <param name="firstGeneration">See <see cref="OpenFiles"/>.</param>
    /// <exception cref="InvalidOperationException">The device's data region is too small.</exception>
    public FatVolume(IBlockDevice device, Stall stall, ulong firstGeneration)
    {
        _stall = stall;
        _device = device;
        int windows = (device.Data.Length - (MetadataBlocks * BlockCache.BlockSize)) / (WindowBlocks * BlockCache.BlockSize);
        if (windows < MinimumWindows)
        {
            throw new InvalidOperationException("FAT server: its block data region must have 640 KiB or more (2 MiB serve well)");
        }

        ulong windowsStart = MetadataBlocks * BlockCache.BlockSize;
        _metadata = new BlockCache(device, stall, 0, MetadataBlocks, 1, 0);
        _windows = new BlockCache(device, stall, windowsStart, windows, WindowBlocks, MetadataBlocks);
        _table = new FatTable(_metadata, stall);
        Files = new OpenFiles(_metadata, _table, stall, firstGeneration);
    }

    public OpenFiles Files { get; }

    public NameCache Names { get; } = new(NameSets);

    public ref readonly FatGeometry Geometry => ref _geometry;

    public DirectoryScanner NewScanner() => new(_metadata, _table, _stall);

    /// <summary>Takes the device's answer; false when nobody asked.</summary>
    public bool TryComplete(uint id, bool succeeded, int blocks) =>
        _metadata.TryComplete(id, succeeded, blocks) || _windows.TryComplete(id, succeeded, blocks);

    /// <summary>Forgets what was read.</summary>
    public void Unmount()
    {
        Files.CloseAll();
        _chains.Clear();
        Names.Clear();
        _metadata.Clear();
        _windows.Clear();
        _volumePosition = 0;
    }

    /// <summary>Reads the boot sector; when it is a partition table, that of the first FAT partition.</summary>
    public Progress TryMount()
    {
        while (true)
        {
            Progress progress = _metadata.TryGet(_volumePosition, FatGeometry.BootSectorSize, out ReadOnlySpan<byte> sector);
            if (progress != Progress.Done)
            {
                return progress;
            }

            ulong mediumSize = _device.Capacity * BlockCache.BlockSize;
            if (FatGeometry.TryRead(sector, _volumePosition, mediumSize, out _geometry))
            {
                _table.Mount(in _geometry);
                return Progress.Done;
            }

            if (_volumePosition != 0 || !FatPartition.TryFind(sector, out _volumePosition))
            {
                _volumePosition = 0;
                return _stall.Corrupt();
            }
        }
    }

    /// <summary>Opens a file that was found. Fails when it cannot be as long as its entry says.</summary>
    public Progress TryOpenFile(in FatEntry entry, out OpenFile? file)
    {
        file = null;
        bool hasClusters = _geometry.IsCluster(entry.FirstCluster);
        if (entry.Size != 0 && (!hasClusters || entry.Size > (ulong)_geometry.ClusterCount << _geometry.ClusterShift))
        {
            return _stall.Corrupt();
        }

        if (!Files.TryOpen(OpenKind.File, in entry, out file))
        {
            return _stall.Fail(FsStatus.TooManyOpenFiles);
        }

        file!.Chain = _chains.Open(hasClusters ? entry.FirstCluster : 0);
        return Progress.Done;
    }

    /// <summary>Opens a directory that was found.</summary>
    public Progress TryOpenDirectory(in FatEntry entry, out OpenFile? directory)
    {
        directory = null;
        if (!entry.IsDirectory)
        {
            return _stall.Fail(FsStatus.NotDirectory);
        }

        if (!PathLookup.IsSoundDirectory(in entry, in _geometry))
        {
            return _stall.Corrupt();
        }

        if (!Files.TryOpen(OpenKind.Directory, in entry, out directory))
        {
            return _stall.Fail(FsStatus.TooManyOpenFiles);
        }

        directory!.Scanner.Start(in _geometry, entry.FirstCluster);
        return Progress.Done;
    }

    /// <summary>Copies from <paramref name="offset"/> + <paramref name="done"/> on until <paramref name="destination"/> is full from there.</summary>
    public Progress TryRead(OpenFile file, ulong offset, Span<byte> destination, ref ulong done)
    {
        while (done < (ulong)destination.Length)
        {
            ulong place = offset + done;
            Progress progress = file.Chain!.TryMap(_table, _stall, (uint)(place >> _geometry.ClusterShift), out uint cluster, out uint contiguous);
            if (progress != Progress.Done)
            {
                return progress;
            }

            uint within = (uint)place & (_geometry.ClusterSize - 1);
            ulong position = _geometry.PositionOf(cluster) + within;
            ulong run = ((ulong)contiguous << _geometry.ClusterShift) - within;
            int wanted = (int)Math.Min(run, (ulong)destination.Length - done);
            progress = _windows.TryGet(position, wanted, out ReadOnlySpan<byte> bytes);
            if (progress != Progress.Done)
            {
                return progress;
            }

            bytes.CopyTo(destination[(int)done..]);
            done += (uint)bytes.Length;
            ReadAhead(file, offset, position, run, place);
        }

        file.NextOffset = offset + done;
        return Progress.Done;
    }

    // A file that is read from one end to the other has its next window asked for while the present one is being used.
    private void ReadAhead(OpenFile file, ulong offset, ulong position, ulong run, ulong place)
    {
        const ulong WindowSize = WindowBlocks * BlockCache.BlockSize;
        ulong ahead = Math.Min(run, file.Entry.Size - place);
        if (offset == file.NextOffset && offset != 0 && ahead > WindowSize)
        {
            _windows.Prefetch(position + WindowSize);
        }
    }

    /// <summary>What the protocol tells of a file.</summary>
    public FsStat StatusOf(in FatEntry entry)
    {
        const ulong UnitOfBlocks = 512;
        ulong clusterSize = _geometry.ClusterSize;
        ulong size = entry.IsDirectory ? 0 : entry.Size;
        ulong used = (size + clusterSize - 1) & ~(clusterSize - 1);
        bool isWritable = (entry.Attributes & FatAttributes.ReadOnly) == 0;
        ulong permissions = FsMode.ReadAll | (isWritable ? FsMode.WriteOwner : 0);
        return new FsStat
        {
            Inode = entry.Position / FatGeometry.EntrySize,
            Mode = entry.IsDirectory ? FsMode.Directory | FsMode.ExecuteAll | permissions : FsMode.RegularFile | permissions,
            LinkCount = 1,
            Size = size,
            BlockSize = clusterSize,
            Blocks = used / UnitOfBlocks,
            AccessTime = FatTime.ToUnixSeconds(entry.AccessDate, 0),
            ModificationTime = FatTime.ToUnixSeconds(entry.WriteDate, entry.WriteTime),
            ChangeTime = FatTime.ToUnixSeconds(entry.CreationDate, entry.CreationTime),
            Used = used,
        };
    }
}
