// The worker: "FOLDER FIRST END [STEPS]" runs the mutants from number FIRST to before END that a sample has prepared in FOLDER, a line for each: "NUMBER OUTCOME".
// STEPS is the length of the random tests. A mutant may crash the process, or leave it in a state in which even the right kernel fails; then the test starts
// another worker.
// "COUNT SEED" lists a sample, "COUNT SEED FOLDER" prepares it.

using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Threading;

namespace Pride.Kernel.Mutation.Tests;

internal static class Program
{
    /// <summary>CPU time of one mutant: several times what all tests take when every one passes. A mutant that needs more never ends.</summary>
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    /// <summary>Exit code: the worker itself is wrong. (A mutant that crashes the process ends it with a signal's code.)</summary>
    public const int WorkerFailed = 3;

    private static readonly Lock s_output = new();
    private static TimeSpan s_started;
    private static int s_current;

    public static int Main(string[] arguments)
    {
        if (int.TryParse(arguments[0], CultureInfo.InvariantCulture, out int count))
        {
            return List(MutantSample.Draw(count, Number(arguments[1])), arguments.Length > 2 ? arguments[2] : null);
        }

        try
        {
            Try(arguments[0], Number(arguments[1]), Number(arguments[2]), arguments.Length > 3 ? Number(arguments[3]) : null);
            return 0;
        }
        catch (Exception e)
        {
            // Not the mutant: what it does wrong never comes here.
            Console.Error.WriteLine(e);
            return WorkerFailed;
        }
    }

    private static void Try(string folder, int first, int end, int? steps)
    {
        s_current = first;
        s_started = CpuTime();
        new Thread(Watch) { IsBackground = true }.Start();
        KernelTestRun? together = null;
        while (s_current < end)
        {
            string path = MutantSample.AssemblyOf(folder, s_current);
            bool isAlone = Path.GetFileName(path) != MutantSample.Together;
            KernelTestRun run = !isAlone && together != null ? together : new KernelTestRun(File.ReadAllBytes(path), steps);
            together = isAlone ? together : run;
            string? killer = run.FirstFailure(s_current);
            if (killer != null && s_current != first && !isAlone && run.FirstFailure(KernelTestRun.Right, killer) != null)
            {
                // What an earlier mutant has done to this process kills even the right kernel.
                Console.WriteLine($"{s_current} {MutationTests.Again}");
                return;
            }

            Say(killer == null ? MutationTests.Survived : $"killed by {killer}");
        }
    }

    private static int List(MutantSample sample, string? folder)
    {
        for (int i = 0; i < sample.Mutations.Count; i++)
        {
            Console.WriteLine($"{i} {sample.Mutations[i]}");
        }

        if (folder != null)
        {
            sample.Prepare(folder);
        }

        return 0;
    }

    private static void Say(string outcome)
    {
        lock (s_output)
        {
            Console.WriteLine($"{s_current} {outcome}");
            s_started = CpuTime();
            s_current++;
        }
    }

    private static void Watch()
    {
        while (true)
        {
            Thread.Sleep(500);
            lock (s_output)
            {
                if (CpuTime() - s_started > s_limit)
                {
                    Console.WriteLine($"{s_current} killed by time-out: more than {s_limit.TotalSeconds} s of CPU time");
                    Environment.Exit(0);
                }
            }
        }
    }

    private static TimeSpan CpuTime() => Process.GetCurrentProcess().TotalProcessorTime;

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
