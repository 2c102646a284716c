// What the stack needs from outside: a link, a clock and entropy. Nothing else of the world reaches the protocols,
// so they behave the same in a protection domain and in a simulation on the host.

using System;

namespace Pride.Net;

/// <summary>Checksums that the device or the layer below makes and verifies, so that the stack need not.</summary>
[Flags]
public enum ChecksumOffload
{
    None = 0,

    /// <summary>Received IPv4, ICMP, UDP and TCP checksums have been verified already.</summary>
    ReceiveVerified = 1,

    /// <summary>The layer below fills in the checksums of what is sent; the fields are left zero.</summary>
    TransmitFilled = 2,
}

/// <summary>
/// The link the stack sends through. The stack writes each frame in place: it asks for a buffer, fills it, and transmits it.
/// </summary>
public interface INetworkInterface
{
    /// <summary>The address that frames are sent from.</summary>
    MacAddress Address { get; }

    /// <summary>The longest IP packet in bytes (1500 on Ethernet).</summary>
    int MaximumTransmissionUnit { get; }

    ChecksumOffload Offload { get; }

    /// <summary>
    /// The next free transmit buffer, at least 14 + <see cref="MaximumTransmissionUnit"/> bytes long, or an empty span when none is free.
    /// A buffer that is not transmitted is handed out again.
    /// </summary>
    Span<byte> GetTransmitBuffer();

    /// <summary>Sends the first <paramref name="length"/> bytes of the buffer handed out last. The layer below pads short frames.</summary>
    void Transmit(int length);
}

/// <summary>Monotonic time.</summary>
public interface INetworkClock
{
    /// <summary>Nanoseconds since some moment before the stack was made; never goes back.</summary>
    long NowNanoseconds { get; }
}

/// <summary>Where the stack's secrets come from.</summary>
public interface IEntropySource
{
    /// <summary>Fills <paramref name="destination"/> with bytes that an attacker cannot guess.</summary>
    void Fill(Span<byte> destination);
}
