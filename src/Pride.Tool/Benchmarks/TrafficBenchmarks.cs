// What needs traffic from outside: the echo and web server examples under load from this host.
//
// QEMU runs with -icount shift=0,sleep=on: time passes with instructions while the guest works, and with the host's clock while it
// is idle (with sleep=off virtual time would outrun the traffic). What counts is the CPU time that the kernel accounts to the PDs, its
// own work for them included; idle time is left out.

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Pride.Description;
using Pride.Image.Memory;
using Pride.Tool.Building;
using Pride.Tool.Commands;
using Pride.Tool.Emulation;

namespace Pride.Tool.Benchmarks;

/// <summary>Runs the workloads that need a network.</summary>
internal static class TrafficBenchmarks
{
    private const int SegmentBytes = 1460;
    private const int Kibibyte = 1 << 10;
    private const int Mebibyte = 1 << 20;

    private static readonly string[] s_counting = ["-icount", "shift=0,sleep=on"];
    private static readonly TimeSpan s_bootLimit = TimeSpan.FromMinutes(2);
    private static readonly string[] s_echoNames = ["idle", "echo-udp-1", "echo-udp-8", "echo-udp-32", "echo-tcp"];
    private static readonly string[] s_webNames = ["http-1k", "http-1m"];

    public static async Task<IReadOnlyList<Measurement>> RunAll(Workspace workspace, string board, string? filter, CancellationToken cancel)
    {
        List<Measurement> results = [];
        if (Wanted(s_echoNames, filter))
        {
            await using var echo = await Measured.StartAsync(workspace, "echo", board, null, "echo: UDP port", cancel);
            await MeasureEcho(echo, results, filter);
        }

        if (Wanted(s_webNames, filter))
        {
            string site = MakeSite(workspace);
            await using var web = await Measured.StartAsync(workspace, "webserver", board, site, "web: serving", cancel);
            await MeasureWeb(web, results, filter);
        }

        results.AddRange(await CoresBenchmark.RunAsync(workspace, board, filter, cancel));
        return results;
    }

    /// <summary>Boots <paramref name="system"/>, built for release, with QEMU counting instructions, and waits until what it prints <paramref name="isReady"/>.</summary>
    /// <exception cref="ToolException">It is not ready in time.</exception>
    internal static async Task<(QemuMachine Machine, SystemImage Image)> BootAsync(
        Workspace workspace, Example system, string board, string? site, Func<string, bool> isReady, IEnumerable<string> arguments)
    {
        SystemImage image = SystemImage.Build(workspace, system, board, new BuildOptions(Release: true) { KernelOutput = true });
        MachineOptions options = RunCommand.Options(workspace, image, null, site) with { ExtraArguments = [.. s_counting, .. arguments] };
        QemuMachine machine = QemuMachine.Start(options);
        if (await machine.WaitForAsync(isReady, s_bootLimit))
        {
            return (machine, image);
        }

        string printed = machine.Serial;
        await machine.DisposeAsync();
        throw new ToolException(
            ExitCodes.Failure, $"'{system.Name}' did not come up; it printed:\n{printed}", $"run it by hand: {QemuMachine.CommandLine(options)}");
    }

    private static bool Wanted(IEnumerable<string> names, string? filter) =>
        names.Any(name => filter is null || name.Contains(filter, StringComparison.OrdinalIgnoreCase));

    private static async Task MeasureEcho(Measured machine, List<Measurement> results, string? filter)
    {
        int udp = machine.Port("UDP echo, first server");
        int tcp = machine.Port("TCP echo, first server");
        await LoadGenerator.UdpEchoAsync(udp, 1, 50, machine.Cancel);
        const int IdleSeconds = 5;
        await Add("idle", "instructions per second", IdleSeconds, () => Task.Delay(TimeSpan.FromSeconds(IdleSeconds), machine.Cancel));
        foreach (int inFlight in (int[])[1, 8, 32])
        {
            int packets = 2000 * (inFlight == 1 ? 1 : 4);
            await Add($"echo-udp-{inFlight}", "instructions per packet", packets, () => LoadGenerator.UdpEchoAsync(udp, inFlight, packets, machine.Cancel));
        }

        const int StreamBytes = 8 * Mebibyte;
        await Add("echo-tcp", "instructions per 1460 bytes", (double)StreamBytes / SegmentBytes, () => LoadGenerator.TcpEchoAsync(tcp, StreamBytes, machine.Cancel));

        async Task Add(string name, string unit, double operations, Func<Task> work)
        {
            if (Wanted([name], filter))
            {
                results.Add(await machine.MeasureAsync(name, unit, operations, work));
            }
        }
    }

