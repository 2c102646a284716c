// The manifest next to the ELF: what the image builder must know about a PD and cannot read from the ELF itself.

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Serialization;
using Pride.Compiler.Emit;
using Pride.Compiler.Reachability;
using Pride.Compiler.Reports;

namespace Pride.Compiler.Link;

/// <summary>A symbol that the image builder may write: its name, type, size in bytes and ELF section.</summary>
public sealed record ManifestSymbol(string Symbol, string Type, int Size, string Section);

/// <summary>A wired field of the PD class. For a Config&lt;T&gt;, Type is T and Section its section; otherwise Section is that of patched words.</summary>
public sealed record ManifestField(string Name, string Type, string Symbol, int Size, bool IsConfiguration, string Section);

/// <summary>The contents of the manifest. WorstCaseStack, in bytes, is null when recursion or a stackalloc of variable size leaves it open.</summary>
public sealed record Manifest(
    string Profile,
    string EntryType,
    string Architecture,
    bool UsesFloatingPoint,
    string BuildId,
    long? WorstCaseStack,
    StackReport Stack,
    IReadOnlyList<ManifestField> Wired,
    IReadOnlyList<ManifestSymbol> Patched)
{
    /// <summary>Reads a manifest.</summary>
    public static Manifest Read(string path) =>
        JsonSerializer.Deserialize(File.ReadAllText(path), ManifestContext.Default.Manifest)
            ?? throw new InvalidDataException($"{path} is not a manifest");

    internal static void Write(string path, CompilationRequest request, World world, EntryPoint entry, string elf, StackReport stack)
    {
        HashSet<string> present = [.. ElfFile.Read(elf).Symbols().Select(s => s.Name)];
        Manifest manifest = new(
            world.Profile.ToString(),
            EntryTypeOf(request, entry),
            request.Architecture.ToString(),
            world.AllowsFloatingPoint,
            ElfFile.Read(elf).BuildId(),
            stack.IsExact ? stack.Bytes : null,
            stack,
            [.. entry.Wired.Select(Describe)],
            [.. world.Data.Patched.Where(p => present.Contains(p.Symbol)).Select(p => new ManifestSymbol(p.Symbol, p.Type.FullName, p.Type.VariableSize, p.Section))]);
        File.WriteAllText(path, JsonSerializer.Serialize(manifest, ManifestContext.Default.Manifest));
    }

    internal static string EntryTypeOf(CompilationRequest request, EntryPoint entry) =>
        entry.ProtectionDomain?.FullName ?? entry.Main?.FullName ?? Path.GetFileNameWithoutExtension(request.EntryAssembly);

    private static ManifestField Describe(WiredField wired)
    {
        Metadata.TypeDesc type = wired.ConfigurationType ?? wired.Field.Type;
        return new ManifestField(
            wired.Field.Name, type.FullName, wired.Symbol, type.VariableSize, wired.ConfigurationType != null, wired.Section ?? ImageData.PatchedSection);
    }
}

/// <summary>JSON by source generation.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Manifest))]
internal sealed partial class ManifestContext : JsonSerializerContext;
