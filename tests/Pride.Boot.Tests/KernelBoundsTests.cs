// The longest paths through the kernel: computed from its machine code, and compared with every path that four cores take.

using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using Pride.Image.Elf;
using Pride.Kernel.Objects;
using Pride.Tool;
using Pride.Tool.Bounds;
using Pride.Tool.Building;
using Pride.Tool.Commands;
using Pride.Tool.Emulation;
using Xunit;

namespace Pride.Boot.Tests;

public sealed class KernelBoundsTests
{
    private const string FourCores = "qemu-virt-aarch64-smp4";
    private const int Cores = 4;

    /// <summary>What a thread must be able to pay for (Kernel.MinimumBudgetMicroseconds), at an instruction each nanosecond.</summary>
    private const long MinimumBudgetInstructions = 20_000;

    /// <summary>Instructions of a path that does anything at all: saving and restoring registers alone takes as many.</summary>
    private const long LeastPath = 60;

    /// <summary>Rows by the marks of Paths.Domains' MarkedCalls.</summary>
    private static readonly Dictionary<uint, string> s_marks = new()
    {
        [4] = "NBSendWait",
        [6] = "NBSend",
        [8] = "NBRecv",
        [9] = "Wait",
        [10] = "NBWait",
        [15] = "DebugCapIdentify",
        [17] = "DebugNameThread",
        [100] = "a number that is none",
        [101] = "Call: an endpoint",
        [102] = "Call: a notification",
        [103] = "Call: a reply object",
        [104] = "Call: anything else, or refused",
    };

    [Fact]
    public async Task Every_path_has_a_bound_and_none_that_is_taken_is_longer()
    {
        SystemImage image = Checkout.ReleaseImage("paths", FourCores);
        KernelCode code = new(image.LoadProgram(SystemImage.KernelName));
        KernelBounds bounds = new(code, SystemLimits.Of(image));
        BoundRow[] rows = [.. bounds.Rows()];
        HashSet<ulong> console = [.. bounds.ConsoleRows().SelectMany(r => r.Covered)];
        HashSet<ulong>[] own = [.. rows.Select(r => Own(r, rows))];
        Dictionary<string, long> measured = [];
        long[] longest = new long[Cores];
        int paths = 0;
        foreach (KernelPath path in await Trace(image, code))
        {
            paths++;
            long length = path.Addresses.Count(a => !console.Contains(a));
            longest[path.Core] = Math.Max(longest[path.Core], length);
            ulong[][] missing = [.. rows.Select(r => path.Addresses.Where(a => !r.Covered.Contains(a) && !console.Contains(a)).ToArray())];
            for (int i = 0; i < rows.Length; i++)
            {
                if (missing[i].Length == 0 && path.IsWaking == (rows[i].Name == KernelBounds.WakingRow) && (path.IsWaking || path.Addresses.Any(own[i].Contains)))
                {
                    measured[rows[i].Name] = Math.Max(measured.GetValueOrDefault(rows[i].Name), length);
                }
            }

            // A marked call is of its row, or came too late.
            if (s_marks.TryGetValue(path.Mark, out string? marked))
            {
                int row = Array.FindIndex(rows, r => r.Name == marked);
                int late = Array.FindIndex(rows, r => r.Name == KernelBounds.LateRow);
                string name = missing[row].Length == 0 ? marked : KernelBounds.LateRow;
                Assert.True(missing[row].Length == 0 || missing[late].Length == 0, $"{marked} takes a path that was thought impossible: {string.Join(' ', missing[row].Select(code.Describe))}");
                measured[name] = Math.Max(measured.GetValueOrDefault(name), length);
            }

            ulong[] fewest = missing.MinBy(m => m.Length)!;
            Assert.True(fewest.Length == 0, $"a path of {path.Addresses.Count} instructions was thought impossible: {string.Join(' ', fewest.Select(code.Describe))}");
        }

        Write(rows, measured, longest);
        Assert.True(paths > 1000, $"only {paths} paths were seen");
        Assert.All(rows, r => Assert.True(measured.GetValueOrDefault(r.Name) <= r.Instructions, $"{r.Name}: {measured.GetValueOrDefault(r.Name)} instructions, more than the bound {r.Instructions}"));
        Assert.All(rows, r => Assert.InRange(r.Instructions, 1, MinimumBudgetInstructions));

        // What they are there for was really done.
        // QEMU raises no error on the bus by itself.
        Assert.All(rows.Where(r => r.Name != KernelBounds.BusRow), r => Assert.True(measured.GetValueOrDefault(r.Name) >= LeastPath, r.Name));
        Assert.All(longest, l => Assert.InRange(l, 1000, MinimumBudgetInstructions));
    }

