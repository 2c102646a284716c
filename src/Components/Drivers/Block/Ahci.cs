// Driver of AHCI controllers (Serial ATA AHCI 1.3.1): the first disk that is there, by DMA commands without native queuing.
//
// A command slot is a request's slot. The controller takes the slots that the driver sets in CI and clears a slot's bit when its command is
// done. When one fails it stops. Controllers differ in what they then say of the one that failed, so the driver believes none of them: it
// starts the controller again and gives it back what it had, one command at a time, until each is answered or fails by itself.

using Pride.Abi.Sddf;
using Pride.Abi.Services;
using Pride.Drivers.Pci;
using Pride.Machine;
using Pride.Microkit;

namespace Pride.Drivers.Block;

/// <summary>A SATA disk behind an AHCI controller.</summary>
[Profile(Profile.Driver)]
public sealed class Ahci : BlockDriver
{
    // The controller's registers (3.1).
    private const nuint Capabilities = 0x00;
    private const nuint Control = 0x04;
    private const nuint InterruptStatus = 0x08;
    private const nuint PortsImplemented = 0x0c;
    private const uint CapabilitySlotsShift = 8;
    private const uint CapabilitySlotsMask = 0x1f;
    private const uint Capability64Bits = 1u << 31;
    private const uint ControlReset = 1 << 0;
    private const uint ControlInterrupts = 1 << 1;
    private const uint ControlAhci = 1u << 31;

    // Interrupts of a port (3.3.6): an answer of the three kinds, and the errors, which stop the port.
    private const uint PortAnswered = 0x7;
    private const uint PortFailed = 0xf000_0000;

    private const uint TaskBusy = (1 << 7) | (1 << 3);
    private const uint PortCommandWorks = AhciPort.CommandStart | AhciPort.CommandReceive | AhciPort.CommandSpinUp;

    // Polls at the start: a disk needs seconds to spin up, and a read of a register takes a microsecond or so.
    private const int PollLimit = 4_000_000;

    private const int RegistersRegion = 0;
    private const int TablesRegion = 1;
    private const int ListRegion = 2;

    private Mmio _registers;
    private AhciPort _port;
    private AhciCommands _commands;
    private CommandSlots _slots;
    private uint _waiting;
    private uint _running;
    private uint _alone;
    private uint _portBit;

    /// <summary>The PCI component.</summary>
    [Wired]
    public Channel Pci;

    /// <summary>Times that the port stopped for an error.</summary>
    public uint Errors { get; private set; }

    protected override bool TrySetUp(ref readonly DeviceResources device, out BlockMedium medium)
    {
        medium = default;
        _slots = default;
        _waiting = _running = _alone = 0;
        _registers = new Mmio(device.Regions[RegistersRegion].Region);
        if (new PciFunction(Pci).Open(out _, out _) != PciStatus.Ready || !TryReset() || !TryFindDisk(device.Regions[RegistersRegion].Region))
        {
            return false;
        }

        _commands = new AhciCommands(device.Regions[TablesRegion], device.Regions[ListRegion]);
        uint capabilities = _registers.Read32(Capabilities);
        ulong end = (capabilities & Capability64Bits) != 0 ? 0 : 1UL << 32;
        if ((end != 0 && _commands.EndIoAddress > end) || !TryStartPort() || !TryIdentify(out medium))
        {
            return false;
        }

        medium.IoAddressEnd = end;
        medium.Slots = ((capabilities >> (int)CapabilitySlotsShift) & CapabilitySlotsMask) + 1;
        _port.Write(AhciPort.InterruptEnable, PortAnswered | PortFailed);
        _registers.Write32(Control, ControlAhci | ControlInterrupts);
        return true;
    }

    protected override void AcknowledgeInterrupt()
    {
        uint status = _port.Read(AhciPort.InterruptStatus);
        _port.Write(AhciPort.InterruptStatus, status);
        _registers.Write32(InterruptStatus, _portBit);
        if ((status & PortFailed) != 0)
        {
            Recover();
        }
        else
        {
            Look();
        }
    }

