// Kernel events: a PD has one thread, so nobody ever waits for one; making, setting and closing them does nothing.

using System.IO;
using System.Runtime.InteropServices;
using System.Threading;
using Pride.Machine;

namespace Pride.Runtime.Plugs;

/// <summary>Events that nobody waits for (CoreLib's timer queue makes one).</summary>
[Plug(typeof(EventWaitHandle))]
internal static class EventWaitHandlePlugs
{
    [PlugMethod("CreateEventCore", AnySignature = true)]
    public static void CreateEventCore()
    {
    }

    [PlugMethod("Set", AnySignature = true)]
    public static bool Set() => true;

    [PlugMethod("Reset", AnySignature = true)]
    public static bool Reset() => true;
}

/// <summary>There is no handle to close.</summary>
[Plug(typeof(SafeHandle))]
internal static class SafeHandlePlugs
{
    [PlugMethod("InternalRelease", AnySignature = true)]
    public static void InternalRelease()
    {
    }
}

/// <summary>Messages that CoreCLR takes from its native resources.</summary>
[Plug(typeof(FileLoadException))]
internal static class FileLoadExceptionPlugs
{
    public static string FormatFileLoadExceptionMessage(string? fileName, int hResult) =>
        fileName == null ? "a file cannot be loaded" : "cannot load " + fileName;
}