    [Fact]
    public void A_loop_without_a_limit_is_found()
    {
        byte[] bytes = Checkout.Image("hello").LoadProgram(SystemImage.KernelName).AllBytes.ToArray();
        ElfFile elf = new([.. bytes], "kernel");
        ElfSection notes = elf.FindSection(".pride.loops")!.Value;
        bytes.AsSpan((int)notes.FileOffset, (int)notes.Size).Clear();
        ToolException thrown = Assert.Throws<ToolException>(() => new KernelBounds(new KernelCode(new ElfFile(bytes, "kernel")), LoopLimits.Most).Rows().ToArray());
        Assert.Contains("names no limit", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Longer_loops_make_longer_bounds()
    {
        KernelCode code = new(Checkout.Image("hello").LoadProgram(SystemImage.KernelName));
        long few = Longest(limit => limit == LoopLimit.Threads ? 2 : LoopLimits.Most(limit));
        long many = Longest(limit => limit == LoopLimit.Threads ? 200 : LoopLimits.Most(limit));
        Assert.InRange(many, few + 198, long.MaxValue);

        long Longest(Func<LoopLimit, ulong> limits) => new KernelBounds(code, limits).Rows().Max(r => r.Instructions);
    }

    // Instructions by which a path shows that it belongs to this row: no other row of its kind (system calls and exceptions, or invocations) has them.
    private static HashSet<ulong> Own(BoundRow row, BoundRow[] rows)
    {
        static bool IsInvocation(BoundRow r) => r.Name.StartsWith("Call: ", StringComparison.Ordinal);
        HashSet<ulong> own = [.. row.Covered];
        foreach (BoundRow other in rows.Where(r => r.Name != row.Name && r.Name is not (KernelBounds.WakingRow or KernelBounds.LateRow or KernelBounds.BusRow) && IsInvocation(r) == IsInvocation(row)))
        {
            own.ExceptWith(other.Covered);
        }

        return own;
    }

    private static async Task<IReadOnlyList<KernelPath>> Trace(SystemImage image, KernelCode code)
    {
        string log = Path.GetTempFileName();
        try
        {
            ulong start = code.AddressOf("pride_kernel_fast_call");
            ulong vectors = code.AddressOf("pride_vectors");
            MachineOptions options = RunCommand.Options(Checkout.Workspace, image, null, null, preferredPorts: false);
            string[] arguments = KernelTrace.Arguments(log, start, vectors + 0x1000 - start);
            await using (QemuMachine machine = QemuMachine.Start(options with { ExtraArguments = arguments }))
            {
                bool done = await machine.WaitForAsync(s => s.Split("prober: every path was taken").Length == Cores + 1, Machines.Limit);
                Assert.True(done, machine.Serial);
            }

            return [.. KernelTrace.Paths(log, code, vectors)];
        }
        finally
        {
            File.Delete(log);
        }
    }

    // For people: the table of docs/kernel.md.
    private static void Write(BoundRow[] rows, Dictionary<string, long> measured, long[] longest)
    {
        StringBuilder text = new("| path | bound | longest measured |\n|---|---|---|\n");
        foreach (BoundRow row in rows)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| {row.Name} | {row.Instructions:N0} | {(measured.TryGetValue(row.Name, out long most) ? $"{most:N0}" : "-")} |");
        }

        text.AppendLine(CultureInfo.InvariantCulture, $"\nlongest by core: {string.Join(", ", longest)}");
        string folder = Path.Combine(Checkout.Workspace.Root, ".pride", "test-results");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "kernel-bounds.md"), text.ToString());
    }
}
