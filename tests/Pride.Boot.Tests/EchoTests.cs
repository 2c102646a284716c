// Real traffic through every network component in QEMU: nothing lost, nothing altered, nothing that waits for a wake-up.

using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Pride.Tool.Commands;
using Pride.Tool.Emulation;
using Xunit;

namespace Pride.Boot.Tests;

public sealed class EchoTests
{
    private const int DatagramBytes = 1400;

    // A datagram that takes longer is late: the next event of the guest would come with the next datagram only.
    private static readonly TimeSpan s_late = TimeSpan.FromSeconds(20);

    [Theory]
    [Boots("echo")]
    [MemberData(nameof(Checkout.Boards), MemberType = typeof(Checkout))]
    [InlineData("qemu-q35-x86_64-iommu-virtio")]
    public Task Both_servers_echo_datagrams_and_streams(string board) => EchoAsync(board);

    [Theory]
    [Trait("Category", "Full")]
    [InlineData(Checkout.SifiveBoard)]
    [InlineData(Checkout.XilinxBoard)]
    [InlineData(Checkout.VersalBoard)]
    [InlineData("qemu-sifive-u-smp4")]
    [InlineData("qemu-xlnx-zcu102-smp4")]
    public Task On_boards_with_Cadences_Ethernet_as_well(string board) => EchoAsync(board);

    [Theory]
    [Boots("echo")]
    [Trait("Category", "Full")]
    [MemberData(nameof(Checkout.FourCoreBoards), MemberType = typeof(Checkout))]
    public Task Where_there_are_four_cores_too(string board) => EchoAsync(board);

    private static async Task EchoAsync(string board)
    {
        await using QemuMachine machine = Machines.BootOn(board, "echo");
        await EchoAsync(machine);
    }

    /// <summary>Waits for both servers of <paramref name="machine"/>, and has them echo.</summary>
    internal static async Task EchoAsync(QemuMachine machine)
    {
        bool ready = await machine.WaitForAsync(serial => serial.Split("echo: UDP port").Length == 3, Machines.Limit);
        Assert.True(ready, $"the two servers never said that they listen:\n{machine.Serial}");
        ForwardedPort[] udp = [.. machine.Forwards.Where(f => f.Forward.Scheme == "udp")];
        ForwardedPort[] tcp = [.. machine.Forwards.Where(f => f.Forward.Scheme == "tcp")];
        Assert.Equal((2, 2), (udp.Length, tcp.Length));
        await Task.WhenAll(udp.Select(p => EchoDatagramsAsync(p.HostPort, count: 2000, inFlight: 1)));
        await EchoDatagramsAsync(udp[0].HostPort, count: 3000, inFlight: 32);
        await Task.WhenAll(tcp.Select(p => EchoStreamAsync(p.HostPort, bytes: 1 << 20)));
        Assert.DoesNotContain("the IOMMU refuses", machine.Serial, StringComparison.Ordinal);
    }

    [Theory]
    [Trait("Category", "Full")]
    [InlineData("qemu-q35-x86_64-e1000e-ahci")]
    [InlineData("qemu-q35-x86_64-iommu")]
    public Task On_pcs_with_an_intel_card_as_well(string board) => EchoAsync(board);

    [Theory]
    [InlineData(Checkout.Board, "virtio-net driver: no modern virtio network device answers at the registers")]
    [InlineData(Checkout.RiscVBoard, "virtio-net driver: no modern virtio network device answers at the registers")]
    [InlineData(Checkout.X64Board, "PCI: there is no function at the bus, device and function number that the board names")]
    public async Task A_machine_without_the_card_that_its_board_names_says_so(string board, string message)
    {
        MachineOptions options = RunCommand.Options(Checkout.Workspace, Checkout.Image("echo", board), null, null, preferredPorts: false);
        await using QemuMachine machine = QemuMachine.Start(options with { Network = false });
        await machine.Expect(message);
    }

    internal static async Task EchoDatagramsAsync(int port, int count, int inFlight)
    {
        using UdpClient client = new();
        client.Client.ReceiveBufferSize = 1 << 20;
        client.Connect(IPAddress.Loopback, port);
        byte[] datagram = new byte[DatagramBytes];
        new Random(port).NextBytes(datagram);
        HashSet<int> open = [];
        for (int sent = 0, done = 0; done < count; done++)
        {
            for (; sent < count && open.Count < inFlight; sent++)
            {
                BitConverter.TryWriteBytes(datagram, sent);
                await client.SendAsync(datagram);
                open.Add(sent);
            }

            using CancellationTokenSource late = new(s_late);
            UdpReceiveResult answer = await client.ReceiveAsync(late.Token);
            Assert.True(open.Remove(BitConverter.ToInt32(answer.Buffer)), "an answer came twice");
            Assert.Equal(datagram.AsSpan(4), answer.Buffer.AsSpan(4));
        }
    }

    internal static async Task EchoStreamAsync(int port, int bytes)
    {
        using TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, port);
        NetworkStream stream = client.GetStream();
        byte[] sent = new byte[bytes];
        new Random(port).NextBytes(sent);
        Task writing = stream.WriteAsync(sent).AsTask();
        byte[] received = new byte[bytes];
        using CancellationTokenSource late = new(Machines.Limit);
        await stream.ReadExactlyAsync(received, late.Token);
        await writing;
        Assert.Equal(sent, received);
    }
}
