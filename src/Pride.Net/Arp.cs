// Address resolution (RFC 826) with the cache rules of RFC 1122 section 2.3.2 and the announcements of RFC 5227.
//
// The cache is set-associative: an address can stand in one of four places, so a lookup never walks far and a flood of addresses
// displaces only its own set. Frames whose next hop is unknown wait in a fixed pool until the reply comes or the request
// has failed. An entry in use is asked for again before it expires; frames go on to the old address meanwhile.

using System;
using System.Runtime.InteropServices;

namespace Pride.Net;

/// <summary>The ARP cache and its protocol.</summary>
internal sealed class Arp
{
    /// <summary>Places an address can stand in.</summary>
    private const int Ways = 4;

    /// <summary>RFC 1122 section 2.3.2.1: a timeout on the order of a minute.</summary>
    private const long LifetimeNanoseconds = 60_000_000_000;

    /// <summary>RFC 1122 section 2.3.2.1: not more than one request a second for one address.</summary>
    private const long RequestIntervalNanoseconds = 1_000_000_000;

    /// <summary>Requests without a reply after which an address counts as absent.</summary>
    private const int MaximumRequests = 4;

    /// <summary>RFC 5227 section 2.4 (b): a claimed address is defended at most once in this interval.</summary>
    private const long DefendIntervalNanoseconds = 10_000_000_000;

    private readonly NetworkStack _stack;
    private readonly Entry[] _entries;
    private readonly PendingFrame[] _pending;
    private readonly byte[] _pendingBytes;
    private readonly int _pendingSize;
    private int _nextPending;
    private long _nextDefence;

    public Arp(NetworkStack stack, NetworkStackOptions options)
    {
        _stack = stack;
        _entries = new Entry[Math.Max(options.ArpEntries, Ways)];
        _pending = new PendingFrame[options.ArpPendingFrames];
        _pendingSize = EthernetHeader.Size + stack.Interface.MaximumTransmissionUnit;
        _pendingBytes = new byte[_pendingSize * options.ArpPendingFrames];
    }

    private enum EntryState : byte
    {
        Free,

        /// <summary>Asked for, no address yet.</summary>
        Incomplete,

        /// <summary>The address is known.</summary>
        Reachable,

        /// <summary>The address is known and being asked for again.</summary>
        Probing,
    }

    /// <summary>Changes whenever a remembered lookup may have become wrong.</summary>
    public uint Version { get; private set; }

    /// <summary>When <see cref="RunTimers"/> has work to do, or <see cref="long.MaxValue"/>.</summary>
    public long Deadline { get; private set; } = long.MaxValue;

    /// <summary>Handles a received ARP packet.</summary>
    public void Receive(ReadOnlySpan<byte> payload)
    {
        _stack.Counters.Add(NetworkCounter.ArpReceived);
        if (payload.Length < ArpPacket.Size)
        {
            _stack.Counters.Add(NetworkCounter.ArpDropMalformed);
            return;
        }

        ref readonly ArpPacket packet = ref MemoryMarshal.AsRef<ArpPacket>(payload);
        var sender = new Ipv4Address(packet.SenderAddress);
        if (packet.HardwareType != ArpPacket.HardwareEthernet || packet.ProtocolType != EtherType.Ipv4
            || packet.HardwareLength != MacAddress.Size || packet.ProtocolLength != sizeof(uint)
            || packet.SenderMac.IsMulticast || sender.IsMulticast)
        {
            _stack.Counters.Add(NetworkCounter.ArpDropMalformed);
            return;
        }

        Ipv4Address own = _stack.Configuration.Address;
        if (own != Ipv4Address.Any && sender == own)
        {
            DefendAddress(packet.SenderMac);
            return;
        }

        bool forUs = own != Ipv4Address.Any && packet.TargetAddress == own.Value;
        Learn(sender, packet.SenderMac, forUs);
        if (forUs && packet.Operation == ArpPacket.Request)
        {
            _stack.Counters.Add(NetworkCounter.ArpRepliesSent);
            Send(ArpPacket.Reply, packet.SenderMac, packet.SenderMac, sender);
        }
    }

    /// <summary>True when <see cref="TryResolve"/> would succeed.</summary>
    public bool IsKnown(Ipv4Address neighbour)
    {
        int index = Find(neighbour);
        return index >= 0 && _entries[index].State >= EntryState.Reachable;
    }

