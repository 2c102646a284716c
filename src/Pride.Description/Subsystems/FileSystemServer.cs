// A file-system server on a partition, and its client.

using System;
using System.Linq.Expressions;
using System.Text;
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

    /// <summary>Index of the partition in the medium's table: 0 to 3 of an MBR, 0 to 127 of a GPT as it usually is.</summary>
    public uint Partition { get; init; }

    /// <summary>The server's block cache, in bytes.</summary>
    public ulong CacheBytes { get; init; } = 4 << 20;

    /// <summary>Memory that client and server share for paths and data, in bytes.</summary>
    public ulong ShareBytes { get; init; } = DefaultShareBytes;

    internal const ulong DefaultShareBytes = 2 << 20;
}

/// <summary>A file-system server: Pride's for FAT, or a program. The protocol gives a server one client.</summary>
public sealed class FileSystemServer
{
    // What the server allocates in Init: requests, open files, caches' tables. 256 KiB, and room.
    private const ulong HeapBytes = 512 * 1024;

    // What it holds without an answer: 24 bytes for each of 16 commands.
    private const ulong LedgerBytes = 4 * 1024;

    private readonly SystemBuilder _system;
    private readonly ulong _shareBytes;
    private readonly Action<FsServerConfig> _configure;
    private bool _hasClient;

    /// <summary>Pride's FAT server.</summary>
    /// <param name="system">The system.</param>
    /// <param name="block">Where the partition lies.</param>
    /// <param name="name">The PD's name.</param>
    /// <param name="options">Null: the defaults.</param>
    public FileSystemServer(SystemBuilder system, BlockSystem block, string name = "fat", FileSystemOptions? options = null)
    {
        options ??= new FileSystemOptions();
        Pd<FatServer> server = system.Add<FatServer>(name, options.Priority, stack: 32.KiB(), heap: HeapBytes, core: options.Core);
        server.Map(system.Region($"{name}_ledger", LedgerBytes), p => p.Ledger, Permissions.ReadWrite);
        block.Connect(server, p => p.Block, options.Partition, options.CacheBytes);
        (_system, _shareBytes, Server) = (system, options.ShareBytes, server);
        _configure = configuration => server.Configure(p => p.FileSystem, in configuration);
        system.WhenWhole(RequireClient);
    }

    /// <summary>A server that is not C#, LionsOS's for FAT or NFS: what it stands on (a block or network system, a timer) is connected to <paramref name="program"/> as to any client.</summary>
    /// <param name="system">The system.</param>
    /// <param name="program">The server, whose configuration goes to its section .fs_server_config.</param>
    /// <param name="shareBytes">Memory that client and server share for paths and data, in bytes.</param>
    public FileSystemServer(SystemBuilder system, ProgramPd program, ulong shareBytes = FileSystemOptions.DefaultShareBytes)
    {
        (_system, _shareBytes, Server) = (system, shareBytes, program);
        _configure = configuration => program.Configure(in configuration);
        system.WhenWhole(RequireClient);
    }

    public Pd Server { get; }

    /// <summary>A server that is not C# and gets its files over NFS: as for any other program, and its own configuration goes to its section .nfs_config.</summary>
    /// <param name="system">The system.</param>
    /// <param name="program">The server; network and timer are connected to it as to any client.</param>
    /// <param name="address">The address of the machine that has the files.</param>
    /// <param name="exportPath">Which of its exports.</param>
    /// <param name="shareBytes">Memory that client and server share for paths and data, in bytes.</param>
    /// <exception cref="ArgumentException">A text is longer than 4095 bytes.</exception>
    public static FileSystemServer Nfs(
        SystemBuilder system, ProgramPd program, string address, string exportPath, ulong shareBytes = FileSystemOptions.DefaultShareBytes)
    {
        NfsConfig config = new() { Magic = FsMagic.ValidNfs };
        Encoding.UTF8.GetBytes(address, ((Span<byte>)config.Server)[..^1]);
        Encoding.UTF8.GetBytes(exportPath, ((Span<byte>)config.ExportPath)[..^1]);
        program.Configure(in config);
        return new FileSystemServer(system, program, shareBytes);
    }

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
                "too-many-clients", $"file-system server '{Server.Name}' has a client already", "add a server for each client");
        }

        _hasClient = true;
        string name = $"{Server.Name}_{client.Name}";
        MemoryRegion commands = _system.Region($"{name}_commands", FsQueueLayout.Size);
        MemoryRegion completions = _system.Region($"{name}_completions", FsQueueLayout.Size);
        MemoryRegion share = _system.Region($"{name}_share", _shareBytes);
        (byte serverId, byte clientId) = _system.ConnectNotifying(Server, client);
        FsServerConfig server = new() { Magic = FsMagic.Valid, Client = At(Server, serverId) };
        FsClientConfig config = new() { Magic = FsMagic.Valid, Server = At(client, clientId) };
        _configure(server);
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
                "no-client", $"file-system server '{Server.Name}' has no client", "connect one with FileSystemServer.Connect, or leave the server out");
        }
    }
}
