// Turns the raw addresses that a guest prints into C# lines.
//
// A frame is a line "   at 0x<address>" (Pride.Runtime.StackWalk, Pride.Microkit.FaultReport). All PDs are linked at the same
// address, so the last "backtrace of 'NAME' build ID" decides which program is asked: the PD's in the image's folder, or, when the
// log is of another build, one among the compiled programs that has this build id. With neither, addresses stay as they are
// and the line says so: a wrong line is worse than none. Addresses in the kernel's half are the kernel's.

using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Pride.Image.Elf;

namespace Pride.Tool.Emulation;

/// <summary>Symbolizes the text of one system.</summary>
/// <param name="folder">The image's folder: `name.elf` for each PD, `kernel.elf`.</param>
/// <param name="programs">Where programs of other builds are looked for by their build ids; null: nowhere.</param>
public sealed partial class Symbolizer(string folder, string? programs = null)
{
    // Digits of a build id that the guest prints: its first eight bytes.
    private const int BuildIdDigits = 16;

    private const ulong KernelHalf = 0xffff_0000_0000_0000;

    private readonly Dictionary<(string Program, ulong Address), string> _known = [];
    private readonly Dictionary<string, string> _buildIds = [];
    private string? _program;
    private bool _nextIsExact;

    /// <summary>For the output of one program, which does not name itself: a hosted one.</summary>
    public static Symbolizer OfProgram(string program) => new(Path.GetDirectoryName(Path.GetFullPath(program))!) { _program = program };

    /// <summary>The line with what its addresses mean; lines without addresses come back as they are.</summary>
    public string Line(string line) => line + Addition(line);

    /// <summary>What <see cref="Line"/> puts behind <paramref name="line"/>, which is the next one of the log.</summary>
    public string Addition(string line)
    {
        if (FaultIn().IsMatch(line))
        {
            _nextIsExact = true;
        }
        else if (BacktraceOf().Match(line) is { Success: true } named)
        {
            _program = ProgramOf(named.Groups["name"].Value, named.Groups["id"].Value);
            return _program is null ? "  (no program here has this build id: build the sources that the log is of)" : string.Empty;
        }

        Match frame = Frame().Match(line);
        if (!frame.Success
            || !ulong.TryParse(frame.Groups["address"].Value, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong address))
        {
            return string.Empty;
        }

        // Frames are return addresses, so the call is the instruction before; but a fault's first frame is the instruction itself.
        ulong instruction = _nextIsExact ? address : address - 1;
        _nextIsExact = false;
        string meaning = Lookup(address >= KernelHalf ? Path.Combine(folder, "kernel.elf") : _program, instruction);
        return meaning.Length == 0 ? string.Empty : $"  {meaning}";
    }

    /// <summary>"Method in file:line" for an address of the ELF file <paramref name="program"/>, or empty when nothing is known.</summary>
    private string Lookup(string? program, ulong address)
    {
        if (program is null || !File.Exists(program))
        {
            return string.Empty;
        }

        if (!_known.TryGetValue((program, address), out string? meaning))
        {
            ProcessResult result = Processes.Run("llvm-symbolizer-19", ["--obj=" + program, "--output-style=GNU", "--functions=linkage", $"0x{address:x}"]);
            string[] lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            meaning = result.ExitCode != 0 || lines.Length < 2 || lines[0] == "??" || lines[0].StartsWith("__", StringComparison.Ordinal)
                ? string.Empty
                : string.Join(" <- ", lines.Chunk(2).Where(c => c.Length == 2).Select(c => HasLine(c[1]) ? $"{c[0]} in {Relative(c[1])}" : c[0]));
            _known[(program, address)] = meaning;
        }

        return meaning;
    }

    private string? ProgramOf(string name, string buildId)
    {
        string own = Path.Combine(folder, name + ".elf");
        if (name.AsSpan().IndexOfAny('/', '\\') < 0 && File.Exists(own) && BuildIdOf(own) == buildId)
        {
            return own;
        }

        return programs is not null && Directory.Exists(programs)
            ? Directory.EnumerateFiles(programs, "*.elf").FirstOrDefault(file => BuildIdOf(file) == buildId)
            : null;
    }

    private string BuildIdOf(string file)
    {
        if (!_buildIds.TryGetValue(file, out string? id))
        {
            string digits = Convert.ToHexStringLower(ElfFile.Load(file).BuildId.Span);
            id = digits.Length >= BuildIdDigits ? digits[..BuildIdDigits] : string.Empty;
            _buildIds[file] = id;
        }

        return id;
    }

    // Line 0 is code that the compiler added: nothing of it stands in a source file.
    private static bool HasLine(string place) => !place.EndsWith(":0", StringComparison.Ordinal) && !place.EndsWith('?');

    private static string Relative(string place)
    {
        string here = Directory.GetCurrentDirectory() + Path.DirectorySeparatorChar;
        return place.StartsWith(here, StringComparison.Ordinal) ? place[here.Length..] : place;
    }

    [GeneratedRegex(@"^\s+at 0x(?<address>[0-9a-fA-F]{4,16})\s*$")]
    private static partial Regex Frame();

    [GeneratedRegex(@"fault in '[^']+'")]
    private static partial Regex FaultIn();

    [GeneratedRegex(@"backtrace of '(?<name>[^']+)' build (?<id>[0-9a-f]{16})")]
    private static partial Regex BacktraceOf();
}
