// cspace: caps to other PDs' objects.

using System.Collections.Generic;
using System.Linq;

namespace Pride.Description.Sdf;

internal static class CSpaceElement
{
    private static readonly Dictionary<string, SharedCapKind> s_kinds = new()
    {
        ["cap_tcb"] = SharedCapKind.Thread,
        ["cap_sc"] = SharedCapKind.SchedulingContext,
        ["cap_vspace"] = SharedCapKind.AddressSpace,
    };

    /// <summary>The element for a cap of this kind.</summary>
    public static string NameOf(SharedCapKind kind) => s_kinds.First(k => k.Value == kind).Key;

    public static void Read(SdfElement element, Pd pd)
    {
        element.Expect([], [.. s_kinds.Keys]);
        foreach (SdfElement cap in element.Children())
        {
            if (s_kinds.TryGetValue(cap.Name, out SharedCapKind kind))
            {
                cap.Expect(["slot", "pd"], []);
                string? name = cap.RequiredText("pd");
                int slot = cap.RequiredId("slot");
                cap.Context.WhenPdsAreKnown(() => Add(cap, pd, kind, slot, name));
            }
        }
    }

    private static void Add(SdfElement cap, Pd pd, SharedCapKind kind, int slot, string? name)
    {
        if (cap.Context.Lookup(cap.Context.Pds, name, "protection_domain", cap.Origin) is { } other)
        {
            pd.Add(new SharedCap(slot, kind, other) { Origin = cap.Origin });
        }
    }
}
