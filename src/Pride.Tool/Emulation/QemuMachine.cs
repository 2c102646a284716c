// One QEMU process: started from what the board says, its serial line captured, killed when disposed.
//
// The serial line is QEMU's standard input and output. Everything the guest prints is kept, and also handed on as it comes.

using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Pride.Description;

namespace Pride.Tool.Emulation;

/// <summary>A forwarded port, with the host's port decided.</summary>
public readonly record struct ForwardedPort(PortForward Forward, int HostPort)
{
    /// <summary>What a person uses to reach it.</summary>
    public string Url => Forward.Scheme is "http" or "https"
        ? $"{Forward.Scheme}://localhost:{HostPort}/"
        : $"{Forward.Scheme}://localhost:{HostPort}";
}

/// <summary>What a machine is started with.</summary>
public sealed record MachineOptions
{
    public required Board Board { get; init; }

    public required string ImagePath { get; init; }

    /// <summary>True: with the network device.</summary>
    public bool Network { get; init; }

    public IReadOnlyList<ForwardedPort> Forwards { get; init; } = [];

    /// <summary>A raw disk image, which the machine deletes when it is disposed, unless <see cref="KeepsDisk"/>; null: no disk.</summary>
    public string? DiskPath { get; init; }

    /// <summary>The disk is somebody's own, and what the guest writes to it stays.</summary>
    public bool KeepsDisk { get; init; }

    /// <summary>Further arguments for QEMU.</summary>
    public IReadOnlyList<string> ExtraArguments { get; init; } = [];

    /// <summary>The image is one of Microkit's tool, with the real seL4.</summary>
    public bool RealKernel { get; init; }

    /// <summary>The real seL4's own file, where the loader wants it beside the image.</summary>
    public string? KernelPath { get; init; }

    /// <summary>Gets what the guest prints as it comes, on a thread of its own.</summary>
    public GuestOutput? Output { get; init; }
}

