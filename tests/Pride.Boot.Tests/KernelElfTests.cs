// The kernel's program, looked at as a file: how large it is, and that it keeps its hands off floating-point registers.

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Pride.Image.Elf;
using Pride.Tool;
using Xunit;

namespace Pride.Boot.Tests;

public sealed partial class KernelElfTests
{
    /// <summary>What a uniprocessor AArch64 build may have: the kernel is to stay readable in an afternoon.</summary>
    private const ulong LargestText = 40 * 1024;

    /// <summary>x86-64's instructions are longer where they reach into structures, and its interrupt vectors are code.</summary>
    private const ulong LargestX64Text = 48 * 1024;

    [Theory]
    [MemberData(nameof(Checkout.Boards), MemberType = typeof(Checkout))]
    public void Only_the_two_routines_that_switch_it_touch_floating_point_state(string board)
    {
        Regex pattern = board switch
        {
            Checkout.RiscVBoard => RiscVFloatingPointPattern(),
            Checkout.X64Board => X64FloatingPointPattern(),
            _ => FloatingPointPattern(),
        };
        string text = Disassemble(Kernel(board), board == Checkout.RiscVBoard ? ["--mattr=+f,+d,+c"] : []);
        HashSet<string> users = [];
        string function = string.Empty;
        int instructions = 0;
        foreach (string line in text.Split('\n'))
        {
            Match label = LabelPattern().Match(line);
            if (label.Success)
            {
                function = label.Groups["name"].Value;
            }
            else if (InstructionPattern().IsMatch(line) && !line.Contains(".word", StringComparison.Ordinal))
            {
                instructions++;
                if (pattern.IsMatch(CommentPattern().Replace(line, string.Empty)))
                {
                    users.Add(function);
                }
            }
        }

        Assert.True(instructions > 1000, "the disassembly has no instructions");
        Assert.Equal(["pride_fpu_load", "pride_fpu_save"], users.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Checkout.Boards), MemberType = typeof(Checkout))]
    public void Its_text_stays_below_the_bar_and_no_segment_is_writable_and_executable(string board)
    {
        ElfFile kernel = ElfFile.Load(Kernel(board));
        ElfSegment text = Assert.Single(kernel.Segments, s => s.Flags.HasFlag(ElfSegmentFlags.Execute));
        Assert.InRange(text.MemorySize, 1UL, board == Checkout.X64Board ? LargestX64Text : LargestText);
        Assert.DoesNotContain(kernel.Segments, s => s.Flags.HasFlag(ElfSegmentFlags.Execute | ElfSegmentFlags.Write));
    }

    private static string Kernel(string board) => Path.Combine(Checkout.Image("hello", board).Folder, "kernel.elf");

    // The kernel's file says of itself that it has no floating point, so the disassembler must be told what to look for.
    private static string Disassemble(string elf, string[] features)
    {
        ProcessResult result = Processes.Run("llvm-objdump-19", ["-d", "--no-show-raw-insn", .. features, elf]);
        Assert.True(result.ExitCode == 0, result.Error);
        return result.Output;
    }

    [GeneratedRegex(@"^[0-9a-f]{16} <(?<name>[^>]+)>:")]
    private static partial Regex LabelPattern();

    [GeneratedRegex(@"^\s*[0-9a-f]{16}:")]
    private static partial Regex InstructionPattern();

    /// <summary>q, d, s, h, b, v and z registers, FPCR and FPSR as operands.</summary>
    [GeneratedRegex(@"[\s{,\[]([qdshbvz](3[01]|[12]?[0-9])(\.\w+)?|FPCR|FPSR)\b", RegexOptions.IgnoreCase)]
    private static partial Regex FloatingPointPattern();

    /// <summary>Floating-point instructions of RV64GC (compressed ones too), and fcsr, frm and fflags as operands.</summary>
    [GeneratedRegex(@":\s+(c\.)?f(?!ence)[a-z0-9.]+\s|\b(fcsr|frm|fflags)\b")]
    private static partial Regex RiscVFloatingPointPattern();

    /// <summary>x87, MMX, SSE and AVX registers as operands; what saves, loads or resets them without naming one.</summary>
    [GeneratedRegex(@"%([xyz]?mm[0-9]+|st\b)|:\s+(f(x|n|ld|st)|x(save|rstor)|(ld|st)mxcsr)")]
    private static partial Regex X64FloatingPointPattern();

    /// <summary>Symbols of branch targets, and comments.</summary>
    [GeneratedRegex(@"<[^>]*>|(//|#).*$")]
    private static partial Regex CommentPattern();
}
