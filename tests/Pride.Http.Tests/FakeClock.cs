// A clock that moves when a test says so.

using System.Collections.Generic;
using System.Threading.Tasks;

namespace Pride.Http.Tests;

/// <summary>Time under the test's control.</summary>
public sealed class FakeClock : IHttpClock
{
    private readonly List<(long At, TaskCompletionSource Done)> _sleepers = [];

    public long Milliseconds { get; private set; } = 1000;

    public long UnixSeconds { get; set; } = 784_111_777;

    public int Sleepers => _sleepers.Count;

    public ValueTask DelayAsync(int milliseconds)
    {
        var done = new TaskCompletionSource();
        _sleepers.Add((Milliseconds + milliseconds, done));
        return new ValueTask(done.Task);
    }

    /// <summary>Lets time pass in steps of 100 ms, waking who is due.</summary>
    public void Advance(int milliseconds)
    {
        const int StepMilliseconds = 100;
        for (int passed = 0; passed < milliseconds; passed += StepMilliseconds)
        {
            Milliseconds += StepMilliseconds;
            foreach ((long at, TaskCompletionSource done) in _sleepers.ToArray())
            {
                if (at <= Milliseconds)
                {
                    _sleepers.Remove((at, done));
                    done.SetResult();
                }
            }
        }
    }
}
