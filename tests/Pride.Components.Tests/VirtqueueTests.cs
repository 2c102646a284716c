// Where a virtqueue's rings lie.

using System;
using Pride.Abi.Sddf;
using Pride.Drivers.Virtio;
using Pride.Testing;
using Xunit;

namespace Pride.Components.Tests;

public sealed class VirtqueueTests : IDisposable
{
    private const ulong DescriptorBytes = 16;
    private const ulong UsedBytes = 8;

    private readonly TestSystem _system = new();

    [Theory]
    [InlineData(2u, 0u)]
    [InlineData(8u, 16u)]
    [InlineData(256u, 32u)]
    [InlineData(512u, 48u)]
    [InlineData(1024u, 0u)]
    public void RingsFollowEachOtherAndNoEntryLiesAcrossPages(uint size, uint offset)
    {
        DeviceRegion memory = _system.DmaMemory(64 * 1024);
        Virtqueue queue = new(in memory, offset, size, hasEventIndex: true);
        Assert.Equal(0u, (queue.DescriptorsIoAddress - memory.IoAddress - offset) | (queue.DescriptorsIoAddress % DescriptorBytes));
        Assert.Equal(queue.DescriptorsIoAddress + (size * DescriptorBytes), queue.DriverIoAddress);
        Assert.InRange(queue.DeviceIoAddress, queue.DriverIoAddress + 4 + (size * 2) + 2, ulong.MaxValue);
        Assert.Equal(0u, (queue.DeviceIoAddress + 4) % UsedBytes);
        Assert.Equal(queue.DescriptorsIoAddress + Virtqueue.BytesFor(size), queue.DeviceIoAddress + 4 + (size * UsedBytes) + 2);
    }

    public void Dispose() => _system.Dispose();
}
