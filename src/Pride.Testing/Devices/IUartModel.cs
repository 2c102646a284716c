// What tests of the serial class ask of a UART model, whichever UART it is.

using System.Collections.Generic;

namespace Pride.Testing.Devices;

/// <summary>A UART with a FIFO each way.</summary>
public interface IUartModel : ITestDevice
{
    /// <summary>The line that the device drives.</summary>
    TestInterrupt? Interrupt { get; set; }

    /// <summary>What has left the transmit FIFO.</summary>
    List<byte> Sent { get; }

    /// <summary>True: bytes stay in the transmit FIFO until <see cref="Drain"/>.</summary>
    bool IsSlow { get; set; }

    /// <summary>Bytes that came while the receive FIFO was full.</summary>
    int Overruns { get; }

    /// <summary>A byte arrives from the line.</summary>
    void Type(byte value);

    /// <summary>The transmit FIFO runs empty.</summary>
    void Drain();
}
