// Configuration of the block class's components (sDDF 0.7, include/sddf/blk/config.h).

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Pride.Machine;

namespace Pride.Abi.Sddf;

/// <summary>Limits of the block class.</summary>
public static class BlockLimits
{
    /// <summary>SDDF_BLK_MAX_CLIENTS.</summary>
    public const int MaximumClients = 64;
}

/// <summary>blk_connection_resource, 56 bytes: storage info (0), requests (16), responses (32), capacity (48), channel (50).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct BlockConnection
{
    public Region StorageInfo;
    public Region RequestQueue;
    public Region ResponseQueue;

    /// <summary>Capacity of each queue in entries.</summary>
    public ushort BufferCount;

    /// <summary>Channel id of the neighbour.</summary>
    public byte ChannelId;
}

/// <summary>blk_driver_config, 64 bytes: virtualiser (8).</summary>
[ConfigurationSection(".blk_driver_config")]
[StructLayout(LayoutKind.Sequential)]
public struct BlockDriverConfig
{
    public SddfMagic Magic;
    public BlockConnection Virt;
}

/// <summary>blk_virt_config_client, 88 bytes: connection (0), data (56), partition (80).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct BlockVirtClientConfig
{
    public BlockConnection Connection;
    public DeviceRegion Data;

    /// <summary>Index of the partition that is the client's whole medium.</summary>
    public uint Partition;
}

/// <summary>blk_virt_config_driver, 80 bytes: connection (0), the virtualiser's own DMA memory (56).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct BlockVirtDriverConfig
{
    public BlockConnection Connection;
    public DeviceRegion Data;
}

/// <summary>blk_virt_config, 5728 bytes: number of clients (8), driver (16), clients (96).</summary>
[ConfigurationSection(".blk_virt_config")]
[StructLayout(LayoutKind.Sequential)]
public struct BlockVirtConfig
{
    public SddfMagic Magic;
    public ulong ClientCount;
    public BlockVirtDriverConfig Driver;
    public ClientArray Clients;

    [InlineArray(BlockLimits.MaximumClients)]
    public struct ClientArray
    {
        private BlockVirtClientConfig _first;
    }
}

/// <summary>blk_client_config, 80 bytes: virtualiser (8), data (64).</summary>
[ConfigurationSection(".blk_client_config")]
[StructLayout(LayoutKind.Sequential)]
public struct BlockClientConfig
{
    public SddfMagic Magic;
    public BlockConnection Virt;
    public Region Data;
}
