// The options by which a machine gets devices that nothing in the description asks for, as a .system file cannot: a disk, the network, forwarded ports, or whatever QEMU has.

using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Linq;
using System.Net;
using Pride.Description;

namespace Pride.Tool.Commands;

/// <summary>--disk, --net, --forward and --qemu of one command.</summary>
internal sealed class DeviceOptions
{
    private readonly Option<FileInfo?> _disk = new("--disk") { Description = "a raw disk image, which keeps what the system writes", HelpName = "FILE" };

    private readonly Option<bool> _network = new("--net") { Description = "the network device, on QEMU's user network" };

    private readonly Option<string[]> _forwards = new("--forward")
    {
        Description = "this machine's port for one of the system's, on its network: [tcp:|udp:]PORT:[ADDRESS:]PORT (tcp and 10.0.2.15 unless said)",
        HelpName = "FORWARD",
    };

    private readonly Option<string?> _qemu = new("--qemu")
    {
        Description = "further arguments for QEMU, in one text: --qemu \"-device virtio-gpu-device\"",
        HelpName = "ARGUMENTS",
    };

    public void AddTo(Command command)
    {
        command.Add(_disk);
        command.Add(_network);
        command.Add(_forwards);
        command.Add(_qemu);
    }

    /// <exception cref="ToolException">There is no such disk, or a forward is malformed.</exception>
    public GivenDevices Read(ParseResult parsed)
    {
        if (parsed.GetValue(_disk) is { Exists: false } missing)
        {
            throw new ToolException(ExitCodes.Usage, $"there is no disk image {missing.FullName}", "make one: truncate -s 64M FILE, with what the system expects on it");
        }

        PortForward[] forwards = [.. (parsed.GetValue(_forwards) ?? []).Select(ParseForward)];
        return new GivenDevices(parsed.GetValue(_disk)?.FullName, parsed.GetValue(_network) || forwards.Length > 0, forwards)
        {
            Arguments = (parsed.GetValue(_qemu) ?? string.Empty).Split(' ', StringSplitOptions.RemoveEmptyEntries),
        };
    }

    /// <summary>A forward as it is written on the command line.</summary>
    /// <exception cref="ToolException">It is malformed.</exception>
    internal static PortForward ParseForward(string text)
    {
        string[] parts = text.Split(':');
        bool names = parts[0] is "tcp" or "udp";
        string[] rest = parts[(names ? 1 : 0)..];
        if (rest.Length is not (2 or 3) || !IsPort(rest[0], out ushort host) || !IsPort(rest[^1], out ushort guest)
            || (rest.Length == 3 && !IPAddress.TryParse(rest[1], out _)))
        {
            throw new ToolException(
                ExitCodes.Usage, $"'{text}' forwards no port", "write [tcp:|udp:]PORT:[ADDRESS:]PORT, this machine's port first, for example udp:7007:10.0.2.15:7");
        }

        PortForward forward = new($"port {guest}", guest, host, names ? parts[0] : "tcp");
        return rest.Length == 3 ? forward with { Name = $"port {guest} of {rest[1]}", GuestAddress = rest[1] } : forward;

        static bool IsPort(string number, out ushort port) => ushort.TryParse(number, out port) && port != 0;
    }
}

/// <summary>What a machine gets beside what the description asks for.</summary>
/// <param name="Disk">A raw disk image; null: the description's.</param>
/// <param name="Network">With the network device.</param>
/// <param name="Forwards">Ports, the host's exactly as asked for.</param>
internal sealed record GivenDevices(string? Disk, bool Network, IReadOnlyList<PortForward> Forwards)
{
    /// <summary>Further arguments for QEMU.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];
}
