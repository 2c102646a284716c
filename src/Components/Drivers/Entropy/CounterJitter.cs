// Randomness for boards without a generator: how much of a small loop fits between two ticks of the CPU's counter varies with caches, buses,
// interrupts and the clocks' drift. Serves Pride's entropy protocol.
//
// Not a certified source. Each word is made of SamplesPerWord samples, folded by multiplications that let every sample change
// every bit: one bit of surprise in sixteen samples is enough. A source that stands still (a repetition count test as NIST SP 800-90B, 4.4.1,
// has it) is given up, and every caller then gets none, as from a driver without a device.

using System.Numerics;
using Pride.Abi;
using Pride.Abi.Services;
using Pride.Machine;
using Pride.Microkit;

namespace Pride.Drivers.Entropy;

/// <summary>The jitter of the CPU's counter.</summary>
[Profile(Profile.Driver)]
public sealed class CounterJitter : ProtectionDomain
{
    private const int SamplesPerWord = 1024;

    /// <summary>As many equal samples in a row as come by chance once in 2^64 words when half the samples surprise: a source that stands still.</summary>
    private const int LongestRepetition = 256;

    // A counter that does not move is none: one tick takes far fewer turns of the loop.
    private const ulong TurnLimit = 10_000_000;

    // 2^64 divided by the golden ratio, odd: multiplied by it, each bit changes about half of those above it.
    private const ulong Multiplier = 0x9e37_79b9_7f4a_7c15;
    private const int Rotation = 29;

    private ulong _state;
    private ulong _last;
    private int _repetitions;
    private bool _isBroken;

    /// <summary>Calls with a label that no entropy driver serves.</summary>
    public uint Dropped { get; private set; }

    public override void Init()
    {
        // The first samples show whether the counter moves at all.
        MakeWord();
    }

    public override MessageInfo Protected(Channel channel, MessageInfo message)
    {
        if (message.Label != EntropyProtocol.Draw || message.Length < 1)
        {
            Dropped++;
            return new MessageInfo(0, 0);
        }

        ulong wanted = ulong.Min(MessageRegisters.Get(0), EntropyProtocol.MaximumWords);
        int given = 0;
        for (; (ulong)given < wanted && !_isBroken; given++)
        {
            MessageRegisters.Set(given, MakeWord());
        }

        // A source that broke while it made these words has made none.
        return new MessageInfo(0, _isBroken ? 0 : given);
    }

    private ulong MakeWord()
    {
        for (int i = 0; i < SamplesPerWord && !_isBroken; i++)
        {
            ulong sample = Sample();
            _repetitions = sample == _last ? _repetitions + 1 : 0;
            _last = sample;
            _isBroken |= _repetitions >= LongestRepetition;
            _state = BitOperations.RotateLeft((_state ^ sample) * Multiplier, Rotation);
        }

        // What is given out does not tell the state that the next word goes on from.
        ulong word = (_state ^ (_state >> 32)) * Multiplier;
        return word ^ (word >> 32);
    }

    /// <summary>Turns of the loop until the counter has moved, with how far it moved: a counter that is faster than the loop moves by steps that vary.</summary>
    private ulong Sample()
    {
        ulong start = CpuCounter.Count();
        ulong turns = 0;
        ulong now = start;
        for (; now == start; turns++)
        {
            if (turns == TurnLimit)
            {
                _isBroken = true;
                break;
            }

            now = CpuCounter.Count();
        }

        return turns ^ ((now - start) << 32);
    }
}
