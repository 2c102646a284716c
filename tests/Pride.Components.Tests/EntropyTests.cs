// Random numbers from the device to a client: nothing given out twice, nothing made up, and the generator against its specification.

using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using Pride.Abi;
using Pride.Abi.Sddf;
using Pride.Abi.Services;
using Pride.Drivers.Entropy;
using Pride.Machine;
using Pride.Microkit;
using Pride.Services;
using Pride.Testing;
using Pride.Testing.Devices;
using Xunit;

namespace Pride.Components.Tests;

/// <summary>A client whose calls the test makes.</summary>
public sealed class EntropyUser : ProtectionDomain
{
    [Wired]
    public Channel Driver;
}

public sealed class EntropyTests : IDisposable
{
    private readonly TestSystem _system = new();
    private readonly VirtioRngModel _device;
    private readonly TestPd<VirtioRng> _driver;
    private readonly TestPd<EntropyUser> _user;
    private readonly Channel _channel;

    public EntropyTests()
    {
        _device = new VirtioRngModel(_system);
        DeviceResources resources = new() { Magic = SddfMagic.Of(SddfClass.Device), RegionCount = 2, InterruptCount = 1 };
        _driver = _system.Add<VirtioRng>("driver", 100, p => p.Device = Config<DeviceResources>.OnHost(in resources));
        _device.Interrupt = _system.Interrupt(_driver);
        resources.Regions[0].Region = _system.Device(_device, 0x200);
        resources.Regions[1] = _system.DmaMemory(4096);
        resources.Interrupts[0] = _device.Interrupt.Id;
        _user = _system.Add<EntropyUser>("user", 50, _ => { });
        (_, _channel) = TestSystem.Connect(_driver, _user);
    }

    public void Dispose() => _system.Dispose();

    [Fact]
    public void No_word_is_given_out_twice_and_none_stays_in_the_pool()
    {
        _system.Start();
        HashSet<ulong> seen = [];
        for (int i = 0; i < 1000; i++)
        {
            foreach (ulong word in Draw(7))
            {
                Assert.True(word != 0 && seen.Add(word), $"word {word:x} came twice");
            }

            _system.RunUntilIdle();
        }

        Assert.InRange(seen.Count, 6000, 7000);
    }

    [Fact]
    public void While_the_device_is_slow_callers_get_none_and_later_get_some()
    {
        _device.HoldsRequests = true;
        _system.Start();
        Assert.Empty(Draw(4));
        Assert.False(Seeded(out EntropyClient client));
        _device.Work();
        _system.RunUntilIdle();
        Assert.Equal(4, Draw(4).Length);
        byte[] bytes = new byte[100];
        _system.RunAs(_user, () => Assert.True(client.TryFill(bytes)));
        Assert.True(client.IsSeeded);
        Assert.InRange(bytes.Distinct().Count(), 50, 100);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(9)]
    public void A_source_that_gives_little_at_once_is_asked_again(int bytesAtOnce)
    {
        _device.BytesAtOnce = bytesAtOnce;
        _system.Start();
        int words = 0;
        for (int i = 0; i < 20; i++)
        {
            words += Draw(1).Length;
            _system.RunUntilIdle();
        }

        Assert.InRange(words, bytesAtOnce < sizeof(ulong) ? 0 : 10, bytesAtOnce < sizeof(ulong) ? 0 : 20);
    }

    [Fact]
    public void A_device_that_claims_more_than_the_pool_holds_is_not_believed()
    {
        _device.LengthLie = 8;
        _system.Start();
        Assert.Empty(Draw(8));
        Assert.True(_driver.Component.Dropped > 0);
    }

    [Fact]
    public void Without_a_device_the_driver_lives_and_gives_none()
    {
        _device.IsPresent = false;
        _system.Start();
        Assert.Empty(Draw(1));
        Assert.False(Seeded(out _));
    }

    [Theory]
    [InlineData(EntropyProtocol.Draw, 0)]
    [InlineData(7, 1)]
    public void Wrong_calls_are_counted_and_get_none(ulong label, int length)
    {
        _system.Start();
        _system.RunAs(_user, () => Assert.Equal(0, _channel.Call(new MessageInfo(label, length)).Length));
        Assert.Equal(1u, _driver.Component.Dropped);
    }

    [Fact]
    public void More_than_the_limit_is_cut()
    {
        _system.Start();
        Assert.Equal(EntropyProtocol.MaximumWords, Draw(ulong.MaxValue).Length);
    }

    [Fact]
    public void The_block_function_is_that_of_rfc_8439()
    {
        // RFC 8439, 2.3.2.
        uint[] key = MemoryMarshal.Cast<byte, uint>([.. Enumerable.Range(0, 32).Select(i => (byte)i)]).ToArray();
        uint[] stream = new uint[16];
        ChaChaGenerator.Block(key, [0x09000000, 0x4a000000, 0], 1, stream);
        Assert.Equal(
            "10F1E7E4D13B5915500FDD1FA32071C4C7D1F4C733C068030422AA9AC3D46C4ED2826446079FAA0914C2D705D98B02A2B5129CD1DE164EB9CBD083E8A2503C4E",
            Convert.ToHexString(MemoryMarshal.AsBytes<uint>(stream)));
    }

    [Fact]
    public void The_generator_does_not_depend_on_how_it_is_asked_and_forgets_its_key()
    {
        byte[] seed = [.. Enumerable.Range(0, 32).Select(i => (byte)(i * 3))];
        ChaChaGenerator whole = new();
        ChaChaGenerator pieces = new();
        whole.Seed(seed);
        pieces.Seed(seed);
        byte[] expected = new byte[1000];
        byte[] actual = new byte[1000];
        whole.Fill(expected);
        for (int at = 0; at < actual.Length; at += 7)
        {
            pieces.Fill(actual.AsSpan(at, Math.Min(7, actual.Length - at)));
        }

        Assert.Equal(expected, actual);

        // The second block comes from the first block's first half as key.
        uint[] first = new uint[16];
        uint[] second = new uint[16];
        ChaChaGenerator.Block(MemoryMarshal.Cast<byte, uint>(seed), default, 0, first);
        ChaChaGenerator.Block(first.AsSpan(0, 8), default, 0, second);
        Assert.Equal(MemoryMarshal.AsBytes(first.AsSpan(8)).ToArray(), expected[..32]);
        Assert.Equal(MemoryMarshal.AsBytes(second.AsSpan(8)).ToArray(), expected[32..64]);
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

    private bool Seeded(out EntropyClient client)
    {
        EntropyClient made = new(_channel);
        bool filled = false;
        _system.RunAs(_user, () => filled = made.TryFill(new byte[8]));
        client = made;
        return filled;
    }
}
