// The manager of the second virtual machine, in C#: what C/manager.c does, without its checks of what the kernel refuses. The addresses are those of C/guest.h.

using System;
using System.Numerics;
using Pride.Abi;
using Pride.Machine;
using Pride.Microkit;
using Pride.Runtime;

namespace Guests.Domains;

/// <summary>Starts the guest when the other manager has copied it, and judges its checks.</summary>
[Profile(Profile.Driver)]
public sealed class SharpManager : ProtectionDomain
{
    private const ulong Ram = 0x4000_0000;
    private const ulong SecondEntry = Ram + 8;
    private const ulong Device = 0x0c00_0000;
    private const ulong DeviceBytes = 0x1000;
    private const ulong PutCharacter = 0x00;
    private const ulong Magic = 0x08;
    private const ulong GicVersionRegister = 0x10;
    private const ulong CheckRegister = 0x18;
    private const ulong Inject = 0x20;
    private const ulong ActiveRegister = 0x28;
    private const ulong StopRegister = 0x30;
    private const ulong MagicValue = 0x1234_abcd_5678_ef01;
    private const ulong StoppedValue = 0x5709;

    private const uint FirstIrq = 40;
    private const uint TimerIrq = 27;
    private const uint Priority = 16;
    private const int ListRegisters = 4;

    private const ulong HypercallAnswer = 42;
    private const ulong MonitorAnswer = 0x10001;
    private const ulong TrappedRegisterValue = 5;

    // ESR_EL2 (Arm ARM DDI 0487, D17.2.37).
    private const int ClassShift = 26;
    private const ulong MonitorCall = 0x17;
    private const ulong TrappedRegister = 0x18;
    private const ulong ZeroRegister = 31;
    private const ulong El1hMasked = 0x3c5;

    private readonly VirtualCpu _cpu = new(0);
    private readonly ulong[] _context = new ulong[UserContext.Length];
    private readonly uint[] _inList = new uint[ListRegisters];
    private uint _freeLists = (1 << ListRegisters) - 1;
    private uint _nextIrq;
    private uint _lastIrq;
    private bool _timerWaits;
    private ulong _passed;

    [Wired]
    public Channel Loader;

    [Wired]
    public ulong GicVersion;

    /// <summary>The guest is where it runs.</summary>
    public override void Notified(Channel channel)
    {
        _context.AsSpan().Clear();
        _context[UserContext.Pc] = Ram;
        _context[UserContext.Spsr] = El1hMasked;
        _cpu.WriteContext(_context);
        _cpu.Restart(Ram);
    }

    public override bool Fault(Child child, MessageInfo message, out MessageInfo reply)
    {
        reply = default;
        switch (message.Label)
        {
            case FaultKind.VMFault:
                return MemoryFault(MessageRegisters.Get(VMFaultMessage.Address), MessageRegisters.Get(VMFaultMessage.Status), MessageRegisters.Get(VMFaultMessage.IsInstruction) != 0);
            case FaultKind.VCpuFault:
                Emulate(MessageRegisters.Get(VirtualCpuMessage.Syndrome));
                return true;
            case FaultKind.VGicMaintenance:
                EndInterrupt(MessageRegisters.Get(VirtualCpuMessage.ListRegister));
                return true;
            case FaultKind.VPpiEvent:
                _timerWaits = true;
                InjectWaiting();
                return true;
            case FaultKind.UnknownSyscall:
                MessageRegisters.Set(UnknownSyscallMessage.FaultPc, MessageRegisters.Get(UnknownSyscallMessage.FaultPc) + sizeof(uint));
                MessageRegisters.Set(UnknownSyscallMessage.X0, HypercallAnswer);
                reply = new MessageInfo(0, UnknownSyscallMessage.FaultPc + 1);
                return true;
            default:
                DebugConsole.WriteLine("sharp: FAILED: an unknown fault"u8);
                return false;
        }
    }

