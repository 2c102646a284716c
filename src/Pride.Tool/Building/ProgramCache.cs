// Compiled programs by content: what an ELF file depends on is hashed, and a program whose hash is known is not compiled again.
//
// A program depends on its entry assembly, on every assembly that this one reaches, on its assembly sources and linker
// script, on the options and on the compiler. CoreLib is pinned by the compiler's own build.

using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Security.Cryptography;
using System.Text;
using Pride.Compiler;
using Pride.Compiler.Cache;

namespace Pride.Tool.Building;

/// <summary>The folder of compiled programs.</summary>
internal sealed class ProgramCache(string folder)
{
    /// <summary>The program for <paramref name="request"/>: from the cache, or compiled and kept.</summary>
    public CompilationResult Get(CompilationRequest request, Func<CompilationRequest, CompilationResult> compile)
    {
        FinishedPrograms programs = new(folder);
        string key = KeyOf(request);
        if (programs.TryFind(key, out string elf, out string manifest))
        {
            return new CompilationResult { ElfPath = elf, ManifestPath = manifest, FromCache = true };
        }

        CompilationResult result = compile(request);
        programs.Keep(key, result.ElfPath, result.ManifestPath);
        return result;
    }

    /// <summary>SHA-256 over everything the program depends on, in hexadecimal.</summary>
    internal static string KeyOf(CompilationRequest request)
    {
        StringBuilder key = new();
        key.Append(request.ProtectionDomain).Append('|').Append(request.Architecture).Append('|').Append(request.Profile).Append('|')
            .Append(request.OptimizationLevel).Append('|').Append(request.KeepAsserts).Append('|').Append(request.KeepVariables).Append('|').Append(request.DebugInformation).Append('|')
            .Append(request.OptimizesForSize).Append('|').Append(FinishedPrograms.CompilerIdentity).Append('\n');
        foreach ((string name, long value) in request.Constants.OrderBy(c => c.Key, StringComparer.Ordinal))
        {
            key.Append(name).Append('=').Append(value.ToString(CultureInfo.InvariantCulture)).Append('\n');
        }

        IEnumerable<string> files = Closure(request).Concat(request.AssemblySources);
        if (request.LinkerScript is { } script)
        {
            files = files.Append(script);
        }

        foreach (string file in files)
        {
            key.Append(Path.GetFileName(file)).Append(' ').Append(Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))).Append('\n');
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key.ToString())));
    }

    // Assemblies that are not next to the program (CoreLib and its kin) are the compiler's.
    private static SortedSet<string> Closure(CompilationRequest request)
    {
        SortedSet<string> found = new(StringComparer.Ordinal);
        Stack<string> open = new([request.EntryAssembly]);
        while (open.TryPop(out string? path))
        {
            if (!found.Add(path))
            {
                continue;
            }

            using PEReader file = new(File.OpenRead(path));
            MetadataReader metadata = file.GetMetadataReader();
            foreach (AssemblyReferenceHandle handle in metadata.AssemblyReferences)
            {
                string name = metadata.GetString(metadata.GetAssemblyReference(handle).Name) + ".dll";
                string? place = request.References.Append(Path.GetDirectoryName(path)!).Select(r => Path.Combine(r, name)).FirstOrDefault(File.Exists);
                if (place is not null)
                {
                    open.Push(place);
                }
            }
        }

        return found;
    }
}
