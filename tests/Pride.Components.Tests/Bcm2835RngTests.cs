// The BCM2835's random number generator: each word that the device makes is given out once, and none that it has not made.

using System;
using System.Collections.Generic;
using System.Linq;
using Pride.Abi;
using Pride.Abi.Services;
using Pride.Drivers.Entropy;
using Pride.Machine;
using Pride.Microkit;
using Pride.Testing;
using Xunit;

namespace Pride.Components.Tests;

public sealed class Bcm2835RngTests : IDisposable
{
    private readonly TestSystem _system = new();
    private readonly Generator _device = new();
    private readonly TestPd<Bcm2835Rng> _driver;
    private readonly TestPd<EntropyUser> _user;
    private readonly Channel _channel;

    public Bcm2835RngTests()
    {
        Region registers = _system.Device(_device);
        _driver = _system.Add<Bcm2835Rng>("driver", 100, p => p.Registers = registers);
        _user = _system.Add<EntropyUser>("user", 50, _ => { });
        (_, _channel) = TestSystem.Connect(_driver, _user);
        _system.Start();
    }

    public void Dispose() => _system.Dispose();

    [Theory]
    [InlineData(0, 4, 0)]
    [InlineData(1, 4, 0)]
    [InlineData(5, 4, 2)]
    [InlineData(16, 3, 3)]
    [InlineData(64, 1000, EntropyProtocol.MaximumWords)]
    public void As_many_words_are_given_as_there_are(int made, ulong wanted, int given)
    {
        _device.Make(made);
        ulong[] words = Draw(wanted);
        Assert.Equal(Enumerable.Range(0, given).Select(Pair), words);
        Assert.Equal((ulong)given == wanted || given == EntropyProtocol.MaximumWords ? made - (2 * given) : 0, _device.Left);
    }

    [Fact]
    public void Words_that_come_one_by_one_are_put_together()
    {
        List<ulong> words = [];
        for (int i = 0; i < 40; i++)
        {
            _device.Make(1);
            words.AddRange(Draw(3));
        }

        Assert.Equal(Enumerable.Range(0, 20).Select(Pair), words);
    }

    /// <summary>A device that makes each word when it is read never says that it has two.</summary>
    [Fact]
    public void Of_a_device_that_has_one_word_at_all_times_all_are_given()
    {
        _device.MakesOneWhenAsked = true;
        Assert.Equal(Enumerable.Range(0, 4).Select(Pair), Draw(4));
    }

    [Fact]
    public void No_word_comes_twice()
    {
        HashSet<ulong> seen = [];
        for (int i = 0; i < 500; i++)
        {
            _device.Make(i % 20);
            Assert.All(Draw(7), word => Assert.True(seen.Add(word)));
        }

        Assert.InRange(seen.Count, 1500, 3500);
    }

    [Fact]
    public void Wrong_calls_are_counted()
    {
        _device.Make(8);
        _system.RunAs(_user, () => Assert.Equal(0, _channel.Call(new MessageInfo(EntropyProtocol.Draw + 1, 1)).Length));
        _system.RunAs(_user, () => Assert.Equal(0, _channel.Call(new MessageInfo(EntropyProtocol.Draw, 0)).Length));
        Assert.Equal(2u, _driver.Component.Dropped);
        Assert.Equal(8, _device.Left);
    }

    private static ulong Pair(int number) => ((ulong)Generator.Word(2 * number) << 32) | Generator.Word((2 * number) + 1);

    private ulong[] Draw(ulong count)
    {
        ulong[] words = [];
        _system.RunAs(_user, () =>
        {
            MessageRegisters.Set(0, count);
            MessageInfo reply = _channel.Call(new MessageInfo(EntropyProtocol.Draw, 1));
            words = [.. Enumerable.Range(0, (int)reply.Length).Select(MessageRegisters.Get)];
        });
        return words;
    }

    /// <summary>Makes words when the test says so, once it is on and its first words have been dropped.</summary>
    private sealed class Generator : ITestDevice
    {
        private const uint LeastWarmUp = 0x1_0000;

        private readonly Queue<uint> _made = new();
        private uint _warmUp;
        private bool _isOn;
        private int _count;

        public int Left => _made.Count;

        public bool MakesOneWhenAsked { get; set; }

        public static uint Word(int number) => (uint)(number + 1) * 0x9e37_79b9;

        public void Make(int words)
        {
            for (; _isOn && words > 0; words--)
            {
                _made.Enqueue(Word(_count++));
            }
        }

        public ulong Load(ulong offset, int width)
        {
            Make(MakesOneWhenAsked && _made.Count == 0 ? 1 : 0);
            return (offset, width) switch
            {
                (0x4, sizeof(uint)) => (uint)Math.Min(_made.Count, byte.MaxValue) << 24,
                (0x8, sizeof(uint)) => _made.TryDequeue(out uint word) ? word : throw new TestSystemException("rng: a word was read that is not there"),
                _ => throw new TestSystemException($"rng: load of {offset:x}"),
            };
        }

        public void Store(ulong offset, int width, ulong value)
        {
            switch (offset)
            {
                case 0x0:
                    _isOn = (value & 1) != 0 && _warmUp >= LeastWarmUp ? true : throw new TestSystemException("rng: switched on before its first words are dropped");
                    break;
                case 0x4:
                    _warmUp = (uint)value;
                    break;
                default:
                    throw new TestSystemException($"rng: store to {offset:x}");
            }
        }
    }
}
