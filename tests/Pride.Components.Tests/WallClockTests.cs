// The real-time clock's driver against a model of its registers.

using System;
using Pride.Abi;
using Pride.Drivers.Clock;
using Pride.Machine;
using Pride.Microkit;
using Pride.Services;
using Pride.Testing;
using Xunit;

namespace Pride.Components.Tests;

public sealed class WallClockTests : IDisposable
{
    private readonly TestSystem _system = new();
    private readonly ModelClock _clock = new();
    private readonly TestPd<Pl031> _driver;
    private readonly TestPd<EntropyUser> _user;
    private readonly Channel _channel;

    public WallClockTests()
    {
        Region registers = _system.Device(_clock);
        _driver = _system.Add<Pl031>("rtc", 100, p => p.Registers = registers);
        _user = _system.Add<EntropyUser>("user", 50, _ => { });
        (_, _channel) = TestSystem.Connect(_driver, _user);
    }

    public void Dispose() => _system.Dispose();

    [Theory]
    [InlineData(0u, 0L)]
    [InlineData(1_795_622_400u, 1_795_622_400_000_000_000L)]
    [InlineData(uint.MaxValue, 4_294_967_295_000_000_000L)]
    public void Seconds_become_nanoseconds(uint seconds, long nanoseconds)
    {
        _clock.Seconds = seconds;
        _system.Start();
        _system.RunAs(_user, () => Assert.Equal(nanoseconds, new WallClockClient(_channel).NowNanoseconds()));
    }

    [Fact]
    public void Another_device_at_its_place_is_refused()
    {
        _clock.PartNumber = 0x11;
        Assert.Contains("no PL031", Assert.Throws<InvalidOperationException>(_system.Start).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_calls_are_counted()
    {
        _system.Start();
        _system.RunAs(_user, () => Assert.Equal(0, _channel.Call(new MessageInfo(3, 0)).Length));
        Assert.Equal(1u, _driver.Component.UnknownRequests);
    }

    [Theory]
    [InlineData(0x1_0000_0000UL, 1UL)]
    [InlineData(0x18EB_5C4A_0000_0000UL, 3UL)]
    [InlineData(0x18EB_5C4A_0000_0000UL, 0x3000_0000UL)]
    public void A_goldfish_clock_that_two_pds_read_is_never_torn(ulong start, ulong step)
    {
        using TestSystem system = new();
        GoldfishModel clock = new() { Time = start - 4, Step = step };
        Region registers = system.Device(clock);
        TestPd<GoldfishRtc> driver = system.Add<GoldfishRtc>("rtc", 100, p => p.Registers = registers);
        TestPd<EntropyUser> user = system.Add<EntropyUser>("user", 50, _ => { });
        (_, Channel channel) = TestSystem.Connect(driver, user);
        system.Start();
        system.RunAs(user, () =>
        {
            for (int i = 0; i < 100; i++)
            {
                // Whoever else reads latches the high half at any moment.
                clock.Other = i % 3;
                ulong before = clock.Time;
                ulong read = (ulong)new WallClockClient(channel).NowNanoseconds();
                Assert.InRange(read, before, clock.Time);
            }
        });
    }

    [Theory]
    [InlineData(0u, 0L)]
    [InlineData(1_795_622_400u, 1_795_622_400_000_000_000L)]
    [InlineData(uint.MaxValue, 4_294_967_295_000_000_000L)]
    public void A_zynqs_seconds_become_nanoseconds(uint seconds, long nanoseconds)
    {
        using TestSystem system = new();
        Region registers = system.Device(new ZynqClock(seconds));
        TestPd<ZynqmpRtc> driver = system.Add<ZynqmpRtc>("rtc", 100, p => p.Registers = registers);
        TestPd<EntropyUser> user = system.Add<EntropyUser>("user", 50, _ => { });
        (_, Channel channel) = TestSystem.Connect(driver, user);
        system.Start();
        system.RunAs(user, () => Assert.Equal(nanoseconds, new WallClockClient(channel).NowNanoseconds()));
    }

    /// <summary>The one register that the driver may touch.</summary>
    private sealed class ZynqClock(uint seconds) : ITestDevice
    {
        public ulong Load(ulong offset, int width) => (offset, width) == (0x10, sizeof(uint)) ? seconds : throw new TestSystemException($"zynq clock: load of {offset:x}");

        public void Store(ulong offset, int width, ulong value) => throw new TestSystemException($"zynq clock: store to {offset:x}");
    }

    private sealed class ModelClock : ITestDevice
    {
        public uint Seconds { get; set; }

        public uint PartNumber { get; set; } = 0x31;

        public ulong Load(ulong offset, int width) => offset switch
        {
            0x000 => Seconds,
            0xfe0 => PartNumber,
            _ => throw new TestSystemException($"PL031: load of {offset:x}"),
        };

        public void Store(ulong offset, int width, ulong value) => throw new TestSystemException($"PL031: store to {offset:x}");
    }

    /// <summary>Each access takes <see cref="Step"/> nanoseconds; before access number <see cref="Other"/> of a reading, somebody else reads the low half.</summary>
    private sealed class GoldfishModel : ITestDevice
    {
        private ulong _latched;

        public ulong Time { get; set; }

        public ulong Step { get; set; }

        public int Other { get; set; }

        public ulong Load(ulong offset, int width)
        {
            Time += Step;
            if (Other-- == 0)
            {
                _latched = Time >> 32;
                Time += Step;
            }

            switch (offset)
            {
                case 0x00:
                    _latched = Time >> 32;
                    return (uint)Time;
                case 0x04:
                    return _latched;
                default:
                    throw new TestSystemException($"goldfish: load of {offset:x}");
            }
        }

        public void Store(ulong offset, int width, ulong value) => throw new TestSystemException($"goldfish: store to {offset:x}");
    }
}
