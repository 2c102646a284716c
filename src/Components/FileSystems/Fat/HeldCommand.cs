// A command that the FAT server has taken and not answered, as it stands in its ledger.

using Pride.Sddf;

namespace Pride.FileSystems.Fat;

/// <summary>The client's id, which the answer carries, and how many commands were taken before this one.</summary>
internal readonly struct HeldCommand(ulong id, ulong position) : ILedgerItem
{
    public ulong Id { get; } = id;

    public ulong Position { get; } = position;

    public uint Fold => LedgerFold.Of(Id, Position);
}
