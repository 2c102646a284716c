// Answers each byte that is typed with a line, a quarter of a second later by the timer: so input, output and timer of a board are proved at once.

using System;
using Pride.Abi.Sddf;
using Pride.Machine;
using Pride.Microkit;
using Pride.Runtime.Time;
using Pride.Sddf;

namespace Console.Domains;

/// <summary>The console's client.</summary>
[Profile(Profile.Driver)]
public sealed class Answerer : ProtectionDomain
{
    private const ulong DelayNanoseconds = 250_000_000;

    /// <summary>The CPU's counter and the timer may differ by so much: they are two clocks, read one after the other.</summary>
    private const ulong ToleranceNanoseconds = 50_000_000;

    private SerialClient _serial = null!;
    private TimerClient _timer;
    private byte _typed;
    private ulong _askedTimer;
    private long _askedCounter;

    [Wired]
    public Config<SerialClientConfig> Serial;

    [Wired]
    public Config<TimerClientConfig> Timer;

    public override void Init()
    {
        _serial = new SerialClient(Serial);
        _timer = new TimerClient(Timer);
        Say("console: type"u8);
    }

    public override void Notified(Channel channel)
    {
        if (channel == _timer.Channel)
        {
            Answer();
            return;
        }

        Span<byte> typed = stackalloc byte[1];
        while (_serial.Read(typed) == 1)
        {
            _typed = typed[0];
            _askedTimer = _timer.NowNanoseconds();
            _askedCounter = Clock.Nanoseconds;
            _timer.SetTimeout(DelayNanoseconds);
        }
    }

    private void Answer()
    {
        ulong byTimer = _timer.NowNanoseconds() - _askedTimer;
        ulong byCounter = (ulong)(Clock.Nanoseconds - _askedCounter);
        ulong apart = byTimer > byCounter ? byTimer - byCounter : byCounter - byTimer;
        Span<byte> text = [(byte)'\'', _typed, (byte)'\''];
        _serial.Print("console: you typed "u8);
        _serial.Print(text);
        Say(byTimer < DelayNanoseconds ? ", too early"u8 : apart > ToleranceNanoseconds ? ", the clocks disagree"u8 : ", in time"u8);
    }

    private void Say(ReadOnlySpan<byte> text)
    {
        _serial.Print(text);
        _serial.Print("\n"u8);
        _serial.Flush();
    }
}
