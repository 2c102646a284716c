// A piece of a request, which a device does in one go.

using Pride.Abi.Sddf;

namespace Pride.Drivers.Block;

/// <summary>One command for a disk.</summary>
/// <param name="Code">Read, write or flush.</param>
/// <param name="BlockNumber">The first block.</param>
/// <param name="Count">How many.</param>
/// <param name="IoAddress">Contiguous memory, as the device addresses it.</param>
public readonly record struct BlockCommand(BlockRequestCode Code, ulong BlockNumber, uint Count, ulong IoAddress);