    protected override void Post(uint slot, in BlockCommand command)
    {
        _commands.Write(slot, in command);
        _slots.Start(1UL << (int)slot);
        _waiting |= 1u << (int)slot;
    }

    protected override void Publish()
    {
        uint next = _alone == 0 ? _waiting : _running == 0 ? _alone & (~_alone + 1) : 0;
        if (next != 0)
        {
            Barrier.DmaWrite();
            _running |= next;
            _waiting &= ~next;
            _alone &= ~next;
            _port.Write(AhciPort.CommandIssue, next);
        }
    }

    protected override bool TryTakeDone(out uint slot, out bool isOk) => _slots.TryTake(NoSlot, out slot, out isOk);

    /// <summary>What the controller does after the acknowledgement interrupts anew.</summary>
    protected override bool ArmInterrupt() => _slots.HasDone;

    /// <summary>The commands that the controller no longer has are done.</summary>
    private void Look()
    {
        uint done = _running & ~_port.Read(AhciPort.CommandIssue);
        Barrier.DmaRead();
        _running &= ~done;
        _slots.Finish(done, isOk: true);
    }

    /// <summary>A command has failed and the port has stopped. Which one, is sure when there was one alone.</summary>
    private void Recover()
    {
        Errors++;
        if (uint.IsPow2(_running))
        {
            _slots.Finish(_running, isOk: false);
        }
        else
        {
            _alone |= _running;
        }

        _running = 0;
        _port.TryStop(PollLimit);
        _port.Write(AhciPort.Errors, uint.MaxValue);
        _port.Write(AhciPort.InterruptStatus, uint.MaxValue);
        _port.Write(AhciPort.Command, PortCommandWorks);
    }

    private bool TryReset()
    {
        _registers.Write32(Control, ControlAhci);
        _registers.Write32(Control, ControlAhci | ControlReset);
        if (!Poll(_registers, Control, ControlReset, 0))
        {
            return false;
        }

        _registers.Write32(Control, ControlAhci);
        return true;
    }

    private bool TryFindDisk(Region window)
    {
        uint ports = _registers.Read32(PortsImplemented);
        for (int i = 0; i < AhciPort.Maximum; i++)
        {
            if (((ports >> i) & 1) != 0 && AhciPort.TryOpen(window, i, out _port) && _port.HasDisk(PollLimit / AhciPort.Maximum))
            {
                _portBit = 1u << i;
                return true;
            }
        }

        return false;
    }

    private bool TryStartPort()
    {
        if (!_port.TryStop(PollLimit))
        {
            return false;
        }

        _port.WriteAddress(AhciPort.CommandList, _commands.ListIoAddress);
        _port.WriteAddress(AhciPort.Received, _commands.ReceivedIoAddress);
        _port.Write(AhciPort.Errors, uint.MaxValue);
        _port.Write(AhciPort.InterruptStatus, uint.MaxValue);
        _port.Write(AhciPort.Command, AhciPort.CommandReceive | AhciPort.CommandSpinUp);
        if (!_port.Poll(AhciPort.Task, TaskBusy, 0, PollLimit))
        {
            return false;
        }

        _port.Write(AhciPort.Command, PortCommandWorks);
        return true;
    }

    private bool TryIdentify(out BlockMedium medium)
    {
        _commands.WriteIdentify(0);
        Barrier.DmaWrite();
        _port.Write(AhciPort.CommandIssue, 1);
        medium = default;
        bool isDone = _port.Poll(AhciPort.CommandIssue, 1, 0, PollLimit) && (_port.Read(AhciPort.InterruptStatus) & PortFailed) == 0;
        _port.Write(AhciPort.InterruptStatus, uint.MaxValue);
        return isDone && _commands.TryReadIdentity(out medium);
    }

    private static bool Poll(Mmio registers, nuint register, uint mask, uint wanted)
    {
        for (int i = 0; i < PollLimit; i++)
        {
            if ((registers.Read32(register) & mask) == wanted)
            {
                return true;
            }
        }

        return false;
    }
}
