// The stack's clock and entropy in a protection domain: the runtime's.

using System;
using Pride.Runtime.Time;

namespace Pride.Net.Sddf;

/// <summary>The CPU's counter: reading it enters no kernel.</summary>
public sealed class RuntimeClock : INetworkClock
{
    public long NowNanoseconds => Clock.Nanoseconds;
}

/// <summary>The PD's entropy source.</summary>
public sealed class RuntimeEntropy : Pride.Net.IEntropySource
{
    public void Fill(Span<byte> destination) => Entropy.Fill(destination);
}
