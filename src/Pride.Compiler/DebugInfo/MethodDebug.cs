// The debug information of one method: lines, blocks and names by IL offset.

using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Mono.Cecil.Cil;
using Pride.Compiler.Import;
using Pride.Compiler.Metadata;

namespace Pride.Compiler.DebugInfo;

/// <summary>Which line and block each instruction of a method belongs to, and the variables.</summary>
internal sealed class MethodDebug
{
    private readonly DebugMetadata _metadata;
    private readonly int _scope;
    private readonly int _file;
    private readonly SequencePoint _first;
    private readonly SequencePoint[] _points;
    private readonly List<Block> _blocks = [];
    private readonly Dictionary<int, Local> _names = [];
    private readonly Dictionary<string, string> _locations = [];

    private sealed record Block(int Start, int End, int Scope);

    private sealed record Local(string Name, int Scope);

    // Most instructions stand where the one before them does.
    private SequencePoint? _lastPoint;
    private int _lastScope;
    private string _lastLocation = "";

    public MethodDebug(DebugMetadata metadata, int scope, int file, MethodDebugInformation information, SequencePoint first)
    {
        _metadata = metadata;
        _scope = scope;
        _file = file;
        _first = first;
        _points = [.. information.SequencePoints.Where(p => !p.IsHidden)];
        if (information.Scope is { } outermost)
        {
            AddBlock(outermost, scope, isOutermost: true);
        }
    }

    /// <summary>", !dbg !n" for the instruction at an IL offset.</summary>
    public string LocationAt(int offset)
    {
        SequencePoint point = PointAt(offset);
        int scope = BlockAt(offset);
        if (point == _lastPoint && scope == _lastScope)
        {
            return _lastLocation;
        }

        string key = string.Create(CultureInfo.InvariantCulture, $"{point.StartLine},{point.StartColumn},{scope}");
        if (!_locations.TryGetValue(key, out string? location))
        {
            location = string.Create(CultureInfo.InvariantCulture, $", !dbg !{_metadata.Location(point.StartLine, point.StartColumn, scope)}");
            _locations.Add(key, location);
        }

        (_lastPoint, _lastScope, _lastLocation) = (point, scope, location);
        return location;
    }

    /// <summary>"file:line" of the instruction at an IL offset.</summary>
    public string PlaceAt(int offset)
    {
        SequencePoint point = PointAt(offset);
        return string.Create(CultureInfo.InvariantCulture, $"{point.Document.Url}:{point.StartLine}");
    }

    /// <summary>Says where an argument is: in memory at <paramref name="operand"/> ("ptr %m0"), or as that value.</summary>
    public void DeclareArgument(FunctionBuilder output, int index, string name, TypeDesc type, string operand, bool inMemory)
    {
        int variable = _metadata.Variable(name, index + 1, _scope, _file, _first.StartLine, type);
        Declare(output, inMemory, operand, variable, _scope);
    }

    /// <summary>Says where a local is; locals that the C# compiler made have no name and stay unknown.</summary>
    public void DeclareLocal(FunctionBuilder output, int index, TypeDesc type, string address)
    {
        if (_names.TryGetValue(index, out Local? local))
        {
            int variable = _metadata.Variable(local.Name, 0, local.Scope, _file, _first.StartLine, type);
            Declare(output, true, "ptr " + address, variable, local.Scope);
        }
    }

    private void Declare(FunctionBuilder output, bool inMemory, string operand, int variable, int scope)
    {
        int location = _metadata.Location(_first.StartLine, 0, scope);
        output.AtEntry(string.Create(
            CultureInfo.InvariantCulture, $"#dbg_{(inMemory ? "declare" : "value")}({operand}, !{variable}, !DIExpression(), !{location})"));
    }

    private void AddBlock(ScopeDebugInformation block, int parent, bool isOutermost)
    {
        int scope = parent;
        if (!isOutermost && block.HasVariables)
        {
            SequencePoint start = PointAt(block.Start.Offset);
            scope = _metadata.Block(parent, _file, start.StartLine, start.StartColumn);

            // Outer blocks come first in the list, so the last that fits is the innermost.
            _blocks.Add(new Block(block.Start.Offset, block.End.IsEndOfMethod ? int.MaxValue : block.End.Offset, scope));
        }

        foreach (VariableDebugInformation variable in block.Variables.Where(v => !v.IsDebuggerHidden))
        {
            _names[variable.Index] = new Local(variable.Name, scope);
        }

        foreach (ScopeDebugInformation inner in block.Scopes)
        {
            AddBlock(inner, scope, isOutermost: false);
        }
    }

    private int BlockAt(int offset)
    {
        for (int i = _blocks.Count - 1; i >= 0; i--)
        {
            if (offset >= _blocks[i].Start && offset < _blocks[i].End)
            {
                return _blocks[i].Scope;
            }
        }

        return _scope;
    }

    private SequencePoint PointAt(int offset)
    {
        int low = 0;
        int high = _points.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_points[middle].Offset <= offset)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low == 0 ? _first : _points[low - 1];
    }
}
