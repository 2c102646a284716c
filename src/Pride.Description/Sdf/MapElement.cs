// map: a memory region in the address space of a PD or of a virtual machine.

using System.Linq;

namespace Pride.Description.Sdf;

internal static class MapElement
{
    private static readonly string[] s_attributes = ["mr", "vaddr", "perms", "cached"];
    private static readonly string[] s_variables = ["setvar_vaddr", "setvar_size", "setvar_prefill_size"];

    /// <summary>Reads a mapping; null when it names no region. A virtual machine has no program, so no variables.</summary>
    public static Mapping? Read(SdfElement element, bool mayHaveVariables)
    {
        element.Expect(mayHaveVariables ? [.. s_attributes, .. s_variables] : s_attributes, []);
        MemoryRegion? region = element.Context.Lookup(element.Context.Regions, element.RequiredText("mr"), "memory_region", element.Origin);
        ulong address = element.RequiredNumber("vaddr");
        Permissions permissions = ReadPermissions(element, mayExecute: true);
        Caching caching = element.Flag("cached", true) ? Caching.Cached : Caching.Device;
        return region is null ? null : new Mapping(region, address, permissions, caching)
        {
            AddressVariable = element.Symbol("setvar_vaddr"),
            SizeVariable = element.Symbol("setvar_size"),
            PrefillSizeVariable = element.Symbol("setvar_prefill_size"),
            Origin = element.Origin,
        };
    }

    /// <summary>The letters of <c>perms</c>; read and write when it is missing.</summary>
    public static Permissions ReadPermissions(SdfElement element, bool mayExecute)
    {
        if (element.Text("perms") is not { } text)
        {
            return Permissions.ReadWrite;
        }

        string letters = mayExecute ? "rwx" : "rw";
        if (text.Length == 0 || text.Any(c => !letters.Contains(c)))
        {
            element.Problem("sdf-perms", $"perms=\"{text}\" is not made of the letters '{letters}'", $"write some of '{letters}', at least one");
            return Permissions.Read;
        }

        return (text.Contains('r') ? Permissions.Read : Permissions.None)
            | (text.Contains('w') ? Permissions.Write : Permissions.None)
            | (text.Contains('x') ? Permissions.Execute : Permissions.None);
    }
}
