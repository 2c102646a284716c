// The network stack of one interface: what an application makes, feeds with frames, and polls.
//
// Rules of use. The stack is single-threaded and never blocks. ProcessFrame takes one received frame. Poll ends a batch of frames: it
// hands events to the application (whose continuations run inside Poll), sends what became due, and returns the time at which
// ProcessTimers must be called if nothing happens before. When transmit buffers become free again, Poll continues sending. All memory is allocated
// in the constructor, by NetworkStackOptions; nothing is allocated per packet, per operation or per connection.

using System;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;

namespace Pride.Net;

/// <summary>An IPv4 stack over one link.</summary>
public sealed class NetworkStack
{
    /// <summary>Rounds of events and output in one <see cref="Poll"/>; an application that answers itself for ever must not hold the PD.</summary>
    private const int MaximumRounds = 8;

    private readonly INetworkClock _clock;
    private readonly int _frameCapacity;
    private long _now;
    private bool _nowIsFresh;
    private bool _eventsRequested;

    /// <summary>A stack without an address: call <see cref="Configure"/>, or start <see cref="Dhcp"/>.</summary>
    public NetworkStack(INetworkInterface networkInterface, INetworkClock clock, IEntropySource entropy, NetworkStackOptions options)
    {
        ArgumentNullException.ThrowIfNull(networkInterface);
        ArgumentNullException.ThrowIfNull(options);
        Interface = networkInterface;
        _clock = clock;
        _frameCapacity = EthernetHeader.Size + networkInterface.MaximumTransmissionUnit;
        WireAddress = new WireMac(networkInterface.Address);
        VerifiesReceived = (networkInterface.Offload & ChecksumOffload.ReceiveVerified) == 0;
        FillsTransmitted = (networkInterface.Offload & ChecksumOffload.TransmitFilled) == 0;
        Secret = SipHash.Create(entropy);
        Arp = new Arp(this, options);
        Ipv4 = new Ipv4(this, options);
        Icmp = new Icmp(this);
        Udp = new Udp(this, options);
        Tcp = new TcpProtocol(this, options);
        Dhcp = new DhcpClient(this, options);
    }

    public NetworkCounters Counters { get; } = new();

    /// <summary>Address, prefix and gateway now in force; all zero before <see cref="Configure"/>.</summary>
    public Ipv4Configuration Configuration { get; private set; }

    /// <summary>The DHCP client of this interface; idle until started.</summary>
    public DhcpClient Dhcp { get; }

    /// <summary>After <see cref="Poll"/>: connections wait for transmit buffers; poll again when there are some.</summary>
    public bool WaitsForTransmitBuffers => Tcp.IsBlocked;

    /// <summary>TCP connections that hold buffers now.</summary>
    public int ConnectionCount => Tcp.ConnectionCount;

    /// <summary>TCP handshakes under way now.</summary>
    public int HalfOpenCount => Tcp.HalfOpenCount;

    /// <summary>TCP connections in TIME-WAIT now.</summary>
    public int TimeWaitCount => Tcp.TimeWaitCount;

    internal INetworkInterface Interface { get; }

    internal WireMac WireAddress { get; }

    internal bool VerifiesReceived { get; }

    internal bool FillsTransmitted { get; }

    internal SipHash Secret { get; }

    internal Arp Arp { get; }

    internal Ipv4 Ipv4 { get; }

    internal Icmp Icmp { get; }

    internal Udp Udp { get; }

    internal TcpProtocol Tcp { get; }

    /// <summary>The time of this batch: the clock is read at most once in it, and only when something needs it.</summary>
    internal long Now
    {
        get
        {
            if (!_nowIsFresh)
            {
                _now = _clock.NowNanoseconds;
                _nowIsFresh = true;
            }

            return _now;
        }
    }

    /// <summary>
    /// Sets the host's address. Connections of another address are aborted, neighbours forgotten, and the new address announced.
    /// </summary>
    public void Configure(Ipv4Configuration configuration)
    {
        bool isSame = configuration.Address == Configuration.Address && configuration.PrefixLength == Configuration.PrefixLength
            && configuration.Gateway == Configuration.Gateway;
        bool isOtherAddress = configuration.Address != Configuration.Address;
        if (isOtherAddress)
        {
            Tcp.AbortAll(NetworkError.Unreachable);
        }

        Configuration = configuration;
        if (isSame)
        {
            return;
        }

        Arp.Clear();
        if (configuration.Address != Ipv4Address.Any)
        {
            Arp.Announce();
        }
    }

    /// <summary>Opens UDP <paramref name="port"/> (0: any free one). With a handler, datagrams go to it; without, they are queued.</summary>
    /// <exception cref="NetworkException">PortInUse or LimitReached.</exception>
    public UdpSocket OpenUdp(ushort port, IUdpHandler? handler = null) => Udp.Open(port, handler);

