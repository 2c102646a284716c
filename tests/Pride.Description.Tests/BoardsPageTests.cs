// docs/boards.md says what is so: every board is on it, porting costs what it says, and who types its walk-throughs gets the boards that are shipped.

using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Xunit;

namespace Pride.Description.Tests;

public sealed partial class BoardsPageTests
{
    private const int LongestBoardFile = 100;

    /// <summary>Figures on the page may be this far from the sources, so that not each small change is one of the page too.</summary>
    private const double Tolerance = 0.2;
    private const int LeastTolerance = 5;

    private static readonly string[] s_page = File.ReadAllLines(Path.Combine(TestBoard.Root, "docs", "boards.md"));

    public static TheoryData<string> Boards => [.. Directory.GetFiles(Path.Combine(TestBoard.Root, "boards"), "*.json").Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal)];

    /// <summary>What differs between architectures: how its row begins, and the files of each.</summary>
    public static TheoryData<string, string, string, string> Parts => new()
    {
        { "the kernel's machine", "Pride.Kernel/AArch64/*", "Pride.Kernel/RiscV64/*", "Pride.Kernel/X64/* -Pride.Kernel/X64/Efi.S -Pride.Kernel/X64/Iommu.cs" },
        { "what boot loaders and firmware say", "", "", "Pride.Kernel/X64/Firmware/* Pride.Kernel/X64/Efi.S Pride.Kernel/X64/Iommu.cs" },
        { "virtual machines", "Pride.Kernel/AArch64/Guests/* Pride.Kernel.Objects/Aarch64SecondStage.cs", "", "" },
        { "translation tables", "Pride.Kernel.Objects/Aarch64* -Pride.Kernel.Objects/Aarch64SecondStage.cs", "Pride.Kernel.Objects/Sv39* Pride.Kernel.Objects/RiscV64* Pride.Kernel.Objects/Supervisor*", "Pride.Kernel.Objects/X64* Pride.Kernel.Objects/IoPageTable.cs" },
        { "the image", "Pride.Image/Architectures/Aarch64*", "Pride.Image/Architectures/RiscV64*", "Pride.Image/Architectures/X64* Pride.Image/PvhFile.cs Pride.Image/EfiFile.cs" },
        { "where a PD starts", "Pride.Runtime/AArch64/Entry.S", "Pride.Runtime/RiscV64/Entry.S", "Pride.Runtime/X64/Entry.S" },
        { "messages and reports of faults", "Pride.Abi/UserContext.cs Pride.Microkit/Faults/Aarch64*", "Pride.Abi/RiscV64* Pride.Microkit/Faults/RiscV64*", "Pride.Abi/X64* Pride.Microkit/Faults/X64*" },
    };

    [Theory]
    [MemberData(nameof(Boards))]
    public void Every_board_is_short_and_on_the_page(string board)
    {
        Assert.InRange(Lines("../boards/" + board + ".json"), 1, LongestBoardFile);
        Assert.Equal(board, Board.Load(TestBoard.Root, board).Name);

        // "`qemu-sifive-u`, `-smp4`" names two.
        IEnumerable<string> names = s_page.Where(l => l.StartsWith("| `qemu-", StringComparison.Ordinal)).SelectMany(NamesOf);
        Assert.Contains(board, names);
    }

    [Theory]
    [MemberData(nameof(Parts))]
    public void An_architecture_costs_what_the_page_says(string part, string arm, string riscV, string x64)
    {
        string row = Assert.Single(s_page, l => l.StartsWith("| " + part, StringComparison.Ordinal));
        string[] figures = [.. row.Split('|', StringSplitOptions.TrimEntries)[3..6]];
        int[] lines = [LinesOf(arm), LinesOf(riscV), LinesOf(x64)];
        string right = string.Join(" | ", lines.Select(l => l == 0 ? "" : l.ToString("N0", CultureInfo.InvariantCulture)));
        for (int i = 0; i < lines.Length; i++)
        {
            Assert.True(IsNear(figures[i], lines[i]), $"docs/boards.md, \"{part}\": the figures are now | {right} |");
        }
    }

    [Fact]
    public void A_driver_costs_what_the_page_says()
    {
        string[] files = Directory.GetFiles(Path.Combine(TestBoard.Root, "src"), "*.cs", SearchOption.AllDirectories);
        MatchCollection named = DriverFigure().Matches(string.Join('\n', s_page));
        Assert.True(named.Count > 15, "the page has no figures of drivers");
        foreach (Match match in named)
        {
            string file = Assert.Single(files, f => Path.GetFileNameWithoutExtension(f) == match.Groups[1].Value);
            int lines = File.ReadAllLines(file).Length;
            Assert.True(IsNear(match.Groups[2].Value, lines), $"docs/boards.md: {match.Groups[1].Value} has now {lines} lines");
        }
    }

    /// <summary>The first walk-through: a copy of the nearest board's file, with these lines changed.</summary>
    [Fact]
    public void The_board_without_sstc_is_the_other_one_with_the_lines_that_the_walk_through_names()
    {
        string[] changed = ["\"name\": \"qemu", "\"description\"", "\"supervisorTimer\"", "\"arguments\"", "\"microkit", "//"];
        Assert.Equal(Kept("qemu-virt-riscv64"), Kept("qemu-virt-riscv64-sbi-timer"));
        Assert.True(Board.Load(TestBoard.Root, "qemu-virt-riscv64").Kernel.SupervisorTimer);
        Assert.False(Board.Load(TestBoard.Root, "qemu-virt-riscv64-sbi-timer").Kernel.SupervisorTimer);

        IEnumerable<string> Kept(string board) => File.ReadLines(Path.Combine(TestBoard.Root, "boards", board + ".json"))
            .Select(l => l.Trim().TrimEnd(',')).Where(l => !changed.Any(l.Contains) && !l.StartsWith("\"-", StringComparison.Ordinal));
    }

    /// <summary>The second: a board whose devices all have drivers, each made for another board.</summary>
    [Fact]
    public void The_versal_has_the_devices_of_other_boards_alone()
    {
        Board versal = Board.Load(TestBoard.Root, "qemu-xlnx-versal");
        IEnumerable<string> known = ((string[])["qemu-virt-aarch64", "qemu-xlnx-zcu102"]).SelectMany(b => Board.Load(TestBoard.Root, b).Devices).Select(d => d.Compatible);
        Assert.All(versal.Devices, d => Assert.Contains(d.Compatible, known));
        Assert.Equal(["blk0", "net0", "rng0", "rtc", "timer", "uart0"], versal.Devices.Select(d => d.Name).Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> NamesOf(string row)
    {
        string[] names = [.. Quoted().Matches(row.Split('|')[1]).Select(m => m.Groups[1].Value)];
        return names.Select(n => n.StartsWith('-') ? names[0] + n : n);
    }

    private static int LinesOf(string patterns)
    {
        string[] all = patterns.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return all.Where(p => p[0] != '-').Sum(Lines) - all.Where(p => p[0] == '-').Sum(p => Lines(p[1..]));
    }

    private static int Lines(string pattern)
    {
        string path = Path.Combine(TestBoard.Root, "src", pattern);
        string folder = Path.GetDirectoryName(path)!;
        return Directory.Exists(folder) ? Directory.GetFiles(folder, Path.GetFileName(path)).Sum(f => File.ReadAllLines(f).Length) : 0;
    }

    private static bool IsNear(string figure, int lines) => lines == 0
        ? figure.Length == 0
        : int.TryParse(figure, NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out int said) && Math.Abs(said - lines) <= Math.Max(lines * Tolerance, LeastTolerance);

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();

    /// <summary>"`Pl011` (92)".</summary>
    [GeneratedRegex(@"`(\w+)` \((\d+)\)")]
    private static partial Regex DriverFigure();
}
