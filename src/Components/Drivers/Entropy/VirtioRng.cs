// The virtio entropy device over MMIO.

using Pride.Drivers.Virtio;
using Pride.Machine;

namespace Pride.Drivers.Entropy;

/// <summary>virtio-rng in memory.</summary>
[Profile(Profile.Driver)]
public sealed class VirtioRng : VirtioRngDriver<VirtioMmio>
{
    protected override bool TryOpen(Region window, out VirtioMmio device)
    {
        device = new VirtioMmio(window);
        return true;
    }
}
