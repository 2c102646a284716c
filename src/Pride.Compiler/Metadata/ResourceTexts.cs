// The texts behind the resource keys of an assembly (its SR class), read from what is embedded in it.

using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Resources;
using Mono.Cecil;

namespace Pride.Compiler.Metadata;

/// <summary>Text by key, for each module that is asked.</summary>
internal sealed class ResourceTexts
{
    // CoreLib's own resources are named otherwise than those of the other assemblies.
    private static readonly string[] s_suffixes = [".SR.resources", ".Strings.resources"];

    private readonly Dictionary<ModuleDefinition, Dictionary<string, string>> _texts = [];

    /// <summary>The text; null when the module has none for that key.</summary>
    public string? Find(ModuleDefinition module, string key)
    {
        if (!_texts.TryGetValue(module, out Dictionary<string, string>? texts))
        {
            texts = Read(module);
            _texts.Add(module, texts);
        }

        return texts.GetValueOrDefault(key);
    }

    private static bool IsTexts(EmbeddedResource resource) =>
        s_suffixes.Any(s => resource.Name.EndsWith(s, System.StringComparison.Ordinal));

    private static Dictionary<string, string> Read(ModuleDefinition module)
    {
        Dictionary<string, string> texts = [];
        foreach (EmbeddedResource resource in module.Resources.OfType<EmbeddedResource>().Where(IsTexts))
        {
            using ResourceReader reader = new(resource.GetResourceStream());
            foreach (DictionaryEntry entry in reader)
            {
                if (entry.Value is string text)
                {
                    texts[(string)entry.Key] = text;
                }
            }
        }

        return texts;
    }
}