    /// <summary>Opens TCP <paramref name="port"/>; at most <paramref name="acceptQueue"/> connections wait for AcceptAsync or TryAccept.</summary>
    /// <exception cref="NetworkException">PortInUse or LimitReached.</exception>
    public TcpListener Listen(ushort port, int acceptQueue = 64) => Tcp.Listen(port, acceptQueue, null);

    /// <summary>Opens TCP <paramref name="port"/>; its connections and their events go to <paramref name="handler"/>.</summary>
    /// <exception cref="NetworkException">PortInUse or LimitReached.</exception>
    public TcpListener Listen(ushort port, ITcpHandler handler) => Tcp.Listen(port, 1, handler);

    /// <summary>Connects to <paramref name="remote"/>.</summary>
    /// <exception cref="NetworkException">NotConfigured, LimitReached, ConnectionRefused, TimedOut or Unreachable.</exception>
    public ValueTask<TcpConnection> ConnectAsync(Endpoint remote, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        TcpControlBlock block = Tcp.Connect(remote, null);
        TcpAsyncOperations operations = TcpAsyncOperations.Of(block);
        return new ValueTask<TcpConnection>(operations.Connect, operations.Connect.Start(cancellationToken));
    }

    /// <summary>Begins to connect; <paramref name="handler"/> learns the outcome.</summary>
    /// <exception cref="NetworkException">NotConfigured or LimitReached.</exception>
    public TcpConnection Connect(Endpoint remote, ITcpHandler handler) => new(Tcp.Connect(remote, handler));

    /// <summary>Takes one received frame, from its destination address on, without the frame check sequence.</summary>
    public void ProcessFrame(ReadOnlySpan<byte> frame)
    {
        Counters.Add(NetworkCounter.FramesReceived);
        if (frame.Length < EthernetHeader.Size)
        {
            Counters.Add(NetworkCounter.EthernetDropTooShort);
            return;
        }

        ref readonly EthernetHeader header = ref MemoryMarshal.AsRef<EthernetHeader>(frame);
        bool isForAll = header.Destination.IsMulticast;
        if (!isForAll && !header.Destination.SameAs(WireAddress))
        {
            Counters.Add(NetworkCounter.EthernetDropNotForUs);
            return;
        }

        switch ((ushort)header.Type)
        {
            case EtherType.Ipv4:
                Ipv4.Receive(frame[EthernetHeader.Size..], isForAll);
                break;
            case EtherType.Arp:
                Arp.Receive(frame[EthernetHeader.Size..]);
                break;
            default:
                Counters.Add(NetworkCounter.EthernetDropUnknownType);
                break;
        }
    }

    /// <summary>Does what is due by time. To be called at, or soon after, the moment that <see cref="Poll"/> returned; earlier calls do no harm.</summary>
    public void ProcessTimers()
    {
        _nowIsFresh = false;
        long now = Now;
        Arp.RunTimers(now);
        Ipv4.RunTimers(now);
        Dhcp.RunTimers(now);
        Tcp.RunTimers(now);
    }

    /// <summary>
    /// Ends a batch: events to the application, then output. Returns the next deadline on the stack's clock in nanoseconds,
    /// or <see cref="long.MaxValue"/>.
    /// </summary>
    public long Poll()
    {
        for (int round = 0; round < MaximumRounds; round++)
        {
            if (_eventsRequested)
            {
                _eventsRequested = false;
                Udp.RunEvents();
                Tcp.RunEvents();
            }

            Tcp.Flush();
            if (!_eventsRequested)
            {
                break;
            }
        }

        _nowIsFresh = false;
        if (_eventsRequested)
        {
            return 0;
        }

        return Math.Min(Math.Min(Arp.Deadline, Ipv4.Deadline), Math.Min(Dhcp.Deadline, Tcp.Deadline));
    }

    /// <summary>There is something for the application: <see cref="Poll"/> looks for it.</summary>
    internal void RequestEvents() => _eventsRequested = true;

    /// <summary>A transmit buffer, cut to the longest frame, or an empty span.</summary>
    internal Span<byte> GetTransmitBuffer()
    {
        Span<byte> buffer = Interface.GetTransmitBuffer();
        if (buffer.Length < _frameCapacity)
        {
            Counters.Add(NetworkCounter.TransmitBufferShortage);
            return default;
        }

        return buffer[.._frameCapacity];
    }

    internal void WriteEthernet(Span<byte> frame, in WireMac destination, ushort type)
    {
        ref EthernetHeader header = ref MemoryMarshal.AsRef<EthernetHeader>(frame);
        header.Destination = destination;
        header.Source = WireAddress;
        header.Type = type;
    }

    internal void Transmit(int length)
    {
        Counters.Add(NetworkCounter.FramesSent);
        Interface.Transmit(length);
    }
}
