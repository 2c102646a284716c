// setvar: the physical address of a region for a variable of the PD's program.

namespace Pride.Description.Sdf;

internal static class SetVarElement
{
    public static void Read(SdfElement element, Pd pd)
    {
        element.Expect(["symbol", "region_paddr"], []);
        string? symbol = element.RequiredText("symbol");
        MemoryRegion? region = element.Context.Lookup(element.Context.Regions, element.RequiredText("region_paddr"), "memory_region", element.Origin);
        if (symbol is not null && region is not null)
        {
            pd.Add(new PdVariable(symbol, VariableKind.RegionAddress, 0, region, element.Origin));
        }
    }
}
