// The virtio network device over PCI.

using Pride.Drivers.Pci;
using Pride.Drivers.Virtio;
using Pride.Machine;
using Pride.Microkit;

namespace Pride.Drivers.Network;

/// <summary>virtio-net on PCI.</summary>
[Profile(Profile.Driver)]
public sealed class VirtioNetPci : VirtioNetDriver<VirtioPci>
{
    /// <summary>The PCI component.</summary>
    [Wired]
    public Channel Pci;

    protected override VirtioPci Open(Region window)
    {
        PciFunction.Require(VirtioPci.Open(Pci, window, out VirtioPci transport));
        return transport;
    }
}
