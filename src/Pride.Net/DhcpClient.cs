// The DHCP client (RFC 2131): DISCOVER, OFFER, REQUEST, ACK; renewing at T1, rebinding at T2, starting anew on a NAK or when the lease ends.

using System;
using System.Numerics;

namespace Pride.Net;

/// <summary>The states of RFC 2131 figure 5.</summary>
public enum DhcpState
{
    /// <summary>Not started.</summary>
    Stopped,

    /// <summary>Looking for servers.</summary>
    Selecting,

    /// <summary>A server's offer has been asked for.</summary>
    Requesting,

    /// <summary>The lease is valid.</summary>
    Bound,

    /// <summary>Extending the lease with its server.</summary>
    Renewing,

    /// <summary>Extending the lease with any server.</summary>
    Rebinding,
}

/// <summary>Obtains and keeps the address of one stack.</summary>
public sealed class DhcpClient : IUdpHandler
{
    private const ushort ClientPort = 68;
    private const ushort ServerPort = 67;
    private const long SecondNanoseconds = 1_000_000_000;

    /// <summary>RFC 2131 section 4.1: intervals double from 4 s to 64 s, each plus or minus a second.</summary>
    private const int FirstIntervalSeconds = 4;
    private const int LastIntervalSeconds = 64;

    /// <summary>Requests without an answer after which another server is sought.</summary>
    private const int MaximumRequests = 4;

    /// <summary>RFC 2131 section 4.4.5: not more often than once a minute while the lease lasts.</summary>
    private const uint LeastRenewSeconds = 60;

    /// <summary>A shorter lease would make us ask for ever; it counts as this long.</summary>
    private const uint LeastLeaseSeconds = 60;

    private const uint InfiniteLease = 0xFFFF_FFFF;

    private readonly NetworkStack _stack;
    private readonly string _hostName;
    private UdpSocket? _socket;
    private uint _transaction;
    private int _attempts;
    private long _started;
    private DhcpReply _offer;
    private long _renewAt;
    private long _rebindAt;
    private long _endsAt;

    internal DhcpClient(NetworkStack stack, NetworkStackOptions options)
    {
        _stack = stack;
        _hostName = options.HostName;
    }

    public DhcpState State { get; private set; }

    /// <summary>Seconds of the lease held, as granted; 0 before the first.</summary>
    public uint LeaseSeconds { get; private set; }

    internal long Deadline { get; private set; } = long.MaxValue;

    /// <summary>Begins to look for an address. The stack is configured when a server has given one.</summary>
    public void Start()
    {
        if (State != DhcpState.Stopped)
        {
            return;
        }

        _socket = _stack.OpenUdp(ClientPort, this);
        StartSelecting();
    }

    void IUdpHandler.Received(UdpSocket socket, in UdpDatagram datagram)
    {
        _stack.Counters.Add(NetworkCounter.DhcpReceived);
        bool isWellFormed = DhcpMessage.TryParse(datagram.Payload, _stack.Interface.Address, out DhcpReply reply);
        if (!isWellFormed || datagram.Source.Port != ServerPort || reply.Transaction != _transaction)
        {
            _stack.Counters.Add(NetworkCounter.DhcpDropMalformed);
            return;
        }

        switch (reply.Type)
        {
            case DhcpMessageType.Offer when State == DhcpState.Selecting && IsUsable(reply):
                _offer = reply;
                State = DhcpState.Requesting;
                _attempts = 0;
                SendRequest();
                break;
            case DhcpMessageType.Ack when State is DhcpState.Requesting or DhcpState.Renewing or DhcpState.Rebinding && IsUsable(reply):
                Bind(reply);
                break;
            case DhcpMessageType.Nak when State is DhcpState.Requesting or DhcpState.Renewing or DhcpState.Rebinding:
                LoseLease();
                break;
        }
    }

    internal void RunTimers(long now)
    {
        if (now < Deadline)
        {
            return;
        }

        switch (State)
        {
            case DhcpState.Selecting:
                SendDiscover();
                break;
            case DhcpState.Requesting when _attempts >= MaximumRequests:
                StartSelecting();
                break;
            case DhcpState.Requesting:
                SendRequest();
                break;
            case DhcpState.Bound or DhcpState.Renewing or DhcpState.Rebinding:
                ExtendLease(now);
                break;
            default:
                Deadline = long.MaxValue;
                break;
        }
    }

    private static bool IsUsable(in DhcpReply reply) =>
        reply.YourAddress != Ipv4Address.Any && !reply.YourAddress.IsMulticast && !reply.YourAddress.IsLoopback
        && reply.YourAddress != Ipv4Address.Broadcast;

