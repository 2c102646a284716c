// The server over Pride.Net: two stacks back to back, one with the server, one as its client.

using System;
using System.Collections.Generic;
using System.Text;
using System.Threading;
using Pride.Http.Net;
using Pride.Net;
using Xunit;

namespace Pride.Http.Tests;

public sealed class NetTests : INetworkClock
{
    private readonly Queue<(Host From, byte[] Frame)> _wire = new();
    private readonly FakeClock _clock = new();
    private readonly MemoryFiles _files = new();
    private readonly HttpServer _server;
    private readonly Host _serverHost;
    private readonly Host _clientHost;

    public NetTests()
    {
        SynchronizationContext.SetSynchronizationContext(null);
        var options = new NetworkStackOptions { MaximumConnections = 300, SendBufferBytes = 8192, ReceiveBufferBytes = 4096 };
        _serverHost = new Host(this, 1, options);
        _clientHost = new Host(this, 2, options);
        _server = new HttpServer(_clock);
        _server.Fallback = new StaticSite(_files, _server);
        _files.Put("/a.txt", "abc");
        _ = _server.RunAsync(new TcpHttpListener(_serverHost.Stack, 80));
    }

    public long NowNanoseconds { get; private set; } = 1_000_000_000;

    [Fact]
    public void RequestsAreServedOneAfterAnother()
    {
        Client client = Connect();
        for (int i = 0; i < 50; i++)
        {
            client.Write("GET /a.txt HTTP/1.1\r\nHost: x\r\n\r\n");
            Run();
            Assert.EndsWith("\r\n\r\nabc", client.TakeText(), StringComparison.Ordinal);
        }

        client.Close();
        RunFor(5);
        Assert.Equal(0, _server.Statistics.OpenConnections);
    }

