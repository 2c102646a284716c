// Looks into a running machine from outside, over QEMU's machine protocol (QMP): the guest does nothing for it, so nothing is disturbed.

using System;
using System.IO;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;

namespace Pride.Tool.Benchmarks;

/// <summary>A connection to QEMU's QMP socket.</summary>
internal sealed class MachineMonitor : IDisposable
{
    private readonly string _folder;
    private Socket? _socket;
    private StreamReader? _reader;
    private StreamWriter? _writer;

    public MachineMonitor() => _folder = Directory.CreateTempSubdirectory("pride-qmp-").FullName;

    /// <summary>What QEMU is to be started with.</summary>
    public string[] Arguments => ["-qmp", $"unix:{SocketPath},server=on,wait=off"];

    private string SocketPath => Path.Combine(_folder, "qmp");

    /// <summary>Connects once QEMU has made its socket.</summary>
    public async Task ConnectAsync(CancellationToken cancel)
    {
        var limit = DateTime.UtcNow + TimeSpan.FromSeconds(30);
        while (true)
        {
            _socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await _socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath), cancel);
                break;
            }
            catch (SocketException) when (DateTime.UtcNow < limit)
            {
                _socket.Dispose();
                await Task.Delay(50, cancel);
            }
        }

        var stream = new NetworkStream(_socket);
        _reader = new StreamReader(stream);
        _writer = new StreamWriter(stream) { AutoFlush = true };
        await _reader.ReadLineAsync(cancel);
        await ExecuteAsync("qmp_capabilities", null, cancel);
    }

    /// <summary>Physical memory of the guest.</summary>
    public async Task<byte[]> ReadMemoryAsync(ulong address, int length, CancellationToken cancel)
    {
        string file = Path.Combine(_folder, "memory");
        var arguments = new JsonObject { ["val"] = address, ["size"] = length, ["filename"] = file };
        await ExecuteAsync("pmemsave", arguments, cancel);
        byte[] bytes = await File.ReadAllBytesAsync(file, cancel);
        return bytes.Length == length ? bytes : throw Broken($"QEMU gave {bytes.Length} bytes of {length}");
    }

    public void Dispose()
    {
        _reader?.Dispose();
        _socket?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task ExecuteAsync(string command, JsonObject? arguments, CancellationToken cancel)
    {
        var request = new JsonObject { ["execute"] = command };
        if (arguments is not null)
        {
            request["arguments"] = arguments;
        }

        await _writer!.WriteLineAsync(request.ToJsonString().AsMemory(), cancel);
        while (true)
        {
            string line = await _reader!.ReadLineAsync(cancel) ?? throw Broken("QEMU has ended while it was measured");
            JsonNode answer = JsonNode.Parse(line)!;
            if (answer["error"] is { } error)
            {
                throw Broken($"QEMU refused '{command}': {error["desc"]}");
            }

            // Events come in between; the answer is what has a "return".
            if (answer["return"] is not null)
            {
                return;
            }
        }
    }

    private static ToolException Broken(string what) => new(ExitCodes.Emulator, what, "QEMU 7.2 or later is needed");
}