    private void StartSelecting()
    {
        State = DhcpState.Selecting;
        _attempts = 0;
        _started = _stack.Now;
        _transaction = (uint)_stack.Secret.Hash((ulong)_stack.Now, _stack.Interface.Address.Value);
        SendDiscover();
    }

    private void SendDiscover()
    {
        ScheduleRetry();
        Send(new DhcpRequest { Type = DhcpMessageType.Discover, AskForBroadcast = true }, Ipv4Address.Broadcast);
    }

    private void SendRequest()
    {
        ScheduleRetry();
        var request = new DhcpRequest
        {
            Type = DhcpMessageType.Request,
            RequestedAddress = _offer.YourAddress,
            Server = _offer.Server,
            AskForBroadcast = true,
        };
        Send(request, Ipv4Address.Broadcast);
    }

    private void Bind(in DhcpReply reply)
    {
        long now = _stack.Now;
        State = DhcpState.Bound;
        _offer = reply;
        LeaseSeconds = Math.Max(reply.LeaseSeconds, LeastLeaseSeconds);
        bool isEndless = reply.LeaseSeconds is 0 or InfiniteLease;

        // RFC 2131 section 4.4.5: T1 is half, T2 seven eighths of the lease unless the server says otherwise.
        uint rebind = reply.RebindSeconds is 0 || reply.RebindSeconds > LeaseSeconds ? (uint)(LeaseSeconds * 7UL / 8) : reply.RebindSeconds;
        uint renew = reply.RenewSeconds is 0 || reply.RenewSeconds > rebind ? Math.Min(LeaseSeconds / 2, rebind) : reply.RenewSeconds;
        _renewAt = isEndless ? long.MaxValue : now + (renew * SecondNanoseconds);
        _rebindAt = isEndless ? long.MaxValue : now + (rebind * SecondNanoseconds);
        _endsAt = isEndless ? long.MaxValue : now + (LeaseSeconds * SecondNanoseconds);
        Deadline = _renewAt;
        _stack.Counters.Add(NetworkCounter.DhcpLeases);
        int prefix = reply.Mask == 0 ? DefaultPrefix(reply.YourAddress) : BitOperations.LeadingZeroCount(~reply.Mask);
        _stack.Configure(new Ipv4Configuration(reply.YourAddress, prefix, reply.Router, reply.DnsServer));
    }

    /// <summary>The class of the address, for servers that send no mask (RFC 1122 section 3.2.2.9).</summary>
    private static int DefaultPrefix(Ipv4Address address) => (address.Value >> 30) switch
    {
        0 or 1 => 8,
        2 => 16,
        _ => 24,
    };

    private void ExtendLease(long now)
    {
        if (now >= _endsAt)
        {
            LoseLease();
            return;
        }

        if (State == DhcpState.Bound)
        {
            _started = now;
            _transaction = (uint)_stack.Secret.Hash((ulong)now, _stack.Interface.Address.Value);
        }

        State = now >= _rebindAt ? DhcpState.Rebinding : DhcpState.Renewing;
        long phaseEnd = State == DhcpState.Renewing ? _rebindAt : _endsAt;

        // RFC 2131 section 4.4.5: after half of what remains, at least a minute.
        long wait = Math.Max((phaseEnd - now) / 2, LeastRenewSeconds * SecondNanoseconds);
        Deadline = Math.Min(now + wait, phaseEnd);
        Ipv4Address server = State == DhcpState.Renewing ? _offer.Server : Ipv4Address.Broadcast;
        Send(new DhcpRequest { Type = DhcpMessageType.Request, ClientAddress = _stack.Configuration.Address }, server);
    }

    private void LoseLease()
    {
        _stack.Configure(default);
        StartSelecting();
    }

    private void ScheduleRetry()
    {
        int seconds = Math.Min(FirstIntervalSeconds << Math.Min(_attempts, 4), LastIntervalSeconds);
        _attempts++;
        long jitter = (long)(_stack.Secret.Hash(_transaction, (ulong)_attempts) % (2 * SecondNanoseconds)) - SecondNanoseconds;
        Deadline = _stack.Now + (seconds * SecondNanoseconds) + jitter;
    }

    private void Send(DhcpRequest request, Ipv4Address destination)
    {
        Span<byte> message = _socket!.BeginSend();
        if (message.IsEmpty)
        {
            return;
        }

        request.Transaction = _transaction;
        request.SecondsElapsed = (ushort)Math.Min((_stack.Now - _started) / SecondNanoseconds, ushort.MaxValue);
        int length = DhcpMessage.Write(message, request, _stack.Interface.Address, _hostName);
        _socket.FinishSend(length, new Endpoint(destination, ServerPort));
    }
}
