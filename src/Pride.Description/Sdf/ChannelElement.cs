// channel and its two end elements.

using System.Collections.Generic;
using System.Linq;

namespace Pride.Description.Sdf;

internal static class ChannelElement
{
    public static void Read(SdfElement element)
    {
        element.Expect([], ["end"]);
        List<SdfElement> ends = [.. element.Children("end")];
        if (ends.Count != 2)
        {
            element.Problem("channel-ends", $"the channel has {ends.Count} ends", "give it exactly two");
            return;
        }

        ChannelEnd? first = ReadEnd(ends[0]);
        ChannelEnd? second = ReadEnd(ends[1]);
        if (first is not null && second is not null)
        {
            first.Pd.Add(first);
            second.Pd.Add(second);
            element.Context.System.Connect(first, second);
        }
    }

    private static ChannelEnd? ReadEnd(SdfElement element)
    {
        element.Expect(["pd", "id", "pp", "notify", "setvar_id"], []);
        Pd? pd = element.Context.Lookup(element.Context.Pds, element.RequiredText("pd"), "protection_domain", element.Origin);
        int id = element.RequiredId("id");
        bool notify = element.Flag("notify", true);
        bool call = element.Flag("pp", false);
        return pd is null ? null : new ChannelEnd(pd, id, notify, call) { IdVariable = element.Symbol("setvar_id"), Origin = element.Origin };
    }
}
