// The stack against Linux's: streams both ways, with and without loss, half-close, resets, full windows, many connections, UDP with
// fragments, ICMP.

using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;
using Pride.Net;
using Xunit;

namespace Pride.Net.Tests;

public class LinuxInteropTests
{
    private const int Megabyte = 1_000_000;

    [TapFact]
    public void LinuxUploadsAndDownloads() => Exchange(loss: 0, length: 20 * Megabyte);

    [TapFact]
    public void LinuxUploadsAndDownloadsUnderLoss() => Exchange(loss: 0.02, length: 2 * Megabyte);

    [TapFact]
    public void WeUploadToLinuxAndDownload()
    {
        using var tap = new LinuxTap(loss: 0.01, seed: 3);
        byte[] up = TcpTransferTests.RandomBytes(1, 2 * Megabyte);
        byte[] down = TcpTransferTests.RandomBytes(2, Megabyte);
        using Socket listener = tap.OpenLinux(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(LinuxTap.LinuxAddress, 8080));
        listener.Listen();
        Task<byte[]> linux = Task.Run(async () =>
        {
            using Socket socket = listener.Accept();
            Task<byte[]> reading = Task.Run(() => ReceiveAll(socket));
            SendAll(socket, down);
            socket.Shutdown(SocketShutdown.Send);
            return await reading;
        });
        byte[] received = tap.RunOnStack(() => TcpTransferTests.FetchOne(tap.Stack, new Endpoint(LinuxTap.LinuxIpv4, 8080), up));
        Assert.Equal(down, received);
        Assert.Equal(up, tap.Await(linux));
    }

    [TapFact]
    public void LinuxRefusesAndWeRefuse()
    {
        using var tap = new LinuxTap();
        NetworkException refused = Assert.Throws<NetworkException>(
            () => tap.RunOnStack(async () => await tap.Stack.ConnectAsync(new Endpoint(LinuxTap.LinuxIpv4, 9))));
        Assert.Equal(NetworkError.ConnectionRefused, refused.Error);
        using Socket client = tap.OpenLinux(SocketType.Stream, ProtocolType.Tcp);
        SocketException error = Assert.Throws<SocketException>(() => client.Connect(LinuxTap.OurAddress, 9));
        Assert.Equal(SocketError.ConnectionRefused, error.SocketErrorCode);
    }

    [TapFact]
    public void WindowsCloseAndOpenAgain()
    {
        using var tap = new LinuxTap();
        byte[] data = TcpTransferTests.RandomBytes(4, 3 * Megabyte);
        TcpListener listener = tap.OnStack(() => tap.Stack.Listen(80));

        // We write first and read only then; Linux reads late. Both windows close.
        Task<byte[]> served = tap.OnStack(async () =>
        {
            using TcpConnection connection = await listener.AcceptAsync();
            await connection.WriteAsync(data);
            connection.Shutdown();
            return await TcpTransferTests.ReadAll(connection);
        });
        using Socket client = tap.OpenLinux(SocketType.Stream, ProtocolType.Tcp);
        client.ReceiveBufferSize = 20_000;
        client.Connect(LinuxTap.OurAddress, 80);
        Task sending = Task.Run(() =>
        {
            SendAll(client, data);
            client.Shutdown(SocketShutdown.Send);
        });
        Task.Delay(1500).Wait();
        Assert.Equal(data, ReceiveAll(client));
        Assert.Equal(data, tap.Await(served));
        Assert.True(sending.Wait(10_000));
        Assert.True(tap.Stack.Counters[NetworkCounter.TcpZeroWindowProbes] > 0);
    }

    [TapFact]
    public void ThreeHundredConnectionsAtOnce()
    {
        const int count = 300;
        using var tap = new LinuxTap();
        TcpListener listener = tap.OnStack(() => tap.Stack.Listen(80));
        tap.OnStack<object?>(() =>
        {
            _ = EchoForever(listener);
            return null;
        });
        var clients = new List<Socket>();
        for (int i = 0; i < count; i++)
        {
            Socket client = tap.OpenLinux(SocketType.Stream, ProtocolType.Tcp);
            client.Connect(LinuxTap.OurAddress, 80);
            clients.Add(client);
        }

        Assert.Equal(count, tap.OnStack(() => tap.Stack.ConnectionCount));
        byte[] buffer = new byte[100];
        for (int i = 0; i < count; i++)
        {
            byte[] data = TcpTransferTests.RandomBytes(i, 100);
            SendAll(clients[i], data);
            int received = 0;
            while (received < data.Length)
            {
                received += clients[i].Receive(buffer, received, data.Length - received, SocketFlags.None);
            }

            Assert.Equal(data, buffer);
        }

        // Half of them with a reset, half in order.
        for (int i = 0; i < count; i++)
        {
            clients[i].LingerState = new LingerOption(i % 2 == 0, 0);
            clients[i].Dispose();
        }

        Assert.True(System.Threading.SpinWait.SpinUntil(() => tap.OnStack(() => tap.Stack.ConnectionCount) == 0, 10_000));
    }