    private static async Task MeasureWeb(Measured machine, List<Measurement> results, string? filter)
    {
        using LoadGenerator.HttpConnection client = await LoadGenerator.ConnectHttpAsync(machine.Port("web site"), machine.Cancel);
        foreach ((string name, string path, int bytes, int count) in ((string, string, int, int)[])[("http-1k", "/1k.bin", Kibibyte, 2000), ("http-1m", "/1m.bin", Mebibyte, 20)])
        {
            if (Wanted([name], filter))
            {
                await GetAsync(client, path, bytes, count / 10, machine.Cancel);
                results.Add(await machine.MeasureAsync(name, "instructions per request", count, () => GetAsync(client, path, bytes, count, machine.Cancel)));
            }
        }
    }

    private static async Task GetAsync(LoadGenerator.HttpConnection client, string path, int bytes, int count, CancellationToken cancel)
    {
        for (int i = 0; i < count; i++)
        {
            await client.GetAsync(path, bytes, cancel);
        }
    }

    private static string MakeSite(Workspace workspace)
    {
        string site = Path.Combine(workspace.Output, "bench-site");
        Directory.CreateDirectory(site);
        File.WriteAllBytes(Path.Combine(site, "1k.bin"), new byte[Kibibyte]);
        File.WriteAllBytes(Path.Combine(site, "1m.bin"), new byte[Mebibyte]);
        File.WriteAllText(Path.Combine(site, "index.html"), "<h1>bench</h1>");
        return site;
    }

    /// <summary>A running machine whose instructions are counted.</summary>
    private sealed class Measured : IAsyncDisposable
    {
        private readonly QemuMachine _machine;
        private readonly MachineMonitor _monitor;
        private readonly MemoryUse _statistics;
        private readonly Board _board;

        private Measured(QemuMachine machine, MachineMonitor monitor, SystemImage image, CancellationToken cancel)
        {
            _machine = machine;
            _monitor = monitor;
            _statistics = image.Image.Uses.First(use => use.What == "statistics");
            _board = image.Board;
            Cancel = cancel;
        }

        public CancellationToken Cancel { get; }

        public static async Task<Measured> StartAsync(
            Workspace workspace, string example, string board, string? site, string readyLine, CancellationToken cancel)
        {
            var monitor = new MachineMonitor();
            (QemuMachine machine, SystemImage image) = await BootAsync(
                workspace, Example.Find(workspace, example), board, site, text => text.Contains(readyLine, StringComparison.Ordinal), monitor.Arguments);
            await monitor.ConnectAsync(cancel);
            return new Measured(machine, monitor, image, cancel);
        }

        /// <summary>The host's port of a service.</summary>
        public int Port(string service) => _machine.Forwards.First(forward => forward.Forward.Name == service).HostPort;

        /// <summary>Instructions for each of <paramref name="operations"/> that <paramref name="work"/> does.</summary>
        public async Task<Measurement> MeasureAsync(string name, string unit, double operations, Func<Task> work)
        {
            StatisticsSample before = await SampleAsync();
            await work();
            StatisticsSample after = await SampleAsync();
            double value = Math.Round((after.Busy - before.Busy) / operations);
            Report.Progress($"{name}: " + string.Join(", ", after.Since(before)
                .Where(pd => pd.Instructions > 0)
                .OrderByDescending(pd => pd.Instructions)
                .Select(pd => $"{pd.Pd} {pd.Instructions / operations:N0}")));
            return new Measurement(name, _board.Name, value, unit, References.Of(name, _board.Architecture));
        }

        public async ValueTask DisposeAsync()
        {
            await _machine.DisposeAsync();
            _monitor.Dispose();
        }

        // CPU time is booked when a PD stops running, so the machine comes to rest first.
        private async Task<StatisticsSample> SampleAsync()
        {
            await Task.Delay(TimeSpan.FromMilliseconds(300), Cancel);
            return new StatisticsSample(await _monitor.ReadMemoryAsync(_statistics.Physical, (int)_statistics.Bytes, Cancel));
        }
    }
}
