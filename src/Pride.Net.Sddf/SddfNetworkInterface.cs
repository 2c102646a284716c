// The stack's link over sDDF's network class: frames are written into and read from the shared buffers in place.

using System;
using Pride.Sddf;

namespace Pride.Net.Sddf;

/// <summary>A network client's buffers as the stack's interface.</summary>
public sealed class SddfNetworkInterface : INetworkInterface
{
    /// <summary>The packets of Ethernet (RFC 894).</summary>
    private const int EthernetMtu = 1500;

    private readonly NetworkClient _client;
    private NetworkFrame _next;
    private bool _hasNext;

    public SddfNetworkInterface(NetworkClient client, ChecksumOffload offload = ChecksumOffload.None)
    {
        ArgumentNullException.ThrowIfNull(client);
        _client = client;
        Offload = offload;
        Pride.Abi.Sddf.MacAddress address = client.MacAddress;
        ReadOnlySpan<byte> bytes = address;
        Address = MacAddress.FromBytes(bytes);
    }

    public MacAddress Address { get; }

    public int MaximumTransmissionUnit => EthernetMtu;

    public ChecksumOffload Offload { get; }

    public Span<byte> GetTransmitBuffer()
    {
        if (!_hasNext)
        {
            _hasNext = _client.TryAllocate(out _next);
            if (!_hasNext)
            {
                return default;
            }
        }

        return _client.TransmitBytes(_next);
    }

    public void Transmit(int length)
    {
        _hasNext = false;
        _client.Transmit(_next, length);
    }
}
