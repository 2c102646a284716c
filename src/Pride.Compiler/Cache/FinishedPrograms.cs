// Finished programs by content: what clang and the linker made of the same IR with the same options is not made again.
//
// Assemblies change as a whole when one class in them does; the IR of the programs that do not use that class stays the same.
// So after a change in one driver the others cost their front end alone.

using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;

namespace Pride.Compiler.Cache;

/// <summary>A folder of ELF files and manifests, named by the hash of all that they are made of.</summary>
public sealed class FinishedPrograms(string folder)
{
    /// <summary>Which build of the compiler this is: the same for its IL and for the code compiled ahead from that IL, so that tests and tool share what they finish.</summary>
    public static string CompilerIdentity => typeof(FinishedPrograms).Module.ModuleVersionId.ToString("N");

    /// <summary>A key from all that the back end reads.</summary>
    /// <param name="request">Options, assembly sources, linker script.</param>
    /// <param name="entryType">What the manifest names as the entry.</param>
    /// <param name="irPath">The file with the whole module.</param>
    public static string KeyOf(CompilationRequest request, string entryType, string irPath)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        string options = string.Create(
            CultureInfo.InvariantCulture,
            $"{entryType}|{request.Architecture}|{request.Hosted}|{request.Profile}|{request.OptimizationLevel}|{request.DebugInformation}|{request.LinkerScript != null}|{CompilerIdentity}");
        hash.AppendData(Encoding.UTF8.GetBytes(options));
        foreach ((string name, long value) in request.Constants.OrderBy(c => c.Key, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"|{name}={value}")));
        }

        foreach (string path in request.AssemblySources.Concat(request.LinkerScript is { } script ? [script] : []).Prepend(irPath))
        {
            using FileStream file = File.OpenRead(path);
            hash.AppendData(SHA256.HashData(file));
        }

        return "ir-" + Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Where the program of <paramref name="key"/> lies; false when it is not known.</summary>
    public bool TryFind(string key, out string elf, out string manifest)
    {
        elf = Path.Combine(folder, key + ".elf");
        manifest = Path.Combine(folder, key + ".json");
        return File.Exists(elf) && File.Exists(manifest);
    }

    /// <summary>Copies the program of <paramref name="key"/> to the two paths; false when it is not known.</summary>
    public bool TryTake(string key, string elf, string manifest)
    {
        if (!TryFind(key, out string keptElf, out string keptManifest))
        {
            return false;
        }

        File.Copy(keptElf, elf, overwrite: true);
        File.Copy(keptManifest, manifest, overwrite: true);
        return true;
    }

    /// <summary>Keeps a finished program.</summary>
    public void Keep(string key, string elf, string manifest)
    {
        Directory.CreateDirectory(folder);
        TryFind(key, out string keptElf, out string keptManifest);
        KeepFile(manifest, keptManifest);
        KeepFile(elf, keptElf);
    }

    // By way of a name of its own, so that another process never sees half a file.
    private static void KeepFile(string from, string to)
    {
        string temporary = $"{to}.{Environment.ProcessId}.{Guid.NewGuid():N}";
        File.Copy(from, temporary);
        File.Move(temporary, to, overwrite: true);
    }
}