    [Fact]
    public void LargeFilesArriveWholeThroughSmallBuffers()
    {
        byte[] data = new byte[3_000_000];
        new Random(5).NextBytes(data);
        _files.Put("/big", data);
        Client client = Connect();
        client.Write("GET /big HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        for (int i = 0; i < 3000 && !client.HasEnded; i++)
        {
            RunFor(0.05);
        }

        byte[] all = client.TakeBytes();
        int body = all.AsSpan().IndexOf("\r\n\r\n"u8) + 4;
        Assert.True(data.AsSpan().SequenceEqual(all.AsSpan(body)));
        client.Close();
        RunFor(5);
        Assert.Equal(0, _server.Statistics.OpenConnections);
        Assert.Equal(0, _serverHost.Stack.ConnectionCount);
    }

    [Fact]
    public void ManyConnectionsComeAndGo()
    {
        for (int round = 0; round < 4; round++)
        {
            var clients = new List<Client>();
            for (int i = 0; i < 256; i++)
            {
                clients.Add(Connect());
                clients[i].Write(i % 4 == 0 ? "GET /a.txt HTT" : "GET /a.txt HTTP/1.1\r\nHost: x\r\n\r\n");
            }

            Run();
            Assert.Equal(256, _server.Statistics.OpenConnections);
            for (int i = 0; i < 256; i++)
            {
                string text = clients[i].TakeText();
                Assert.Equal(i % 4 == 0 ? "" : "abc", text.Length == 0 ? "" : text[^3..]);
                if (i % 2 == 0)
                {
                    clients[i].Abort();
                }
                else
                {
                    clients[i].Close();
                }
            }

            RunFor(60);
            Assert.Equal(0, _server.Statistics.OpenConnections);
            Assert.Equal(0, _serverHost.Stack.ConnectionCount);
        }

        Assert.Equal(1, _server.Pool.InUse);
    }

    [Fact]
    public void ASlowHeadGetsItsAnswerAndTheConnectionEnds()
    {
        Client client = Connect();
        client.Write("GET /a.t");
        RunFor(15);
        Assert.StartsWith("HTTP/1.1 408", client.TakeText(), StringComparison.Ordinal);
        Assert.True(client.HasEnded);
        RunFor(5);
        Assert.Equal(0, _server.Statistics.OpenConnections);
    }

    [Fact]
    public void AClientThatReadsNothingIsDropped()
    {
        _files.Put("/big", new byte[1_000_000]);
        Client client = Connect();
        client.IsReading = false;
        client.Write("GET /big HTTP/1.1\r\nHost: x\r\n\r\n");
        RunFor(20);
        Assert.Equal(1, _server.Statistics.OpenConnections);
        RunFor(20);
        Assert.Equal(0, _server.Statistics.OpenConnections);
    }

    private Client Connect()
    {
        // As in TestServer: continuations are to run where their cause is.
        SynchronizationContext.SetSynchronizationContext(null);
        var client = new Client(_clientHost.Stack, new Endpoint(new Ipv4Address(10, 0, 0, 1), 80));
        Run();
        return client;
    }

    private void Run()
    {
        do
        {
            while (_wire.TryDequeue(out (Host From, byte[] Frame) sent))
            {
                Host to = sent.From == _serverHost ? _clientHost : _serverHost;
                to.Stack.ProcessFrame(sent.Frame);
            }

            _serverHost.Stack.Poll();
            _clientHost.Stack.Poll();
        }
        while (_wire.Count > 0);
    }

    private void RunFor(double seconds)
    {
        const int StepMilliseconds = 100;
        for (int passed = 0; passed < seconds * 1000; passed += StepMilliseconds)
        {
            NowNanoseconds += StepMilliseconds * 1_000_000L;
            _clock.Advance(StepMilliseconds);
            _serverHost.Stack.ProcessTimers();
            _clientHost.Stack.ProcessTimers();
            Run();
        }
    }

    private sealed class Host : INetworkInterface, IEntropySource
    {
        private readonly NetTests _network;
        private readonly byte[] _buffer = new byte[1600];
        private readonly Random _random;

        public Host(NetTests network, byte number, NetworkStackOptions options)
        {
            _network = network;
            _random = new Random(number);
            Address = new MacAddress(0x0200_0000_0000UL + number);
            Stack = new NetworkStack(this, network, this, options);
            Stack.Configure(new Ipv4Configuration(new Ipv4Address(10, 0, 0, number), 24, new Ipv4Address(10, 0, 0, 254)));
        }

        public NetworkStack Stack { get; }

        public MacAddress Address { get; }

        public int MaximumTransmissionUnit => 1500;

        public ChecksumOffload Offload => ChecksumOffload.None;

        public Span<byte> GetTransmitBuffer() => _buffer;

        public void Transmit(int length) => _network._wire.Enqueue((this, _buffer[..length]));

        public void Fill(Span<byte> destination) => _random.NextBytes(destination);
    }

    private sealed class Client : ITcpHandler
    {
        private readonly List<byte> _received = [];
        private readonly TcpConnection _connection;

        public Client(NetworkStack stack, Endpoint server) => _connection = stack.Connect(server, this);

        public bool IsReading { get; set; } = true;

        public bool HasEnded { get; private set; }

        public void Write(string text) => Assert.Equal(text.Length, _connection.Write(Encoding.ASCII.GetBytes(text)));

        public void Close() => _connection.Dispose();

        public void Abort() => _connection.Abort();

        public byte[] TakeBytes()
        {
            byte[] bytes = [.. _received];
            _received.Clear();
            return bytes;
        }

        public string TakeText() => Encoding.Latin1.GetString(TakeBytes());

        public void Connected(TcpConnection connection)
        {
        }

        public void Readable(TcpConnection connection)
        {
            byte[] buffer = new byte[8192];
            while (IsReading && connection.Read(buffer) is var count and > 0)
            {
                _received.AddRange(buffer.AsSpan(0, count).ToArray());
            }

            HasEnded |= connection.IsEndOfStream;
        }

        public void Writable(TcpConnection connection)
        {
        }

        public void Closed(TcpConnection connection, NetworkError error) => HasEnded = true;
    }
}
