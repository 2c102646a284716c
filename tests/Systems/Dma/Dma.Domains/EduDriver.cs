// Lets the device copy a page's first half out and into its second half, each copy answered by a message-signalled interrupt; then lets it write
// where it may not, and looks whether it did.

using System;
using Pride.Machine;
using Pride.Microkit;
using Pride.Runtime;

namespace Dma.Domains;

/// <summary>The driver.</summary>
[Profile(Profile.Driver)]
public sealed class EduDriver : ProtectionDomain
{
    // PCI 3.0, 6.1 and 6.8.1.
    private const nuint Command = 0x04;
    private const nuint FirstBar = 0x10;
    private const nuint FirstCapability = 0x34;
    private const ushort MemoryAndMaster = 6;
    private const byte MessageCapability = 5;
    private const ushort MessagesOn = 1;

    // QEMU, docs/specs/edu.txt.
    private const uint VendorAndDevice = 0x11E8_1234;
    private const nuint InterruptStatus = 0x24;
    private const nuint InterruptAcknowledge = 0x64;
    private const nuint Source = 0x80;
    private const nuint Destination = 0x88;
    private const nuint Count = 0x90;
    private const nuint Start = 0x98;
    private const ulong Buffer = 0x4_0000;
    private const ulong FromMemory = 1 | 4;
    private const ulong ToMemory = 1 | 2 | 4;

    private const ulong Bytes = 64;
    private const int Half = 2048;

    private Mmio _registers;
    private int _stage;

    [Wired]
    public Region Configuration;

    [Wired]
    public Region Registers;

    [Wired]
    public Region Own;

    [Wired]
    public Region Others;

    [Wired]
    public ulong OwnAddress;

    [Wired]
    public ulong OthersAddress;

    [Wired]
    public ulong RegistersAddress;

    [Wired]
    public Irq Done;

    [Wired]
    public ulong MessageAddress;

    [Wired]
    public uint MessageData;

    public override void Init()
    {
        Mmio configuration = new(Configuration);
        _registers = new Mmio(Registers);
        if (configuration.Read32(0) != VendorAndDevice)
        {
            DebugConsole.WriteLine("driver: there is no edu device"u8);
            return;
        }

        configuration.Write32(FirstBar, (uint)RegistersAddress);
        configuration.Write16(Command, MemoryAndMaster);
        TurnMessagesOn(configuration);
        Span<byte> own = Own.Bytes;
        for (int i = 0; i < (int)Bytes; i++)
        {
            own[i] = (byte)(i + 1);
        }

        Copy(OwnAddress, Buffer, FromMemory);
    }

    public override void Notified(Channel channel)
    {
        _registers.Write32(InterruptAcknowledge, _registers.Read32(InterruptStatus));
        Done.Acknowledge();
        switch (_stage++)
        {
            case 0:
                Copy(Buffer, OwnAddress + Half, ToMemory);
                break;
            case 1:
                DebugConsole.WriteLine(Holds(Own.Bytes[Half..], 1) ? "driver: copied out and in"u8 : "driver: copied, but NOT what was there"u8);
                Copy(Buffer, OthersAddress, ToMemory);
                break;
            default:
                DebugConsole.WriteLine(Holds(Others.Bytes, 0) ? "driver: memory of others is untouched"u8 : "driver: memory of others is NOT untouched"u8);
                break;
        }
    }

    // From the first byte on: as many as were copied, each one more than the last; or all zeroes.
    private static bool Holds(ReadOnlySpan<byte> memory, int first)
    {
        for (int i = 0; i < (int)Bytes; i++)
        {
            if (memory[i] != (first == 0 ? 0 : first + i))
            {
                return false;
            }
        }

        return true;
    }

    private void Copy(ulong from, ulong to, ulong command)
    {
        _registers.Write64(Source, from);
        _registers.Write64(Destination, to);
        _registers.Write64(Count, Bytes);
        _registers.Write64(Start, command);
    }

    private void TurnMessagesOn(Mmio configuration)
    {
        nuint at = configuration.Read8(FirstCapability);
        while (at != 0 && configuration.Read8(at) != MessageCapability)
        {
            at = configuration.Read8(at + 1);
        }

        configuration.Write32(at + 4, (uint)MessageAddress);
        configuration.Write32(at + 8, 0);
        configuration.Write16(at + 12, (ushort)MessageData);
        configuration.Write16(at + 2, (ushort)(configuration.Read16(at + 2) | MessagesOn));
    }
}
