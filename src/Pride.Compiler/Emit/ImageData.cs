// The data of the image: static fields, string literals, RVA data, method tables, type objects, compile-time objects.
//
// Symbols are handed out as soon as code mentions something; contents are written when the world is complete.

using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Mono.Cecil;
using Pride.Compiler.Metadata;
using Pride.Compiler.Reachability;

namespace Pride.Compiler.Emit;

/// <summary>A static field that the image builder patches.</summary>
internal sealed record PatchedSymbol(string Symbol, TypeDesc Type, string Section);

/// <summary>All data of one image.</summary>
internal sealed partial class ImageData(World world)
{
    public const string PatchedSection = ".pride.patched";

    public const string PatchedAttribute = "Pride.Machine.PatchedAttribute";

    private readonly Dictionary<string, string> _strings = [];
    private readonly Dictionary<FieldDesc, string> _statics = [];
    private readonly List<FieldDesc> _staticOrder = [];
    private readonly Dictionary<FieldDefinition, string> _rva = [];
    private readonly Dictionary<string, PatchedSymbol> _patched = [];
    private readonly List<Blob> _blobs = [];
    private readonly HashSet<string> _names = [];
    private readonly HashSet<string> _defined = [];

    /// <summary>Symbols for the image builder, in order of discovery.</summary>
    public IEnumerable<PatchedSymbol> Patched => _patched.Values;

    /// <summary>Symbols that this class defines, without '@' (externs of these names need no declaration).</summary>
    public bool Defines(string symbol) => _defined.Contains(symbol) || _patched.ContainsKey(symbol);

    /// <summary>A string object in read-only data; equal literals are one object.</summary>
    public string StringLiteral(string text, Function? cause)
    {
        if (!_strings.TryGetValue(text, out string? symbol))
        {
            world.Construct(world.Types.String, cause);
            symbol = string.Create(CultureInfo.InvariantCulture, $"@\"string.{_strings.Count}\"");
            _strings.Add(text, symbol);
            Blob blob = new(TypeLayout.AlignUp(12 + ((text.Length + 1) * 2), 8), 8) { Symbol = symbol, IsReadOnly = true };
            blob.WritePointer(0, MethodTable(world.Types.String, cause));
            blob.Write32(8, (uint)text.Length);
            for (int i = 0; i < text.Length; i++)
            {
                BitConverter.TryWriteBytes(blob.Bytes.AsSpan(12 + (2 * i)), text[i]);
            }

            _blobs.Add(blob);
        }

        return symbol;
    }

    /// <summary>The global of a static field.</summary>
    public string StaticField(FieldDesc field, Function? cause)
    {
        if (_statics.TryGetValue(field, out string? symbol))
        {
            return symbol;
        }

        if (field.Definition.RVA != 0)
        {
            return RvaData(field);
        }

        if (Attributes.Find(field.Definition, PatchedAttribute) is { } patched)
        {
            return PatchedField((string)patched.ConstructorArguments[0].Value, field.Type, PatchedSection);
        }

        if (field.Definition.HasConstant)
        {
            throw new CompilationException(CompilationError.Unsupported, $"literal field {field} is used as a variable\n{world.ChainTo(cause)}");
        }

        symbol = "@" + World.Quote(UniqueName(field.ToString()));
        _statics.Add(field, symbol);
        _staticOrder.Add(field);
        return symbol;
    }

    /// <summary>A word that is filled after linking: in read-only memory, and unknown to the optimiser.</summary>
    public string PatchedField(string symbol, TypeDesc type, string section)
    {
        if (!_patched.TryGetValue(symbol, out PatchedSymbol? known))
        {
            _patched.Add(symbol, new PatchedSymbol(symbol, type, section));
        }
        else if (known.Type.VariableSize < type.VariableSize)
        {
            _patched[symbol] = new PatchedSymbol(symbol, type, section);
        }

        return "@" + World.Quote(symbol);
    }

