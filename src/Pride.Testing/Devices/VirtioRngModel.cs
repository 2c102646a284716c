// A virtio entropy device for tests: its random bytes count up, so that one that is given out twice is seen.

using System;
using System.Collections.Generic;

namespace Pride.Testing.Devices;

/// <summary>virtio-rng.</summary>
public sealed class VirtioRngModel(TestSystem system) : VirtioModel(system, 4, 1, 0, 8)
{
    private uint _next;

    /// <summary>True: requests stay with the device until <see cref="Work"/>.</summary>
    public bool HoldsRequests { get; set; }

    /// <summary>Bytes that a request gets at most, as a slow source does.</summary>
    public int BytesAtOnce { get; set; } = int.MaxValue;

    /// <summary>What is added to the length that is told: a broken device.</summary>
    public uint LengthLie { get; set; }

    /// <summary>Fills every buffer that waits.</summary>
    public void Work()
    {
        while (TakeChain(0, out ushort head) is { } chain)
        {
            PutUsed(0, head, Fill(chain) + LengthLie);
        }
    }

    protected override ulong ReadConfiguration(int offset, int width) => throw new TestSystemException("virtio-rng has no configuration");

    protected override void Ring(int queue)
    {
        if (!HoldsRequests)
        {
            Work();
        }
    }

    private uint Fill(List<Buffer> chain)
    {
        Span<byte> memory = Memory(chain[0]);
        memory = memory[..Math.Min(memory.Length, BytesAtOnce)];
        for (int i = 0; i + sizeof(uint) <= memory.Length; i += sizeof(uint))
        {
            BitConverter.TryWriteBytes(memory[i..], ++_next);
        }

        return (uint)memory.Length;
    }
}
