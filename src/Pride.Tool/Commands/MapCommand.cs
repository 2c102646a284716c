// `pride map EXAMPLE`: where all memory goes: by PD, by kind of kernel object, by region, and in total; then each PD's address space.

using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Linq;
using Pride.Description;
using Pride.Image;
using Pride.Image.Layout;
using Pride.Image.Memory;
using Pride.Tool.Building;

namespace Pride.Tool.Commands;

internal static class MapCommand
{
    public static Command Create()
    {
        Argument<string> example = CommonOptions.Example();
        Option<string> board = CommonOptions.Board();
        Option<bool> release = CommonOptions.Release();
        Option<bool> addresses = new("--addresses") { Description = "every piece of physical memory with its address" };
        Command command = new("map", "Prints where all memory goes.") { example, board, release, addresses };
        command.SetAction(parsed =>
        {
            Workspace workspace = Workspace.Find();
            SystemImage image = SystemImage.Build(
                workspace, Example.Find(workspace, parsed.GetValue(example)!), parsed.GetValue(board)!, new BuildOptions(parsed.GetValue(release)));
            PrintOwners(image);
            PrintAddressSpaces(image);
            if (parsed.GetValue(addresses))
            {
                PrintAddresses(image.Image);
            }

            PrintTotals(image);
            return ExitCodes.Success;
        });
        return command;
    }

    private static void PrintOwners(SystemImage image)
    {
        HashSet<string> pds = image.Image.Programs.Select(p => p.Name).ToHashSet();
        HashSet<string> kernel = ["kernel"];
        Print("kernel and its objects", image.Image.Uses.Where(u => kernel.Contains(u.Owner)));
        foreach (PdProgram program in image.Image.Programs)
        {
            Print($"PD '{program.Name}' (priority {program.Options.Priority})", image.Image.Uses.Where(u => u.Owner == program.Name));
        }

        Console.WriteLine("regions");
        foreach (MemoryUse use in image.Image.Uses.Where(u => !pds.Contains(u.Owner) && !kernel.Contains(u.Owner)))
        {
            string who = string.Join(", ", image.System.Pds.Where(pd => pd.Mappings.Any(m => m.Region.Name == use.Owner)).Select(pd => pd.Name));
            Console.WriteLine($"  {use.Owner,-28} {Sizes.Show(use.Bytes),10}  {use.What} at {use.Physical:x8}, in {who}");
        }

        Console.WriteLine();
    }

    private static void Print(string title, IEnumerable<MemoryUse> uses)
    {
        Console.WriteLine(title);
        foreach (var kind in uses.GroupBy(u => u.What))
        {
            ulong bytes = kind.Aggregate(0UL, (sum, u) => sum + u.Bytes);
            string origin = kind.Any(u => u.Origin == MemoryOrigin.Loaded) ? "in the image" : "zeroed at boot";
            Console.WriteLine($"  {kind.Key,-28} {Sizes.Show(bytes),10}  {origin}");
        }

        Console.WriteLine();
    }

    private static void PrintAddressSpaces(SystemImage image)
    {
        foreach (PdProgram program in image.Image.Programs)
        {
            Console.WriteLine($"address space of '{program.Name}'");
            List<(ulong Start, ulong End, string Rights, string What)> rows = program.Elf.Segments
                .Select(s => (s.Address, Sizes.RoundUp(s.End, Limits.PageSize), Rights(s.Flags.HasFlag(Image.Elf.ElfSegmentFlags.Write), s.Flags.HasFlag(Image.Elf.ElfSegmentFlags.Execute)), "program"))
                .ToList();
            rows.AddRange(program.Mappings.Select(m => (
                m.VirtualAddress, m.End, Rights(m.Permissions.HasFlag(Permissions.Write), m.Permissions.HasFlag(Permissions.Execute)), $"region {m.Region.Name}")));
            if (program.Options.HeapSize > 0)
            {
                rows.Add((PdLayout.HeapBase, PdLayout.HeapBase + program.Options.HeapSize, Rights(true, false), "heap"));
            }

            rows.Add((PdLayout.StackBottom(program.Options.StackSize), PdLayout.StackTop, Rights(true, false), "stack, a guard page on either side"));
            rows.Add((PdLayout.IpcBuffer, PdLayout.UserTop, Rights(true, false), "IPC buffer"));
            foreach (var row in rows.OrderBy(r => r.Start))
            {
                Console.WriteLine($"  {row.Start:x12}..{row.End:x12}  {row.Rights}  {row.What} ({Sizes.Show(row.End - row.Start)})");
            }

            Console.WriteLine();
        }
    }

    private static void PrintAddresses(BootImage image)
    {
        Console.WriteLine("physical memory");
        foreach (MemoryUse use in image.Uses.Where(u => u.Bytes > 0).OrderBy(u => u.Physical))
        {
            Console.WriteLine($"  {use.Physical:x10}..{use.End:x10}  {use.Owner}: {use.What}");
        }

        Console.WriteLine();
    }

    private static void PrintTotals(SystemImage image)
    {
        ulong loaded = Sum(image.Image.Uses.Where(u => u.Origin == MemoryOrigin.Loaded));
        ulong zeroed = Sum(image.Image.Uses.Where(u => u.Origin == MemoryOrigin.Zeroed));
        ulong memory = image.Board.Memory.Aggregate(0UL, (sum, m) => sum + m.Size);
        Console.WriteLine($"image file   {Sizes.Show((ulong)image.Image.Bytes.Length),10}  at {image.Image.LoadAddress:x}");
        Console.WriteLine($"loaded       {Sizes.Show(loaded),10}");
        Console.WriteLine($"zeroed       {Sizes.Show(zeroed),10}");
        Console.WriteLine($"left free    {Sizes.Show(memory - loaded - zeroed),10}  of {Sizes.Show(memory)}");
    }

    private static ulong Sum(IEnumerable<MemoryUse> uses) => uses.Aggregate(0UL, (sum, u) => sum + u.Bytes);

    private static string Rights(bool write, bool execute) => $"r{(write ? 'w' : '-')}{(execute ? 'x' : '-')}";
}
