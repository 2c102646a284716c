// What a system needs around it when it runs under an emulator: forwarded ports and a disk made from a folder.

using System.Collections.Generic;

namespace Pride.Description;

/// <summary>A TCP or UDP port of the guest that the host forwards to.</summary>
/// <param name="Name">What it serves, for the line that `pride run` prints ("web site").</param>
/// <param name="GuestPort">The port in the guest.</param>
/// <param name="PreferredHostPort">The host's port unless the user names another; 0: any free one.</param>
/// <param name="Scheme">URL scheme to print ("http"), or "tcp" or "udp".</param>
/// <param name="GuestAddress">The guest's IPv4 address inside QEMU's user network (10.0.2.15 is the first lease).</param>
public sealed record PortForward(string Name, ushort GuestPort, ushort PreferredHostPort, string Scheme, string GuestAddress = "10.0.2.15");

/// <summary>Collects what a description asks of its surroundings.</summary>
public sealed class HostResources
{
    private readonly List<PortForward> _forwards = [];

    /// <summary>True when the machine needs its network device.</summary>
    public bool Network { get; private set; }

    /// <summary>Folder (relative to the example) whose content becomes the FAT disk, unless the user names another with --site; null: no disk.</summary>
    public string? SiteFolder { get; private set; }

    /// <summary>Size of the disk in bytes.</summary>
    public ulong DiskBytes { get; private set; }

    public IReadOnlyList<PortForward> Forwards => _forwards;

    /// <summary>Asks for the network device.</summary>
    public HostResources NeedNetwork()
    {
        Network = true;
        return this;
    }

    /// <summary>Asks for the network device with a forwarded port.</summary>
    public HostResources Forward(PortForward forward)
    {
        Network = true;
        _forwards.Add(forward);
        return this;
    }

    /// <summary>Asks for a FAT disk made from a folder; the name `@docs` stands for the site made from docs/.</summary>
    public HostResources Disk(string siteFolder, ulong bytes)
    {
        SiteFolder = siteFolder;
        DiskBytes = bytes;
        return this;
    }
}
