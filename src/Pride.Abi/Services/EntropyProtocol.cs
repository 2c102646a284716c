// Randomness: one protected procedure call to the driver of a random number generator. Pride's own; sDDF has no such class.

namespace Pride.Abi.Services;

/// <summary>Labels and limits of the calls that an entropy driver serves.</summary>
public static class EntropyProtocol
{
    /// <summary>
    /// Word 0: how many words are wanted, at most <see cref="MaximumWords"/>. The reply's length is how many there are: fewer, or none,
    /// while the device makes more. No word is given out twice.
    /// </summary>
    public const ulong Draw = 0;

    /// <summary>A seed of 256 bits is four words; more than twice that in one call serves no purpose.</summary>
    public const int MaximumWords = 8;
}
