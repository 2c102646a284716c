// The message-info word of seL4 (libsel4, "seL4_MessageInfo"): what travels in the second register of every IPC.

namespace Pride.Abi;

/// <summary>Bits 63..12 label, 11..9 unwrapped caps, 8..7 extra caps, 6..0 length in words.</summary>
public readonly struct MessageInfo(ulong word)
{
    /// <summary>The longest message, in words (seL4_MsgMaxLength).</summary>
    public const int MaximumLength = 120;

    /// <summary>The bits of the length, in words.</summary>
    public const ulong LengthMask = (1UL << LengthBits) - 1;

    private const int LengthBits = 7;
    private const int ExtraCapsShift = 7;
    private const int CapsUnwrappedShift = 9;
    private const int LabelShift = 12;

    public MessageInfo(ulong label, int length, int extraCaps = 0)
        : this((label << LabelShift) | ((ulong)(uint)extraCaps << ExtraCapsShift) | (uint)length)
    {
    }

    public ulong Word { get; } = word;

    public ulong Label => Word >> LabelShift;

    /// <summary>Length in message registers. May exceed <see cref="MaximumLength"/> when it comes from a hostile sender.</summary>
    public int Length => (int)(Word & LengthMask);

    public int ExtraCaps => (int)((Word >> ExtraCapsShift) & 3);

    public int CapsUnwrapped => (int)((Word >> CapsUnwrappedShift) & 7);
}
