// The registers of one port of an AHCI controller (Serial ATA AHCI 1.3.1, 3.3).

using Pride.Machine;

namespace Pride.Drivers.Block;

/// <summary>A port, to which one disk may be attached.</summary>
internal readonly struct AhciPort
{
    /// <summary>Ports that a controller has at most.</summary>
    public const int Maximum = 32;

    public const nuint CommandList = 0x00;
    public const nuint Received = 0x08;
    public const nuint InterruptStatus = 0x10;
    public const nuint InterruptEnable = 0x14;
    public const nuint Command = 0x18;
    public const nuint Task = 0x20;
    public const nuint Errors = 0x30;
    public const nuint CommandIssue = 0x38;

    public const uint CommandStart = 1 << 0;
    public const uint CommandSpinUp = 1 << 1;
    public const uint CommandReceive = 1 << 4;

    private const nuint Signature = 0x24;
    private const nuint Link = 0x28;
    private const uint CommandReceiveRuns = 1 << 14;
    private const uint CommandListRuns = 1 << 15;

    // A disk, not a drive for removable media or a port multiplier; present, and the link is up (DET).
    private const uint DiskSignature = 0x0000_0101;
    private const uint NoSignature = uint.MaxValue;
    private const uint LinkMask = 0xf;
    private const uint LinkUp = 3;

    private const ulong FirstPort = 0x100;
    private const ulong PortBytes = 0x80;

    private readonly Mmio _registers;

    private AhciPort(Mmio registers) => _registers = registers;

    /// <summary>Port <paramref name="index"/>; false where the controller's window ends before it.</summary>
    public static bool TryOpen(Region window, int index, out AhciPort port)
    {
        ulong start = FirstPort + ((ulong)index * PortBytes);
        bool isInside = start + PortBytes <= window.Size;
        port = isInside ? new AhciPort(new Mmio(new Region(window.Address + (nuint)start, PortBytes))) : default;
        return isInside;
    }

    public uint Read(nuint register) => _registers.Read32(register);

    public void Write(nuint register, uint value) => _registers.Write32(register, value);

    public void WriteAddress(nuint register, ulong ioAddress)
    {
        _registers.Write32(register, (uint)ioAddress);
        _registers.Write32(register + sizeof(uint), (uint)(ioAddress >> 32));
    }

    /// <summary>Whether a disk is attached; its link may need <paramref name="polls"/> reads to come up. The signature is there once the port receives.</summary>
    public bool HasDisk(int polls)
    {
        Write(Command, CommandSpinUp);
        return Poll(Link, LinkMask, LinkUp, polls) && Read(Signature) is DiskSignature or NoSignature;
    }

    /// <summary>Stops the port's two engines (10.1.2).</summary>
    public bool TryStop(int polls)
    {
        Write(Command, Read(Command) & ~CommandStart);
        if (!Poll(Command, CommandListRuns, 0, polls))
        {
            return false;
        }

        Write(Command, Read(Command) & ~CommandReceive);
        return Poll(Command, CommandReceiveRuns, 0, polls);
    }

    /// <summary>Waits until the bits of a register are what is wanted; false after <paramref name="polls"/> reads.</summary>
    public bool Poll(nuint register, uint mask, uint wanted, int polls)
    {
        for (int i = 0; i < polls; i++)
        {
            if ((Read(register) & mask) == wanted)
            {
                return true;
            }
        }

        return false;
    }
}
