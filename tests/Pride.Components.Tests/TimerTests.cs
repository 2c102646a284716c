// The generic timer's driver against a model of its registers: time, timeouts of several clients, never early, never forgotten.

using System;
using System.Collections.Generic;
using Pride.Abi;
using Pride.Abi.Sddf;
using Pride.Drivers.Timer;
using Pride.Machine;
using Pride.Microkit;
using Pride.Sddf;
using Pride.Testing;
using Xunit;

namespace Pride.Components.Tests;

/// <summary>A client whose calls the test makes.</summary>
public sealed class TimerUser : ProtectionDomain
{
    [Wired]
    public Config<TimerClientConfig> Timer;

    public TimerClient Client { get; private set; }

    public int Expired { get; private set; }

    public override void Init() => Client = new TimerClient(Timer);

    public override void Notified(Channel channel) => Expired++;
}

public sealed class TimerTests : IDisposable
{
    private readonly TestSystem _system = new();
    private readonly ModelTimer _timer = new();
    private readonly TestPd<ArmGenericTimer> _driver;
    private readonly List<TestPd<TimerUser>> _users = [];

    public TimerTests()
    {
        DeviceResources resources = new() { Magic = SddfMagic.Of(SddfClass.Device), InterruptCount = 1 };
        _driver = _system.Add<ArmGenericTimer>("timer", 200, p => p.Device = Config<DeviceResources>.OnHost(in resources));
        _timer.Interrupt = _system.Interrupt(_driver);
        resources.Interrupts[0] = _timer.Interrupt.Id;
        for (int i = 0; i < 3; i++)
        {
            TimerClientConfig config = new() { Magic = SddfMagic.Of(SddfClass.Timer) };
            TestPd<TimerUser> user = _system.Add<TimerUser>($"user{i}", 50, p => p.Timer = Config<TimerClientConfig>.OnHost(in config));
            (_, Channel client) = TestSystem.Connect(_driver, user);
            config.DriverChannelId = (byte)client.Id;
            _users.Add(user);
        }

        GenericTimer.Host = _timer;
    }

    public void Dispose()
    {
        GenericTimer.Host = null;
        _system.Dispose();
    }

    [Theory]
    [InlineData(62_500_000UL, 1_000_000_000UL, 16_000_000_000UL)]
    [InlineData(54_000_000UL, 54_000_000UL * 3600 * 24 * 365, 31_536_000_000_000_000UL)]
    [InlineData(1_000_000_000UL, 5UL, 5UL)]
    public void TicksBecomeNanoseconds(ulong frequency, ulong ticks, ulong nanoseconds)
    {
        _timer.Frequency = frequency;
        _system.Start();
        _timer.Advance(ticks);
        ulong now = 0;
        _system.RunAs(_users[0], () => now = _users[0].Component.Client.NowNanoseconds());

        // The factor has 32 binary places.
        Assert.InRange(now, nanoseconds - (nanoseconds / 1_000_000_000) - 1, nanoseconds);
    }

    [Fact]
    public void EachClientIsToldOnceAndNeverEarly()
    {
        _system.Start();
        SetTimeout(0, 1_000_000);
        SetTimeout(1, 500_000);
        SetTimeout(2, 2_000_000);
        int[] told = new int[3];
        for (ulong nanoseconds = 0; nanoseconds <= 3_000_000; nanoseconds += 16)
        {
            for (int i = 0; i < 3; i++)
            {
                Assert.Equal(told[i], _users[i].Component.Expired);
                ulong due = i switch { 0 => 1_000_000UL, 1 => 500_000, _ => 2_000_000 };
                Assert.True(told[i] == 0 || nanoseconds > due);
                Assert.True(told[i] == 1 || nanoseconds <= due + 64);
            }

            _timer.Advance(1);
            _system.RunUntilIdle();
            for (int i = 0; i < 3; i++)
            {
                told[i] = _users[i].Component.Expired;
            }
        }
    }

    [Fact]
    public void ANewTimeoutReplacesTheOldOne()
    {
        _system.Start();
        SetTimeout(0, 1_000);
        SetTimeout(0, 10_000);
        _timer.Advance(600);
        _system.RunUntilIdle();
        Assert.Equal(0, _users[0].Component.Expired);
        _timer.Advance(100);
        _system.RunUntilIdle();
        Assert.Equal(1, _users[0].Component.Expired);
    }

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(ulong.MaxValue / 2)]
    public void ATimeoutBeyondAllTimeNeverComes(ulong nanoseconds)
    {
        _system.Start();
        SetTimeout(0, nanoseconds);
        _timer.Advance(1UL << 40);
        _system.RunUntilIdle();
        Assert.Equal(0, _users[0].Component.Expired);
    }

    [Fact]
    public void AnUnknownCallIsCountedAndAnswered()
    {
        _system.Start();
        _system.RunAs(_users[0], () => _users[0].Component.Client.Channel.Call(new MessageInfo(99, 0)));
        Assert.Equal(1u, _driver.Component.UnknownRequests);
    }

    private void SetTimeout(int user, ulong nanoseconds)
    {
        _system.RunAs(_users[user], () => _users[user].Component.Client.SetTimeout(nanoseconds));
        _system.RunUntilIdle();
    }

    private sealed class ModelTimer : IHostTimer
    {
        private ulong _compare = ulong.MaxValue;
        private ulong _control;

        public TestInterrupt? Interrupt { get; set; }

        public ulong Frequency { get; set; } = 62_500_000;

        public ulong Count { get; private set; }

        public ulong Compare
        {
            get => _compare;
            set
            {
                _compare = value;
                Update();
            }
        }

        public ulong Control
        {
            get => _control;
            set
            {
                _control = value;
                Update();
            }
        }

        public void Advance(ulong ticks)
        {
            Count += ticks;
            Update();
        }

        private void Update() => Interrupt?.SetLine((_control & 3) == 1 && Count >= _compare);
    }
}
