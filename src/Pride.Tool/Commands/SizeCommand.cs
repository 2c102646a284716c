// `pride size EXAMPLE [PD]`: what every program of a system takes, and what takes it in one: by assembly, namespace and method.

using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Linq;
using Pride.Compiler.Reports;
using Pride.Image.Elf;
using Pride.Tool.Building;

namespace Pride.Tool.Commands;

internal static class SizeCommand
{
    private const int MethodsShown = 40;

    public static Command Create()
    {
        Argument<string> example = CommonOptions.Example();
        Argument<string?> program = new("PD") { Description = "a PD of the example, or kernel or monitor; without it, all of them in one line each", Arity = ArgumentArity.ZeroOrOne };
        Option<string> board = CommonOptions.Board();
        Option<bool> release = CommonOptions.Release();
        Option<bool> all = new("--all") { Description = $"every method, not the largest {MethodsShown} only" };
        Command command = new("size", "Says what takes the space in a system's programs.") { example, program, board, release, all };
        command.SetAction(parsed =>
        {
            ProgramSelection selection = ProgramSelection.Of(parsed, example, board, release);
            SystemImage image = selection.Build();
            if (parsed.GetValue(program) is not { } name)
            {
                PrintPrograms(image);
                return ExitCodes.Success;
            }

            ElfFile elf = image.LoadProgram(name);
            PrintMethods(selection.Compiler("size").ReportOf(selection, name), elf, parsed.GetValue(all));
            return ExitCodes.Success;
        });
        return command;
    }

    private static void PrintPrograms(SystemImage image)
    {
        Console.WriteLine($"{"",-24} {"text",10} {"rodata",10} {"data",10} {"bss",10}");
        foreach (string name in image.ProgramNames)
        {
            ElfFile elf = image.LoadProgram(name);
            Console.WriteLine($"{name,-24} {Section(elf, ".text"),10:N0} {Section(elf, ".rodata"),10:N0} {Section(elf, ".data"),10:N0} {Section(elf, ".bss"),10:N0}");
        }
    }

    private static ulong Section(ElfFile elf, string name) =>
        elf.Sections.Where(s => s.Name == name || s.Name.StartsWith(name + ".", StringComparison.Ordinal)).Aggregate(0UL, (sum, s) => sum + s.Size);

    private static void PrintMethods(ProgramReport report, ElfFile elf, bool all)
    {
        Dictionary<string, ReportedFunction> bySymbol = report.Functions.ToDictionary(f => f.Symbol);
        List<(ulong Bytes, ReportedFunction Function)> sizes = [];
        ElfSection text = elf.Sections.First(s => s.Name == ".text");
        foreach (ElfSymbol symbol in elf.Symbols.Where(s => s.Size > 0 && s.Address >= text.Address && s.Address < text.Address + text.Size))
        {
            sizes.Add((symbol.Size, bySymbol.GetValueOrDefault(symbol.Name) ?? new ReportedFunction(symbol.Name, symbol.Name, "", "(assembly sources)")));
        }

        PrintGroups("by assembly", sizes, f => f.Assembly);
        PrintGroups("by namespace", sizes, f => f.Namespace.Length > 0 ? f.Namespace : f.Assembly);
        Console.WriteLine("by method (inlined callees count with their callers)");
        foreach ((ulong bytes, ReportedFunction function) in sizes.OrderByDescending(s => s.Bytes).Take(all ? int.MaxValue : MethodsShown))
        {
            Console.WriteLine($"  {bytes,8:N0}  {function.Name}");
        }

        Console.WriteLine($"{sizes.Aggregate(0UL, (sum, s) => sum + s.Bytes):N0} bytes of code in {sizes.Count} functions; .text is {text.Size:N0} bytes");
    }

    private static void PrintGroups(string title, List<(ulong Bytes, ReportedFunction Function)> sizes, Func<ReportedFunction, string> key)
    {
        Console.WriteLine(title);
        foreach (var group in sizes.GroupBy(s => key(s.Function)).Select(g => (g.Key, Bytes: g.Aggregate(0UL, (sum, s) => sum + s.Bytes))).OrderByDescending(g => g.Bytes))
        {
            Console.WriteLine($"  {group.Bytes,8:N0}  {group.Key}");
        }
    }
}
