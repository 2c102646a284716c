// A block request that a driver has taken and not answered, as it stands in the driver's ledger.

using System.Runtime.InteropServices;
using Pride.Abi.Sddf;
using Pride.Sddf;

namespace Pride.Drivers.Block;

/// <summary>A request, and where in the queue it stood: the order in which requests came is that of their positions.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct HeldRequest(in BlockRequest request, uint position) : ILedgerItem
{
    public ulong IoAddress { get; } = request.IoAddressOrOffset;

    public ulong BlockNumber { get; } = request.BlockNumber;

    public uint Id { get; } = request.Id;

    public uint Position { get; } = position;

    public BlockRequestCode Code { get; } = request.Code;

    public ushort Count { get; } = request.Count;

    public uint Fold => LedgerFold.Of(IoAddress, BlockNumber, ((ulong)Id << 32) | Position, ((ulong)Code << 32) | Count);
}
