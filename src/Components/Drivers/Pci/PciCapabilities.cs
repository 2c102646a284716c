// The list of capabilities in a function's configuration space (PCI 3.0, 6.7).

namespace Pride.Drivers.Pci;

/// <summary>A function's configuration space, for reading.</summary>
public interface IPciSpace
{
    /// <summary>32 bits at <paramref name="offset"/>, a multiple of 4.</summary>
    uint Read(uint offset);
}

/// <summary>Looks for capabilities.</summary>
public static class PciCapabilities
{
    // Status, beside the command: there is a list. It starts at the offset in the capability pointer.
    private const uint StatusHasList = 1 << 20;
    private const uint Pointer = 0x34;
    private const uint IdMask = 0xff;
    private const uint OffsetMask = 0xfc;
    private const int NextShift = 8;

    // Capabilities lie behind the header's 64 bytes and take four at least: more than this many is a list that loops.
    private const int Maximum = 48;

    /// <summary>The offset of the next capability of kind <paramref name="id"/> behind <paramref name="previous"/> (0: the first); 0: there is none.</summary>
    public static uint Find<T>(T space, uint id, uint previous = 0)
        where T : struct, IPciSpace
    {
        if ((space.Read(PciRegisters.Command) & StatusHasList) == 0)
        {
            return 0;
        }

        uint at = previous == 0 ? space.Read(Pointer) : space.Read(previous) >> NextShift;
        for (int i = 0; i < Maximum && (at &= OffsetMask) != 0; i++)
        {
            uint header = space.Read(at);
            if ((header & IdMask) == id)
            {
                return at;
            }

            at = header >> NextShift;
        }

        return 0;
    }
}
