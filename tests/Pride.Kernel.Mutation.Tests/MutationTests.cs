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

    /// <summary>Far longer than all tests take: a mutant that needs more never ends.</summary>
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(5);

    [Fact]
    public void The_kernel_itself_passes() => Assert.Null(KernelTestRun.FirstFailure(MutantSample.Draw(0, Seed).Original()));

    [Fact]
    [Trait("Category", "Full")]
    public void Wrong_kernels_are_found()
    {
        MutantSample sample = MutantSample.Draw(Count, Seed);
        Assert.Equal(Count, sample.Mutations.Count);
        string[] outcomes = new string[Count];
        for (int next = 0; next < Count;)
        {
            next = RunWorker(next, outcomes);
        }

        List<Mutation> survivors = sample.Mutations.Where((_, i) => outcomes[i] == "survived").ToList();
        double killed = 1 - ((double)survivors.Count / Count);
        string report = Report(sample, outcomes, killed);
        File.WriteAllText(ReportPath(), report);
        Assert.True(killed >= LeastKilled, report);
    }

    // Returns the number of the first mutant that the next worker has to try.
    private static int RunWorker(int first, string[] outcomes)
    {
        ProcessStartInfo start = new("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (object argument in (object[])["exec", typeof(MutationTests).Assembly.Location, Count, Seed, first])
        {
            start.ArgumentList.Add(Convert.ToString(argument, CultureInfo.InvariantCulture)!);
        }

        using Process worker = Process.Start(start)!;
        worker.ErrorDataReceived += static (_, _) => { };
        worker.BeginErrorReadLine();
        int next = first;
        while (true)
        {
            System.Threading.Tasks.Task<string?> read = worker.StandardOutput.ReadLineAsync();
            if (!read.Wait(s_limit))
            {
                worker.Kill(entireProcessTree: true);
                outcomes[next] = "killed: it never ends";
                return next + 1;
            }

            if (read.Result is not { } line)
            {
                break;
            }

            string[] words = line.Split(' ', 2);
            next = int.Parse(words[0], CultureInfo.InvariantCulture) + 1;
            outcomes[next - 1] = words[1];
        }

        worker.WaitForExit();
        if (next < Count)
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

    private static string ReportPath()
    {
        string folder = Path.Combine(AppContext.BaseDirectory.Split(".pride")[0], ".pride", "test-results");
        Directory.CreateDirectory(folder);
        return Path.Combine(folder, "kernel-mutants.md");
    }
}
