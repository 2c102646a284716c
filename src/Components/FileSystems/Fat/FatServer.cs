// The FAT file-system server: a client of the block class, a server of the LionsOS file-system protocol.
//
// The heap is used in Init only; while it serves, the PD allocates nothing.

using System;
using Pride.Abi.Fs;
using Pride.Abi.Sddf;
using Pride.Machine;
using Pride.Microkit;
using Pride.Sddf;

namespace Pride.FileSystems.Fat;

/// <summary>FAT12, FAT16 and FAT32, for one client.</summary>
[Profile(Profile.Driver)]
public sealed class FatServer : ProtectionDomain
{
    private BlockClient? _block;
    private FatService? _service;
    private Channel _client;

    [Wired]
    public Config<FsServerConfig> FileSystem;

    [Wired]
    public Config<BlockClientConfig> Block;

    public override void Init()
    {
        ref readonly FsServerConfig config = ref FileSystem.Value;
        if (!config.Magic.IsValid || config.Client.QueueCapacity != FsLimits.QueueCapacity)
        {
            throw new InvalidOperationException("FAT server: no valid file-system server configuration");
        }

        _client = new Channel(config.Client.ChannelId);
        _block = new BlockClient(Block);
        _service = new FatService(new SddfBlockDevice(_block), in config.Client);
        Serve();
    }

    public override void Notified(Channel channel) => Serve();

    private void Serve()
    {
        while (_block!.TryGetResponse(out BlockResponse response))
        {
            _service!.CompleteBlock(response.Id, response.Status == BlockStatus.Ok, response.SuccessCount);
        }

        bool hasAnswered = _service!.Run();
        _block.Submit();
        if (hasAnswered)
        {
            _client.NotifyDeferred();
        }
    }
}
