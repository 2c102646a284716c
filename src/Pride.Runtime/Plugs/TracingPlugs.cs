// Event tracing is not there: the sources are never made and never enabled, so what they would trace is not in the image.

using System.Diagnostics.Tracing;
using Pride.Machine;

namespace Pride.Runtime.Plugs;

[Plug(typeof(EventSource))]
internal static class EventSourcePlugs
{
    [PlugMethod("get_IsSupported")]
    public static bool IsSupported() => false;

    public static bool IsEnabled(EventSource? self) => false;

    public static bool IsEnabled(EventSource? self, EventLevel level, EventKeywords keywords) => false;

    public static bool IsEnabled(EventSource? self, EventLevel level, EventKeywords keywords, EventChannel channel) => false;

    public static nint ObjectIDForEvents(object o) => 0;
}

[Plug("System.Threading.Tasks.TplEventSource")]
internal static class TplEventSourcePlugs
{
    [PlugMethod(".cctor")]
    public static void StaticConstructor()
    {
    }
}