    /// <summary>The bytes behind a field with an RVA (array initialisers, UTF-8 literals).</summary>
    public string RvaData(FieldDesc field)
    {
        if (!_rva.TryGetValue(field.Definition, out string? symbol))
        {
            byte[] bytes = field.Definition.InitialValue;
            symbol = string.Create(CultureInfo.InvariantCulture, $"@\"data.{_rva.Count}\"");
            _rva.Add(field.Definition, symbol);
            Blob blob = new(bytes.Length, 8) { Symbol = symbol, IsReadOnly = true };
            bytes.CopyTo(blob.Bytes, 0);
            _blobs.Add(blob);
        }

        return symbol;
    }

    /// <summary>Adds data made elsewhere; gives it a symbol if it has none.</summary>
    public string Add(Blob blob, string prefix)
    {
        if (blob.Symbol == null)
        {
            blob.Symbol = "@" + World.Quote(UniqueName(prefix));
            _blobs.Add(blob);
        }

        return blob.Symbol;
    }

    /// <summary>Writes everything. Vtables must have been laid out.</summary>
    public void WriteTo(StringBuilder output)
    {
        WriteMethodTables();
        WriteStaticRoots();
        foreach (FieldDesc field in _staticOrder)
        {
            WriteStatic(output, field);
        }

        foreach (PatchedSymbol patched in _patched.Values)
        {
            output.Append(
                CultureInfo.InvariantCulture,
                $"@{World.Quote(patched.Symbol)} = externally_initialized constant {world.Llvm.Memory(patched.Type)} zeroinitializer, section \"{patched.Section}\", align {int.Max(8, patched.Type.VariableAlignment)}\n");
        }

        for (int i = 0; i < _blobs.Count; i++)
        {
            Blob blob = _blobs[i];
            string kind = blob.IsReadOnly ? "constant" : "global";
            string linkage = _defined.Contains(blob.Symbol!.Trim('@', '"')) ? "" : "internal ";
            output.Append(CultureInfo.InvariantCulture, $"{blob.Symbol} = {linkage}{kind} {blob.Constant(NameOf)}, align {blob.Alignment}\n");
        }
    }

    private string NameOf(Blob blob) => Add(blob, "object");

    private void WriteStatic(StringBuilder output, FieldDesc field)
    {
        string content = world.Statics.InitialValue(field) is { } blob ? blob.Constant(NameOf) : $"{world.Llvm.Memory(field.Type)} zeroinitializer";
        string kind = world.Statics.IsFrozen(field) ? "constant" : "global";
        output.Append(CultureInfo.InvariantCulture, $"{_statics[field]} = internal {kind} {content}, align {int.Max(1, field.Type.VariableAlignment)}\n");
    }

    private string UniqueName(string name)
    {
        string unique = name;
        for (int i = 1; !_names.Add(unique); i++)
        {
            unique = string.Create(CultureInfo.InvariantCulture, $"{name}~{i}");
        }

        return unique;
    }

    // What the collector starts from: the address of every reference in a static field, and compile-time objects that can hold references.
    private void WriteStaticRoots()
    {
        if (world.Profile == CompilationProfile.Kernel)
        {
            return;
        }

        PointerTable slots = new();
        foreach (FieldDesc field in _staticOrder)
        {
            if (field.Type.IsReference)
            {
                slots.Set(slots.Count * Target.PointerSize, new DataPointer(_statics[field], null, 0));
            }
            else if (field.Type.IsStruct)
            {
                foreach (int offset in field.Type.Layout.ReferenceOffsets)
                {
                    slots.Set(slots.Count * Target.PointerSize, new DataPointer(_statics[field], null, offset));
                }
            }
        }

        WriteTable("pride_static_slots", slots);
        PointerTable objects = new();
        foreach (Blob blob in world.Statics.Objects.Concat(world.ProtectionDomainObjects))
        {
            objects.Set(objects.Count * Target.PointerSize, new DataPointer(null, blob, 0));
        }

        WriteTable("pride_static_objects", objects);
    }

    private void WriteTable(string name, PointerTable pointers)
    {
        Blob table = new(int.Max(1, pointers.Count) * Target.PointerSize, 8, pointers) { Symbol = $"@\"{name}\"", IsReadOnly = true };
        Blob count = new(8, 8) { Symbol = $"@\"{name}_count\"", IsReadOnly = true };
        count.Write64(0, (ulong)pointers.Count);
        _blobs.Add(table);
        _blobs.Add(count);
        _defined.Add(name);
        _defined.Add(name + "_count");
    }
}
