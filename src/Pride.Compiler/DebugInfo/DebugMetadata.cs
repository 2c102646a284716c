// DWARF from portable PDBs: for each method with sequence points a subprogram, for each instruction its line.
//
// LLVM wants a location on every call in a function that has a subprogram, so an instruction without a sequence point of
// its own gets the one before it. CoreLib has no PDB here; its functions are known by their symbols alone.

using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;
using Mono.Cecil.Cil;
using Pride.Compiler.Metadata;
using Pride.Compiler.Reachability;

namespace Pride.Compiler.DebugInfo;

/// <summary>The debug metadata of one module.</summary>
internal sealed class DebugMetadata
{
    private const int FirstNumber = 16;
    private const int CompileUnit = 3;
    private const int MainFile = 4;
    private const int SubroutineType = 5;

    private readonly StringBuilder _nodes = new();
    private readonly Dictionary<string, int> _files = [];
    private int _next = FirstNumber;

    public DebugMetadata(string mainFile)
    {
        _nodes.Append(
            CultureInfo.InvariantCulture,
            $"!llvm.dbg.cu = !{{!{CompileUnit}}}\n!llvm.module.flags = !{{!6, !7}}\n!6 = !{{i32 7, !\"Dwarf Version\", i32 4}}\n!7 = !{{i32 2, !\"Debug Info Version\", i32 3}}\n");
        _nodes.Append(
            CultureInfo.InvariantCulture,
            $"!{CompileUnit} = distinct !DICompileUnit(language: DW_LANG_C99, file: !{MainFile}, producer: \"Pride\", isOptimized: true, runtimeVersion: 0, emissionKind: FullDebug)\n");
        _nodes.Append(CultureInfo.InvariantCulture, $"!{MainFile} = {FileNode(mainFile)}\n");
        _nodes.Append(CultureInfo.InvariantCulture, $"!{SubroutineType} = !DISubroutineType(types: !{{}})\n");
    }

    /// <summary>The lines of a function; null when its method has none.</summary>
    public MethodLines? LinesOf(Function function)
    {
        MethodDesc method = function.Method!;
        MethodDebugInformation information = method.Definition.DebugInformation;
        if (!information.HasSequencePoints)
        {
            return null;
        }

        SequencePoint first = information.SequencePoints[0];
        foreach (SequencePoint point in information.SequencePoints)
        {
            if (!point.IsHidden)
            {
                first = point;
                break;
            }
        }

        if (first.IsHidden)
        {
            return null;
        }

        int file = File(first.Document.Url);
        function.DebugScope = _next++;
        string name = MetadataString(method.FullName);
        _nodes.Append(
            CultureInfo.InvariantCulture,
            $"!{function.DebugScope} = distinct !DISubprogram(name: {name}, linkageName: {MetadataString(function.Symbol)}, scope: !{file}, file: !{file}, line: {first.StartLine}, type: !{SubroutineType}, scopeLine: {first.StartLine}, spFlags: DISPFlagDefinition | DISPFlagOptimized, unit: !{CompileUnit})\n");
        return new MethodLines(this, function.DebugScope, information, first);
    }

    public int Location(int line, int column, int scope)
    {
        int number = _next++;
        _nodes.Append(CultureInfo.InvariantCulture, $"!{number} = !DILocation(line: {line}, column: {column}, scope: !{scope})\n");
        return number;
    }

    public void WriteTo(StringBuilder output) => output.Append(_nodes);

    private int File(string path)
    {
        if (!_files.TryGetValue(path, out int number))
        {
            number = _next++;
            _files.Add(path, number);
            _nodes.Append(CultureInfo.InvariantCulture, $"!{number} = {FileNode(path)}\n");
        }

        return number;
    }

    private static string FileNode(string path) =>
        $"!DIFile(filename: {MetadataString(Path.GetFileName(path))}, directory: {MetadataString(Path.GetDirectoryName(path) ?? "")})";

    private static string MetadataString(string text) => World.Quote(text);
}

/// <summary>Which line each instruction of a method belongs to.</summary>
internal sealed class MethodLines(DebugMetadata metadata, int scope, MethodDebugInformation information, SequencePoint first)
{
    private readonly Dictionary<(int Line, int Column), string> _locations = [];

    /// <summary>", !dbg !n" for the instruction at an IL offset.</summary>
    public string LocationAt(int offset)
    {
        SequencePoint best = PointAt(offset);
        if (!_locations.TryGetValue((best.StartLine, best.StartColumn), out string? location))
        {
            location = string.Create(CultureInfo.InvariantCulture, $", !dbg !{metadata.Location(best.StartLine, best.StartColumn, scope)}");
            _locations.Add((best.StartLine, best.StartColumn), location);
        }

        return location;
    }

    /// <summary>"file:line" of the instruction at an IL offset.</summary>
    public string PlaceAt(int offset)
    {
        SequencePoint point = PointAt(offset);
        return string.Create(CultureInfo.InvariantCulture, $"{point.Document.Url}:{point.StartLine}");
    }

    private SequencePoint PointAt(int offset)
    {
        SequencePoint best = first;
        foreach (SequencePoint point in information.SequencePoints)
        {
            if (point.Offset > offset)
            {
                break;
            }

            if (!point.IsHidden)
            {
                best = point;
            }
        }

        return best;
    }
}
