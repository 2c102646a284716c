// System.Exception: traces are raw addresses (ExceptionSupport). Messages are the framework's own: the compiler puts the
// texts of those that are reachable into the image.

using System;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Text;
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

    // Not by a virtual call: every ToString of the image would be a possible target of it.
    public static string GetClassName(Exception self) => RuntimeTypePlugs.ToString(self.GetType());

    // The framework's own would bring composite formatting into every image that can end with an exception.
    [PlugMethod("get_Message")]
    public static string Message(Exception self) => MessageField(self) ?? string.Concat("Exception of type '", GetClassName(self), "' was thrown.");

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
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_message")]
    private static extern ref string? MessageField(Exception exception);

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

    public static string Format(string resourceFormat, object? p1) => Fill(resourceFormat, [p1]);

    public static string Format(string resourceFormat, object? p1, object? p2) => Fill(resourceFormat, [p1, p2]);

    public static string Format(string resourceFormat, object? p1, object? p2, object? p3) => Fill(resourceFormat, [p1, p2, p3]);

    // The framework's own is composite formatting, which would bring the formatting of every number, date and enum into every image that
    // can end with an exception. Its texts ask for the values alone, or for a number's format.
    [NotAPlug]
    private static string Fill(string text, ReadOnlySpan<object?> values)
    {
        StringBuilder filled = new();
        int at = 0;
        while (at < text.Length)
        {
            char unit = text[at++];
            if (unit is not ('{' or '}') || at == text.Length)
            {
                filled.Append(unit);
            }
            else if (text[at] == unit)
            {
                filled.Append(unit);
                at++;
            }
            else
            {
                int end = text.IndexOf('}', at);
                object? value = values[text[at] - '0'];
                filled.Append(value is int number && text[at + 1] == ':' ? number.ToString(text[(at + 2)..end], CultureInfo.InvariantCulture) : value?.ToString());
                at = end + 1;
            }
        }

        return filled.ToString();
    }
}
