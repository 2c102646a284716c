// Several PDs in one process, over a simulated kernel that decides who runs: the same component classes that are compiled for
// the target, under xunit.
//
// A handler runs to its end, except that at each system call the simulated kernel may let other PDs run first, as a real
// one does by preemption and as other cores do. The order is by priority, or random from a seed, so that a failure can be
// replayed. One thread owns a TestSystem. What PDs share is native memory with an unmapped-by-convention gap around each region.

using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using Pride.Abi;
using Pride.Machine;
using Pride.Microkit;

namespace Pride.Testing;

/// <summary>A system of PDs on the host.</summary>
public sealed unsafe partial class TestSystem : IDisposable
{
    /// <summary>How deep PDs may run inside each other's system calls; a random schedule stops nesting there.</summary>
    private const int MaximumNesting = 8;

    private const int PageSize = 4096;

    private readonly List<TestPd> _pds = [];
    private readonly List<nint> _allocations = [];
    private readonly Stack<TestPd> _running = new();
    private readonly Random? _random;

    /// <param name="seed">Null: the highest priority runs first. Else the order and the preemptions are random from it.</param>
    public TestSystem(int? seed = null)
    {
        _random = seed is { } value ? new Random(value) : null;
    }

    /// <summary>The PDs in the order in which they were added.</summary>
    public IReadOnlyList<TestPd> Pds => _pds;

    /// <summary>Events handled so far.</summary>
    public long Steps { get; private set; }

    /// <summary>Adds a PD; <paramref name="wire"/> fills its wired fields before its constructor runs, as the image builder's patches do.</summary>
    public TestPd<T> Add<T>(string name, int priority, Action<T> wire)
        where T : ProtectionDomain, new()
    {
        TestPd<T> pd = new(name, priority, wire);
        _pds.Add(pd);
        return pd;
    }

    /// <summary>Connects two PDs; the ids are those of each end.</summary>
    public static (Channel First, Channel Second) Connect(TestPd first, TestPd second)
    {
        int firstId = first.TakeId();
        int secondId = second.TakeId();
        first.Peers[firstId] = new TestPeer(second, secondId);
        second.Peers[secondId] = new TestPeer(first, firstId);
        return (new Channel((ulong)firstId), new Channel((ulong)secondId));
    }

    /// <summary>Gives <paramref name="pd"/> an interrupt that a device model raises.</summary>
    public TestInterrupt Interrupt(TestPd pd)
    {
        int id = pd.TakeId();
        TestInterrupt interrupt = new(pd, id);
        pd.Interrupts[id] = interrupt;
        return interrupt;
    }

    /// <summary>Zeroed shared memory, page aligned.</summary>
    public Region Memory(int size)
    {
        int padded = ((size + PageSize - 1) / PageSize * PageSize) + (2 * PageSize);
        void* memory = NativeMemory.AlignedAlloc((nuint)padded, PageSize);
        NativeMemory.Clear(memory, (nuint)padded);
        _allocations.Add((nint)memory);
        return new Region((nuint)memory + PageSize, (ulong)size);
    }

    /// <summary>Constructs every PD and runs its Init, the highest priority first.</summary>
    public void Start()
    {
        using Scope scope = new(this);
        foreach (TestPd pd in _pds.OrderByDescending(p => p.Priority))
        {
            Enter(pd, static p => p.Initialise());
        }
    }

    /// <summary>Starts one PD again, as its parent does: a new object, the same wiring, the shared memory as it is.</summary>
    public void Restart(TestPd pd)
    {
        using Scope scope = new(this);
        Enter(pd, static p => p.Initialise());
    }

    /// <summary>
    /// Asked at every crash point (a store to memory that outlives the PD, a store to a device, a system call) whether the PD that runs dies
    /// there; it is restarted at once, and what it had deferred is lost. Null: nobody dies.
    /// </summary>
    public Func<TestPd, bool>? Crashes { get; set; }

    /// <summary>PDs that died at a crash point so far.</summary>
    public long CrashCount { get; private set; }

