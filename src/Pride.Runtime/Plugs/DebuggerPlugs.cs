// No managed debugger is ever attached; failed assertions of CoreLib end the PD.

using System.Diagnostics;
using Pride.Machine;

namespace Pride.Runtime.Plugs;

[Plug(typeof(Debugger))]
internal static class DebuggerPlugs
{
    [PlugMethod("get_IsAttached")]
    public static bool IsAttached() => false;

    public static bool IsLogging() => false;

    public static void Break()
    {
    }

    public static void NotifyOfCrossThreadDependency()
    {
    }
}

[Plug(typeof(Debug))]
internal static class DebugPlugs
{
    public static void Fail(string? message, string? detailMessage) => Abandonment.Abandon(message ?? "assertion failed");
}
