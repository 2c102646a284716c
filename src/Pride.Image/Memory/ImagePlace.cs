// Where in main memory an image is built for.
//
// The board's own place is where its boot loader puts a kernel. Microkit's users put images elsewhere, each board's at an address of its own (Microkit's manual, the
// boards' chapters: QEMU's "-device loader,addr=..."), and so do the makefiles of sDDF and LionsOS. An image for a board that was asked for by Microkit's name starts there as well:
//
//   nothing at fixed places    it is built for the board's own place and leaves free what it needs to be moved to Microkit's
//   memory at fixed places     it cannot be moved, and is built for Microkit's place; sdfgen's descriptions have all of theirs below. What lies below is not zeroed at
//                              boot, which zeroes one range above the image. (Nor does seL4 zero it where it is no memory of its own: on QEMU's virt board below 0x60000000.)
//
// Where memory does not suffice for that, or a region is in the way, the image is for the board's own place alone.

using System.Collections.Generic;
using System.Linq;
using Pride.Description;

namespace Pride.Image.Memory;

/// <summary>A place for an image. Addresses are physical, in bytes.</summary>
/// <param name="LoadAddress">Of the image's first byte.</param>
/// <param name="ZeroedEnd">Where the memory that boot zeroes ends.</param>
/// <param name="Fixed">Memory from <paramref name="LoadAddress"/> on whose place the description chose.</param>
internal readonly record struct ImagePlace(ulong LoadAddress, ulong ZeroedEnd, IReadOnlyList<FixedRange> Fixed)
{
    /// <summary>The places for <paramref name="system"/>'s image, the best first.</summary>
    public static IEnumerable<ImagePlace> For(SystemBuilder system)
    {
        Board board = system.Board;
        BoardMemory memory = board.MainMemory;
        ulong end = memory.Base + memory.Size;
        List<FixedRange> all = [.. system.Regions.Where(r => r.Kind == RegionKind.Dma)
            .Select(r => new FixedRange(r.PhysicalAddress, r.PhysicalAddress + r.Size, r.Prefill.Length > 0))];
        if (board.Microkit is { CalledAs: not null, LoadAddress: > 0 } microkit)
        {
            ulong other = microkit.LoadAddress + board.Moved;
            if (all.Count == 0)
            {
                yield return new(board.Boot.LoadAddress, end - (other - board.Boot.LoadAddress), all);
            }
            else if (all.All(f => f.Start >= other || (f.Start >= board.Boot.LoadAddress && f.End <= other && !f.Loaded)))
            {
                yield return new(other, end, [.. all.Where(f => f.Start >= other)]);
            }
        }

        yield return new(board.Boot.LoadAddress, end, all);
    }
}
