// Random system calls, faults, interrupts and time from random PDs, with every invariant checked after each.
//
// Half of the calls are sensible (so that deep states are reached), half are wild. A failure names seed and step; the same
// seed plays the same run. PRIDE_FUZZ_STEPS and PRIDE_FUZZ_SEED choose another length and another start.

using System;
using System.Globalization;
using Xunit;

namespace Pride.Kernel.Tests;

public sealed class FuzzTests
{
    private const int DefaultSteps = 100_000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void EveryInvariantHoldsAfterEveryStep(int lane)
    {
        int steps = Setting("PRIDE_FUZZ_STEPS", DefaultSteps);
        int seed = Setting("PRIDE_FUZZ_SEED", 20_240) + lane;
        Random random = new(seed);
        for (int done = 0; done < steps;)
        {
            // A system that has come to rest with everybody stuck is less interesting than another one.
            using TestSystem system = RandomSystem.Build(random, hasBudgets: true);
            bool hasGuests = random.Next(2) == 0;
            if (hasGuests)
            {
                RandomGuests.Add(system);
            }

            system.Start();
            Invariants.Check(system);
            int end = Math.Min(steps, done + random.Next(100, 10_000));
            for (; done < end; done++)
            {
                try
                {
                    if (!hasGuests || !RandomGuests.TryStep(system, random))
                    {
                        RandomSystem.Step(system, random);
                    }

                    Invariants.Check(system);
                }
                catch (Exception e)
                {
                    throw new InvalidOperationException($"seed {seed}, step {done}: {e.Message}", e);
                }
            }
        }
    }

    private static int Setting(string name, int standard) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.Integer, CultureInfo.InvariantCulture, out int value) ? value : standard;
}
