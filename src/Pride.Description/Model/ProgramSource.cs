// Where the program of a PD comes from: a C# class that Pride compiles, an ELF file that somebody built, or C files.

using System;
using System.Collections.Generic;
using System.Linq;

namespace Pride.Description;

/// <summary>A program.</summary>
public abstract record ProgramSource
{
    /// <summary>What lists and messages call it.</summary>
    public abstract string Name { get; }

    /// <summary>An ELF file that was linked against libmicrokit, or against <c>src/Pride.Microkit/C</c>.</summary>
    /// <param name="path">Relative paths start at the system's folder.</param>
    public static ElfSource Elf(string path) => new(path);

    /// <summary>C files, which the tool compiles and links with <c>src/Pride.Microkit/C</c>.</summary>
    /// <param name="files">Relative paths start at the system's folder.</param>
    public static CSource C(params IReadOnlyList<string> files) => new(files);
}

/// <summary>A PD class.</summary>
public sealed record ComponentSource(Type Type) : ProgramSource
{
    public override string Name => Type.Name;
}

/// <summary>A finished ELF file.</summary>
/// <param name="Path">The file.</param>
/// <param name="SymbolsPath">The file whose symbol table says what to patch, when <paramref name="Path"/> has been stripped; null: the same.</param>
public sealed record ElfSource(string Path, string? SymbolsPath = null) : ProgramSource
{
    public override string Name => System.IO.Path.GetFileName(Path);
}

/// <summary>C files.</summary>
/// <param name="Files">What to compile.</param>
public sealed record CSource(IReadOnlyList<string> Files) : ProgramSource
{
    public override string Name => string.Join('+', Files);

    /// <summary>Folders for <c>#include</c>, beside Pride's own.</summary>
    public IReadOnlyList<string> IncludeFolders { get; init; } = [];

    /// <summary>More options for clang, such as definitions.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];

    /// <summary>Equal where the same is compiled in the same way: it is then one program of several PDs.</summary>
    public bool Equals(CSource? other) =>
        other is not null && Files.SequenceEqual(other.Files) && IncludeFolders.SequenceEqual(other.IncludeFolders) && Options.SequenceEqual(other.Options);

    public override int GetHashCode() => string.Join('\n', [.. Files, .. IncludeFolders, .. Options]).GetHashCode(StringComparison.Ordinal);
}