    private bool MemoryFault(ulong address, ulong status, bool isInstruction)
    {
        if (isInstruction)
        {
            DebugConsole.Write("sharp: the guest's run ends at 0x"u8);
            DebugConsole.WriteHexadecimal(address);
            DebugConsole.Write(", checks passed 0x"u8);
            DebugConsole.WriteHexadecimal(_passed);
            DebugConsole.WriteLine(""u8);
            return false;
        }

        _cpu.TryReadContext(_context);
        ulong register = (status >> 16) & 31;
        bool isStore = (status & (1 << 6)) != 0;
        if (address - Device < DeviceBytes)
        {
            if (isStore && !Store(address - Device, register == ZeroRegister ? 0 : Operand(register)))
            {
                return false;
            }

            if (!isStore)
            {
                int bits = 8 << (int)((status >> 22) & 3);
                Operand(register) = Load(address - Device) & (ulong.MaxValue >> (64 - bits));
            }
        }

        Skip();
        return true;
    }

    /// <summary>False: the guest was stopped.</summary>
    private bool Store(ulong register, ulong value)
    {
        switch (register)
        {
            case PutCharacter:
                DebugConsole.WriteLine("sharp: the guest is there"u8);
                return true;
            case CheckRegister when (value & 1) != 0:
                _passed++;
                return true;
            case CheckRegister:
                DebugConsole.Write("sharp: FAILED: check 0x"u8);
                DebugConsole.WriteHexadecimal(value >> 1);
                DebugConsole.WriteLine(""u8);
                return true;
            case Inject:
                _nextIrq = FirstIrq;
                _lastIrq = FirstIrq + (uint)value;
                InjectWaiting();
                return true;
            case StopRegister:
                _cpu.Stop();
                _cpu.WriteRegister(VcpuRegisters.TpidrEl1, _cpu.ReadRegister(VcpuRegisters.TpidrEl1) == StoppedValue ? StoppedValue + 1 : 0);
                _cpu.Restart(SecondEntry);
                return false;
            default:
                return true;
        }
    }

    private ulong Load(ulong register) => register switch
    {
        Magic => MagicValue,
        GicVersionRegister => GicVersion,
        ActiveRegister => ErrorOfInjecting(),
        _ => 0,
    };

    /// <summary>What the kernel says to an interrupt in place of the one that the guest serves.</summary>
    private ulong ErrorOfInjecting()
    {
        MessageRegisters.Set(0, 50);
        return Kernel.Call(CapSlots.BaseVcpu + _cpu.Id, new MessageInfo(Kernel.Labels.VcpuSetTcb + VcpuOperations.InjectIrq, 1)).Label;
    }

    private void Emulate(ulong syndrome)
    {
        _cpu.TryReadContext(_context);
        switch (syndrome >> ClassShift)
        {
            case MonitorCall:
                Operand(0) = MonitorAnswer;
                break;
            case TrappedRegister:
                Operand((syndrome >> 5) & 31) = TrappedRegisterValue;
                break;
            default:
                DebugConsole.WriteLine("sharp: FAILED: an unknown trap"u8);
                break;
        }

        Skip();
    }

    private void EndInterrupt(ulong listRegister)
    {
        if (listRegister < ListRegisters)
        {
            _freeLists |= 1U << (int)listRegister;
            if (_inList[listRegister] == TimerIrq)
            {
                _cpu.AckVppi(TimerIrq);
            }
        }

        InjectWaiting();
    }

    private void InjectWaiting()
    {
        while (_freeLists != 0 && (_timerWaits || _nextIrq < _lastIrq))
        {
            uint irq = _timerWaits ? TimerIrq : _nextIrq++;
            _timerWaits = false;
            int list = BitOperations.TrailingZeroCount(_freeLists);
            _freeLists &= _freeLists - 1;
            _inList[list] = irq;
            _cpu.InjectIrq(irq, Priority, GicVersion == 3 ? 1U : 0, (uint)list);
        }
    }

    private void Skip()
    {
        _context[UserContext.Pc] += sizeof(uint);
        _cpu.WriteContext(_context);
    }

    private ref ulong Operand(ulong register) => ref _context[UserContext.Registers.IndexOf((byte)register)];
}
