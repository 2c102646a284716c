// The kernel beside its model (Model/): the same random calls, faults and interrupts; after each, every register, message word, queue, binding
// and pending signal must be what the model says. PRIDE_MODEL_STEPS and PRIDE_MODEL_SEED choose another length and another start.

using System;
using System.Globalization;
using Pride.Kernel.Tests.Model;
using Xunit;

namespace Pride.Kernel.Tests;

public sealed class ModelTests
{
    private const int DefaultSteps = 250_000;
    private const int FullSteps = 5_000_000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void The_kernel_does_what_the_model_says(int lane) => Compare(lane, Setting("PRIDE_MODEL_STEPS", DefaultSteps));

    [Theory]
    [Trait("Category", "Full")]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(14)]
    public void The_kernel_does_what_the_model_says_for_long(int lane) => Compare(lane, Setting("PRIDE_MODEL_STEPS", FullSteps));

    private static void Compare(int lane, int steps)
    {
        int seed = Setting("PRIDE_MODEL_SEED", 7_100) + lane;
        Random random = new(seed);
        for (int done = 0; done < steps;)
        {
            // A system that has come to rest with everybody stuck is less interesting than another one.
            using TestSystem system = RandomSystem.Build(random, hasBudgets: false);
            system.Start();
            ModelComparison comparison = new(system);
            system.Observer = comparison;
            int end = Math.Min(steps, done + random.Next(100, 3_000));
            for (; done < end; done++)
            {
                try
                {
                    comparison.Scribble(random);
                    RandomSystem.Step(system, random);
                    comparison.Check();
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
