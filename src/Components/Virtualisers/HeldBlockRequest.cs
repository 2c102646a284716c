// A request that the block virtualiser has taken and not answered, as it stands in its ledger.

using System.Runtime.InteropServices;
using Pride.Abi.Sddf;
using Pride.Sddf;

namespace Pride.Virtualisers;

/// <summary>A client's request, or the virtualiser's own for the partition table.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct HeldBlockRequest : ILedgerItem
{
    // More clients than there can be.
    private const ushort Nobody = ushort.MaxValue;

    /// <param name="request">As the client made it.</param>
    /// <param name="client">Index of the client.</param>
    /// <param name="refusal">Ok: it goes to the driver; else what the client is answered at once.</param>
    /// <param name="position">Where in the driver's queue it goes.</param>
    /// <param name="clientPosition">Where in the client's queue it stands.</param>
    public HeldBlockRequest(in BlockRequest request, ushort client, BlockStatus refusal, uint position, uint clientPosition)
    {
        bool keeps = refusal == BlockStatus.Ok && request.Code is BlockRequestCode.Read or BlockRequestCode.Write;
        Offset = keeps ? request.IoAddressOrOffset : 0;
        Count = keeps ? request.Count : (ushort)0;
        ClientId = request.Id;
        Code = request.Code;
        Client = client;
        Refusal = refusal;
        Position = position;
        ClientPosition = clientPosition;
    }

    /// <summary>Bytes from the start of the client's data region.</summary>
    public ulong Offset { get; }

    public uint ClientId { get; }

    public uint Position { get; }

    public uint ClientPosition { get; }

    public BlockRequestCode Code { get; }

    public BlockStatus Refusal { get; }

    public ushort Client { get; }

    /// <summary>Blocks; 0 for what moves none.</summary>
    public ushort Count { get; }

    public bool IsOwn => Client == Nobody;

    /// <summary>Of the virtualiser's own: it is for the entries of a GPT.</summary>
    public bool IsOfEntries => ClientId != 0;

    public bool Transfers => Count != 0;

    public uint Fold => LedgerFold.Of(
        Offset,
        ((ulong)ClientId << 32) | Position,
        ((ulong)ClientPosition << 32) | (uint)Code,
        ((ulong)Refusal << 32) | ((uint)Client << 16) | Count);

    /// <summary>The virtualiser's own request, at <paramref name="position"/> of the driver's queue: for the first block, or the entries of a GPT.</summary>
    public static HeldBlockRequest Own(uint position, bool ofEntries) => new(new BlockRequest { Id = ofEntries ? 1u : 0 }, Nobody, BlockStatus.Ok, position, 0);
}
