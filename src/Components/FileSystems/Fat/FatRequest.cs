// A command that the server works on, with all that must survive while it waits for a block.

using Pride.Abi.Fs;

namespace Pride.FileSystems.Fat;

/// <summary>A place for a command. Made once, used for one command after the other.</summary>
internal sealed class FatRequest(NameCache names, DirectoryScanner scanner, Stall stall)
{
    public bool IsUsed { get; set; }

    /// <summary>The command: a copy, which the client cannot change any more.</summary>
    public FsCommand Command { get; set; }

    /// <summary>The transfer it waits for.</summary>
    public uint BlockId { get; set; }

    public PathText Path { get; } = new();

    public PathLookup Lookup { get; } = new(names, scanner, stall);

    /// <summary>What the command's descriptor stands for; counted there as an operation.</summary>
    public OpenFile? File { get; set; }

    /// <summary>Reads: bytes to give.</summary>
    public ulong Length { get; set; }

    /// <summary>Reads: bytes given so far. Otherwise the completion's data.</summary>
    public ulong Result { get; set; }
}
