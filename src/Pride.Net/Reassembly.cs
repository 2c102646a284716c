// Reassembly of IPv4 fragments (RFC 791 section 3.2, RFC 815's idea of holes kept as a bitmap of 8-byte blocks).
//
// A fixed number of datagrams of a fixed greatest length are in reassembly at once; the oldest gives way. Overlapping
// fragments end the whole datagram (as RFC 5722 orders for IPv6): they occur only in attacks.

using System;

namespace Pride.Net;

/// <summary>The datagrams whose fragments are arriving.</summary>
internal sealed class Reassembly
{
    /// <summary>Fragment offsets count in these units (RFC 791 section 3.1).</summary>
    private const int BlockBytes = 8;

    /// <summary>RFC 1122 section 3.3.2 recommends 60 to 120 s for the slow links of its day; Linux waits 30 s.</summary>
    private const long TimeoutNanoseconds = 30_000_000_000;

    private readonly NetworkStack _stack;
    private readonly Datagram[] _datagrams;
    private readonly int _maximumBytes;

    public Reassembly(NetworkStack stack, NetworkStackOptions options)
    {
        _stack = stack;
        _maximumBytes = options.ReassemblyBytes & ~(BlockBytes - 1);
        _datagrams = new Datagram[options.MaximumReassemblies];
        for (int i = 0; i < _datagrams.Length; i++)
        {
            _datagrams[i] = new Datagram(_maximumBytes);
        }
    }

    /// <summary>When the oldest datagram is given up, or <see cref="long.MaxValue"/>.</summary>
    public long Deadline { get; private set; } = long.MaxValue;

    /// <summary>
    /// Takes one fragment. Returns the whole payload when it was the last one missing (valid until the next call), else an empty span.
    /// </summary>
    public ReadOnlySpan<byte> Accept(in Ipv4Header header, ReadOnlySpan<byte> payload)
    {
        _stack.Counters.Add(NetworkCounter.Ipv4FragmentsReceived);
        int offset = (header.FlagsAndOffset & Ipv4Header.FragmentOffsetMask) * BlockBytes;
        bool isLast = (header.FlagsAndOffset & Ipv4Header.MoreFragments) == 0;
        bool isMalformed = payload.IsEmpty || (!isLast && payload.Length % BlockBytes != 0);
        if (isMalformed || _datagrams.Length == 0 || offset + payload.Length > _maximumBytes)
        {
            _stack.Counters.Add(NetworkCounter.Ipv4FragmentsDrop);
            return default;
        }

        Datagram datagram = FindOrStart(header);
        if (!datagram.TryAdd(offset, payload, isLast))
        {
            datagram.IsActive = false;
            _stack.Counters.Add(NetworkCounter.Ipv4FragmentsDrop);
            return default;
        }

        if (!datagram.IsComplete)
        {
            return default;
        }

        datagram.IsActive = false;
        _stack.Counters.Add(NetworkCounter.Ipv4Reassembled);
        return datagram.Bytes;
    }

    public void RunTimers(long now)
    {
        if (now < Deadline)
        {
            return;
        }

        Deadline = long.MaxValue;
        foreach (Datagram datagram in _datagrams)
        {
            if (datagram.IsActive && now >= datagram.Deadline)
            {
                datagram.IsActive = false;
                _stack.Counters.Add(NetworkCounter.Ipv4FragmentsDrop);
            }

            if (datagram.IsActive)
            {
                Deadline = Math.Min(Deadline, datagram.Deadline);
            }
        }
    }

    private Datagram FindOrStart(in Ipv4Header header)
    {
        ulong key = ((ulong)(uint)header.Source << 32) | ((ulong)(ushort)header.Identification << 8) | header.Protocol;
        Datagram oldest = _datagrams[0];
        foreach (Datagram datagram in _datagrams)
        {
            if (datagram.IsActive && datagram.Key == key)
            {
                return datagram;
            }

            bool isBetterVictim = oldest.IsActive && (!datagram.IsActive || datagram.Deadline < oldest.Deadline);
            oldest = isBetterVictim ? datagram : oldest;
        }

        if (oldest.IsActive)
        {
            _stack.Counters.Add(NetworkCounter.Ipv4FragmentsDrop);
        }

        oldest.Start(key, _stack.Now + TimeoutNanoseconds);
        Deadline = Math.Min(Deadline, oldest.Deadline);
        return oldest;
    }

    private sealed class Datagram(int maximumBytes)
    {
        private readonly byte[] _bytes = new byte[maximumBytes];
        private readonly bool[] _present = new bool[maximumBytes / BlockBytes];
        private int _presentBlocks;
        private int _length;

        public bool IsActive { get; set; }

        public ulong Key { get; private set; }

        public long Deadline { get; private set; }

        public bool IsComplete => _length > 0 && _presentBlocks == Blocks(_length);

        public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

        public void Start(ulong key, long deadline)
        {
            IsActive = true;
            Key = key;
            Deadline = deadline;
            _presentBlocks = 0;
            _length = 0;
            Array.Clear(_present);
        }

        public bool TryAdd(int offset, ReadOnlySpan<byte> payload, bool isLast)
        {
            int end = offset + payload.Length;
            if ((isLast && _length != 0 && _length != end) || (_length != 0 && end > _length))
            {
                return false;
            }

            int first = offset / BlockBytes;
            int count = Blocks(payload.Length);
            Span<bool> blocks = _present.AsSpan(first, count);
            if (blocks.Contains(true))
            {
                return false;
            }

            blocks.Fill(true);
            _presentBlocks += count;
            payload.CopyTo(_bytes.AsSpan(offset));
            if (isLast)
            {
                _length = end;
            }

            // Blocks beyond the end, from before the end was known, make the datagram inconsistent.
            return _length == 0 || _presentBlocks <= Blocks(_length);
        }

        private static int Blocks(int bytes) => (bytes + BlockBytes - 1) / BlockBytes;
    }
}
