// A deterministic network for tests: hosts with a stack each, on one Ethernet segment that loses, repeats, delays and reorders frames
// as a seeded generator says. Time is simulated: it jumps from one event to the next.

using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Pride.Net;

namespace Pride.Net.Tests;

/// <summary>How the segment treats frames.</summary>
internal sealed class LinkConditions
{
    public double Loss { get; set; }

    public double Duplication { get; set; }

    /// <summary>Each frame takes between these two times.</summary>
    public long LeastDelayNanoseconds { get; set; } = 100_000;

    public long MostDelayNanoseconds { get; set; } = 100_000;

    /// <summary>Share of frames in which one bit is flipped.</summary>
    public double Corruption { get; set; }
}

/// <summary>A segment and its clock.</summary>
internal sealed class SimulatedNetwork : INetworkClock
{
    private const int MaximumInFlight = 50_000;

    private readonly PriorityQueue<(SimulatedHost To, byte[] Frame), (long Time, long Order)> _inFlight = new();
    private readonly List<SimulatedHost> _hosts = [];
    private long _order;

    public SimulatedNetwork(int seed = 1)
    {
        Random = new Random(seed);

        // Everything runs on the test's own thread, continuations too.
        SynchronizationContext.SetSynchronizationContext(null);
    }

    public Random Random { get; }

    public LinkConditions Conditions { get; } = new();

    public long NowNanoseconds { get; private set; } = 1_000_000_000;

    public double NowSeconds => NowNanoseconds / 1e9;

    /// <summary>Sees each frame before the link treats it; false drops it.</summary>
    public Func<SimulatedHost, byte[], bool>? Filter { get; set; }

    public SimulatedHost AddHost(byte number, NetworkStackOptions? options = null, ChecksumOffload offload = ChecksumOffload.None, bool configure = true)
    {
        var host = new SimulatedHost(this, number, options ?? new NetworkStackOptions(), offload);
        _hosts.Add(host);
        if (configure)
        {
            host.Stack.Configure(new Ipv4Configuration(host.Address, 24, new Ipv4Address(10, 0, 0, 254)));
        }

        return host;
    }

    public void Send(SimulatedHost from, byte[] frame)
    {
        if (Filter is not null && !Filter(from, frame))
        {
            return;
        }

        foreach (SimulatedHost host in _hosts)
        {
            if (host != from)
            {
                Propagate(host, frame);
            }
        }
    }

    /// <summary>Puts a frame straight into a host now.</summary>
    public static void Inject(SimulatedHost host, ReadOnlySpan<byte> frame)
    {
        host.Stack.ProcessFrame(frame);
        host.Poll();
    }

    /// <summary>Sends a frame to a host as the link does: it arrives in the future.</summary>
    public void Deliver(SimulatedHost host, byte[] frame) => Propagate(host, frame);

    /// <summary>Runs until nothing is in flight and no timer falls into the next <paramref name="seconds"/>.</summary>
    public void RunFor(double seconds)
    {
        long end = NowNanoseconds + (long)(seconds * 1e9);
        while (Step(end))
        {
        }

        NowNanoseconds = Math.Max(NowNanoseconds, end);
    }

    /// <summary>Runs until <paramref name="condition"/> holds; fails the test after so many simulated seconds.</summary>
    public void RunUntil(Func<bool> condition, double seconds = 600)
    {
        long end = NowNanoseconds + (long)(seconds * 1e9);
        foreach (SimulatedHost host in _hosts)
        {
            host.Poll();
        }

        while (!condition())
        {
            if (!Step(end))
            {
                throw new TimeoutException($"the condition does not hold after {seconds} simulated seconds");
            }
        }
    }

    /// <summary>Runs until the task has completed, and returns its result.</summary>
    public T Run<T>(Task<T> task, double seconds = 600)
    {
        RunUntil(() => task.IsCompleted, seconds);
        return task.GetAwaiter().GetResult();
    }

    public void Run(Task task, double seconds = 600)
    {
        RunUntil(() => task.IsCompleted, seconds);
        task.GetAwaiter().GetResult();
    }

    private void Propagate(SimulatedHost to, byte[] frame)
    {
        if (Random.NextDouble() < Conditions.Loss)
        {
            return;
        }

        int copies = Random.NextDouble() < Conditions.Duplication ? 2 : 1;
        for (int i = 0; i < copies; i++)
        {
            byte[] copy = (byte[])frame.Clone();
            if (Random.NextDouble() < Conditions.Corruption)
            {
                copy[Random.Next(copy.Length)] ^= (byte)(1 << Random.Next(8));
            }

            if (_inFlight.Count > MaximumInFlight)
            {
                throw new InvalidOperationException("a storm: more frames are in flight than any test needs");
            }

            long delay = Random.NextInt64(Conditions.LeastDelayNanoseconds, Conditions.MostDelayNanoseconds + 1);
            _inFlight.Enqueue((to, copy), (NowNanoseconds + delay, _order++));
        }
    }

    private bool Step(long end)
    {
        long next = long.MaxValue;
        foreach (SimulatedHost host in _hosts)
        {
            host.Poll();
            next = Math.Min(next, host.Deadline);
        }

        if (_inFlight.TryPeek(out _, out (long Time, long Order) first))
        {
            next = Math.Min(next, first.Time);
        }

        if (next > end)
        {
            return false;
        }

        NowNanoseconds = Math.Max(NowNanoseconds, next);
        while (_inFlight.TryPeek(out (SimulatedHost To, byte[] Frame) item, out (long Time, long Order) due) && due.Time <= NowNanoseconds)
        {
            _inFlight.Dequeue();
            item.To.Stack.ProcessFrame(item.Frame);
        }

        foreach (SimulatedHost host in _hosts)
        {
            if (host.Deadline <= NowNanoseconds)
            {
                host.Stack.ProcessTimers();
            }

            host.Poll();
        }

        return true;
    }
}

/// <summary>A host of the segment: 10.0.0.number.</summary>
internal sealed class SimulatedHost : INetworkInterface
{
    private readonly SimulatedNetwork _network;
    private readonly byte[] _transmitBuffer = new byte[14 + 1500];

    public SimulatedHost(SimulatedNetwork network, byte number, NetworkStackOptions options, ChecksumOffload offload)
    {
        _network = network;
        Number = number;
        Offload = offload;
        Stack = new NetworkStack(this, network, new SeededEntropy(number), options);
    }

    public byte Number { get; }

    public NetworkStack Stack { get; }

    public Ipv4Address Address => new(10, 0, 0, Number);

    public long Deadline { get; private set; } = long.MaxValue;

    /// <summary>Frames that may be sent until this is raised again; a test of transmit-buffer shortage.</summary>
    public int TransmitCredit { get; set; } = int.MaxValue;

    public int FramesSent { get; private set; }

    MacAddress INetworkInterface.Address => new(0x5254_0000_0000u | Number);

    int INetworkInterface.MaximumTransmissionUnit => 1500;

    public ChecksumOffload Offload { get; }

    public void Poll() => Deadline = Stack.Poll();

    public Span<byte> GetTransmitBuffer() => TransmitCredit > 0 ? _transmitBuffer : default;

    public void Transmit(int length)
    {
        TransmitCredit -= TransmitCredit == int.MaxValue ? 0 : 1;
        FramesSent++;
        _network.Send(this, _transmitBuffer[..length]);
    }

    private sealed class SeededEntropy(int seed) : IEntropySource
    {
        private readonly Random _random = new(seed);

        public void Fill(Span<byte> destination) => _random.NextBytes(destination);
    }
}