    /// <summary>
    /// The MAC address of a neighbour. False: not known yet; a request is on its way, and <see cref="Hold"/> can keep a frame until the reply.
    /// </summary>
    public bool TryResolve(Ipv4Address neighbour, out WireMac mac)
    {
        int index = Find(neighbour);
        if (index >= 0 && _entries[index].State >= EntryState.Reachable)
        {
            _entries[index].Used = true;
            mac = _entries[index].Mac;
            return true;
        }

        mac = default;
        if (index < 0)
        {
            index = Replace(neighbour);
            ref Entry entry = ref _entries[index];
            entry = new Entry { Address = neighbour, State = EntryState.Incomplete, Requests = 1 };
            SetDeadline(ref entry, RequestIntervalNanoseconds);
            SendRequest(neighbour);
        }

        return false;
    }

    /// <summary>Keeps a copy of a finished frame, whose destination MAC address is missing, until <paramref name="neighbour"/> is resolved.</summary>
    public void Hold(Ipv4Address neighbour, ReadOnlySpan<byte> frame)
    {
        if (_pending.Length == 0)
        {
            _stack.Counters.Add(NetworkCounter.ArpPendingDrop);
            return;
        }

        ref PendingFrame slot = ref _pending[_nextPending];
        if (slot.Length != 0)
        {
            _stack.Counters.Add(NetworkCounter.ArpPendingDrop);
        }

        frame.CopyTo(_pendingBytes.AsSpan(_nextPending * _pendingSize, _pendingSize));
        slot = new PendingFrame(neighbour, frame.Length);
        _nextPending = (_nextPending + 1) % _pending.Length;
    }

    /// <summary>Tells all neighbours our address, so that they correct their caches (RFC 5227 section 2.3).</summary>
    public void Announce()
    {
        var broadcast = new WireMac(MacAddress.Broadcast);
        Send(ArpPacket.Request, broadcast, default, _stack.Configuration.Address);
    }

    /// <summary>Forgets everything: the network may be another one.</summary>
    public void Clear()
    {
        Array.Clear(_entries);
        Array.Clear(_pending);
        Deadline = long.MaxValue;
        Version++;
    }

    /// <summary>Repeats requests, gives up on absent neighbours and ages entries.</summary>
    public void RunTimers(long now)
    {
        if (now < Deadline)
        {
            return;
        }

        Deadline = long.MaxValue;
        for (int i = 0; i < _entries.Length; i++)
        {
            ref Entry entry = ref _entries[i];
            if (entry.State != EntryState.Free && now >= entry.Deadline)
            {
                Expire(ref entry);
            }

            if (entry.State != EntryState.Free)
            {
                Deadline = Math.Min(Deadline, entry.Deadline);
            }
        }
    }

    private void Expire(ref Entry entry)
    {
        Version++;
        switch (entry.State)
        {
            case EntryState.Reachable when entry.Used:
                entry.State = EntryState.Probing;
                entry.Requests = 1;
                entry.Used = false;
                SetDeadline(ref entry, RequestIntervalNanoseconds);
                SendRequest(entry.Address);
                break;
            case EntryState.Reachable:
                entry.State = EntryState.Free;
                break;
            case EntryState.Incomplete or EntryState.Probing when entry.Requests < MaximumRequests:
                entry.Requests++;
                SetDeadline(ref entry, RequestIntervalNanoseconds);
                SendRequest(entry.Address);
                break;
            default:
                DropPending(entry.Address);
                entry.State = EntryState.Free;
                break;
        }
    }

    private void Learn(Ipv4Address sender, in WireMac mac, bool mayAdd)
    {
        if (sender == Ipv4Address.Any)
        {
            return;
        }

        int index = Find(sender);
        if (index < 0)
        {
            // RFC 826: only a packet for us adds an entry; others merely refresh one.
            if (!mayAdd)
            {
                return;
            }

            index = Replace(sender);
        }

        ref Entry entry = ref _entries[index];
        bool wasIncomplete = entry.State == EntryState.Incomplete;
        entry = new Entry { Address = sender, State = EntryState.Reachable, Mac = mac, Used = entry.Used || wasIncomplete };
        SetDeadline(ref entry, LifetimeNanoseconds);
        Version++;
        if (wasIncomplete)
        {
            SendPending(sender, mac);
        }
    }

