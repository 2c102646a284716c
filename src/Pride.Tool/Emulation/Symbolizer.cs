// Turns the raw addresses that a guest prints into C# lines.
//
// A frame is a line "   at 0x<address>" (Pride.Runtime.StackWalk, Pride.Microkit.FaultReport). All PDs are linked at the same
// address, so the PD decides which program is asked: the last "fault in 'NAME'" or "backtrace of 'NAME'". Addresses in the
// kernel's half are the kernel's.

using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;

namespace Pride.Tool.Emulation;

/// <summary>Symbolizes the text of one system.</summary>
/// <param name="folder">The image's folder: `name.elf` for each PD, `kernel.elf`.</param>
public sealed partial class Symbolizer(string folder)
{
    private const ulong KernelHalf = 0xffff_0000_0000_0000;

    private readonly Dictionary<(string Program, ulong Address), string> _known = [];
    private string _pd = string.Empty;
    private bool _nextIsExact;

    /// <summary>The line with what its addresses mean; lines without addresses come back as they are.</summary>
    public string Line(string line)
    {
        if (PdName().Match(line) is { Success: true } named)
        {
            _pd = named.Groups["name"].Value;
            _nextIsExact |= named.Groups["fault"].Success;
        }

        Match frame = Frame().Match(line);
        if (!frame.Success
            || !ulong.TryParse(frame.Groups["address"].Value, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong address))
        {
            return line;
        }

        // Frames are return addresses, so the call is the instruction before; but a fault's first frame is the instruction itself.
        ulong instruction = _nextIsExact ? address : address - 1;
        _nextIsExact = false;
        string meaning = Lookup(address >= KernelHalf ? "kernel" : _pd, instruction);
        return meaning.Length == 0 ? line : $"{line}  {meaning}";
    }

    /// <summary>"Method in file:line" for an address of <paramref name="program"/>, or empty when nothing is known.</summary>
    public string Lookup(string program, ulong address)
    {
        string elf = Path.Combine(folder, program + ".elf");
        if (program.Length == 0 || program.AsSpan().IndexOfAny('/', '\\') >= 0 || !File.Exists(elf))
        {
            return string.Empty;
        }

        if (!_known.TryGetValue((program, address), out string? meaning))
        {
            ProcessResult result = Processes.Run("llvm-symbolizer-19", ["--obj=" + elf, "--output-style=GNU", "--functions=linkage", $"0x{address:x}"]);
            string[] lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            meaning = result.ExitCode != 0 || lines.Length < 2 || lines[0] == "??" || lines[0].StartsWith("__", StringComparison.Ordinal)
                ? string.Empty
                : string.Join(" <- ", lines.Chunk(2).Where(c => c.Length == 2).Select(c => $"{c[0]} in {Relative(c[1])}"));
            _known[(program, address)] = meaning;
        }

        return meaning;
    }

    private static string Relative(string place)
    {
        string here = Directory.GetCurrentDirectory() + Path.DirectorySeparatorChar;
        return place.StartsWith(here, StringComparison.Ordinal) ? place[here.Length..] : place;
    }

    [GeneratedRegex(@"^\s+at 0x(?<address>[0-9a-fA-F]{4,16})\s*$")]
    private static partial Regex Frame();

    [GeneratedRegex(@"(?:(?<fault>fault in)|backtrace of) '(?<name>[^']+)'")]
    private static partial Regex PdName();
}
