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

        const uint WordsEach = 2;
        ulong wanted = Math.Min(MessageRegisters.Get(0), EntropyProtocol.MaximumWords);
        int given = 0;
        for (; (ulong)given < wanted && _registers.Read32(Status) >> WordsShift >= WordsEach; given++)
        {
            ulong high = _registers.Read32(Data);
            MessageRegisters.Set(given, (high << 32) | _registers.Read32(Data));
        }

        return new MessageInfo(0, given);
    }
}