/// <summary>A running machine.</summary>
public sealed class QemuMachine : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task _reader;
    private readonly Task<string> _errors;
    private readonly StringBuilder _text = new();
    private readonly SemaphoreSlim _more = new(0);
    private readonly GuestOutput? _output;
    private readonly string? _diskPath;

    private QemuMachine(Process process, MachineOptions options)
    {
        _process = process;
        _output = options.Output;
        _diskPath = options.KeepsDisk ? null : options.DiskPath;
        Forwards = options.Forwards;
        _reader = Task.Run(ReadSerial);
        _errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>The ports that reach into the guest.</summary>
    public IReadOnlyList<ForwardedPort> Forwards { get; }

    /// <summary>All that the guest has printed.</summary>
    public string Serial
    {
        get
        {
            lock (_text)
            {
                return _text.ToString();
            }
        }
    }

    public bool HasExited => _process.HasExited;

    public int ProcessId => _process.Id;

    /// <summary>Starts QEMU.</summary>
    /// <exception cref="ToolException">QEMU is not there.</exception>
    public static QemuMachine Start(MachineOptions options) =>
        new(Processes.Start(options.Board.Emulator.Program, Arguments(options), null, redirect: true), options);

    /// <summary>QEMU's whole command line, for people.</summary>
    public static string CommandLine(MachineOptions options) => $"{options.Board.Emulator.Program} {string.Join(' ', Arguments(options))}";

    /// <summary>The host's port for each forward: the preferred one when it is free, else any free one.</summary>
    /// <param name="forwards">What the description asks for.</param>
    /// <param name="first">The first one's port, or an error when it is taken; null: as for the others.</param>
    /// <param name="preferred">False: any free port for all, for machines that start beside others.</param>
    public static IReadOnlyList<ForwardedPort> ChoosePorts(IEnumerable<PortForward> forwards, int? first = null, bool preferred = true)
    {
        List<ForwardedPort> result = [];
        foreach (PortForward forward in forwards)
        {
            int wanted = first is { } port && result.Count == 0 ? port : preferred ? forward.PreferredHostPort : 0;
            bool exact = first is not null && result.Count == 0;
            result.Add(new ForwardedPort(forward, FreePort(wanted, exact, forward.Scheme == "udp")));
        }

        return result;
    }

    /// <summary><paramref name="forward"/> from the host's port that it prefers and no other.</summary>
    /// <exception cref="ToolException">Somebody else has the port.</exception>
    public static ForwardedPort Forward(PortForward forward) => new(forward, FreePort(forward.PreferredHostPort, exact: true, forward.Scheme == "udp"));

    /// <summary>Sends text to the guest's serial line.</summary>
    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text));

    /// <summary>Sends bytes to the guest's serial line.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        Stream line = _process.StandardInput.BaseStream;
        await line.WriteAsync(bytes);
        await line.FlushAsync();
    }

    /// <summary>Waits until <paramref name="done"/> holds for all that the guest has printed.</summary>
    /// <returns>False: the time is over or the machine has ended without it.</returns>
    public async Task<bool> WaitForAsync(Func<string, bool> done, TimeSpan limit)
    {
        Stopwatch watch = Stopwatch.StartNew();
        while (!done(Serial))
        {
            if (watch.Elapsed > limit || (_reader.IsCompleted && !done(Serial)))
            {
                return done(Serial);
            }

            await _more.WaitAsync(TimeSpan.FromMilliseconds(100));
        }

        return true;
    }

    /// <summary>Waits for the end of the machine.</summary>
    public async Task<int> WaitForExitAsync(CancellationToken cancel)
    {
        await _process.WaitForExitAsync(cancel);
        await _reader;
        return _process.ExitCode;
    }

    /// <summary>What QEMU itself had to say, once it has ended.</summary>
    public async Task<string> ErrorsAsync() => _process.HasExited ? (await _errors).Trim() : string.Empty;

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync();
        await _reader;
        _process.Dispose();
        _more.Dispose();
        if (_diskPath is not null)
        {
            File.Delete(_diskPath);
        }
    }

    private static IEnumerable<string> Arguments(MachineOptions options)
    {
        BoardEmulator emulator = options.Board.Emulator;
        string forwards = string.Concat(options.Forwards.Select(f =>
            $",hostfwd={(f.Forward.Scheme == "udp" ? "udp" : "tcp")}:127.0.0.1:{f.HostPort}-{f.Forward.GuestAddress}:{f.Forward.GuestPort}"));
        IEnumerable<string> all = (options.RealKernel ? emulator.MicrokitArguments ?? throw NoMicrokit(options.Board) : emulator.Arguments)
            .Concat(options.Network ? emulator.NetworkArguments : [])
            .Concat(options.DiskPath is null ? [] : emulator.DiskArguments)
            .Concat(options.ExtraArguments);
        return all.Select(a => a
            .Replace("{image}", options.ImagePath, StringComparison.Ordinal)
            .Replace("{forwards}", forwards, StringComparison.Ordinal)
            .Replace("{disk}", options.DiskPath, StringComparison.Ordinal)
            .Replace("{kernel}", options.KernelPath, StringComparison.Ordinal));
    }

    private static ToolException NoMicrokit(Board board) => new(
        ExitCodes.Usage, $"how QEMU starts the real seL4 for {board.Name} is not known", "choose a board whose file has \"microkitArguments\"");

    private static int FreePort(int wanted, bool exact, bool udp)
    {
        try
        {
            using Socket socket = udp
                ? new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp)
                : new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Loopback, wanted));
            return ((IPEndPoint)socket.LocalEndPoint!).Port;
        }
        catch (SocketException) when (!exact && wanted != 0)
        {
            return FreePort(0, exact: false, udp);
        }
        catch (SocketException e)
        {
            throw new ToolException(ExitCodes.Usage, $"port {wanted} of this machine cannot be used: {e.Message}", "choose another with --port, or in --forward");
        }
    }

    private async Task ReadSerial()
    {
        byte[] buffer = new byte[4096];
        Decoder decoder = Encoding.UTF8.GetDecoder();
        char[] chars = new char[buffer.Length + 1];
        Stream stream = _process.StandardOutput.BaseStream;
        while (await stream.ReadAsync(buffer) is > 0 and int count)
        {
            int length = decoder.GetChars(buffer, 0, count, chars, 0);
            lock (_text)
            {
                _text.Append(chars, 0, length);
            }

            _output?.Write(chars.AsSpan(0, length));
            _more.Release();
        }
    }
}
