// A model of a weakly ordered two-CPU machine, put under the real queue code through ISharedMemory, and under the kernel's inboxes (WeakMachine.Cores.cs).
//
// Each CPU has a store buffer. Stores leave it in any order, except that a release store waits for all before it; a full
// fence waits until it is empty; a CPU sees its own buffer. Loads may be done earlier than the program says, so that one reads what was in memory at
// some moment before: not earlier than the last acquire load, full fence or wake-up, and loads of one place stay in order.
// That is what Armv8 (DDI 0487, B2.3) and RISC-V (RVWMO) allow, but for stores that pass earlier loads, which no queue needs: an index is stored with release.
//
// Which CPU takes the next step, which buffered store becomes visible when, and how early a load was done, is chosen by a seed, so every failure can be
// replayed. The two programs run on two threads of which exactly one has the turn.

using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Threading;
using Pride.Sddf;

namespace Pride.Components.Tests;

/// <summary>Runs two programs over shared memory, one step at a time.</summary>
internal sealed unsafe partial class WeakMachine
{
    private const int Cpus = 2;

    [ThreadStatic]
    private static Cpu? t_cpu;

    private readonly Cpu[] _cpus = new Cpu[Cpus];
    private readonly SemaphoreSlim _done = new(0);
    private readonly Random _random;

    // What every place has held: the time from which it held it. Stores make time pass.
    private readonly Dictionary<nint, List<(int Since, byte[] Bytes)>> _history = [];
    private int _now;
    private Exception? _failure;

    private WeakMachine(int seed)
    {
        _random = new Random(seed);
    }

    /// <summary>Runs both programs to their end under the schedule of <paramref name="seed"/>. False: both wait and nothing will wake them.</summary>
    public static bool Run(int seed, Action first, Action second)
    {
        WeakMachine machine = new(seed);
        machine._cpus[0] = new Cpu(machine);
        machine._cpus[1] = new Cpu(machine);
        Thread[] threads = [new(() => machine._cpus[0].Execute(first)), new(() => machine._cpus[1].Execute(second))];
        Array.ForEach(threads, t => t.Start());
        bool finished = machine.Schedule();
        Array.ForEach(threads, t => t.Join());
        return machine._failure is null ? finished : throw new InvalidOperationException($"seed {seed}", machine._failure);
    }

    /// <summary>Waits until the other CPU has signalled; a signal that came before counts.</summary>
    public static void Wait()
    {
        Cpu cpu = t_cpu!;
        cpu.IsWaiting = true;
        cpu.Step();
        cpu.IsWaiting = false;
        cpu.IsSignalled = false;
        cpu.SeeAll();
    }

    /// <summary>A kernel's notification: it orders what came before it.</summary>
    public static void Signal()
    {
        Cpu cpu = t_cpu!;
        cpu.Step();
        cpu.DrainAll();
        cpu.Other.IsSignalled = true;
    }

    private bool Schedule()
    {
        while (true)
        {
            List<Cpu> runnable = [];
            List<Cpu> buffered = [];
            bool allEnded = true;
            foreach (Cpu cpu in _cpus)
            {
                allEnded &= cpu.HasEnded;
                if (cpu.CanRun)
                {
                    runnable.Add(cpu);
                }

                if (cpu.HasBuffered)
                {
                    buffered.Add(cpu);
                }
            }

            if (allEnded || _failure is not null)
            {
                Stop();
                return true;
            }

            if (runnable.Count == 0 && buffered.Count == 0)
            {
                Stop();
                return false;
            }

            int choice = _random.Next(runnable.Count + buffered.Count);
            if (choice < runnable.Count)
            {
                runnable[choice].Turn.Release();
                _done.Wait();
            }
            else
            {
                buffered[choice - runnable.Count].DrainOne(_random);
            }
        }
    }

    private void Stop()
    {
        foreach (Cpu cpu in _cpus)
        {
            cpu.IsStopping = true;
            cpu.Turn.Release();
        }
    }

    /// <summary>Shared memory as this machine has it. With <typeparamref name="TFences"/> a test can leave fences out and see what happens.</summary>
    internal readonly struct Memory<TFences> : ISharedMemory
        where TFences : struct, IFences
    {
        public static ushort LoadAcquire(ushort* address) => t_cpu!.Load(address, TFences.Acquire);

        public static uint LoadAcquire(uint* address) => t_cpu!.Load(address, TFences.Acquire);

        public static void StoreRelease(ushort* address, ushort value) => t_cpu!.Store(address, value, TFences.Release);

        public static void StoreRelease(uint* address, uint value) => t_cpu!.Store(address, value, TFences.Release);

        public static T LoadEntry<T>(T* address)
            where T : unmanaged => t_cpu!.Load(address, isAcquire: false);

        public static void StoreEntry<T>(T* address, in T value)
            where T : unmanaged => t_cpu!.Store(address, value, isRelease: false);

        public static void FullFence()
        {
            if (TFences.Full)
            {
                t_cpu!.Fence();
            }
        }
    }

    /// <summary>Which of the orders that the code asks for the machine keeps.</summary>
    internal interface IFences
    {
        static abstract bool Acquire { get; }

        static abstract bool Release { get; }

        static abstract bool Full { get; }
    }

