// Where everything of an image lies: by PD, by kind of kernel object, by region, then each PD's address space, its channels and interrupts.

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Pride.Description;
using Pride.Image.Elf;
using Pride.Image.Layout;
using Pride.Image.Memory;

namespace Pride.Tool.Building;

/// <summary>Writes the report on <paramref name="image"/> to <paramref name="output"/>.</summary>
public sealed class PlacementReport(SystemImage image, TextWriter output)
{
    /// <summary>Writes it; with <paramref name="addresses"/> every piece of physical memory too.</summary>
    public void Write(bool addresses)
    {
        PrintOwners();
        PrintAddressSpaces();
        PrintWiring();
        PrintReach();
        if (addresses)
        {
            PrintAddresses();
        }

        PrintTotals();
    }

    private void PrintWiring()
    {
        foreach (Pd pd in image.System.Pds)
        {
            output.WriteLine($"ids of '{pd.Name}' ({pd.Source.Name})");
            foreach (ChannelEnd end in pd.Ends.OrderBy(e => e.Id))
            {
                ChannelEnd other = end.Link!.First == end ? end.Link.Second : end.Link.First;
                output.WriteLine($"  {end.Id,3}  channel to '{other.Pd.Name}' ({other.Id}){(end.CanNotify ? ", notifies" : string.Empty)}{(end.CanCall ? ", calls" : string.Empty)}");
            }

            foreach (InterruptBinding interrupt in pd.Interrupts.OrderBy(i => i.Id))
            {
                output.WriteLine($"  {interrupt.Id,3}  interrupt {interrupt.Number}, {interrupt.Trigger.ToString().ToLowerInvariant()}");
            }

            foreach (ChildBinding child in pd.Children.OrderBy(c => c.Id))
            {
                output.WriteLine($"  {child.Id,3}  child '{child.Pd.Name}'");
            }

            output.WriteLine();
        }
    }

    private void PrintReach()
    {
        List<string> rows = [.. DmaReach.Of(image.System).Select(r => $"  {r.Pd.Name,-28} drives {string.Join(", ", r.Devices)}")];
        if (rows.Count > 0)
        {
            output.WriteLine("reach all memory through their devices (no IOMMU confines them)");
            rows.ForEach(output.WriteLine);
            output.WriteLine();
        }
    }

    private void PrintOwners()
    {
        HashSet<string> pds = image.Image.Programs.Select(p => p.Name).ToHashSet();
        HashSet<string> kernel = ["kernel"];
        Print("kernel and its objects", image.Image.Uses.Where(u => kernel.Contains(u.Owner)));
        foreach (PdProgram program in image.Image.Programs)
        {
            Print($"PD '{program.Name}' (priority {program.Options.Priority})", image.Image.Uses.Where(u => u.Owner == program.Name));
        }

        output.WriteLine("regions");
        foreach (MemoryUse use in image.Image.Uses.Where(u => !pds.Contains(u.Owner) && !kernel.Contains(u.Owner)))
        {
            string who = string.Join(", ", image.System.Pds.Where(pd => pd.Mappings.Any(m => m.Region.Name == use.Owner)).Select(pd => pd.Name));
            output.WriteLine($"  {use.Owner,-28} {Sizes.Show(use.Bytes),10}  {use.What} at {use.Physical:x8}, in {who}");
        }

        output.WriteLine();
    }

    private void Print(string title, IEnumerable<MemoryUse> uses)
    {
        output.WriteLine(title);
        foreach (var kind in uses.GroupBy(u => u.What))
        {
            ulong bytes = kind.Aggregate(0UL, (sum, u) => sum + u.Bytes);
            string origin = kind.Any(u => u.Origin == MemoryOrigin.Loaded) ? "in the image" : "zeroed at boot";
            output.WriteLine($"  {kind.Key,-28} {Sizes.Show(bytes),10}  {origin}");
        }

        output.WriteLine();
    }

    private void PrintAddressSpaces()
    {
        foreach (PdProgram program in image.Image.Programs)
        {
            output.WriteLine($"address space of '{program.Name}'");
            List<(ulong Start, ulong End, string Rights, string What)> rows = program.Elf.Segments
                .Select(s => (s.Address, Sizes.RoundUp(s.End, Limits.PageSize), Rights(s.Flags.HasFlag(ElfSegmentFlags.Write), s.Flags.HasFlag(ElfSegmentFlags.Execute)), "program"))
                .ToList();
            rows.AddRange(program.Mappings.Select(m => (
                m.VirtualAddress, m.End, Rights(m.Permissions.HasFlag(Permissions.Write), m.Permissions.HasFlag(Permissions.Execute)), $"region {m.Region.Name}")));
            if (program.Options.HeapSize > 0)
            {
                rows.Add((PdLayout.HeapBase, PdLayout.HeapBase + program.Options.HeapSize, Rights(true, false), "heap"));
            }

            rows.Add((PdLayout.StackBottom(program.Options.StackSize), PdLayout.StackTop, Rights(true, false), "stack, a guard page on either side"));
            rows.Add((program.Abi.IpcBuffer, program.Abi.IpcBuffer + Limits.PageSize, Rights(true, false), "IPC buffer"));
            foreach (var row in rows.OrderBy(r => r.Start))
            {
                output.WriteLine($"  {row.Start:x12}..{row.End:x12}  {row.Rights}  {row.What} ({Sizes.Show(row.End - row.Start)})");
            }

            output.WriteLine();
        }
    }

    private void PrintAddresses()
    {
        output.WriteLine("physical memory");
        foreach (MemoryUse use in image.Image.Uses.Where(u => u.Bytes > 0).OrderBy(u => u.Physical))
        {
            output.WriteLine($"  {use.Physical:x10}..{use.End:x10}  {use.Owner}: {use.What}");
        }

        output.WriteLine();
    }

    private void PrintTotals()
    {
        ulong loaded = Sum(image.Image.Uses.Where(u => u.Origin == MemoryOrigin.Loaded));
        ulong zeroed = Sum(image.Image.Uses.Where(u => u.Origin == MemoryOrigin.Zeroed));
        ulong memory = image.Board.Memory.Aggregate(0UL, (sum, m) => sum + m.Size);
        output.WriteLine($"image file   {Sizes.Show((ulong)image.Image.Bytes.Length),10}  at {image.Image.LoadAddress:x}");
        output.WriteLine($"loaded       {Sizes.Show(loaded),10}");
        output.WriteLine($"zeroed       {Sizes.Show(zeroed),10}");
        output.WriteLine($"left free    {Sizes.Show(memory - loaded - zeroed),10}  of {Sizes.Show(memory)}");
    }

    private static ulong Sum(IEnumerable<MemoryUse> uses) => uses.Aggregate(0UL, (sum, u) => sum + u.Bytes);

    private static string Rights(bool write, bool execute) => $"r{(write ? 'w' : '-')}{(execute ? 'x' : '-')}";
}
