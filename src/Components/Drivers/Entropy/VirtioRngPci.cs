// The virtio entropy device over PCI.

using Pride.Abi.Services;
using Pride.Drivers.Virtio;
using Pride.Machine;
using Pride.Microkit;

namespace Pride.Drivers.Entropy;

/// <summary>virtio-rng on PCI.</summary>
[Profile(Profile.Driver)]
public sealed class VirtioRngPci : VirtioRngDriver<VirtioPci>
{
    /// <summary>The PCI component.</summary>
    [Wired]
    public Channel Pci;

    protected override bool TryOpen(Region window, out VirtioPci device) => VirtioPci.Open(Pci, window, out device) == PciStatus.Ready;
}