    internal readonly struct AllFences : IFences
    {
        public static bool Acquire => true;

        public static bool Release => true;

        public static bool Full => true;
    }

    internal readonly struct NoFullFence : IFences
    {
        public static bool Acquire => true;

        public static bool Release => true;

        public static bool Full => false;
    }

    internal readonly struct NoAcquire : IFences
    {
        public static bool Acquire => false;

        public static bool Release => true;

        public static bool Full => true;
    }

    internal readonly struct NoRelease : IFences
    {
        public static bool Acquire => true;

        public static bool Release => false;

        public static bool Full => true;
    }

    private sealed class StoppedException : Exception;

    private enum PendingKind
    {
        Store,

        /// <summary>Bits that are added to what is there by then.</summary>
        Or,

        /// <summary>The CPU's interrupt is ended.</summary>
        EndInterrupt,
    }

    /// <summary>What a CPU has done and others do not see yet.</summary>
    private readonly record struct Pending(nint Address, byte[] Bytes, bool IsRelease, PendingKind Kind = PendingKind.Store);

    private sealed partial class Cpu(WeakMachine machine)
    {
        private readonly List<Pending> _buffer = [];

        // The time of the last load of each place: a later one is not done before it.
        private readonly Dictionary<nint, int> _seen = [];

        // No load is done before this time any more.
        private int _floor;

        public SemaphoreSlim Turn { get; } = new(0);

        public bool HasEnded { get; private set; }

        public bool IsWaiting { get; set; }

        public bool IsSignalled { get; set; }

        public bool IsStopping { get; set; }

        public bool CanRun => !HasEnded && (!IsWaiting || IsSignalled) && (!_isFencing || _buffer.Count == 0);

        public bool HasBuffered => _buffer.Count > 0;

        public Cpu Other => machine._cpus[0] == this ? machine._cpus[1] : machine._cpus[0];

        private bool _isFencing;

        public void Execute(Action program)
        {
            t_cpu = this;
            Turn.Wait();
            try
            {
                if (!IsStopping)
                {
                    program();
                }
            }
            catch (StoppedException)
            {
            }
            catch (Exception e)
            {
                machine._failure ??= e;
            }

            HasEnded = true;
            machine._done.Release();
        }

        /// <summary>Gives the turn back and waits for the next.</summary>
        public void Step()
        {
            machine._done.Release();
            Turn.Wait();
            if (IsStopping)
            {
                throw new StoppedException();
            }
        }

        public T Load<T>(T* address, bool isAcquire)
            where T : unmanaged
        {
            Step();
            int at = _buffer.FindLastIndex(s => s.Address == (nint)address);
            if (at >= 0)
            {
                return Unsafe.ReadUnaligned<T>(ref _buffer[at].Bytes[0]);
            }

            int earliest = Math.Max(_floor, _seen.GetValueOrDefault((nint)address));
            int time = machine._random.Next(2) == 0 ? machine._now : machine._random.Next(earliest, machine._now + 1);
            _seen[(nint)address] = time;
            _floor = isAcquire ? time : _floor;
            if (!machine._history.TryGetValue((nint)address, out List<(int Since, byte[] Bytes)>? versions))
            {
                return *address;
            }

            return Unsafe.ReadUnaligned<T>(ref versions.FindLast(v => v.Since <= time).Bytes[0]);
        }

        /// <summary>Loads that follow are done from now on.</summary>
        public void SeeAll() => _floor = machine._now;

        public void Store<T>(T* address, T value, bool isRelease)
            where T : unmanaged
        {
            Step();
            byte[] bytes = new byte[sizeof(T)];
            Unsafe.WriteUnaligned(ref bytes[0], value);
            _buffer.Add(new Pending((nint)address, bytes, isRelease));
        }

        public void Fence()
        {
            _isFencing = true;
            Step();
            _isFencing = false;
            SeeAll();
        }

        public void DrainAll()
        {
            while (_buffer.Count > 0)
            {
                Drain(0);
            }
        }

        public void DrainOne(Random random)
        {
            int at = random.Next(_buffer.Count);

            // Stores to one place stay in order, and a release store is the last of all before it.
            int first = _buffer[at].IsRelease ? 0 : _buffer.FindIndex(s => s.Address == _buffer[at].Address);
            Drain(first);
        }

        private void Drain(int at)
        {
            (nint address, byte[] bytes, _, PendingKind kind) = _buffer[at];
            _buffer.RemoveAt(at);
            switch (kind)
            {
                case PendingKind.Store:
                    Write(address, bytes);
                    break;
                case PendingKind.Or:
                    Write(address, BitConverter.GetBytes(BitConverter.ToUInt64(bytes) | *(ulong*)address));
                    break;
                default:
                    IsSignalled = false;
                    break;
            }
        }

        private void Write(nint address, byte[] bytes)
        {
            Span<byte> place = new((void*)address, bytes.Length);
            if (!machine._history.TryGetValue(address, out List<(int Since, byte[] Bytes)>? versions))
            {
                machine._history[address] = versions = [(0, place.ToArray())];
            }

            // A CPU's own loads do not go back behind its own store.
            versions.Add((++machine._now, bytes));
            _seen[address] = machine._now;
            bytes.CopyTo(place);
        }
    }
}
