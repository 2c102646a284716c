// Names that were looked up, with what was found, so that a path that is asked for again costs no walk through directories.
//
// The key is the directory's first cluster and the name's bytes as they were asked for. That nothing has a name is kept too. Four
// places per hash; the longest unused is replaced. Names above a size are not kept: their directories' blocks are.

using System;

namespace Pride.FileSystems.Fat;

/// <summary>A bounded cache from (directory, name) to directory entries.</summary>
internal sealed class NameCache
{
    /// <summary>Bytes of the longest name that is kept.</summary>
    public const int MaximumNameLength = 48;

    private const int Ways = 4;

    // FNV-1a's prime, 32 bits: cheap on a few bytes, and a hostile client can only slow itself.
    private const uint HashPrime = 16777619;

    private readonly Place[] _places;
    private readonly byte[] _names;
    private readonly uint _setMask;
    private uint _clock;

    /// <param name="sets">Sets of four places: a power of two.</param>
    public NameCache(int sets)
    {
        _places = new Place[sets * Ways];
        _names = new byte[sets * Ways * MaximumNameLength];
        _setMask = (uint)sets - 1;
    }

    public void Clear() => _places.AsSpan().Clear();

    /// <summary>False when the cache knows nothing of the name; <paramref name="exists"/> tells whether anything has it.</summary>
    public bool TryGet(uint directory, ReadOnlySpan<byte> name, out bool exists, out FatEntry entry)
    {
        uint hash = Hash(directory, name);
        int first = (int)(hash & _setMask) * Ways;
        for (int i = first; i < first + Ways; i++)
        {
            ref Place place = ref _places[i];
            if (place.Length == name.Length
                && place.Hash == hash
                && place.Directory == directory
                && name.SequenceEqual(_names.AsSpan(i * MaximumNameLength, place.Length)))
            {
                place.LastUse = ++_clock;
                exists = place.Exists;
                entry = place.Entry;
                return true;
            }
        }

        exists = false;
        entry = default;
        return false;
    }

    /// <summary>Keeps what was found under a name.</summary>
    public void Add(uint directory, ReadOnlySpan<byte> name, bool exists, in FatEntry entry)
    {
        if (name.Length > MaximumNameLength)
        {
            return;
        }

        uint hash = Hash(directory, name);
        int first = (int)(hash & _setMask) * Ways;
        int oldest = first;
        for (int i = first + 1; i < first + Ways; i++)
        {
            oldest = _clock - _places[i].LastUse > _clock - _places[oldest].LastUse ? i : oldest;
        }

        name.CopyTo(_names.AsSpan(oldest * MaximumNameLength));
        _places[oldest] = new Place
        {
            Length = name.Length,
            Hash = hash,
            Directory = directory,
            Exists = exists,
            Entry = entry,
            LastUse = ++_clock,
        };
    }

    private static uint Hash(uint directory, ReadOnlySpan<byte> name)
    {
        uint hash = directory;
        foreach (byte value in name)
        {
            hash = (hash ^ value) * HashPrime;
        }

        return hash ^ (hash >> 15);
    }

    private struct Place
    {
        public FatEntry Entry;
        public uint Hash;
        public uint Directory;
        public uint LastUse;

        /// <summary>Bytes of the name; 0: the place is free.</summary>
        public int Length;
        public bool Exists;
    }
}
