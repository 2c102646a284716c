// The clusters of one file as extents, learnt from the FAT as far as they are needed and kept while the file is in use.
//
// The first extents of a chain are kept; the last place of the table moves along when a badly fragmented file has more of them.
// A chain that runs in a circle is found with Brent's method over the starts of its extents: a circle repeats them.

using System;

namespace Pride.FileSystems.Fat;

/// <summary>What is known of one chain. Made once, used for one file after the other.</summary>
internal sealed class ClusterChain(int index)
{
    /// <summary>Extents that are kept for a file.</summary>
    public const int MaximumExtents = 32;

    private readonly Extent[] _extents = new Extent[MaximumExtents];
    private int _count;
    private int _lastFound;
    private bool _isComplete;
    private uint _circleMark;
    private uint _circleSteps;
    private uint _circleLimit;

    /// <summary>Its place in the table of chains.</summary>
    public int Index { get; } = index;

    /// <summary>0: the place is free, or the file has no clusters.</summary>
    public uint FirstCluster { get; private set; }

    /// <summary>Open files that use it.</summary>
    public int Users { get; set; }

    public uint LastUse { get; set; }

    public void Start(uint firstCluster)
    {
        FirstCluster = firstCluster;
        _extents[0] = new Extent { FileCluster = 0, Cluster = firstCluster, Count = 1 };
        _count = firstCluster == 0 ? 0 : 1;
        _lastFound = 0;
        _isComplete = firstCluster == 0;
        RestartCircleSearch();
    }

    /// <summary>
    /// Finds the file's cluster number <paramref name="fileCluster"/> (from 0) on the medium, and how many follow it there one by
    /// one (itself included). Fails when the chain ends before it, runs in a circle or leads astray.
    /// </summary>
    public Progress TryMap(FatTable table, Stall stall, uint fileCluster, out uint cluster, out uint contiguous)
    {
        cluster = 0;
        contiguous = 0;
        while (true)
        {
            if (TryFind(fileCluster, out cluster, out contiguous))
            {
                return Progress.Done;
            }

            if (_count == 0)
            {
                return stall.Corrupt();
            }

            Progress progress = Learn(table, stall);
            if (progress != Progress.Done)
            {
                return progress;
            }
        }
    }

    private bool TryFind(uint fileCluster, out uint cluster, out uint contiguous)
    {
        if (_lastFound < _count && _extents[_lastFound].Has(fileCluster))
        {
            _extents[_lastFound].Map(fileCluster, out cluster, out contiguous);
            return true;
        }

        for (int i = 0; i < _count; i++)
        {
            if (_extents[i].Has(fileCluster))
            {
                _lastFound = i;
                _extents[i].Map(fileCluster, out cluster, out contiguous);
                return true;
            }
        }

        DropLastWhenBehind(fileCluster);
        cluster = 0;
        contiguous = 0;
        return false;
    }

    // Between the kept extents and the moving last one there may be a gap: what lies in it is learnt again.
    private void DropLastWhenBehind(uint fileCluster)
    {
        if (_count == MaximumExtents && fileCluster < _extents[_count - 1].FileCluster)
        {
            _count--;
            _isComplete = false;
            RestartCircleSearch();
        }
    }

    private Progress Learn(FatTable table, Stall stall)
    {
        ref Extent last = ref _extents[_count - 1];
        if (_isComplete)
        {
            return stall.Corrupt();
        }

        uint end = last.Cluster + last.Count - 1;
        Progress progress = table.TryGetNext(end, out uint next);
        if (progress != Progress.Done)
        {
            return progress;
        }

        if (next == FatTable.EndOfChain)
        {
            _isComplete = true;
            return Progress.Done;
        }

        if (next == end + 1)
        {
            last.Count += Math.Max(1, table.CountContiguous(end));
            return Progress.Done;
        }

        if (IsCircle(next))
        {
            return stall.Corrupt();
        }

        Extent extent = new() { FileCluster = last.FileCluster + last.Count, Cluster = next, Count = 1 };
        _count += _count < MaximumExtents ? 1 : 0;
        _extents[_count - 1] = extent;
        return Progress.Done;
    }

    private void RestartCircleSearch()
    {
        _circleMark = FirstCluster;
        _circleSteps = 0;
        _circleLimit = 1;
    }

    private bool IsCircle(uint start)
    {
        if (start == _circleMark)
        {
            return true;
        }

        if (++_circleSteps == _circleLimit)
        {
            _circleMark = start;
            _circleSteps = 0;
            _circleLimit *= 2;
        }

        return false;
    }

    private struct Extent
    {
        /// <summary>Number of its first cluster within the file.</summary>
        public uint FileCluster;

        /// <summary>Its first cluster on the medium.</summary>
        public uint Cluster;

        /// <summary>Clusters.</summary>
        public uint Count;

        public readonly bool Has(uint fileCluster) => fileCluster - FileCluster < Count;

        public readonly void Map(uint fileCluster, out uint cluster, out uint contiguous)
        {
            uint within = fileCluster - FileCluster;
            cluster = Cluster + within;
            contiguous = Count - within;
        }
    }
}

/// <summary>The chains of the files that are open, and of some that were: opening a file again costs no walk through the FAT.</summary>
internal sealed class ClusterChains
{
    private readonly ClusterChain[] _chains;
    private uint _clock;

    /// <param name="count">Chains kept: at least as many as files may be open.</param>
    public ClusterChains(int count)
    {
        _chains = new ClusterChain[count];
        for (int i = 0; i < count; i++)
        {
            _chains[i] = new ClusterChain(i);
        }
    }

    public void Clear()
    {
        foreach (ClusterChain chain in _chains)
        {
            chain.Start(0);
            chain.Users = 0;
        }
    }

    /// <summary>The chain that begins at <paramref name="firstCluster"/> (0: a file without clusters), for one more user.</summary>
    public ClusterChain Open(uint firstCluster)
    {
        ClusterChain? oldest = null;
        foreach (ClusterChain chain in _chains)
        {
            if (chain.FirstCluster == firstCluster)
            {
                return Use(chain);
            }

            if (chain.Users == 0 && (oldest == null || _clock - chain.LastUse > _clock - oldest.LastUse))
            {
                oldest = chain;
            }
        }

        // There are as many chains as files that can be open, so one is free.
        oldest!.Start(firstCluster);
        return Use(oldest);
    }

    private ClusterChain Use(ClusterChain chain)
    {
        chain.Users++;
        chain.LastUse = ++_clock;
        return chain;
    }
}