    [TapFact]
    public void UdpWithFragmentsAndPing()
    {
        using var tap = new LinuxTap();
        UdpSocket socket = tap.OnStack(() => tap.Stack.OpenUdp(7));
        Task<byte[]> received = tap.OnStack(async () =>
        {
            byte[] buffer = new byte[16_000];
            UdpReceiveResult result = await socket.ReceiveFromAsync(buffer);
            socket.SendTo(buffer.AsSpan(0, 1472), result.Source);
            return buffer[..result.Length];
        });
        byte[] data = TcpTransferTests.RandomBytes(5, 9001);
        using Socket client = tap.OpenLinux(SocketType.Dgram, ProtocolType.Udp);
        client.ReceiveTimeout = 10_000;
        client.SendTo(data, new IPEndPoint(LinuxTap.OurAddress, 7));
        Assert.Equal(data, tap.Await(received));
        byte[] answer = new byte[2000];
        Assert.Equal(1472, client.Receive(answer));
        Assert.Equal(data[..1472], answer[..1472]);
        Assert.Equal(Ping(tap, 1000), TcpTransferTests.RandomBytes(6, 1000));
    }

    [TapFact]
    public void UdpToAClosedPortIsRefused()
    {
        using var tap = new LinuxTap();
        using Socket client = tap.OpenLinux(SocketType.Dgram, ProtocolType.Udp);
        client.ReceiveTimeout = 10_000;
        client.Connect(LinuxTap.OurAddress, 1111);
        client.Send(new byte[10]);
        SocketException error = Assert.Throws<SocketException>(() => client.Receive(new byte[10]));
        Assert.Equal(SocketError.ConnectionRefused, error.SocketErrorCode);
    }

    private static void Exchange(double loss, int length)
    {
        using var tap = new LinuxTap(loss);
        byte[] up = TcpTransferTests.RandomBytes(1, length);
        byte[] down = TcpTransferTests.RandomBytes(2, length);
        TcpListener listener = tap.OnStack(() => tap.Stack.Listen(80));
        Task<byte[]> served = tap.OnStack(() => TcpTransferTests.ServeOne(listener, down));
        using Socket client = tap.OpenLinux(SocketType.Stream, ProtocolType.Tcp);
        client.Connect(LinuxTap.OurAddress, 80);
        Task<byte[]> reading = Task.Run(() => ReceiveAll(client));
        SendAll(client, up);
        client.Shutdown(SocketShutdown.Send);
        Assert.Equal(down, tap.Await(reading));
        Assert.Equal(up, tap.Await(served));
    }

    private static async Task EchoForever(TcpListener listener)
    {
        while (true)
        {
            TcpConnection connection = await listener.AcceptAsync();
            _ = EchoOne(connection);
        }
    }

    private static async Task EchoOne(TcpConnection connection)
    {
        try
        {
            byte[] buffer = new byte[1000];
            int count;
            while ((count = await connection.ReadAsync(buffer)) != 0)
            {
                await connection.WriteAsync(buffer.AsMemory(0, count));
            }
        }
        catch (NetworkException)
        {
            // A reset is how half of the clients end.
        }
        finally
        {
            connection.Dispose();
        }
    }

    private static byte[] Ping(LinuxTap tap, int length)
    {
        using Socket raw = tap.OpenLinux(SocketType.Raw, ProtocolType.Icmp);
        raw.ReceiveTimeout = 10_000;
        byte[] message = new byte[8 + length];
        message[0] = 8;
        message[5] = 77;
        TcpTransferTests.RandomBytes(6, length).CopyTo(message, 8);
        BitConverter.TryWriteBytes(message.AsSpan(2), InternetChecksum.Finish(InternetChecksum.Add(message, 0)).Raw);
        raw.SendTo(message, new IPEndPoint(LinuxTap.OurAddress, 0));
        byte[] packet = new byte[2000];
        while (true)
        {
            int count = raw.Receive(packet);
            if (packet[20] == 0 && packet[25] == 77)
            {
                return packet[28..count];
            }
        }
    }

    private static void SendAll(Socket socket, byte[] data)
    {
        int sent = 0;
        while (sent < data.Length)
        {
            sent += socket.Send(data, sent, data.Length - sent, SocketFlags.None);
        }
    }

    private static byte[] ReceiveAll(Socket socket)
    {
        using var all = new System.IO.MemoryStream();
        byte[] buffer = new byte[65536];
        int count;
        while ((count = socket.Receive(buffer)) != 0)
        {
            all.Write(buffer, 0, count);
        }

        return all.ToArray();
    }
}
