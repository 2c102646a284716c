// Streams between two stacks arrive byte for byte, whatever the link does to frames.

using System;
using System.Threading.Tasks;
using Pride.Net;
using Xunit;

namespace Pride.Net.Tests;

public class TcpTransferTests
{
    [Theory]
    [InlineData(1, 0, 0, 0.1, 0.1, 4_000_000)]
    [InlineData(2, 0.01, 0, 1, 1, 2_000_000)]
    [InlineData(3, 0.05, 0.02, 1, 3, 1_000_000)]
    [InlineData(4, 0, 0, 0.1, 20, 1_000_000)]
    [InlineData(5, 0.2, 0.1, 0.5, 30, 200_000)]
    [InlineData(6, 0, 0.5, 0.1, 5, 1_000_000)]
    public void BytesArriveIdenticalBothWays(int seed, double loss, double duplication, double leastMs, double mostMs, int length)
    {
        var network = new SimulatedNetwork(seed);
        SimulatedHost server = network.AddHost(1);
        SimulatedHost client = network.AddHost(2);
        SetConditions(network, loss, duplication, leastMs, mostMs);
        byte[] up = RandomBytes(seed, length);
        byte[] down = RandomBytes(seed + 100, length);
        Task<byte[]> served = ServeOne(server.Stack.Listen(80), down);
        Task<byte[]> received = FetchOne(client.Stack, new Endpoint(server.Address, 80), up);
        network.RunUntil(() => served.IsCompleted && received.IsCompleted, 3600);
        Assert.Equal(up, network.Run(served));
        Assert.Equal(down, network.Run(received));
        network.RunFor(300);
        Assert.Equal(0, server.Stack.ConnectionCount + client.Stack.ConnectionCount);
        Assert.Equal(0, server.Stack.TimeWaitCount + client.Stack.TimeWaitCount);
    }

    [Fact]
    public void CorruptedFramesAreDroppedAndRepeated()
    {
        var network = new SimulatedNetwork(7);
        SimulatedHost server = network.AddHost(1);
        SimulatedHost client = network.AddHost(2);
        network.Conditions.Corruption = 0.05;
        byte[] up = RandomBytes(7, 500_000);
        Task<byte[]> served = ServeOne(server.Stack.Listen(80), up);
        Task<byte[]> received = FetchOne(client.Stack, new Endpoint(server.Address, 80), up);
        network.RunUntil(() => served.IsCompleted && received.IsCompleted, 3600);
        Assert.Equal(up, network.Run(served));
        Assert.Equal(up, network.Run(received));
        Assert.True(server.Stack.Counters[NetworkCounter.TcpDropChecksum] > 0);
    }

    [Theory]
    [InlineData(256, 256)]
    [InlineData(1024, 65536)]
    [InlineData(131072, 262144)]
    public void BuffersOfAnySizeWork(int sendBytes, int receiveBytes)
    {
        var options = new NetworkStackOptions { SendBufferBytes = sendBytes, ReceiveBufferBytes = receiveBytes, MaximumConnections = 4 };
        var network = new SimulatedNetwork(8);
        SimulatedHost server = network.AddHost(1, options);
        SimulatedHost client = network.AddHost(2, options);
        SetConditions(network, 0.005, 0, 2, 2.5);
        byte[] data = RandomBytes(8, 150_001);
        Task<byte[]> served = ServeOne(server.Stack.Listen(80), data);
        Task<byte[]> received = FetchOne(client.Stack, new Endpoint(server.Address, 80), data);
        network.RunUntil(() => served.IsCompleted && received.IsCompleted, 36000);
        Assert.Equal(data, network.Run(served));
        Assert.Equal(data, network.Run(received));
    }

    [Fact]
    public void ShortageOfTransmitBuffersOnlyDelays()
    {
        var network = new SimulatedNetwork(9);
        SimulatedHost server = network.AddHost(1);
        SimulatedHost client = network.AddHost(2);
        client.TransmitCredit = 3;
        byte[] data = RandomBytes(9, 300_000);
        Task<byte[]> served = ServeOne(server.Stack.Listen(80), data);
        Task<byte[]> received = FetchOne(client.Stack, new Endpoint(server.Address, 80), data);
        network.RunUntil(
            () =>
            {
                client.TransmitCredit = network.Random.Next(4);
                client.Poll();
                return served.IsCompleted && received.IsCompleted;
            },
            3600);
        Assert.Equal(data, network.Run(served));
        Assert.Equal(data, network.Run(received));
        Assert.True(client.Stack.Counters[NetworkCounter.TransmitBufferShortage] > 0);
    }

    [Fact]
    public void FastRecoveryAvoidsTimeouts()
    {
        var network = new SimulatedNetwork(10);
        SimulatedHost server = network.AddHost(1);
        SimulatedHost client = network.AddHost(2);
        SetConditions(network, 0, 0, 5, 5);
        int dataFrames = 0;
        network.Filter = (from, frame) => from != client || frame.Length < 1000 || ++dataFrames % 200 != 50;
        byte[] data = RandomBytes(10, 1_000_000);
        Task<byte[]> served = ServeOne(server.Stack.Listen(80), []);
        Task<byte[]> received = FetchOne(client.Stack, new Endpoint(server.Address, 80), data);
        network.RunUntil(() => served.IsCompleted && received.IsCompleted);
        Assert.Equal(data, network.Run(served));
        Assert.True(client.Stack.Counters[NetworkCounter.TcpFastRetransmissions] >= 3);
        Assert.Equal(0ul, client.Stack.Counters[NetworkCounter.TcpRetransmissionTimeouts]);
    }

    internal static byte[] RandomBytes(int seed, int length)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    internal static void SetConditions(SimulatedNetwork network, double loss, double duplication, double leastMs, double mostMs)
    {
        network.Conditions.Loss = loss;
        network.Conditions.Duplication = duplication;
        network.Conditions.LeastDelayNanoseconds = (long)(leastMs * 1e6);
        network.Conditions.MostDelayNanoseconds = (long)(mostMs * 1e6);
    }

    /// <summary>Accepts one connection, sends <paramref name="answer"/>, and returns what came.</summary>
    internal static async Task<byte[]> ServeOne(TcpListener listener, byte[] answer)
    {
        using TcpConnection connection = await listener.AcceptAsync();
        Task<byte[]> reading = ReadAll(connection);
        await connection.WriteAsync(answer);
        connection.Shutdown();
        return await reading;
    }

    internal static async Task<byte[]> FetchOne(NetworkStack stack, Endpoint remote, byte[] question)
    {
        using TcpConnection connection = await stack.ConnectAsync(remote);
        Task<byte[]> reading = ReadAll(connection);
        await connection.WriteAsync(question);
        connection.Shutdown();
        return await reading;
    }

    internal static async Task<byte[]> ReadAll(TcpConnection connection)
    {
        using var all = new System.IO.MemoryStream();
        byte[] buffer = new byte[5000];
        while (true)
        {
            int count = await connection.ReadAsync(buffer);
            if (count == 0)
            {
                return all.ToArray();
            }

            all.Write(buffer, 0, count);
        }
    }
}
