// program_image: the ELF file of a PD.

namespace Pride.Description.Sdf;

internal static class ProgramImageElement
{
    /// <summary>Reads the one program image of the PD <paramref name="pd"/>.</summary>
    public static ElfSource Read(SdfElement pd)
    {
        ElfSource nothing = new(string.Empty);
        if (pd.OnlyChild("program_image") is not { } element)
        {
            pd.Problem("sdf-missing", $"PD '{pd.Text("name")}' has no program_image", "add <program_image path=\"...\"/>");
            return nothing;
        }

        element.Expect(["path", "path_for_symbols"], []);
        string? path = Find(element, "path", element.RequiredText("path"));
        string? symbols = element.Text("path_for_symbols") is null ? null : Find(element, "path_for_symbols", element.RequiredText("path_for_symbols"));
        return path is null ? nothing : new ElfSource(path, symbols);
    }

    private static string? Find(SdfElement element, string attribute, string? name)
    {
        if (name is null)
        {
            return null;
        }

        string? found = element.Context.Files.Find(name);
        if (found is null)
        {
            element.Problem("sdf-file", $"{attribute}=\"{name}\" is in none of the search paths", "build it, or give its folder by --search-path");
        }

        return found;
    }
}
