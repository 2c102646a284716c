// Configuration of the network class's components (sDDF 0.7, include/sddf/network/config.h).
//
// The offsets in the comments follow from C's layout rules for a 64-bit machine; tests check them.

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Pride.Machine;

namespace Pride.Abi.Sddf;

/// <summary>Limits of the network class.</summary>
public static class NetworkLimits
{
    /// <summary>SDDF_NET_MAX_CLIENTS.</summary>
    public const int MaximumClients = 64;
}

/// <summary>net_connection_resource, 40 bytes: one pair of queues and the channel behind them.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct NetworkConnection
{
    public Region FreeQueue;
    public Region ActiveQueue;

    /// <summary>Capacity of each queue in descriptors (offset 32).</summary>
    public ushort BufferCount;

    /// <summary>Channel id of the neighbour (offset 34).</summary>
    public byte ChannelId;
}

/// <summary>net_driver_config, 88 bytes: rx virtualiser (8), tx virtualiser (48).</summary>
[ConfigurationSection(".net_driver_config")]
[StructLayout(LayoutKind.Sequential)]
public struct NetworkDriverConfig
{
    public SddfMagic Magic;
    public NetworkConnection VirtRx;
    public NetworkConnection VirtTx;
}

/// <summary>net_virt_tx_data_region, 32 bytes: a client's transmit buffers (0) and how many there are (24).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct NetworkTxDataRegion
{
    public DeviceRegion Data;
    public uint BufferCount;
}

/// <summary>net_virt_tx_client_config, 2096 bytes: connection (0), data regions (40), their number (2088).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct NetworkVirtTxClientConfig
{
    public NetworkConnection Connection;
    public RegionArray Regions;
    public byte RegionCount;

    [InlineArray(NetworkLimits.MaximumClients)]
    public struct RegionArray
    {
        private NetworkTxDataRegion _first;
    }
}

/// <summary>net_virt_tx_config, 134200 bytes: driver (8), clients (48), their number (134192).</summary>
[ConfigurationSection(".net_virt_tx_config")]
[StructLayout(LayoutKind.Sequential)]
public struct NetworkVirtTxConfig
{
    public SddfMagic Magic;
    public NetworkConnection Driver;
    public ClientArray Clients;
    public byte ClientCount;

    [InlineArray(NetworkLimits.MaximumClients)]
    public struct ClientArray
    {
        private NetworkVirtTxClientConfig _first;
    }
}

/// <summary>net_virt_rx_client_config, 432 bytes: connection (0), MAC addresses (40), their number (424).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct NetworkVirtRxClientConfig
{
    public NetworkConnection Connection;
    public MacArray MacAddresses;
    public byte MacCount;

    [InlineArray(NetworkLimits.MaximumClients)]
    public struct MacArray
    {
        private MacAddress _first;
    }
}

/// <summary>
/// net_virt_rx_config, 27744 bytes: driver (8), DMA data (48), buffer metadata (72), clients (88), their number (27736).
/// </summary>
[ConfigurationSection(".net_virt_rx_config")]
[StructLayout(LayoutKind.Sequential)]
public struct NetworkVirtRxConfig
{
    public SddfMagic Magic;
    public NetworkConnection Driver;
    public DeviceRegion Data;

    /// <summary>One byte for each buffer: how many clients hold it. Zero at boot, mapped read-write.</summary>
    public Region BufferMetadata;

    public ClientArray Clients;
    public byte ClientCount;

    [InlineArray(NetworkLimits.MaximumClients)]
    public struct ClientArray
    {
        private NetworkVirtRxClientConfig _first;
    }
}

/// <summary>net_copy_config, 1128 bytes: rx connection (8), source regions by owner (48), client connection (1072), client data (1112).</summary>
[ConfigurationSection(".net_copy_config")]
[StructLayout(LayoutKind.Sequential)]
public struct NetworkCopierConfig
{
    public SddfMagic Magic;
    public NetworkConnection Rx;
    public RegionArray RxData;
    public NetworkConnection Client;
    public Region ClientData;

    [InlineArray(NetworkLimits.MaximumClients)]
    public struct RegionArray
    {
        private Region _first;
    }
}

/// <summary>net_client_config, 128 bytes: rx (8), rx data (48), tx (64), tx data (104), MAC address (120).</summary>
[ConfigurationSection(".net_client_config")]
[StructLayout(LayoutKind.Sequential)]
public struct NetworkClientConfig
{
    public SddfMagic Magic;
    public NetworkConnection Rx;
    public Region RxData;
    public NetworkConnection Tx;
    public Region TxData;
    public MacAddress MacAddress;
}

/// <summary>lib_sddf_lwip_config, 32 bytes: memory for packets (8), their number (24). For programs that are linked with sDDF's lwIP library.</summary>
[ConfigurationSection(".lib_sddf_lwip_config")]
[StructLayout(LayoutKind.Sequential)]
public struct LwipConfig
{
    public SddfMagic Magic;
    public Region Packets;
    public ulong PacketCount;
}
