// No managed debugger is ever attached; failed assertions end the PD.

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

    [PlugMethod("Log", AnySignature = true)]
    public static void Log()
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

/// <summary>What Debug and Trace write goes to a debugger or to the system's log; there is neither.</summary>
[Plug("System.Diagnostics.DebugProvider")]
internal static class DebugProviderPlugs
{
    [PlugMethod("WriteCore", AnySignature = true)]
    public static void WriteCore()
    {
    }
}

/// <summary>The listener that Trace has unless a program adds its own.</summary>
[Plug("System.Diagnostics.DefaultTraceListener", Assembly = "System.Diagnostics.TraceSource")]
internal static class DefaultTraceListenerPlugs
{
    [PlugMethod("WriteToLogFile", AnySignature = true)]
    public static void WriteToLogFile()
    {
    }

    [PlugMethod("Fail", AnySignature = true)]
    public static void Fail(object self, string? message) => Abandonment.Abandon(message ?? "assertion failed");
}
