// The virtio block device over MMIO.

using Pride.Drivers.Virtio;
using Pride.Machine;

namespace Pride.Drivers.Block;

/// <summary>virtio-blk in memory.</summary>
[Profile(Profile.Driver)]
public sealed class VirtioBlock : VirtioBlockDriver<VirtioMmio>
{
    protected override bool TryOpen(Region window, out VirtioMmio device)
    {
        device = new VirtioMmio(window);
        return true;
    }
}
