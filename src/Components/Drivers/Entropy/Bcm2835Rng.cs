// Driver of the BCM2835's random number generator. Serves Pride's entropy protocol. Broadcom documents no registers; these are as Linux's driver
// (drivers/char/hw_random/bcm2835-rng.c) has them: control, status with the number of words in bits 31 to 24, data.

using System;
using Pride.Abi;
using Pride.Abi.Services;
using Pride.Machine;
using Pride.Microkit;

namespace Pride.Drivers.Entropy;

/// <summary>BCM2835 generator.</summary>
[Profile(Profile.Driver)]
public sealed class Bcm2835Rng : ProtectionDomain
{
    private const nuint Control = 0x0;
    private const nuint Status = 0x4;
    private const nuint Data = 0x8;
    private const uint Enable = 1;
    private const int WordsShift = 24;

    /// <summary>The first words after reset are less random: how many are dropped.</summary>
    private const uint WarmUpWords = 0x40000;

    private Mmio _registers;
    private uint _half;
    private bool _hasHalf;

    [Wired]
    public Region Registers;

    /// <summary>Calls with a label that no entropy driver serves.</summary>
    public uint Dropped { get; private set; }

    public override void Init()
    {
        _registers = new Mmio(Registers);
        _registers.Write32(Status, WarmUpWords);
        _registers.Write32(Control, Enable);
    }

    public override MessageInfo Protected(Channel channel, MessageInfo message)
    {
        if (message.Label != EntropyProtocol.Draw || message.Length < 1)
        {
            Dropped++;
            return new MessageInfo(0, 0);
        }

        ulong wanted = Math.Min(MessageRegisters.Get(0), EntropyProtocol.MaximumWords);
        int given = 0;
        for (; (ulong)given < wanted && TryTake(out ulong word); given++)
        {
            MessageRegisters.Set(given, word);
        }

        return new MessageInfo(0, given);
    }

    /// <summary>Two of the device's words, which it may have one at a time: the first waits for the second.</summary>
    private bool TryTake(out ulong word)
    {
        const int HalfShift = 32;
        word = 0;
        while (_registers.Read32(Status) >> WordsShift != 0)
        {
            uint taken = _registers.Read32(Data);
            if (_hasHalf)
            {
                _hasHalf = false;
                word = ((ulong)_half << HalfShift) | taken;
                return true;
            }

            _half = taken;
            _hasHalf = true;
        }

        return false;
    }
}