    private void DefendAddress(in WireMac claimant)
    {
        if (claimant.SameAs(_stack.WireAddress) || _stack.Now < _nextDefence)
        {
            return;
        }

        _nextDefence = _stack.Now + DefendIntervalNanoseconds;
        Announce();
    }

    private void SendPending(Ipv4Address neighbour, in WireMac mac)
    {
        for (int n = 0; n < _pending.Length; n++)
        {
            // From the oldest on: order is kept.
            int i = (_nextPending + n) % _pending.Length;
            if (_pending[i].Length == 0 || _pending[i].Neighbour != neighbour)
            {
                continue;
            }

            ReadOnlySpan<byte> frame = _pendingBytes.AsSpan(i * _pendingSize, _pending[i].Length);
            Span<byte> buffer = _stack.GetTransmitBuffer();
            if (!buffer.IsEmpty)
            {
                frame.CopyTo(buffer);
                MemoryMarshal.AsRef<EthernetHeader>(buffer).Destination = mac;
                _stack.Transmit(frame.Length);
            }

            _pending[i] = default;
        }
    }

    private void DropPending(Ipv4Address neighbour)
    {
        for (int i = 0; i < _pending.Length; i++)
        {
            if (_pending[i].Length != 0 && _pending[i].Neighbour == neighbour)
            {
                _pending[i] = default;
                _stack.Counters.Add(NetworkCounter.ArpUnresolvedDrop);
            }
        }
    }

    private void SendRequest(Ipv4Address target)
    {
        _stack.Counters.Add(NetworkCounter.ArpRequestsSent);
        Send(ArpPacket.Request, new WireMac(MacAddress.Broadcast), default, target);
    }

    private void Send(ushort operation, in WireMac destination, in WireMac targetMac, Ipv4Address target)
    {
        Span<byte> frame = _stack.GetTransmitBuffer();
        if (frame.IsEmpty)
        {
            return;
        }

        _stack.WriteEthernet(frame, destination, EtherType.Arp);
        MemoryMarshal.AsRef<ArpPacket>(frame[EthernetHeader.Size..]) = new ArpPacket
        {
            HardwareType = ArpPacket.HardwareEthernet,
            ProtocolType = EtherType.Ipv4,
            HardwareLength = MacAddress.Size,
            ProtocolLength = sizeof(uint),
            Operation = operation,
            SenderMac = _stack.WireAddress,
            SenderAddress = _stack.Configuration.Address.Value,
            TargetMac = targetMac,
            TargetAddress = target.Value,
        };
        _stack.Transmit(EthernetHeader.Size + ArpPacket.Size);
    }

    private int Find(Ipv4Address address)
    {
        int set = SetOf(address);
        for (int i = set; i < set + Ways; i++)
        {
            if (_entries[i].State != EntryState.Free && _entries[i].Address == address)
            {
                return i;
            }
        }

        return -1;
    }

    private int Replace(Ipv4Address address)
    {
        int set = SetOf(address);
        int victim = set;
        for (int i = set; i < set + Ways; i++)
        {
            if (_entries[i].State == EntryState.Free)
            {
                return i;
            }

            if (_entries[i].Deadline < _entries[victim].Deadline)
            {
                victim = i;
            }
        }

        DropPending(_entries[victim].Address);
        Version++;
        return victim;
    }

    private int SetOf(Ipv4Address address)
    {
        // Neighbours differ in their last bits.
        uint hash = address.Value ^ (address.Value >> 8);
        return (int)(hash % (uint)(_entries.Length / Ways)) * Ways;
    }

    private void SetDeadline(ref Entry entry, long delayNanoseconds)
    {
        entry.Deadline = _stack.Now + delayNanoseconds;
        Deadline = Math.Min(Deadline, entry.Deadline);
    }

    private struct Entry
    {
        public Ipv4Address Address;
        public EntryState State;
        public byte Requests;
        public bool Used;
        public WireMac Mac;
        public long Deadline;
    }

    private readonly struct PendingFrame(Ipv4Address neighbour, int length)
    {
        public readonly Ipv4Address Neighbour = neighbour;
        public readonly int Length = length;
    }
}
