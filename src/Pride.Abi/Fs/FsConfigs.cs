// Configuration of file-system servers and their clients (LionsOS, include/lions/fs/config.h).

using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Pride.Machine;

namespace Pride.Abi.Fs;

/// <summary>The eight bytes that open both configurations: "LionsOS" and 1.</summary>
[InlineArray(Length)]
public struct FsMagic
{
    /// <summary>Bytes.</summary>
    public const int Length = 8;

    private byte _first;

    private static ReadOnlySpan<byte> Expected => "LionsOS\u0001"u8;

    /// <summary>The magic.</summary>
    public static FsMagic Valid
    {
        get
        {
            FsMagic magic = default;
            Expected.CopyTo(magic);
            return magic;
        }
    }

    /// <summary>The magic of <see cref="NfsConfig"/>.</summary>
    public static FsMagic ValidNfs
    {
        get
        {
            FsMagic magic = Valid;
            magic[Length - 1] = 2;
            return magic;
        }
    }

    /// <summary>True when these bytes are the magic.</summary>
    public readonly bool IsValid => ((ReadOnlySpan<byte>)this).SequenceEqual(Expected);
}

/// <summary>fs_connection_resource, 56 bytes: commands (0), completions (16), share (32), capacity (48), channel (50).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct FsConnection
{
    public Region CommandQueue;
    public Region CompletionQueue;
    public Region Share;

    /// <summary>Capacity of each queue in messages: always <see cref="FsLimits.QueueCapacity"/>.</summary>
    public ushort QueueCapacity;

    /// <summary>Channel id of the neighbour.</summary>
    public byte ChannelId;
}

/// <summary>fs_server_config, 64 bytes: client (8). A server has one client.</summary>
[ConfigurationSection(".fs_server_config")]
[StructLayout(LayoutKind.Sequential)]
public struct FsServerConfig
{
    public FsMagic Magic;
    public FsConnection Client;
}

/// <summary>fs_client_config, 64 bytes: server (8).</summary>
[ConfigurationSection(".fs_client_config")]
[StructLayout(LayoutKind.Sequential)]
public struct FsClientConfig
{
    public FsMagic Magic;
    public FsConnection Server;
}

/// <summary>nfs_config, 8200 bytes: magic with 2 as its last byte, the server's address (8), the exported path (4104); both end with a zero.</summary>
[ConfigurationSection(".nfs_config")]
[StructLayout(LayoutKind.Sequential)]
public struct NfsConfig
{
    public FsMagic Magic;
    public Text Server;
    public Text ExportPath;

    /// <summary>4095 bytes and a zero.</summary>
    [InlineArray(4096)]
    public struct Text
    {
        private byte _first;
    }
}
