// How Microkit encodes who woke a PD in the badge of its input cap (libmicrokit, handler_loop).

namespace Pride.Abi;

/// <summary>Badge layout: bit 63 PPC (channel in bits 5..0), bit 62 fault (child in bits 7..0), else one bit for each notified channel.</summary>
public static class Badges
{
    public const ulong ProtectedCall = 1UL << 63;
    public const ulong Fault = 1UL << 62;
    public const ulong ChannelMask = 0x3f;
    public const ulong ChildMask = 0xff;
}
