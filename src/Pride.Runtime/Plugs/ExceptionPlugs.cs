// System.Exception: traces are raw addresses (ExceptionSupport). Messages are the framework's own: the compiler puts the
// texts of those that are reachable into the image.

using System;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Pride.Machine;

namespace Pride.Runtime.Plugs;

[Plug(typeof(Exception))]
internal static class ExceptionPlugs
{
    [PlugMethod("get_StackTrace")]
    public static string? StackTrace(Exception self) => ExceptionSupport.TraceOf(self);

    public static string? GetStackTrace(Exception self) => ExceptionSupport.TraceOf(self);

    public static void SetCurrentStackTrace(Exception self)
    {
    }

    public static void SetRemoteStackTrace(Exception self, string stackTrace)
    {
    }

    // What was set; there is no assembly's name to stand in for it.
    [PlugMethod("get_Source")]
    public static string? Source(Exception self) => SourceField(self);

    [PlugMethod("get_HasBeenThrown")]
    public static bool HasBeenThrown(Exception self) => false;

    [PlugMethod("RestoreDispatchState", AnySignature = true)]
    public static void RestoreDispatchState(Exception self)
    {
    }

    [PlugMethod("CaptureDispatchState", AnySignature = true)]
    public static void CaptureDispatchState(Exception self)
    {
    }

    // ExceptionMessageKind: ThreadAbort 1, ThreadInterrupted 2, OutOfMemory 3; a PD meets the last one alone.
    [PlugMethod("GetMessageFromNativeResources", AnySignature = true)]
    public static string GetMessageFromNativeResources(int kind) => "Insufficient memory to continue the execution of the program.";

    public static bool IsImmutableAgileException(Exception e) => false;

    public static string GetClassName(Exception self) => self.GetType().ToString();

    public static string ToString(Exception self)
    {
        string text = GetClassName(self);
        string message = self.Message;
        if (!string.IsNullOrEmpty(message))
        {
            text = string.Concat(text, ": ", message);
        }

        if (self.InnerException is { } inner)
        {
            text = string.Concat(text, "\n ---> ", inner.ToString(), "\n   --- End of inner exception stack trace ---");
        }

        return ExceptionSupport.TraceOf(self) is { } trace ? string.Concat(text, "\n", trace) : text;
    }

    [NotAPlug]
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_source")]
    private static extern ref string? SourceField(Exception exception);
}

[Plug(typeof(ExceptionDispatchInfo))]
internal static class ExceptionDispatchInfoPlugs
{
    public static void Throw(ExceptionDispatchInfo self) => Throw(self.SourceException);

    public static void Throw(Exception source)
    {
        ExceptionSupport.ContinueTrace();
        throw source;
    }
}

// A key that the compiler sees is replaced by its text; one that is made at run time (from an error number) stands for itself.
[Plug("System.SR")]
internal static class ResourcePlugs
{
    public static string GetResourceString(string resourceKey) => resourceKey;

    public static bool UsingResourceKeys() => false;
}
