// DWARF from portable PDBs: for each method with sequence points a subprogram, for each instruction its line and block, for each
// argument and local a variable (types are in DebugTypes).
//
// LLVM wants a location on every call in a function that has a subprogram, so an instruction without a sequence point of
// its own gets the one before it. CoreLib has no PDB here; its functions are known by their symbols alone.

using System;
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
    private DebugTypes? _types;

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

    public DebugTypes Types => _types ??= new DebugTypes(this);

    /// <summary>Lines and variables of a function; null when its method has none.</summary>
    public MethodDebug? Of(Function function)
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
        return new MethodDebug(this, function.DebugScope, file, information, first);
    }

    /// <summary>
    /// Gives a function of the compiler's own a place in the debug information, at no line: what LLVM inlines into a function without one
    /// would lose its lines. Returns what stands behind each of its instructions.
    /// </summary>
    public string Artificial(Function function)
    {
        function.DebugScope = _next++;
        _nodes.Append(
            CultureInfo.InvariantCulture,
            $"!{function.DebugScope} = distinct !DISubprogram(name: {MetadataString(function.Symbol)}, scope: !{MainFile}, file: !{MainFile}, type: !{SubroutineType}, flags: DIFlagArtificial, spFlags: DISPFlagDefinition | DISPFlagOptimized, unit: !{CompileUnit})\n");
        return string.Create(CultureInfo.InvariantCulture, $", !dbg !{Location(0, 0, function.DebugScope)}");
    }

    public int Location(int line, int column, int scope) => Node($"!DILocation(line: {line}, column: {column}, scope: !{scope})");

    /// <summary>A block inside a method, with variables of its own.</summary>
    public int Block(int scope, int file, int line, int column) =>
        Node($"distinct !DILexicalBlock(scope: !{scope}, file: !{file}, line: {line}, column: {column})");

    /// <summary>A variable; arguments are numbered from 1, locals are 0.</summary>
    public int Variable(string name, int argument, int scope, int file, int line, TypeDesc type)
    {
        string position = argument == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"arg: {argument}, ");
        return Node($"!DILocalVariable(name: {MetadataString(name)}, {position}scope: !{scope}, file: !{file}, line: {line}, type: !{Types.Of(type)})");
    }

    /// <summary>Adds a node and returns its number.</summary>
    public int Node(FormattableString content)
    {
        int number = Reserve();
        Write(number, content);
        return number;
    }

    /// <summary>A number for a node that is written later.</summary>
    public int Reserve() => _next++;

    public void Write(int number, FormattableString content) =>
        _nodes.Append(CultureInfo.InvariantCulture, $"!{number} = ").Append(content.ToString(CultureInfo.InvariantCulture)).Append('\n');

    /// <summary>Writes everything; no node is added afterwards.</summary>
    public void WriteTo(StringBuilder output)
    {
        Types.Complete();
        output.Append(_nodes);
    }

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

    public static string MetadataString(string text) => World.Quote(text);
}
