// Driver of the Arm generic timer (Arm ARM DDI 0487, D12): the physical timer CNTP from EL0, interrupt PPI 30. An sDDF timer driver.
//
// Each client, known by its channel, has one timeout. The compare register holds the earliest; deadlines are kept in ticks,
// so that nothing is converted while they are compared. Meant to run passive: calls run on the client's time.

using System;
using Pride.Abi;
using Pride.Abi.Sddf;
using Pride.Machine;
using Pride.Microkit;

namespace Pride.Drivers.Timer;

/// <summary>Arm generic timer.</summary>
[Profile(Profile.Driver)]
public sealed class ArmGenericTimer : ProtectionDomain
{
    private const ulong Never = ulong.MaxValue;
    private const ulong NanosecondsPerSecond = 1_000_000_000;

    // Conversion factors have 32 binary places: an error below one part in a billion for any clock above 1 Hz.
    private const int FractionBits = 32;

    private readonly ulong[] _deadlineTicks = new ulong[CapSlots.MaximumChannels];
    private Irq _interrupt;
    private ulong _ticksPerNanosecond;
    private ulong _nanosecondsPerTick;

    // One past the highest channel that ever asked: what lies above need not be looked at.
    private int _used;

    [Wired]
    public Config<DeviceResources> Device;

    /// <summary>Calls with a label that no timer serves.</summary>
    public uint UnknownRequests { get; private set; }

    public override void Init()
    {
        ref readonly DeviceResources device = ref Device.Value;
        if (!device.Magic.Is(SddfClass.Device) || device.InterruptCount != 1)
        {
            throw new InvalidOperationException("generic timer driver: needs device resources with one interrupt");
        }

        _interrupt = new Irq(device.Interrupts[0]);
        ulong frequency = GenericTimer.Frequency();
        _ticksPerNanosecond = (ulong)(((UInt128)frequency << FractionBits) / NanosecondsPerSecond);
        _nanosecondsPerTick = (ulong)(((UInt128)NanosecondsPerSecond << FractionBits) / frequency);
        Array.Fill(_deadlineTicks, Never);
        GenericTimer.SetCompare(Never);
        GenericTimer.SetControl(GenericTimer.ControlEnable);
    }

    public override void Notified(Channel channel)
    {
        if (_interrupt.Is(channel))
        {
            // The line stays asserted while the deadline is past, so a new compare value must stand before the acknowledgement.
            Expire(GenericTimer.Count());
            _interrupt.AcknowledgeDeferred();
        }
    }

    public override MessageInfo Protected(Channel channel, MessageInfo message)
    {
        ulong now = GenericTimer.Count();
        switch (message.Label)
        {
            case TimerProtocol.GetTime:
                MessageRegisters.Set(0, Scale(now, _nanosecondsPerTick));
                return new MessageInfo(0, 1);
            case TimerProtocol.SetTimeout:
                SetDeadline((int)channel.Id, now, message.Length > 0 ? MessageRegisters.Get(0) : Never);
                return new MessageInfo(0, 0);
            default:
                UnknownRequests++;
                return new MessageInfo(0, 0);
        }
    }

    private void SetDeadline(int client, ulong now, ulong nanoseconds)
    {
        // One tick more than the conversion gives, which rounds down: never early.
        ulong ticks = Scale(nanoseconds, _ticksPerNanosecond);
        _deadlineTicks[client] = ticks >= Never - now - 1 ? Never : now + ticks + 1;
        _used = Math.Max(_used, client + 1);
        Expire(now);
    }

    private void Expire(ulong now)
    {
        ulong earliest = Never;
        Span<ulong> deadlines = _deadlineTicks.AsSpan(0, _used);
        for (int client = 0; client < deadlines.Length; client++)
        {
            ulong deadline = deadlines[client];
            if (deadline <= now)
            {
                deadlines[client] = Never;
                new Channel((ulong)client).Notify();
            }
            else if (deadline < earliest)
            {
                earliest = deadline;
            }
        }

        GenericTimer.SetCompare(earliest);
    }

    /// <summary>value * factor, where the factor has <see cref="FractionBits"/> binary places; what overflows is the largest number.</summary>
    private static ulong Scale(ulong value, ulong factor)
    {
        ulong high = Math.BigMul(value, factor, out ulong low);
        return high >> FractionBits != 0 ? ulong.MaxValue : (high << FractionBits) | (low >> FractionBits);
    }
}
