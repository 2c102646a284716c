// What kernels on two CPUs do with each other on the weak machine: words that are changed in one step, and interrupts.
//
// A step whose result is used is done at once. One whose result nobody looks at may become visible later, like a store, and so may the write that ends an
// interrupt, which goes to a device. Interrupts arrive at once: nothing is gained from later ones.

using Pride.Kernel;

namespace Pride.Components.Tests;

internal sealed unsafe partial class WeakMachine
{
    /// <summary>Sleeps until an interrupt is pending, which stays so. Unlike a PD that is woken, a core has seen nothing more by that.</summary>
    public static void WaitForInterrupt()
    {
        Cpu cpu = t_cpu!;
        cpu.IsWaiting = true;
        cpu.Step();
        cpu.IsWaiting = false;
    }

    /// <summary>Ends the interrupt. <paramref name="waits"/>: until that has reached the interrupt controller.</summary>
    public static void EndInterrupt(bool waits) => t_cpu!.EndInterrupt(waits);

    /// <summary>Interrupts the other CPU.</summary>
    public static void Interrupt()
    {
        Cpu cpu = t_cpu!;
        cpu.Step();
        cpu.Other.IsSignalled = true;
    }

    /// <summary>A store of a program: without order.</summary>
    public static void StorePlain(ulong* address, ulong value) => t_cpu!.Store(address, value, isRelease: false);

    /// <summary>A load of a program.</summary>
    public static ulong LoadPlain(ulong* address) => t_cpu!.Load(address, isAcquire: false);

    /// <summary>The kernel's shared words as this machine has them. With <typeparamref name="TOrders"/> a test can leave orders out and see what happens.</summary>
    internal readonly struct Words<TOrders> : ISharedWords
        where TOrders : struct, IOrders
    {
        public static void Add(ulong* word, ulong bits) => t_cpu!.AddBits(word, bits, TOrders.AddReleases);

        public static bool TrySet(ulong* word, ulong bit) => (t_cpu!.Exchange(word, old => old | bit, TOrders.SetReleases, isAcquire: false) & bit) == 0;

        public static ulong Take(ulong* word) => t_cpu!.Exchange(word, _ => 0, isRelease: false, TOrders.TakeAcquires);
    }

    /// <summary>Which orders the machine keeps.</summary>
    internal interface IOrders
    {
        static abstract bool AddReleases { get; }

        static abstract bool SetReleases { get; }

        static abstract bool TakeAcquires { get; }

        /// <summary>The core waits until the interrupt controller knows that the interrupt is ended.</summary>
        static abstract bool EndWaits { get; }
    }

    private sealed partial class Cpu
    {
        public void AddBits(ulong* word, ulong bits, bool isRelease)
        {
            Step();
            _buffer.Add(new Pending((nint)word, System.BitConverter.GetBytes(bits), isRelease, PendingKind.Or));
        }

        public ulong Exchange(ulong* word, System.Func<ulong, ulong> change, bool isRelease, bool isAcquire)
        {
            Step();

            // What this CPU itself did to the place comes first, and with release all that it did.
            while (_buffer.FindIndex(p => isRelease || p.Address == (nint)word) is >= 0 and int at)
            {
                Drain(at);
            }

            ulong old = *word;
            Write((nint)word, System.BitConverter.GetBytes(change(old)));
            if (isAcquire)
            {
                SeeAll();
            }

            return old;
        }

        public void EndInterrupt(bool waits)
        {
            Step();
            if (waits)
            {
                DrainAll();
                IsSignalled = false;
            }
            else
            {
                _buffer.Add(new Pending(0, [], false, PendingKind.EndInterrupt));
            }
        }
    }
}
