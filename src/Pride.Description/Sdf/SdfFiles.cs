// Finds the files that a system description names: the current folder first, then the search paths in their order, as Microkit's tool does.

using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Pride.Description.Sdf;

/// <summary>Where program images and prefill files are looked for.</summary>
/// <param name="Folders">Folders, the most important first.</param>
public sealed record SdfFiles(IReadOnlyList<string> Folders)
{
    /// <summary>The whole path of <paramref name="name"/>, or null.</summary>
    public string? Find(string name) => Folders.Select(f => Path.GetFullPath(Path.Combine(f, name))).FirstOrDefault(File.Exists);
}
