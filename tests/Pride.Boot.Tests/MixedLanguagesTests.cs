// C under C# and beside it: a C driver carries the console of C# virtualisers, a C client answers over the C# network stack.

using System;
using System.Diagnostics;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Pride.Tool;
using Pride.Tool.Emulation;
using Xunit;

namespace Pride.Boot.Tests;

public sealed class MixedLanguagesTests
{
    private const int Datagrams = 200;

    [Theory]
    [Boots("mixedlanguages")]
    [MemberData(nameof(Checkout.Boards), MemberType = typeof(Checkout))]
    public Task C_and_csharp_share_channels_queues_and_configurations(string board) => TalkAsync(board);

    [Theory]
    [Boots("mixedlanguages")]
    [Trait("Category", "Full")]
    [MemberData(nameof(Checkout.FourCoreBoards), MemberType = typeof(Checkout))]
    public Task On_four_cores_too(string board) => TalkAsync(board);

    private static async Task TalkAsync(string board)
    {
        await using QemuMachine machine = Machines.BootOn(board, "mixedlanguages");
        await TalkAsync(machine);
    }

    /// <summary>Everything that the example does, on whichever kernel.</summary>
    internal static async Task TalkAsync(QemuMachine machine)
    {
        await machine.Expect("client (C): echoing UDP port 7 of 10.0.2.15");
        await machine.Expect("talker (C#): I say back what is typed");
        await machine.Expect("client (C): the alarm came in time");
        await EchoAsync(machine.Forwards.Single().HostPort);
        await machine.Expect($"client (C): {Datagrams} datagrams echoed");

        // Client 1 of the console gets what is typed from now on.
        await machine.SendAsync("\u001c1\r");
        await machine.SendAsync("typed");
        Assert.True(await machine.WaitForAsync(serial => SaidBack(serial).Contains("typed", StringComparison.Ordinal), Machines.Limit), machine.Serial);

        // What was typed so far may have come with one interrupt; this needs another.
        await machine.SendAsync("again");
        Assert.True(await machine.WaitForAsync(serial => SaidBack(serial).Contains("again", StringComparison.Ordinal), Machines.Limit), machine.Serial);
        Assert.DoesNotContain("fault in", machine.Serial, StringComparison.Ordinal);
    }

    // `script` is the terminal: what goes into it is typed, what comes out was shown.
    [Fact]
    [Boots("mixedlanguages")]
    public async Task Keys_of_a_terminal_reach_the_guest_one_by_one_and_the_terminal_is_as_before()
    {
        // Ctrl-C reaches the shell too, and of those that script may take (SHELL, else sh) not all outlive it.
        const string Shell = "trap : INT; stty -g; ./pride run mixedlanguages; echo code $?; stty -g";
        using Process terminal = Processes.Start("script", ["-qec", Shell, "/dev/null"], Checkout.Workspace.Root, redirect: true);
        StringBuilder shown = new();
        await ShowsAsync("I say back what is typed");
        await TypeAsync("\u001c1\r");
        await TypeAsync("k");
        await ShowsAsync("talker (C#): k");

        // Return is CR, as on a serial line.
        await TypeAsync("\r");
        await ShowsAsync("talker (C#): \r");
        await TypeAsync("\u0003");
        await ShowsAsync("code 0");
        await terminal.WaitForExitAsync();
        shown.Append(await terminal.StandardOutput.ReadToEndAsync());
        string[] settings = [.. shown.ToString().Split('\n').Select(l => l.Trim()).Where(l => l.Count(c => c == ':') > 10)];
        Assert.Equal(2, settings.Length);
        Assert.Equal(settings[0], settings[1]);

        async Task TypeAsync(string keys)
        {
            await terminal.StandardInput.WriteAsync(keys);
            await terminal.StandardInput.FlushAsync();
        }

        async Task ShowsAsync(string text)
        {
            using CancellationTokenSource late = new(Machines.Limit);
            char[] some = new char[1];
            while (!shown.ToString().Contains(text, StringComparison.Ordinal))
            {
                int count = await terminal.StandardOutput.ReadAsync(some, late.Token);
                Assert.True(count > 0, $"the terminal never showed '{text}', but\n{shown}");
                shown.Append(some, 0, count);
            }
        }
    }

    // It may come in pieces, a line each.
    private static string SaidBack(string serial) => string.Concat(serial.Split("talker (C#): ").Skip(2).Select(piece => piece.Split('\r', '\n')[0]));

    private static async Task EchoAsync(int port)
    {
        const int Bytes = 1000;
        using CancellationTokenSource late = new(Machines.Limit);
        using UdpClient client = new();
        client.Connect(IPAddress.Loopback, port);
        byte[] sent = new byte[Bytes];
        for (int i = 0; i < Datagrams; i++)
        {
            new Random(i).NextBytes(sent);
            await client.SendAsync(sent, late.Token);
            Assert.Equal(sent, (await client.ReceiveAsync(late.Token)).Buffer);
        }
    }
}
