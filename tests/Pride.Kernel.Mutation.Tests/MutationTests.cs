// How good are the kernel's host tests? 200 wrong kernels, each wrong in one place, of which the tests must find nearly all.
//
// The outcome is written to .pride/test-results/kernel-mutants.md; docs/kernel-mutants.md says of each survivor why it lives.

using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using Xunit;

namespace Pride.Kernel.Mutation.Tests;

public sealed class MutationTests
{
    private const int Count = 200;
    private const int Seed = 4711;
    private const double LeastKilled = 0.85;

    /// <summary>Steps of each random test: enough to reach every kind of state, few enough for hundreds of runs.</summary>
    private const int RandomSteps = 16_000;

    // Outcomes, as workers say them.
    public const string Survived = "survived";
    public const string Again = "again";

    /// <summary>Far longer than one mutant can take, whose CPU time is limited: the worker itself is stuck.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(20);

    [Fact]
    public void The_kernel_itself_passes()
    {
        string folder = Prepare(MutantSample.Draw(0, Seed));
        Assert.Null(new KernelTestRun(File.ReadAllBytes(MutantSample.AssemblyOf(folder, 0)), RandomSteps).FirstFailure(KernelTestRun.Right));
    }

    [Fact]
    [Trait("Category", "Full")]
    public void Wrong_kernels_are_found()
    {
        MutantSample sample = MutantSample.Draw(Count, Seed);
        Assert.Equal(Count, sample.Mutations.Count);
        string folder = Prepare(sample);
        string[] outcomes = new string[Count];
        for (int next = 0; next < Count;)
        {
            next = RunWorker(folder, next, outcomes);
        }

        int survivors = outcomes.Count(o => o == Survived);
        double killed = 1 - ((double)survivors / Count);
        string report = Report(sample, outcomes, killed);
        File.WriteAllText(Path.Combine(ResultFolder(), "kernel-mutants.md"), report);
        Assert.True(killed >= LeastKilled, report);
    }

    private static string Prepare(MutantSample sample)
    {
        string folder = Path.Combine(ResultFolder(), "kernel-mutants", sample.Mutations.Count.ToString(CultureInfo.InvariantCulture));
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        sample.Prepare(folder);
        return folder;
    }

    // Returns the number of the first mutant that the next worker has to try.
    private static int RunWorker(string folder, int first, string[] outcomes)
    {
        ProcessStartInfo start = new("dotnet") { RedirectStandardOutput = true };
        foreach (object argument in (object[])["exec", typeof(MutationTests).Assembly.Location, folder, first, Count, RandomSteps])
        {
            start.ArgumentList.Add(Convert.ToString(argument, CultureInfo.InvariantCulture)!);
        }

        using Process worker = Process.Start(start)!;
        int next = first;
        while (true)
        {
            System.Threading.Tasks.Task<string?> read = worker.StandardOutput.ReadLineAsync();
            if (!read.Wait(s_patience))
            {
                worker.Kill(entireProcessTree: true);
                throw new TimeoutException($"the worker says nothing about mutant {next}");
            }

            if (read.Result is not { } line)
            {
                break;
            }

            string[] words = line.Split(' ', 2);
            next = int.Parse(words[0], CultureInfo.InvariantCulture);
            if (words[1] != Again)
            {
                outcomes[next++] = words[1];
            }
        }

        worker.WaitForExit();
        Assert.NotEqual(Program.WorkerFailed, worker.ExitCode);
        if (worker.ExitCode != 0)
        {
            outcomes[next++] = "killed: the process crashes";
        }

        return next;
    }

    private static string Report(MutantSample sample, string[] outcomes, double killed)
    {
        StringBuilder text = new();
        text.AppendLine(CultureInfo.InvariantCulture, $"{killed:P1} of {Count} mutants killed (seed {Seed}, {sample.Sites} sites)");
        for (int i = 0; i < Count; i++)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{i,3} {outcomes[i]} | {sample.Mutations[i]}");
        }

        return text.ToString();
    }

    private static string ResultFolder()
    {
        string folder = Path.Combine(AppContext.BaseDirectory.Split(".pride")[0], ".pride", "test-results");
        Directory.CreateDirectory(folder);
        return folder;
    }
}
