// The virtio network device over MMIO.

using Pride.Drivers.Virtio;
using Pride.Machine;

namespace Pride.Drivers.Network;

/// <summary>virtio-net in memory.</summary>
[Profile(Profile.Driver)]
public sealed class VirtioNet : VirtioNetDriver<VirtioMmio>
{
    protected override VirtioMmio Open(Region window) => new(window);
}
