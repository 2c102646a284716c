// A timer's driver, its device and one client: what the tests of every timer set up and ask.

using System;
using Pride.Abi.Sddf;
using Pride.Drivers.Timer;
using Pride.Machine;
using Pride.Microkit;
using Pride.Testing;
using Xunit;

namespace Pride.Components.Tests;

/// <summary>A timer's device: time moves when the test says so.</summary>
internal interface ITimerModel : ITestDevice
{
    TestInterrupt? Interrupt { get; set; }

    /// <summary>The counter that the driver tells the time by.</summary>
    ulong Count { get; }

    void Advance(ulong ticks);
}

/// <summary>The system.</summary>
internal sealed class TimerBench<TDriver> : IDisposable
    where TDriver : TimerDriver, new()
{
    private readonly ITimerModel _model;
    private readonly TestPd<TimerUser> _user;
    private readonly TestPd<TDriver> _driver;

    public TimerBench(ITimerModel model, Action<TDriver>? configure = null)
    {
        _model = model;
        DeviceResources resources = new() { Magic = SddfMagic.Of(SddfClass.Device), InterruptCount = 1, RegionCount = 1 };
        resources.Regions[0].Region = System.Device(model);
        _driver = System.Add<TDriver>("timer", 200, p =>
        {
            p.Device = Config<DeviceResources>.OnHost(in resources);
            configure?.Invoke(p);
        });
        model.Interrupt = System.Interrupt(_driver);
        resources.Interrupts[0] = model.Interrupt.Id;
        TimerClientConfig config = new() { Magic = SddfMagic.Of(SddfClass.Timer) };
        _user = System.Add<TimerUser>("user", 50, p => p.Timer = Config<TimerClientConfig>.OnHost(in config));
        (_, Channel client) = TestSystem.Connect(_driver, _user);
        config.DriverChannelId = (byte)client.Id;
    }

    public TestSystem System { get; } = new();

    /// <summary>Timeouts that the client was told of.</summary>
    public int Expired => _user.Component.Expired;

    public void Dispose() => System.Dispose();

    public void SetTimeout(ulong nanoseconds)
    {
        System.RunAs(_user, () => _user.Component.Client.SetTimeout(nanoseconds));
        System.RunUntilIdle();
    }

    /// <summary>Lets the driver itself do something.</summary>
    public void RunDriver(Action<TDriver> action) => System.RunAs(_driver, () => action(_driver.Component));

    /// <summary>The timer's time, in nanoseconds.</summary>
    public ulong Now()
    {
        ulong now = 0;
        System.RunAs(_user, () => now = _user.Component.Client.NowNanoseconds());
        return now;
    }

    public void Advance(ulong ticks)
    {
        _model.Advance(ticks);
        System.RunUntilIdle();
    }

    /// <summary>A timeout of <paramref name="nanoseconds"/>, which may pass while the driver sets it, comes once.</summary>
    public void ExpectOneTimeoutWhileTimeGoesOn(ulong nanoseconds)
    {
        System.Start();
        SetTimeout(nanoseconds);
        Advance(100_000);
        Assert.Equal(1, Expired);
    }

    /// <summary>A timeout of <paramref name="nanoseconds"/>, which are <paramref name="ticks"/>, comes once: not early, and at most <paramref name="late"/> ticks late.</summary>
    public void ExpectOneTimeout(ulong nanoseconds, ulong ticks, ulong late)
    {
        ulong due = _model.Count + ticks;
        SetTimeout(nanoseconds);
        while (Expired == 0)
        {
            Assert.True(_model.Count < due + late, "it never came");
            Advance(97);
        }

        Assert.True(_model.Count >= due, $"{due - _model.Count} ticks early");
        Advance(5_000_000);
        Assert.Equal(1, Expired);
    }
}
