// The worker: "COUNT SEED FIRST" runs the mutants from number FIRST on, a line for each: "NUMBER survived" or "NUMBER killed TEST".
// "COUNT SEED" lists them. A mutant may crash the process or never end; then the test starts another worker behind it.

using System;
using System.Globalization;
using System.IO;

namespace Pride.Kernel.Mutation.Tests;

internal static class Program
{
    public static int Main(string[] arguments)
    {
        int[] numbers = Array.ConvertAll(arguments, a => int.Parse(a, CultureInfo.InvariantCulture));
        Console.SetError(TextWriter.Null);
        MutantSample sample = MutantSample.Draw(numbers[0], numbers[1]);
        if (numbers.Length == 2)
        {
            Console.WriteLine(string.Join('\n', sample.Mutations));
            return 0;
        }

        for (int i = numbers[2]; i < sample.Mutations.Count; i++)
        {
            string? killer = KernelTestRun.FirstFailure(sample.Compile(i));
            Console.WriteLine(killer == null ? $"{i} survived" : $"{i} killed {killer}");
        }

        return 0;
    }
}
