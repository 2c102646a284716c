// The pride command as a person calls it: what it prints where, and its exit codes.

using System;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Pride.Tool;
using Xunit;

namespace Pride.Boot.Tests;

public sealed partial class CommandTests
{
    [Fact]
    public void Help_names_every_command()
    {
        ProcessResult help = Pride("--help");
        Assert.Equal(0, help.ExitCode);
        Assert.All((string[])["run", "build", "test", "bench", "list", "map", "explain", "symbolize", "hosted"], c => Assert.Contains($"\n  {c}", help.Output, StringComparison.Ordinal));
    }

    [Fact]
    public void The_map_accounts_for_all_memory()
    {
        ProcessResult map = Pride("map", "hello", "--addresses");
        Assert.True(map.ExitCode == 0, map.Error);
        Assert.Contains("PD 'hello'", map.Output, StringComparison.Ordinal);
        string physical = map.Output[map.Output.IndexOf("physical memory", StringComparison.Ordinal)..];
        (ulong Start, ulong End)[] pieces = Piece().Matches(physical)
            .Select(m => (Convert.ToUInt64(m.Groups[1].Value, 16), Convert.ToUInt64(m.Groups[2].Value, 16))).Order().ToArray();
        Assert.InRange(pieces.Length, 10, 1000);
        Assert.All(pieces.Zip(pieces.Skip(1)), p => Assert.True(p.First.End <= p.Second.Start, $"{p.First.End:x} overlaps {p.Second.Start:x}"));
    }

    [Fact]
    public void Explain_prints_the_chain_from_the_entry()
    {
        ProcessResult explained = Pride("explain", "hello", "hello", "HelloPd.Init");
        Assert.True(explained.ExitCode == 0, explained.Error);
        Assert.Contains("called from Pride.Microkit.PdMain<HelloPd>.Run(HelloPd)", explained.Output, StringComparison.Ordinal);
        Assert.Contains("(Main)", explained.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_csharp_runs_as_a_process_and_is_held_against_CoreCLR()
    {
        string folder = Directory.CreateTempSubdirectory("pride-hosted").FullName;
        try
        {
            string file = Path.Combine(folder, "greets.cs");
            File.WriteAllText(file, """System.Console.WriteLine($"{args.Length} arguments: {string.Join(' ', args)}"); return args.Length + 1;""");
            ProcessResult same = Pride("hosted", file, "-O", "0", "--compare", "--", "some", "more");
            Assert.Equal("2 arguments: some more\n", same.Output);
            Assert.True(same.ExitCode == ExitCodes.Success, same.Error);
            Assert.Equal(3, Pride("hosted", file, "-O", "0", "--", "some", "more").ExitCode);

            // A difference that docs/csharp.md lists.
            File.WriteAllText(file, "System.Console.WriteLine(new System.Exception().Source ?? \"none\"); try { throw new System.Exception(); } catch (System.Exception e) { System.Console.WriteLine(e.Source); }");
            ProcessResult other = Pride("hosted", file, "-O", "0", "--compare");
            Assert.Equal(ExitCodes.Failure, other.ExitCode);
            Assert.Contains("line 2 differs:\n  Pride:   \n  CoreCLR: greets", other.Error, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void What_is_not_there_is_an_error_with_a_remedy_and_a_code()
    {
        Fails(ExitCodes.Usage, "there is no example 'nothing'", "run", "nothing");
        Fails(ExitCodes.Usage, "has no PD 'nobody'", "explain", "hello", "nobody", "x");
        Fails(ExitCodes.Usage, "is no C# program", "hosted", "nothing.cs");
        Fails(ExitCodes.Usage, "Pride's kernel measures", "run", "hello", "--clock-rate", "2000000000");
        Fails(ExitCodes.Usage, "there is no folder", "run", "webserver", "--site", Path.Combine(Path.GetTempPath(), "pride-no-such-folder"));
        Assert.NotEqual(0, Pride("frobnicate").ExitCode);

        static void Fails(int code, string message, params string[] arguments)
        {
            ProcessResult result = Pride(arguments);
            Assert.Equal(code, result.ExitCode);
            Assert.Contains(message, result.Error, StringComparison.Ordinal);
            Assert.Contains("to do:", result.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_damaged_program_is_an_error_with_a_remedy()
    {
        string folder = Directory.CreateTempSubdirectory("pride-damaged").FullName;
        File.WriteAllBytes(Path.Combine(folder, "p.elf"), [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1, 0]);
        string system = Path.Combine(folder, "damaged.system");
        File.WriteAllText(system, "<system><protection_domain name=\"p\" priority=\"1\"><program_image path=\"p.elf\" /></protection_domain></system>");
        ProcessResult result = Pride("build", system, "--board", "qemu_virt_aarch64", "--search-path", folder);
        Directory.Delete(folder, recursive: true);
        Assert.Equal(ExitCodes.Description, result.ExitCode);
        Assert.Contains("p.elf: ", result.Error, StringComparison.Ordinal);
        Assert.Contains("to do: link the program again", result.Error, StringComparison.Ordinal);
    }

    private static ProcessResult Pride(params string[] arguments) => Processes.Run(Path.Combine(Checkout.Workspace.Root, "pride"), arguments);

    [GeneratedRegex(@"^\s*([0-9a-f]{10})\.\.([0-9a-f]{10})\s", RegexOptions.Multiline)]
    private static partial Regex Piece();
}
