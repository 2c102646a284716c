// The PC clock's driver against a model of its fields, whose time runs while it is read.

using System;
using Pride.Drivers.Clock;
using Pride.Microkit;
using Pride.Services;
using Pride.Testing;
using Xunit;

namespace Pride.Components.Tests;

public sealed class CmosRtcTests : IDisposable
{
    private readonly TestSystem _system = new();
    private readonly ModelClock _clock = new();
    private readonly TestPd<CmosRtc> _driver;
    private readonly TestPd<EntropyUser> _user;
    private readonly Channel _channel;

    public CmosRtcTests()
    {
        ulong first = _system.Device(_clock, 2).Address;
        _driver = _system.Add<CmosRtc>("rtc", 100, p => p.Ports = new IoPorts(0, first));
        _user = _system.Add<EntropyUser>("user", 50, _ => { });
        (_, _channel) = TestSystem.Connect(_driver, _user);
    }

    public void Dispose() => _system.Dispose();

    [Theory]
    [InlineData("1970-01-01T00:00:00Z")]
    [InlineData("1999-12-31T23:59:59Z")]
    [InlineData("2000-02-29T12:34:56Z")]
    [InlineData("2026-11-25T00:30:00Z")]
    [InlineData("2028-03-01T11:59:59Z")]
    [InlineData("2100-03-01T13:00:00Z")]
    [InlineData("2400-12-31T23:00:00Z")]
    public void EveryFormatOfADateIsRead(string text)
    {
        DateTime date = DateTime.Parse(text, null, System.Globalization.DateTimeStyles.AdjustToUniversal);
        foreach (byte format in (byte[])[0, 2, 4, 6])
        {
            _clock.Time = date;
            _clock.Format = format;
            _system.Start();
            _system.RunAs(_user, () =>
                Assert.Equal((date - DateTime.UnixEpoch).Ticks * 100, new WallClockClient(_channel).NowNanoseconds()));
        }
    }

    [Fact]
    public void AReadingDuringAnUpdateIsNeverTorn()
    {
        _clock.Time = new DateTime(2026, 12, 31, 23, 59, 50, DateTimeKind.Utc);
        _clock.MillisecondsPerAccess = 37;
        _system.Start();
        _system.RunAs(_user, () =>
        {
            for (int i = 0; i < 200; i++)
            {
                DateTime before = _clock.Time;
                DateTime read = DateTime.UnixEpoch.AddTicks(new WallClockClient(_channel).NowNanoseconds() / 100);
                Assert.InRange(read, before.AddSeconds(-1), _clock.Time);
            }
        });
    }

    [Theory]
    [InlineData(0x08, 0x13)]
    [InlineData(0x08, 0x00)]
    [InlineData(0x07, 0x32)]
    [InlineData(0x07, 0x00)]
    [InlineData(0x04, 0x25)]
    [InlineData(0x02, 0x60)]
    [InlineData(0x00, 0xff)]
    [InlineData(0x32, 0x12)]
    [InlineData(0x0a, 0x80)]
    public void FieldsThatAreNoDateAreRefused(byte field, byte value)
    {
        _clock.Time = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);
        _clock.Forged = (field, value);
        Assert.Contains("no clock answers", Assert.Throws<InvalidOperationException>(_system.Start).Message, StringComparison.Ordinal);
    }

    private sealed class ModelClock : ITestDevice
    {
        private byte _index;

        public DateTime Time { get; set; }

        public byte Format { get; set; } = 2;

        public int MillisecondsPerAccess { get; set; }

        public (byte Field, byte Value)? Forged { get; set; }

        public ulong Load(ulong offset, int width)
        {
            Time = Time.AddMilliseconds(MillisecondsPerAccess);
            return Forged is { } forged && forged.Field == _index ? forged.Value : Field();
        }

        public void Store(ulong offset, int width, ulong value) => _index = offset == 0 ? (byte)value : throw new TestSystemException("the clock's data is written");

        private byte Field()
        {
            bool has24Hours = (Format & 2) != 0;
            return _index switch
            {
                0x00 => Number(Time.Second),
                0x02 => Number(Time.Minute),
                0x04 when has24Hours => Number(Time.Hour),
                0x04 => (byte)(Number(((Time.Hour + 11) % 12) + 1) | (Time.Hour >= 12 ? 0x80 : 0)),
                0x07 => Number(Time.Day),
                0x08 => Number(Time.Month),
                0x09 => Number(Time.Year % 100),
                0x32 => Number(Time.Year / 100),
                0x0a => (byte)(Time.Millisecond > 990 ? 0xa6 : 0x26),
                0x0b => Format,
                _ => throw new TestSystemException($"the clock has no field {_index:x}"),
            };
        }

        private byte Number(int value) => (byte)((Format & 4) != 0 ? value : ((value / 10) << 4) | (value % 10));
    }
}
