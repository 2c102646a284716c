// Randomness from the CPU's counter: words that differ, and none from a counter that stands still or ticks like a clockwork.

using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;
using Pride.Abi;
using Pride.Abi.Services;
using Pride.Drivers.Entropy;
using Pride.Machine;
using Pride.Microkit;
using Pride.Testing;
using Xunit;

namespace Pride.Components.Tests;

public sealed class CounterJitterTests : IDisposable
{
    private readonly TestSystem _system = new();
    private readonly TestPd<CounterJitter> _driver;
    private readonly TestPd<EntropyUser> _user;
    private readonly Channel _channel;
    private ulong _count;

    public CounterJitterTests()
    {
        _driver = _system.Add<CounterJitter>("driver", 100, _ => { });
        _user = _system.Add<EntropyUser>("user", 50, _ => { });
        (_, _channel) = TestSystem.Connect(_driver, _user);
    }

    public void Dispose()
    {
        CpuCounter.Host = null;
        _system.Dispose();
    }

    [Fact]
    public void A_counter_that_jitters_a_little_gives_words_that_differ_in_half_their_bits()
    {
        // One read in sixteen takes a tick longer.
        Random random = new(1);
        CpuCounter.Host = () => _count += random.Next(16) == 0 ? 2u : 1u;
        _system.Start();
        List<ulong> words = [];
        for (int i = 0; i < 100; i++)
        {
            words.AddRange(Draw(4));
        }

        Assert.Equal(400, words.Distinct().Count());
        double average = words.Zip(words.Skip(1), (a, b) => BitOperations.PopCount(a ^ b)).Average();
        Assert.InRange(average, 30, 34);
    }

    [Fact]
    public void A_slow_counter_is_waited_for()
    {
        Random random = new(2);
        CpuCounter.Host = () => _count += random.Next(9) == 0 ? 1u : 0u;
        _system.Start();
        Assert.Equal(4, Draw(4).Distinct().Count());
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(1u)]
    public void A_counter_without_jitter_gives_nothing(uint step)
    {
        CpuCounter.Host = () => _count += step;
        _system.Start();
        Assert.Empty(Draw(4));
    }

    [Fact]
    public void A_counter_that_stops_while_words_are_made_has_made_none()
    {
        Random random = new(4);
        long reads = 0;
        CpuCounter.Host = () => _count += reads-- > 0 ? (uint)random.Next(1, 5) : 0;
        reads = long.MaxValue;
        _system.Start();
        Assert.Equal(4, Draw(4).Length);

        // Enough for the first words, and not for the last.
        reads = 500;
        Assert.Empty(Draw(EntropyProtocol.MaximumWords));
        Assert.Empty(Draw(1));
    }

    [Fact]
    public void Wrong_calls_are_counted_and_get_none()
    {
        Random random = new(3);
        CpuCounter.Host = () => _count += (uint)random.Next(1, 5);
        _system.Start();
        _system.RunAs(_user, () => Assert.Equal(0, _channel.Call(new MessageInfo(7, 1)).Length));
        Assert.Equal(1u, _driver.Component.Dropped);
        Assert.Equal(EntropyProtocol.MaximumWords, Draw(ulong.MaxValue).Length);
    }

    private ulong[] Draw(ulong words)
    {
        ulong[] result = [];
        _system.RunAs(_user, () =>
        {
            MessageRegisters.Set(0, words);
            MessageInfo reply = _channel.Call(new MessageInfo(EntropyProtocol.Draw, 1));
            result = [.. Enumerable.Range(0, reply.Length).Select(MessageRegisters.Get)];
        });
        return result;
    }
}
