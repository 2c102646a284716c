// Goes through a directory entry by entry and puts long names together (fatgen103, "Long File Name Implementation": the
// parts stand before their short entry, last part first, and carry a checksum of the short name; parts that do not fit belong
// to nobody and are passed over).

using System;
using System.Buffers.Binary;

namespace Pride.FileSystems.Fat;

/// <summary>A place in a directory, and the name found there. It keeps its place while a block is waited for.</summary>
internal sealed class DirectoryScanner(BlockCache blocks, FatTable table, Stall stall)
{
    // A directory has at most 65,536 entries ("FAT Directory Structure"), which also ends chains that run in a circle.
    private const uint MaximumEntries = 65536;

    private const int CharactersPerPart = 13;
    private const int MaximumParts = 20;
    private const byte LastPartMark = 0x40;
    private const byte PartNumberMask = 0x1f;
    private const byte Deleted = 0xe5;

    private readonly char[] _longName = new char[MaximumParts * CharactersPerPart];
    private readonly char[] _shortName = new char[FatNames.ShortLength + 1];
    private FatGeometry _geometry;
    private uint _firstCluster;
    private uint _cluster;
    private uint _entry;

    // The entry at which the last change of cluster took place: it happens once, though the new cluster's block may be waited for.
    private uint _crossedAt;
    private int _partsMissing;
    private int _longLength;
    private int _shortLength;
    private byte _checksum;

    /// <summary>What the last successful <see cref="TryNext"/> found.</summary>
    public FatEntry Entry { get; private set; }

    /// <summary>The 8.3 name, with its dot.</summary>
    public ReadOnlySpan<char> ShortName => _shortName.AsSpan(0, _shortLength);

    /// <summary>The long name, or the short one when there is none.</summary>
    public ReadOnlySpan<char> Name => _longLength != 0 ? _longName.AsSpan(0, _longLength) : ShortName;

    /// <summary>Goes to the beginning of the directory; the first cluster is 0 for the root directory of FAT12 and FAT16.</summary>
    public void Start(in FatGeometry geometry, uint firstCluster)
    {
        _geometry = geometry;
        _firstCluster = firstCluster;
        Rewind();
    }

    public void Rewind()
    {
        _cluster = _firstCluster;
        _entry = 0;
        _crossedAt = 0;
        ForgetLongName();
    }

    /// <summary>Goes to the next file or directory; <paramref name="atEnd"/> when there is none. "." and ".." and the volume's label do not count.</summary>
    public Progress TryNext(out bool atEnd)
    {
        while (true)
        {
            Progress progress = TryGetEntries(out ulong position, out ReadOnlySpan<byte> entries);
            atEnd = entries.IsEmpty;
            if (progress != Progress.Done || atEnd)
            {
                return progress;
            }

            for (; !entries.IsEmpty; entries = entries[FatGeometry.EntrySize..], position += FatGeometry.EntrySize)
            {
                if (entries[0] == 0)
                {
                    atEnd = true;
                    return Progress.Done;
                }

                _entry++;
                if (IsFile(entries[..FatGeometry.EntrySize], position))
                {
                    return Progress.Done;
                }
            }
        }
    }

    // The entries from the present one to the end of its cluster or block; none at the end of the directory.
    private Progress TryGetEntries(out ulong position, out ReadOnlySpan<byte> entries)
    {
        entries = default;
        position = 0;
        uint offset = _entry * FatGeometry.EntrySize;
        if (_entry >= MaximumEntries)
        {
            return stall.Corrupt();
        }

        uint left;
        if (_firstCluster == 0)
        {
            position = _geometry.RootPosition + offset;
            left = (_geometry.RootEntries * FatGeometry.EntrySize) - offset;
        }
        else
        {
            uint within = offset & (_geometry.ClusterSize - 1);
            Progress progress = within == 0 && _entry != 0 ? TryNextCluster() : Progress.Done;
            if (progress != Progress.Done || _cluster == FatTable.EndOfChain)
            {
                return progress;
            }

            position = _geometry.PositionOf(_cluster) + within;
            left = _geometry.ClusterSize - within;
        }

        return left == 0 ? Progress.Done : blocks.TryGet(position, (int)left, out entries);
    }

    private Progress TryNextCluster()
    {
        if (_crossedAt == _entry)
        {
            return Progress.Done;
        }

        Progress progress = table.TryGetNext(_cluster, out uint next);
        if (progress == Progress.Done)
        {
            _cluster = next;
            _crossedAt = _entry;
        }

        return progress;
    }

    private bool IsFile(ReadOnlySpan<byte> raw, ulong position)
    {
        FatAttributes attributes = (FatAttributes)raw[11];
        if (raw[0] == Deleted)
        {
            ForgetLongName();
            return false;
        }

        if ((attributes & FatAttributes.LongNameMask) == FatAttributes.LongName)
        {
            AddPart(raw);
            return false;
        }

        if ((attributes & FatAttributes.VolumeLabel) != 0 || raw[0] == '.')
        {
            ForgetLongName();
            return false;
        }

        if (_partsMissing != 0 || _checksum != Checksum(raw[..FatNames.ShortLength]))
        {
            _longLength = 0;
        }

        _partsMissing = -1;
        _shortLength = FatNames.DecodeShort(raw[..FatNames.ShortLength], raw[12], _shortName);
        Entry = FatEntry.Read(raw, _geometry.Kind, position);
        return _shortLength != 0 || _longLength != 0;
    }

    private void AddPart(ReadOnlySpan<byte> raw)
    {
        int number = raw[0] & PartNumberMask;
        bool isLast = (raw[0] & LastPartMark) != 0;
        if (isLast && number is > 0 and <= MaximumParts)
        {
            _partsMissing = number;
            _checksum = raw[13];
            _longLength = number * CharactersPerPart;
        }

        if (number == 0 || number != _partsMissing || raw[13] != _checksum)
        {
            ForgetLongName();
            return;
        }

        Span<char> part = _longName.AsSpan((number - 1) * CharactersPerPart, CharactersPerPart);
        CopyCharacters(raw.Slice(1, 10), part);
        CopyCharacters(raw.Slice(14, 12), part[5..]);
        CopyCharacters(raw.Slice(28, 4), part[11..]);
        if (isLast && part.IndexOf('\0') is >= 0 and int end)
        {
            _longLength = ((number - 1) * CharactersPerPart) + end;
        }

        _partsMissing--;
        if (_longLength > FatNames.MaximumLength)
        {
            ForgetLongName();
        }
    }

    private static void CopyCharacters(ReadOnlySpan<byte> raw, Span<char> characters)
    {
        for (int i = 0; i < raw.Length; i += sizeof(char))
        {
            characters[i / sizeof(char)] = (char)BinaryPrimitives.ReadUInt16LittleEndian(raw[i..]);
        }
    }

    private void ForgetLongName()
    {
        _partsMissing = -1;
        _longLength = 0;
    }

    // "Name Checksum": rotate right by one and add, over the eleven bytes.
    private static byte Checksum(ReadOnlySpan<byte> shortName)
    {
        byte sum = 0;
        foreach (byte value in shortName)
        {
            sum = (byte)(((sum >> 1) | (sum << 7)) + value);
        }

        return sum;
    }
}
