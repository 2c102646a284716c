// The table of open files and directories. A descriptor holds the place in the table and how often the place was
// used before, so that the descriptor of a closed file does not name the next one in its place.

using System;

namespace Pride.FileSystems.Fat;

/// <summary>What a descriptor stands for.</summary>
internal enum OpenKind : byte
{
    Free,
    File,
    Directory,
}

/// <summary>A place in the table.</summary>
internal sealed class OpenFile(int index, DirectoryScanner scanner)
{
    /// <summary>Its place.</summary>
    public int Index { get; } = index;

    public OpenKind Kind { get; set; }

    /// <summary>How often the place was given away.</summary>
    public ulong Generation { get; set; }

    /// <summary>Requests that work on it now.</summary>
    public int Operations { get; set; }

    public FatEntry Entry { get; set; }

    /// <summary>Files: its clusters.</summary>
    public ClusterChain? Chain { get; set; }

    /// <summary>Files: where a read would go on, to tell sequential reading.</summary>
    public ulong NextOffset { get; set; }

    /// <summary>Directories: where reading is.</summary>
    public DirectoryScanner Scanner { get; } = scanner;

    /// <summary>Directories: a name was found and could not be given yet.</summary>
    public bool HasName { get; set; }

    /// <summary>Directories: names before the present place.</summary>
    public long Location { get; set; }

    /// <summary>Directories: where a seek wants to be. Reading goes there first.</summary>
    public long Wanted { get; set; }
}

/// <summary>A bounded table of open files.</summary>
internal sealed class OpenFiles
{
    /// <summary>Files and directories that can be open.</summary>
    public const int Maximum = 64;

    private readonly OpenFile[] _files = new OpenFile[Maximum];

    /// <param name="blocks">For directories.</param>
    /// <param name="table">For directories.</param>
    /// <param name="stall">For directories.</param>
    /// <param name="firstGeneration">Larger than any that a life before has used, so that its descriptors name nothing.</param>
    public OpenFiles(BlockCache blocks, FatTable table, Stall stall, ulong firstGeneration)
    {
        for (int i = 0; i < Maximum; i++)
        {
            _files[i] = new OpenFile(i, new DirectoryScanner(blocks, table, stall)) { Generation = firstGeneration };
        }
    }

    /// <summary>Places in use.</summary>
    public int Count { get; private set; }

    /// <summary>A free place, now in use; false when there is none.</summary>
    public bool TryOpen(OpenKind kind, in FatEntry entry, out OpenFile? file)
    {
        foreach (OpenFile candidate in _files)
        {
            if (candidate.Kind == OpenKind.Free)
            {
                candidate.Kind = kind;
                candidate.Entry = entry;
                candidate.Operations = 0;
                candidate.NextOffset = 0;
                candidate.HasName = false;
                candidate.Location = 0;
                candidate.Wanted = 0;
                Count++;
                file = candidate;
                return true;
            }
        }

        file = null;
        return false;
    }

    public static ulong DescriptorOf(OpenFile file) => (file.Generation * Maximum) + (uint)file.Index;

    /// <summary>The open file, or directory, with a descriptor; null when it has none.</summary>
    public OpenFile? Find(ulong descriptor, OpenKind kind)
    {
        OpenFile file = _files[(int)(descriptor % Maximum)];
        return file.Kind == kind && file.Generation == descriptor / Maximum ? file : null;
    }

    public void Close(OpenFile file)
    {
        if (file.Chain is { } chain)
        {
            chain.Users--;
            file.Chain = null;
        }

        file.Kind = OpenKind.Free;
        file.Generation++;
        Count--;
    }

    public void CloseAll()
    {
        foreach (OpenFile file in _files)
        {
            if (file.Kind != OpenKind.Free)
            {
                Close(file);
            }
        }
    }
}
