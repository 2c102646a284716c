// Pride's protection domains on the real seL4: exported, made an image by Microkit's own tool, booted.
//
// They need a Microkit SDK, which MICROKIT_SDK names; without it the boots are skipped and say so. What is refused without an SDK is tested everywhere.

using System;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Threading.Tasks;
using Pride.Abi;
using Pride.Description;
using Pride.Tool;
using Pride.Tool.Building;
using Pride.Tool.Commands;
using Pride.Tool.Emulation;
using Xunit;

namespace Pride.Boot.Tests;

/// <summary>A fact that holds where a Microkit SDK is.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RealKernelFactAttribute : FactAttribute
{
    public RealKernelFactAttribute()
    {
        if (Environment.GetEnvironmentVariable(MicrokitSdk.Variable) is not { Length: > 0 })
        {
            Skip = $"{MicrokitSdk.Variable} names no Microkit SDK";
        }
    }
}

public sealed class RealKernelTests
{
    [RealKernelFact]
    public async Task Hello_prints_its_line_on_sel4()
    {
        await using QemuMachine machine = Boot("hello");
        await machine.Expect("hello: Pride runs C# on bare metal, 3 translations and 18 characters later");
    }

    [RealKernelFact]
    public async Task Sel4_stops_every_forbidden_thing_and_everything_else_goes_on()
    {
        await using QemuMachine machine = Boot("faults");
        await machine.Expect("supervisor: everything forbidden was stopped, everything else went on");
        Assert.DoesNotContain("NOT clean", machine.Serial, StringComparison.Ordinal);
        Assert.Equal(8, machine.Serial.Split("restarted, its data is clean").Length - 1);
    }

    [RealKernelFact]
    public async Task Both_servers_echo_on_sel4()
    {
        await using QemuMachine machine = Boot("echo");
        bool ready = await machine.WaitForAsync(serial => serial.Split("echo: UDP port").Length == 3, Machines.Limit);
        Assert.True(ready, $"the two servers never said that they listen:\n{machine.Serial}");
        foreach (ForwardedPort port in machine.Forwards)
        {
            await (port.Forward.Scheme == "udp" ? EchoTests.EchoDatagramsAsync(port.HostPort, count: 200, inFlight: 8) : EchoTests.EchoStreamAsync(port.HostPort, bytes: 1 << 18));
        }
    }

    [RealKernelFact]
    public async Task The_web_server_serves_its_disk_on_sel4()
    {
        string folder = Directory.CreateTempSubdirectory("pride-site").FullName;
        byte[] large = new byte[1 << 20];
        new Random(7).NextBytes(large);
        await File.WriteAllBytesAsync(Path.Combine(folder, "large.bin"), large);
        await using (QemuMachine machine = Boot("webserver", folder))
        {
            await machine.Expect("web: serving on");
            using HttpClient client = new() { BaseAddress = new Uri(machine.Forwards.Single().Url), Timeout = Machines.Limit };
            Assert.Equal(large, await client.GetByteArrayAsync("/large.bin"));
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void A_folder_that_is_no_sdk_is_refused()
    {
        string folder = Directory.CreateTempSubdirectory("pride-sdk").FullName;
        ToolException empty = Assert.Throws<ToolException>(() => MicrokitSdk.At(folder));
        Assert.Contains("lacks VERSION or bin/microkit", empty.Message, StringComparison.Ordinal);
        Directory.CreateDirectory(Path.Combine(folder, "bin"));
        File.WriteAllText(Path.Combine(folder, "bin", "microkit"), string.Empty);
        File.WriteAllText(Path.Combine(folder, "VERSION"), "1.4.1\n");
        Assert.Contains("is Microkit 1.4.1", Assert.Throws<ToolException>(() => MicrokitSdk.At(folder)).Message, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(folder, "VERSION"), "2.2.0-dev.7\n");
        MicrokitSdk sdk = MicrokitSdk.At(folder);
        Assert.Equal(MicrokitRelease.V22, sdk.Release);
        Board board = Board.Load(Checkout.Workspace.Root, Checkout.Board);
        Assert.Contains("qemu_virt_aarch64 or qemu_virt_aarch64_el1", Assert.Throws<ToolException>(() => sdk.TargetOf(board, debug: true)).Message, StringComparison.Ordinal);
        Directory.CreateDirectory(Path.Combine(folder, "board", "qemu_virt_aarch64_el1", "debug"));
        Assert.Equal(1ul << 47, sdk.TargetOf(board, debug: true).UserTop);
        Directory.Delete(folder, recursive: true);
    }

    private static QemuMachine Boot(string example, string? site = null)
    {
        SystemImage image = Checkout.Image(example);
        MachineOptions options = RunCommand.Options(Checkout.Workspace, image, null, site, preferredPorts: false);
        return QemuMachine.Start(RunCommand.OnRealKernel(image, options, MicrokitSdk.Find(), debug: true));
    }
}
