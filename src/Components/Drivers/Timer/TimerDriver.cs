// What every timer's driver does as an sDDF timer driver. Each client, known by its channel, has one timeout. The device's alarm is set
// to the earliest; deadlines are kept in ticks of the counter, so that nothing is converted while they are compared. Meant to run
// passive: calls run on the client's time. A device's own class knows the counter and the alarm.

using System;
using Pride.Abi;
using Pride.Abi.Sddf;
using Pride.Machine;
using Pride.Microkit;

namespace Pride.Drivers.Timer;

/// <summary>A timer's driver.</summary>
public abstract class TimerDriver : ProtectionDomain
{
    /// <summary>The deadline of who waits for nothing.</summary>
    protected const ulong Never = ulong.MaxValue;

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
            throw new InvalidOperationException("timer driver: needs device resources with one interrupt");
        }

        _interrupt = new Irq(device.Interrupts[0]);
        ulong frequency = SetUp(in device);
        _ticksPerNanosecond = (ulong)(((UInt128)frequency << FractionBits) / NanosecondsPerSecond);
        _nanosecondsPerTick = (ulong)(((UInt128)NanosecondsPerSecond << FractionBits) / frequency);
        Array.Fill(_deadlineTicks, Never);
        SetAlarm(Never);
    }

    public override void Notified(Channel channel)
    {
        if (_interrupt.Is(channel))
        {
            // The line stays asserted while the alarm is past, so it must be set anew before the acknowledgement.
            Expire(ReadCount());
            _interrupt.AcknowledgeDeferred();
        }
    }

    public override MessageInfo Protected(Channel channel, MessageInfo message)
    {
        ulong now = ReadCount();
        switch (message.Label)
        {
            case TimerProtocol.GetTime:
                MessageRegisters.Set(0, ToNanoseconds(now));
                return new MessageInfo(0, 1);
            case TimerProtocol.SetTimeout:
                SetDeadline((int)channel.Id, now, message.Length > 0 ? MessageRegisters.Get(0) : Never);
                return new MessageInfo(0, 0);
            default:
                UnknownRequests++;
                return new MessageInfo(0, 0);
        }
    }

    /// <summary>Makes the device ready, its alarm off; returns the counter's ticks per second.</summary>
    protected abstract ulong SetUp(ref readonly DeviceResources device);

    /// <summary>The counter now.</summary>
    protected abstract ulong ReadCount();

    /// <summary>Lets the device interrupt once the counter has reached <paramref name="ticks"/>, or soon after; <see cref="Never"/>: not at all. An alarm before is forgotten.</summary>
    protected abstract void SetAlarm(ulong ticks);

    /// <summary>Ticks as nanoseconds, rounded down.</summary>
    protected ulong ToNanoseconds(ulong ticks) => Scale(ticks, _nanosecondsPerTick);

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

        SetAlarm(earliest);
    }

    /// <summary>value * factor, where the factor has <see cref="FractionBits"/> binary places; what overflows is the largest number.</summary>
    private static ulong Scale(ulong value, ulong factor)
    {
        ulong high = Math.BigMul(value, factor, out ulong low);
        return high >> FractionBits != 0 ? ulong.MaxValue : (high << FractionBits) | (low >> FractionBits);
    }
}
