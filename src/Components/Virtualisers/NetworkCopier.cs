// Copier of sDDF: copies received frames from the shared DMA region into one client's own region.
//
// The client then never sees frames of others, and cannot hold up the driver by keeping DMA buffers: when it has no free
// buffer, its frame is dropped (counted) and the DMA buffer goes back at once.

using System;
using Pride.Abi.Sddf;
using Pride.Machine;
using Pride.Microkit;
using Pride.Sddf;

namespace Pride.Virtualisers;

/// <summary>Network copier.</summary>
[Profile(Profile.Driver)]
public sealed class NetworkCopier : ProtectionDomain
{
    private NetworkConsumer _virt;
    private NetworkProducer _client;
    private Channel _virtChannel;
    private Channel _clientChannel;
    private Region[] _sources = [];
    private Region _target;

    [Wired]
    public Config<NetworkCopierConfig> Configuration;

    /// <summary>Frames that found the client without a free buffer.</summary>
    public ulong Overrun { get; private set; }

    /// <summary>Buffers from either side that do not lie in their region.</summary>
    public uint Invalid { get; private set; }

    public override void Init()
    {
        ref readonly NetworkCopierConfig config = ref Configuration.Value;
        if (!config.Magic.Is(SddfClass.Network))
        {
            throw new InvalidOperationException("network copier: no valid configuration");
        }

        // In sDDF it is the copier that puts its client's receive buffers into circulation.
        NetworkBuffers.FillOnce(in config.Client, 0, Math.Min(config.Client.BufferCount, (uint)(config.ClientData.Size / NetworkBuffer.Size)));
        _virt = new NetworkConsumer(in config.Rx);
        _client = new NetworkProducer(in config.Client);
        _virtChannel = new Channel(config.Rx.ChannelId);
        _clientChannel = new Channel(config.Client.ChannelId);
        _target = config.ClientData;
        _sources = new Region[NetworkLimits.MaximumClients];
        for (int i = 0; i < _sources.Length; i++)
        {
            _sources[i] = config.RxData[i];
        }

        // Free buffers are looked at when frames come: their return need not wake anybody.
        _client.CancelFreeSignal();
        Process();
    }

    public override void Notified(Channel channel) => Process();

    private void Process()
    {
        bool given = false;
        bool returned = false;
        do
        {
            while (_virt.TryDequeueActive(out NetworkBuffer frame))
            {
                given |= Copy(in frame);
                frame.Length = 0;
                returned |= _virt.TryEnqueueFree(in frame);
            }
        }
        while (_virt.ArmActive());

        if (given && _client.TakeActiveSignal())
        {
            _clientChannel.Notify();
        }

        if (returned && _virt.TakeFreeSignal())
        {
            _virtChannel.NotifyDeferred();
        }
    }

    private bool Copy(in NetworkBuffer frame)
    {
        Region source = _sources[frame.Owner];
        if (!IsBuffer(source, frame.IoAddressOrOffset) || frame.Length is 0 or > NetworkBuffer.Size)
        {
            Invalid++;
            return false;
        }

        NetworkBuffer free;
        do
        {
            if (!_client.TryDequeueFree(out free))
            {
                Overrun++;
                return false;
            }

            Invalid += IsBuffer(_target, free.IoAddressOrOffset) ? 0u : 1;
        }
        while (!IsBuffer(_target, free.IoAddressOrOffset));

        source.Bytes.Slice((int)frame.IoAddressOrOffset, frame.Length).CopyTo(_target.Bytes[(int)free.IoAddressOrOffset..]);
        NetworkBuffer filled = new() { IoAddressOrOffset = free.IoAddressOrOffset, Length = frame.Length };
        if (_client.TryEnqueueActive(in filled))
        {
            return true;
        }

        Overrun++;
        return false;
    }

    private static bool IsBuffer(Region region, ulong offset) =>
        offset % NetworkBuffer.Size == 0 && offset < region.Size && region.Size - offset >= NetworkBuffer.Size;
}
