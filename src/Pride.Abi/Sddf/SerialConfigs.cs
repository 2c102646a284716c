// The serial class: configuration and the shared queue (sDDF 0.7, include/sddf/serial/config.h and queue.h).
//
// A queue is a header (serial_queue) in one region and a ring of bytes in another, whose size is the capacity.
// The consumer is signalled for each batch; the flag is for the producer, who asks to be told of space.

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Pride.Machine;

namespace Pride.Abi.Sddf;

/// <summary>Limits of the serial class.</summary>
public static class SerialLimits
{
    /// <summary>SDDF_SERIAL_MAX_CLIENTS.</summary>
    public const int MaximumClients = 64;

    /// <summary>SDDF_SERIAL_BEGIN_STR_MAX_LEN, in bytes.</summary>
    public const int BeginStringLength = 128;

    /// <summary>MICROKIT_PD_NAME_LENGTH, in bytes.</summary>
    public const int NameLength = 64;
}

/// <summary>Offsets within a serial_queue (12 bytes).</summary>
public static class SerialQueueLayout
{
    public const int Tail = 0;
    public const int Head = 4;
    public const int ProducerSignalled = 8;

    /// <summary>Bytes of the header.</summary>
    public const int Size = 12;
}

/// <summary>serial_connection_resource, 40 bytes: queue (0), data (16), channel (32).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct SerialConnection
{
    public Region Queue;

    /// <summary>The ring of bytes; its size, a power of two, is the queue's capacity.</summary>
    public Region Data;

    /// <summary>Channel id of the neighbour.</summary>
    public byte ChannelId;
}

/// <summary>serial_driver_config, 104 bytes: rx (8), tx (48), default baud rate (88), rx enabled (96).</summary>
[ConfigurationSection(".serial_driver_config")]
[StructLayout(LayoutKind.Sequential)]
public struct SerialDriverConfig
{
    public SddfMagic Magic;
    public SerialConnection Rx;
    public SerialConnection Tx;

    /// <summary>Bits per second.</summary>
    public ulong DefaultBaud;

    public byte RxEnabled;
}

/// <summary>serial_virt_rx_config, 2616 bytes: driver (8), clients (48), number (2608), the two control characters (2609, 2610).</summary>
[ConfigurationSection(".serial_virt_rx_config")]
[StructLayout(LayoutKind.Sequential)]
public struct SerialVirtRxConfig
{
    public SddfMagic Magic;
    public SerialConnection Driver;
    public ClientArray Clients;
    public byte ClientCount;

    /// <summary>Starts the number of the client that gets the input from now on; twice: the character itself.</summary>
    public byte SwitchCharacter;

    /// <summary>Ends that number.</summary>
    public byte TerminateNumberCharacter;

    [InlineArray(SerialLimits.MaximumClients)]
    public struct ClientArray
    {
        private SerialConnection _first;
    }
}

/// <summary>serial_virt_tx_client_config, 104 bytes: connection (0), name (40).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct SerialVirtTxClientConfig
{
    public SerialConnection Connection;
    public NameText Name;

    [InlineArray(SerialLimits.NameLength)]
    public struct NameText
    {
        private byte _first;
    }
}

/// <summary>
/// serial_virt_tx_config, 6840 bytes: driver (8), clients (48), number (6704), begin string (6705), colours (6833), rx (6834).
/// </summary>
[ConfigurationSection(".serial_virt_tx_config")]
[StructLayout(LayoutKind.Sequential)]
public struct SerialVirtTxConfig
{
    public SddfMagic Magic;
    public SerialConnection Driver;
    public ClientArray Clients;
    public byte ClientCount;

    /// <summary>Printed once at the start when input is enabled, so that the other end knows when it may type.</summary>
    public BeginText BeginString;

    public byte EnableColour;
    public byte EnableRx;

    [InlineArray(SerialLimits.MaximumClients)]
    public struct ClientArray
    {
        private SerialVirtTxClientConfig _first;
    }

    [InlineArray(SerialLimits.BeginStringLength)]
    public struct BeginText
    {
        private byte _first;
    }
}

/// <summary>serial_client_config, 88 bytes: rx (8), tx (48).</summary>
[ConfigurationSection(".serial_client_config")]
[StructLayout(LayoutKind.Sequential)]
public struct SerialClientConfig
{
    public SddfMagic Magic;
    public SerialConnection Rx;
    public SerialConnection Tx;
}
