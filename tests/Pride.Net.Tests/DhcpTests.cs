// The DHCP client: getting, extending and losing an address.

using System;
using System.Linq;
using Pride.Net;
using Xunit;

namespace Pride.Net.Tests;

public class DhcpTests
{
    private readonly SimulatedNetwork _network = new();
    private readonly DhcpServer _server;
    private readonly SimulatedHost _client;

    public DhcpTests()
    {
        _server = new DhcpServer(_network.AddHost(1));
        _client = _network.AddHost(2, configure: false);
        _client.Stack.Dhcp.Start();
    }

    private NetworkStack Stack => _client.Stack;

    [Fact]
    public void AnAddressIsObtained()
    {
        _network.RunUntil(() => Stack.Dhcp.State == DhcpState.Bound, 5);
        Assert.Equal(new Ipv4Address(10, 0, 0, 77), Stack.Configuration.Address);
        Assert.Equal((24, new Ipv4Address(10, 0, 0, 254)), (Stack.Configuration.PrefixLength, Stack.Configuration.Gateway));
        Assert.Equal(new Ipv4Address(10, 0, 0, 53), Stack.Configuration.DnsServer);
        Assert.Equal([1, 3], _server.Seen.Select(m => m.Type));
    }

    [Fact]
    public void ItAsksAgainWithGrowingIntervals()
    {
        _server.IsSilent = true;
        _network.RunFor(130);
        Assert.InRange(_server.Seen.Count, 5, 7);
        _server.IsSilent = false;
        _network.RunUntil(() => Stack.Dhcp.State == DhcpState.Bound, 70);
    }

    [Fact]
    public void TheLeaseIsExtendedAtHalfTime()
    {
        _network.RunUntil(() => Stack.Dhcp.State == DhcpState.Bound, 5);
        _network.RunFor(1750);
        Assert.Equal(2, _server.Seen.Count);
        _network.RunFor(100);
        Assert.Equal((3, true), (_server.Seen[2].Type, _server.Seen[2].IsRenewal));
        Assert.Equal(DhcpState.Bound, Stack.Dhcp.State);
        _network.RunFor(100_000);
        Assert.Equal(new Ipv4Address(10, 0, 0, 77), Stack.Configuration.Address);
    }

    [Fact]
    public void WithoutAnswersItRebindsThenLosesTheAddress()
    {
        _network.RunUntil(() => Stack.Dhcp.State == DhcpState.Bound, 5);
        _server.IsSilent = true;
        _network.RunUntil(() => Stack.Dhcp.State == DhcpState.Renewing, 1801);
        _network.RunUntil(() => Stack.Dhcp.State == DhcpState.Rebinding, 1400);
        Assert.NotEqual(Ipv4Address.Any, Stack.Configuration.Address);
        _network.RunUntil(() => Stack.Dhcp.State == DhcpState.Selecting, 500);
        Assert.Equal(Ipv4Address.Any, Stack.Configuration.Address);
    }

    [Fact]
    public void ARefusalStartsAnew()
    {
        _network.RunUntil(() => Stack.Dhcp.State == DhcpState.Bound, 5);
        _server.Refuses = true;
        _server.OfferedHost = 78;
        _network.RunUntil(() => Stack.Configuration.Address == Ipv4Address.Any, 2000);
        _server.Refuses = false;
        _network.RunUntil(() => Stack.Dhcp.State == DhcpState.Bound, 100);
        Assert.Equal(new Ipv4Address(10, 0, 0, 78), Stack.Configuration.Address);
    }

    [Fact]
    public void AnotherAddressEndsTheConnectionsOfTheOld()
    {
        _network.RunUntil(() => Stack.Dhcp.State == DhcpState.Bound, 5);
        TcpListener listener = _network.AddHost(3).Stack.Listen(80);
        TcpConnection connection = _network.Run(Stack.ConnectAsync(new Endpoint(Packets.Host(3), 80)).AsTask());
        Assert.True(listener.IsOpen);
        Stack.Configure(new Ipv4Configuration(Packets.Host(99), 24, Ipv4Address.Any));
        Assert.Equal(NetworkError.Unreachable, connection.Error);
    }
}