    /// <summary>Handles one event of one PD; false when nobody has anything to do.</summary>
    public bool Step()
    {
        using Scope scope = new(this);
        return RunOne();
    }

    /// <summary>Runs until nobody has anything to do; at most <paramref name="limit"/> events.</summary>
    /// <exception cref="TestSystemException">The limit was reached: two PDs keep waking each other.</exception>
    public void RunUntilIdle(int limit = 1_000_000)
    {
        using Scope scope = new(this);
        for (int i = 0; i < limit; i++)
        {
            if (!RunOne())
            {
                return;
            }
        }

        throw new TestSystemException($"still not idle after {limit} events");
    }

    /// <summary>Runs <paramref name="action"/> as if it were code of <paramref name="pd"/>: its channels work, and a deferred send goes out at the end.</summary>
    public void RunAs(TestPd pd, Action action)
    {
        using Scope scope = new(this);
        Enter(pd, _ => action());
    }

    public void Dispose()
    {
        foreach (nint memory in _allocations)
        {
            NativeMemory.AlignedFree((void*)memory);
        }

        _allocations.Clear();
    }

    private bool RunOne()
    {
        List<TestPd> ready = _pds.FindAll(p => p.Badge != 0 && p.HasStarted && !_running.Contains(p));
        if (ready.Count == 0)
        {
            return false;
        }

        TestPd next = _random is null ? ready.MaxBy(p => p.Priority)! : ready[_random.Next(ready.Count)];
        ulong badge = next.Badge;
        next.Badge = 0;
        Steps++;
        Enter(next, p => p.Dispatch(badge));
        return true;
    }

    // What a kernel does around a PD's event: its IPC buffer and its deferred send are its own.
    private void Enter(TestPd pd, Action<TestPd> action)
    {
        _running.Push(pd);
        DeferredSend outer = Kernel.SwapDeferred(default);
        try
        {
            while (!TryRun(pd, action))
            {
                action = static p => p.Initialise();
            }
        }
        finally
        {
            Kernel.SwapDeferred(outer);
            _running.Pop();
        }
    }

    /// <summary>False when the PD died at a crash point.</summary>
    private bool TryRun(TestPd pd, Action<TestPd> action)
    {
        try
        {
            action(pd);
            DeferredSend deferred = Kernel.SwapDeferred(default);
            if (deferred.IsSet)
            {
                Kernel.Send(deferred.Cap, deferred.Info);
            }

            return true;
        }
        catch (CrashException crash) when (crash.Pd == pd)
        {
            CrashCount++;
            Kernel.SwapDeferred(default);
            return false;
        }
    }

    private void PassCrashPoint()
    {
        if (Crashes is { } crashes && _running.TryPeek(out TestPd? pd) && crashes(pd))
        {
            throw new CrashException(pd);
        }
    }

    private void MayPreempt()
    {
        while (_random is not null && _running.Count < MaximumNesting && _random.Next(2) == 0 && RunOne())
        {
        }
    }

    /// <summary>Makes this system the one that the calling thread's PDs talk to.</summary>
    private readonly struct Scope : IDisposable
    {
        private readonly Action? _crash;
        private readonly IHostKernel? _kernel;
        private readonly IHostBus? _bus;

        public Scope(TestSystem system)
        {
            _crash = CrashPoint.Reached;
            CrashPoint.Reached = system.PassCrashPoint;
            _kernel = HostKernel.Current;
            _bus = Mmio.Access.HostBus;
            HostKernel.Current = system;
            Mmio.Access.HostBus = system;
        }

        public void Dispose()
        {
            CrashPoint.Reached = _crash;
            HostKernel.Current = _kernel;
            Mmio.Access.HostBus = _bus;
        }
    }
}

/// <summary>A PD dies at a crash point.</summary>
internal sealed class CrashException(TestPd pd) : Exception($"PD '{pd.Name}' dies at a crash point")
{
    public TestPd Pd { get; } = pd;
}

/// <summary>A system under test did what no correct system does.</summary>
public sealed class TestSystemException(string message) : Exception(message);
