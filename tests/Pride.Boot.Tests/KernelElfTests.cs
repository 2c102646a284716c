// The kernel's program, looked at as a file: how large it is, that it keeps its hands off floating-point registers, and that no branch of it can be trained.

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

    /// <summary>x86-64's instructions are longer where they reach into structures, its interrupt vectors are code, and boot reads the firmware's tables and starts from EFI.</summary>
    private const ulong LargestX64Text = 64 * 1024;

    [Theory]
    [MemberData(nameof(Checkout.Boards), MemberType = typeof(Checkout))]
    public void Only_the_two_routines_that_switch_it_touch_floating_point_state(string board)
    {
        HashSet<string> users = FunctionsWith(board, RiscVFloatingPointPattern(), X64FloatingPointPattern(), FloatingPointPattern());
        Assert.Equal(["pride_fpu_load", "pride_fpu_save"], users.Order(StringComparer.Ordinal));
    }

    // An indirect branch is one that a PD could train the processor to take elsewhere. The ones left step from physical to virtual addresses, and call EFI.
    [Theory]
    [InlineData(Checkout.Board, new[] { "at_el1" })]
    [InlineData(Checkout.RiscVBoard, new string[0])]
    [InlineData(Checkout.X64Board, new[] { "long_mode", "pride_image_start" })]
    public void After_boot_it_branches_to_no_address_in_a_register(string board, string[] steps)
    {
        HashSet<string> users = FunctionsWith(board, RiscVIndirectPattern(), X64IndirectPattern(), IndirectPattern());
        Assert.Equal(steps, users.Order(StringComparer.Ordinal));
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

    // The functions in which an instruction matches the architecture's pattern.
    private static HashSet<string> FunctionsWith(string board, Regex riscV, Regex x64, Regex arm)
    {
        Regex pattern = board switch
        {
            Checkout.RiscVBoard => riscV,
            Checkout.X64Board => x64,
            _ => arm,
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
        return users;
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

    /// <summary>BR and BLR; RET is a return.</summary>
    [GeneratedRegex(@":\s+bl?r\s")]
    private static partial Regex IndirectPattern();

    /// <summary>Jumps and calls by a register; by ra: a return.</summary>
    [GeneratedRegex(@":\s+(c\.)?j(al)?r\s+(?!ra$)")]
    private static partial Regex RiscVIndirectPattern();

    /// <summary>Jumps and calls by a register or memory.</summary>
    [GeneratedRegex(@":\s+(jmp|call)q?\s+\*")]
    private static partial Regex X64IndirectPattern();

    /// <summary>Symbols of branch targets, and comments.</summary>
    [GeneratedRegex(@"<[^>]*>|(//|#).*$")]
    private static partial Regex CommentPattern();
}
