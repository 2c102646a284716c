// What every model of an Ethernet controller lets a test do.

using System;
using System.Collections.Generic;

namespace Pride.Testing.Devices;

/// <summary>An Ethernet controller.</summary>
public interface INetworkModel
{
    /// <summary>The line that the device drives.</summary>
    TestInterrupt? Interrupt { get; set; }

    /// <summary>Frames that the driver has sent, in order.</summary>
    Queue<byte[]> Transmitted { get; }

    /// <summary>True: frames to send stay with the device until <see cref="CompleteTransmits"/>.</summary>
    bool HoldsTransmits { get; set; }

    /// <summary>A frame arrives from the wire; false when there was no buffer for it.</summary>
    bool Inject(ReadOnlySpan<byte> frame);

    /// <summary>Sends everything that waits.</summary>
    void CompleteTransmits();
}
