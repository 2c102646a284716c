// A file-system server on a partition, and its client.

using System;
using System.Linq.Expressions;
using Pride.Abi.Fs;
using Pride.FileSystems.Fat;
using Pride.Machine;
using Pride.Microkit;

namespace Pride.Description.Subsystems;

/// <summary>How a file-system server is laid out.</summary>
public sealed record FileSystemOptions
{
    /// <summary>The priority of the server: below the block virtualiser, above its client.</summary>
    public int Priority { get; init; } = 110;

    /// <summary>The server's core.</summary>
    public int Core { get; init; }

    /// <summary>Index of the primary partition, 0..3.</summary>
    public uint Partition { get; init; }

    /// <summary>The server's block cache, in bytes.</summary>
    public ulong CacheBytes { get; init; } = 4 << 20;

    /// <summary>Memory that client and server share for paths and data, in bytes.</summary>
    public ulong ShareBytes { get; init; } = 2 << 20;
}

/// <summary>A FAT server. The protocol gives a server one client.</summary>
public sealed class FileSystemServer
{
    // What the server allocates in Init: requests, open files, caches' tables. 256 KiB, and room.
    private const ulong HeapBytes = 512 * 1024;

    // What it holds without an answer: 24 bytes for each of 16 commands.
    private const ulong LedgerBytes = 4 * 1024;

    private readonly SystemBuilder _system;
    private readonly FileSystemOptions _options;
    private readonly Pd<FatServer> _server;
    private bool _hasClient;

    /// <param name="system">The system.</param>
    /// <param name="block">Where the partition lies.</param>
    /// <param name="name">The PD's name.</param>
    /// <param name="options">Null: the defaults.</param>
    public FileSystemServer(SystemBuilder system, BlockSystem block, string name = "fat", FileSystemOptions? options = null)
    {
        _system = system;
        _options = options ?? new FileSystemOptions();
        _server = system.Add<FatServer>(name, _options.Priority, stack: 32.KiB(), heap: HeapBytes, core: _options.Core);
        _server.Map(system.Region($"{name}_ledger", LedgerBytes), p => p.Ledger, Permissions.ReadWrite);
        block.Connect(_server, p => p.Block, _options.Partition, _options.CacheBytes);
        system.WhenWhole(RequireClient);
    }

    public Pd Server => _server;

    /// <summary>Makes <paramref name="client"/> the client; its configuration goes to <paramref name="field"/>.</summary>
    public void Connect<T>(Pd<T> client, Expression<Func<T, Config<FsClientConfig>>> field)
        where T : ProtectionDomain => client.Configure(field, Connect((Pd)client));

    /// <summary>Makes a client that is not C# the client; its configuration goes to its section .fs_client_config.</summary>
    public void Connect(ProgramPd client) => client.Configure(Connect((Pd)client));

    private FsClientConfig Connect(Pd client)
    {
        if (_hasClient)
        {
            throw new SystemDescriptionException(
                "too-many-clients", $"file-system server '{_server.Name}' has a client already", "add a server for each client");
        }

        _hasClient = true;
        string name = $"{_server.Name}_{client.Name}";
        MemoryRegion commands = _system.Region($"{name}_commands", FsQueueLayout.Size);
        MemoryRegion completions = _system.Region($"{name}_completions", FsQueueLayout.Size);
        MemoryRegion share = _system.Region($"{name}_share", _options.ShareBytes);
        (byte serverId, byte clientId) = _system.ConnectNotifying(_server, client);
        FsServerConfig server = new() { Magic = FsMagic.Valid, Client = At(_server, serverId) };
        FsClientConfig config = new() { Magic = FsMagic.Valid, Server = At(client, clientId) };
        _server.Configure(p => p.FileSystem, in server);
        return config;

        FsConnection At(Pd pd, byte id) => new()
        {
            CommandQueue = commands.MapInto(pd, Permissions.ReadWrite),
            CompletionQueue = completions.MapInto(pd, Permissions.ReadWrite),
            Share = share.MapInto(pd, Permissions.ReadWrite),
            QueueCapacity = FsLimits.QueueCapacity,
            ChannelId = id,
        };
    }

    private void RequireClient()
    {
        if (!_hasClient)
        {
            throw new SystemDescriptionException(
                "no-client", $"file-system server '{_server.Name}' has no client", "connect one with FileSystemServer.Connect, or leave the server out");
        }
    }
}
