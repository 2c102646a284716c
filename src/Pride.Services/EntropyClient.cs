// The client's end of randomness: a seed from the driver, and a generator of the PD's own that goes on from it.
//
// One call for each PD instead of one for each number; and a driver that stops answers costs nothing later.

using System;
using System.Runtime.InteropServices;
using Pride.Abi;
using Pride.Abi.Services;
using Pride.Microkit;
using Pride.Runtime.Time;

namespace Pride.Services;

/// <summary>Unpredictable bytes. Set it as <see cref="Entropy.Source"/> before anything is drawn.</summary>
public sealed class EntropyClient(Channel channel) : IEntropySource
{
    private const int SeedWords = ChaChaGenerator.SeedBytes / sizeof(ulong);

    private readonly ChaChaGenerator _generator = new();

    /// <summary>The driver has given a seed. Until then each draw asks again, and the runtime's fallback answers.</summary>
    public bool IsSeeded { get; private set; }

    /// <inheritdoc/>
    public bool TryFill(Span<byte> destination)
    {
        IsSeeded = IsSeeded || TrySeed();
        if (IsSeeded)
        {
            _generator.Fill(destination);
        }

        return IsSeeded;
    }

    private bool TrySeed()
    {
        MessageRegisters.Set(0, SeedWords);
        MessageInfo reply = channel.Call(new MessageInfo(EntropyProtocol.Draw, 1));
        if (reply.Length < SeedWords)
        {
            return false;
        }

        Span<ulong> seed = stackalloc ulong[SeedWords];
        for (int i = 0; i < SeedWords; i++)
        {
            seed[i] = MessageRegisters.Get(i);
        }

        _generator.Seed(MemoryMarshal.AsBytes(seed));
        seed.Clear();
        return true;
    }
}
