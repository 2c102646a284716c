// A hash of everything that an ELF depends on: the assemblies, the sources, the options and the compiler itself.

using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;

namespace Pride.Compiler.Cache;

/// <summary>Content addresses.</summary>
internal static class ContentHash
{
    /// <summary>SHA-256 in hexadecimal.</summary>
    public static string Of(CompilationRequest request, IEnumerable<string> files)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        string options = string.Create(
            CultureInfo.InvariantCulture,
            $"{request.ProtectionDomain}|{request.MainType}|{request.Architecture}|{request.Hosted}|{request.Profile}|{request.OptimizationLevel}|{request.KeepAsserts}|{request.DebugInformation}|{request.StressHeap}|{Path.GetFileName(request.EntryAssembly)}");
        hash.AppendData(Encoding.UTF8.GetBytes(options));
        IEnumerable<string> all = files.Append(typeof(ContentHash).Assembly.Location).Concat(request.AssemblySources);
        if (request.LinkerScript != null)
        {
            all = all.Append(request.LinkerScript);
        }

        foreach (string file in all)
        {
            hash.AppendData(SHA256.HashData(File.ReadAllBytes(file)));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
