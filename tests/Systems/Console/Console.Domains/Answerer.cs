// Answers each byte that is typed with a line, a quarter of a second later by the timer: so input, output and timer of a board are proved at once. Before
// that it draws random numbers, and reads the first block of the disk, writes it and reads it again.

using System;
using Pride.Abi;
using Pride.Abi.Sddf;
using Pride.Abi.Services;
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

    private const ulong RandomWords = 4;

    // The boot sector of FAT32 (FAT specification 1.03): its volume label.
    private const int LabelOffset = 71;

    private SerialClient _serial = null!;
    private BlockClient _disk = null!;
    private DiskStep _step;
    private TimerClient _timer;
    private byte _typed;
    private ulong _askedTimer;
    private long _askedCounter;

    [Wired]
    public Config<SerialClientConfig> Serial;

    [Wired]
    public Config<TimerClientConfig> Timer;

    [Wired]
    public Channel RandomNumbers;

    [Wired]
    public Config<BlockClientConfig> Disk;

    private enum DiskStep
    {
        Waits,
        Reads,
        Writes,
        ReadsAgain,
        Done,
    }

    public override void Init()
    {
        _serial = new SerialClient(Serial);
        _timer = new TimerClient(Timer);
        _disk = new BlockClient(Disk);
        Say(DrawsAnew() ? "console: random numbers"u8 : "console: the random numbers are none"u8);
        UseDisk();
    }

    public override void Notified(Channel channel)
    {
        if (channel == _timer.Channel)
        {
            Answer();
            return;
        }

        if (channel == _disk.Channel)
        {
            UseDisk();
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

    private bool DrawsAnew()
    {
        Span<ulong> first = stackalloc ulong[(int)RandomWords];
        Span<ulong> second = stackalloc ulong[(int)RandomWords];
        return TryDraw(first) && TryDraw(second) && !first.SequenceEqual(second) && first[0] != first[1];
    }

    /// <summary>A generator that makes words one after the other is asked until it has made all.</summary>
    private bool TryDraw(Span<ulong> words)
    {
        const int Patience = 100_000;
        int drawn = 0;
        for (int i = 0; i < Patience && drawn < words.Length; i++)
        {
            MessageRegisters.Set(0, (ulong)(words.Length - drawn));
            MessageInfo reply = RandomNumbers.Call(new MessageInfo(EntropyProtocol.Draw, 1));
            for (int word = 0; word < reply.Length && drawn < words.Length; word++)
            {
                words[drawn++] = MessageRegisters.Get(word);
            }
        }

        return drawn == words.Length;
    }

    /// <summary>The first block is read, written as it is, and read again to another place.</summary>
    private void UseDisk()
    {
        const int Block = BlockRequest.TransferSize;
        while (_disk.TryGetResponse(out BlockResponse response))
        {
            if (response.Status != BlockStatus.Ok || response.Id != (uint)_step)
            {
                Say("console: the disk fails"u8);
                return;
            }

            _step++;
            if (_step == DiskStep.Writes)
            {
                _disk.TryWrite(0, 1, 0, (uint)_step);
            }
            else if (_step == DiskStep.ReadsAgain)
            {
                _disk.TryRead(0, 1, Block, (uint)_step);
            }
            else
            {
                bool isRight = _disk.Data.Slice(LabelOffset, 5).SequenceEqual("PRIDE"u8) && _disk.Data[..Block].SequenceEqual(_disk.Data.Slice(Block, Block));
                Say(isRight ? "console: the disk is PRIDE"u8 : "console: the disk has other bytes"u8);
                Say("console: type"u8);
            }
        }

        if (_step == DiskStep.Waits && _disk.IsReady)
        {
            _step = DiskStep.Reads;
            _disk.TryRead(0, 1, 0, (uint)_step);
        }

        _disk.Submit();
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
