// Measures the FAT server over the whole path: this client, the server, the block virtualiser and driver, and the kernel. Idle
// time is left out. One command is on its way at a time, as in the reference.
//
// After measuring, the file is read once more and every byte is compared with what the description wrote: a fast
// server of wrong data prints no figures.

using System;
using Pride.Abi;
using Pride.Abi.Fs;
using Pride.Fs;
using Pride.Machine;
using Pride.Microkit;
using Pride.Runtime;

namespace BenchFat.Domains;

/// <summary>A client of the file-system protocol that sends the next command when the last is answered.</summary>
[Profile(Profile.Driver)]
public sealed class FatBench : ProtectionDomain
{
    /// <summary>Bytes of the file that is read: several times the server's cache.</summary>
    public const int FileBytes = 16 << 20;

    private const int RequestBytes = 32 * 1024;
    private const ulong Stats = 2_000;
    private const ulong DataOffset = 64 * 1024;
    private const ulong NanosecondsPerSecond = 1_000_000_000;

    private FsQueueProducer<FsCommand> _commands;
    private FsQueueConsumer<FsCompletion> _completions;
    private Region _share;
    private Channel _server;
    private Phase _phase;
    private ulong _file;
    private ulong _offset;
    private ulong _stats;
    private ulong _start;
    private ulong _startIdle;

    [Wired]
    public Config<FsClientConfig> Files;

    [Wired]
    public Region Statistics;

    private enum Phase
    {
        Mount,
        Open,
        Read,
        FirstStat,
        Stat,
        Compare,
        Done,
    }

    /// <summary>The file that is read.</summary>
    public static ReadOnlySpan<byte> FilePath => "/big.bin"u8;

    /// <summary>The file that is asked about.</summary>
    public static ReadOnlySpan<byte> StatPath => "/docs/reference/page.html"u8;

    /// <summary>What stands at <paramref name="offset"/> of the file.</summary>
    public static byte Content(ulong offset) => (byte)((offset * 31) ^ (offset >> 8) ^ (offset >> 17));

    public override void Init()
    {
        ref readonly FsClientConfig config = ref Files.Value;
        if (!config.Magic.IsValid)
        {
            throw new InvalidOperationException("no file-system client configuration");
        }

        _commands = new FsQueueProducer<FsCommand>(config.Server.CommandQueue);
        _completions = new FsQueueConsumer<FsCompletion>(config.Server.CompletionQueue);
        _share = config.Server.Share;
        _server = new Channel(config.Server.ChannelId);
        Ask(FsCommand.Simple(FsCommandCode.Initialise));
    }

    public override void Notified(Channel channel)
    {
        while (_completions.TryDequeue(out FsCompletion completion))
        {
            if (completion.Status != FsStatus.Success)
            {
                throw new InvalidOperationException("the server answered with an error");
            }

            Continue(in completion);
        }
    }

    private void Continue(in FsCompletion completion)
    {
        switch (_phase)
        {
            case Phase.Mount:
                _phase = Phase.Open;
                Ask(FsCommand.FileOpen(Path(FilePath), FsOpenFlags.ReadOnly));
                break;
            case Phase.Open:
                _file = completion.Data;
                _phase = Phase.Read;
                Start();
                AskRead();
                break;
            case Phase.Read:
                ContinueReading(completion.Data);
                break;
            case Phase.FirstStat:
                _phase = Phase.Stat;
                Start();
                AskStat();
                break;
            case Phase.Stat:
                ContinueAsking();
                break;
            case Phase.Compare:
                Compare(completion.Data);
                break;
        }
    }

    private void ContinueReading(ulong count)
    {
        _offset += count;
        if (count == RequestBytes)
        {
            AskRead();
            return;
        }

        Print("fat-read"u8, FileBytes >> 20);
        _phase = Phase.FirstStat;
        AskStat();
    }

    private void ContinueAsking()
    {
        if (++_stats < Stats)
        {
            AskStat();
            return;
        }

        Print("fat-stat"u8, Stats);
        _phase = Phase.Compare;
        _offset = 0;
        AskRead();
    }

    private void Compare(ulong count)
    {
        ReadOnlySpan<byte> data = _share.Bytes.Slice((int)DataOffset, (int)count);
        for (int i = 0; i < data.Length; i++)
        {
            if (data[i] != Content(_offset + (ulong)i))
            {
                throw new InvalidOperationException("the file has wrong bytes");
            }
        }

        _offset += count;
        if (count != 0)
        {
            AskRead();
            return;
        }

        _phase = Phase.Done;
        DebugConsole.WriteLine(_offset == FileBytes ? "bench done"u8 : "bench: the file has the wrong length"u8);
    }

    private void AskRead() => Ask(FsCommand.Transfer(FsCommandCode.FileRead, _file, _offset, new FsBuffer(DataOffset, RequestBytes)));

    private void AskStat() => Ask(FsCommand.TwoBuffers(FsCommandCode.Stat, Path(StatPath), new FsBuffer(DataOffset, FsStat.Length)));

    private void Ask(FsCommand command)
    {
        _commands.Enqueue(in command);
        _server.NotifyDeferred();
    }

    private FsBuffer Path(ReadOnlySpan<byte> path)
    {
        path.CopyTo(_share.Bytes);
        return new FsBuffer(0, (ulong)path.Length);
    }

    private void Start()
    {
        _startIdle = Statistics.At<StatisticsHeader>().IdleTicks;
        _start = CpuCounter.Count();
    }

    private void Print(ReadOnlySpan<byte> name, ulong operations)
    {
        ulong ticks = CpuCounter.Count() - _start - (Statistics.At<StatisticsHeader>().IdleTicks - _startIdle);
        DebugConsole.Write("bench "u8);
        DebugConsole.Write(name);
        DebugConsole.Write(" "u8);
        WriteNumber(ticks * NanosecondsPerSecond / CpuCounter.Frequency() / operations);
        DebugConsole.WriteLine(" instructions"u8);
    }

    private static void WriteNumber(ulong value)
    {
        Span<byte> digits = stackalloc byte[20];
        int at = digits.Length;
        do
        {
            digits[--at] = (byte)('0' + (value % 10));
            value /= 10;
        }
        while (value != 0);
        DebugConsole.Write(digits[at..]);
    }
}
