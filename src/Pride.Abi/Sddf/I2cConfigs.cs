// Configuration of the I2C class's components (sDDF 0.7, include/sddf/i2c/config.h).

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Pride.Machine;

namespace Pride.Abi.Sddf;

/// <summary>Limits of the I2C class.</summary>
public static class I2cLimits
{
    /// <summary>SDDF_I2C_MAX_CLIENTS.</summary>
    public const int MaximumClients = 64;
}

/// <summary>i2c_connection_resource, 40 bytes: requests (0), responses (16), capacity (32), channel (34).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct I2cConnection
{
    public Region RequestQueue;
    public Region ResponseQueue;

    /// <summary>Capacity of each queue in entries.</summary>
    public ushort BufferCount;

    /// <summary>Channel id of the neighbour.</summary>
    public byte ChannelId;
}

/// <summary>i2c_driver_config, 48 bytes: virtualiser (8).</summary>
[ConfigurationSection(".i2c_driver_config")]
[StructLayout(LayoutKind.Sequential)]
public struct I2cDriverConfig
{
    public SddfMagic Magic;
    public I2cConnection Virt;
}

/// <summary>i2c_virt_client_config, 64 bytes: connection (0), size of the client's data (40), where the driver (48) and the client (56) map it.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct I2cVirtClientConfig
{
    public I2cConnection Connection;

    /// <summary>Bytes.</summary>
    public ulong DataSize;

    public ulong DriverDataAddress;
    public ulong ClientDataAddress;
}

/// <summary>i2c_virt_config, 4152 bytes: number of clients (8), driver (16), clients (56).</summary>
[ConfigurationSection(".i2c_virt_config")]
[StructLayout(LayoutKind.Sequential)]
public struct I2cVirtConfig
{
    public SddfMagic Magic;
    public ulong ClientCount;
    public I2cConnection Driver;
    public ClientArray Clients;

    [InlineArray(I2cLimits.MaximumClients)]
    public struct ClientArray
    {
        private I2cVirtClientConfig _first;
    }
}

/// <summary>i2c_client_config, 64 bytes: virtualiser (8), data (48).</summary>
[ConfigurationSection(".i2c_client_config")]
[StructLayout(LayoutKind.Sequential)]
public struct I2cClientConfig
{
    public SddfMagic Magic;
    public I2cConnection Virt;
    public Region Data;
}
