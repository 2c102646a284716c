// The FAT file-system server: a client of the block class, a server of the LionsOS file-system protocol.
//
// The heap is used in Init only; while it serves, the PD allocates nothing.
//
// After a restart the commands that the life before had are answered at once, with Error; new ones are taken when no request of that life is
// under way any more (BlockClient.IsSettled), so that what the device reads for it lands in no block of the new cache.

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

    /// <summary>Memory of the server's own, for the commands that are not answered.</summary>
    [Wired]
    public Region Ledger;

    /// <summary>Entries of the ledger that made no sense after a restart.</summary>
    public uint Forgotten => _service!.Forgotten;

    public override void Init()
    {
        ref readonly FsServerConfig config = ref FileSystem.Value;
        if (!config.Magic.IsValid || config.Client.QueueCapacity != FsLimits.QueueCapacity)
        {
            throw new InvalidOperationException("FAT server: no valid file-system server configuration");
        }

        _client = new Channel(config.Client.ChannelId);
        _block = new BlockClient(Block);
        _service = new FatService(new SddfBlockDevice(_block), in config.Client, Ledger);
        if (_service.IsRestarted)
        {
            // The life before may have answered and not come to say so.
            _client.NotifyDeferred();
        }

        Serve();
    }

    public override void Notified(Channel channel) => Serve();

    private void Serve()
    {
        while (_block!.TryGetResponse(out BlockResponse response))
        {
            _service!.CompleteBlock(response.Id, response.Status == BlockStatus.Ok, response.SuccessCount);
        }

        if (!_block.IsSettled)
        {
            return;
        }

        bool hasAnswered = _service!.Run();
        _block.Submit();
        if (hasAnswered)
        {
            _client.NotifyDeferred();
        }
    }
}
