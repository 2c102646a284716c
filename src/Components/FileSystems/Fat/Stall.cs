// Why an operation cannot go on just now, or at all.
//
// Operations of the FAT server are plain methods that run until they need a block that is not in memory. They then answer Waiting, having
// kept their place in their request, and are run again when the block has come. So there are no stacks to
// switch and nothing is allocated; a request makes progress with every block that arrives.

using Pride.Abi.Fs;

namespace Pride.FileSystems.Fat;

/// <summary>How far an operation got.</summary>
internal enum Progress
{
    /// <summary>The result is there.</summary>
    Done,

    /// <summary>A block is on its way (<see cref="Stall.BlockId"/>): call again.</summary>
    Waiting,

    /// <summary>It cannot be done (<see cref="Stall.Status"/>).</summary>
    Failed,
}

/// <summary>The reason for the last Waiting or Failed. One for a server, since it does one thing at a time.</summary>
internal sealed class Stall
{
    /// <summary>The id of "any transfer": the operation waits for a free place in a cache or in the device's queue.</summary>
    public const uint AnyBlock = uint.MaxValue;

    /// <summary>The transfer that is waited for.</summary>
    public uint BlockId { get; private set; }

    /// <summary>Why it failed.</summary>
    public FsStatus Status { get; private set; }

    public Progress WaitFor(uint blockId)
    {
        BlockId = blockId;
        return Progress.Waiting;
    }

    public Progress Fail(FsStatus status)
    {
        Status = status;
        return Progress.Failed;
    }

    /// <summary>What lies on the medium is no sound file system.</summary>
    public Progress Corrupt() => Fail(FsStatus.Error);
}
