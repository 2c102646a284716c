// System.Environment, time and randomness over the PD's sources.

using System;
using System.Diagnostics;
using Pride.Machine;
using Pride.Runtime.Time;

namespace Pride.Runtime.Plugs;

[Plug(typeof(Environment))]
internal static class EnvironmentPlugs
{
    [PlugMethod(".cctor")]
    public static void StaticConstructor()
    {
    }

    [PlugMethod("get_ProcessId")]
    public static int ProcessId() => 1;

    [PlugMethod("get_ProcessorCount")]
    public static int ProcessorCount() => 1;

    [PlugMethod("get_IsSingleProcessor")]
    public static bool IsSingleProcessor() => true;

    [PlugMethod("get_CurrentManagedThreadId")]
    public static int CurrentManagedThreadId() => 1;

    [PlugMethod("get_TickCount64")]
    public static long TickCount64() => Clock.Milliseconds;

    [PlugMethod("get_TickCount")]
    public static int TickCount() => (int)Clock.Milliseconds;

    [PlugMethod("get_HasShutdownStarted")]
    public static bool HasShutdownStarted() => false;

    [PlugMethod("get_StackTrace")]
    public static string StackTrace()
    {
        Span<ulong> addresses = stackalloc ulong[StackWalk.MaximumFrames];
        return StackWalk.ToText(addresses[..StackWalk.Capture(StackWalk.FramePointer(), addresses)]);
    }

    public static string? GetEnvironmentVariable(string variable) => null;

    public static string? GetEnvironmentVariableCore_NoArrayPool(string variable) => null;

    public static string[] GetCommandLineArgs() => Startup.CommandLine();

    public static void Exit(int exitCode) => Startup.Exit(exitCode);

    public static void FailFast(string? message)
    {
        if (message != null)
        {
            DebugConsole.Write(message);
            DebugConsole.Write("\n");
        }

        Abandonment.Abandon("FailFast");
    }

    public static void FailFast(string? message, Exception? exception) => FailFast(message);
}

/// <summary>No code is made at run time: whoever could emit IL (Regex, expressions) interprets instead.</summary>
[Plug(typeof(System.Runtime.CompilerServices.RuntimeFeature))]
internal static class RuntimeFeaturePlugs
{
    [PlugMethod("get_IsDynamicCodeSupported")]
    public static bool IsDynamicCodeSupported() => false;

    [PlugMethod("get_IsDynamicCodeCompiled")]
    public static bool IsDynamicCodeCompiled() => false;
}

[Plug(typeof(Stopwatch))]
internal static class StopwatchPlugs
{
    public static long GetTimestamp() => Clock.Nanoseconds;
}

[Plug(typeof(DateTime))]
internal static class DateTimePlugs
{
    [PlugMethod("get_UtcNow")]
    public static DateTime UtcNow() => new(DateTime.UnixEpoch.Ticks + (Clock.WallNanoseconds / 100), DateTimeKind.Utc);

    [PlugMethod("get_Now")]
    public static DateTime Now() => new(UtcNow().Ticks, DateTimeKind.Local);
}

[Plug("Interop")]
internal static unsafe class InteropPlugs
{
    public static void GetRandomBytes(byte* buffer, int length) => Entropy.Fill(new Span<byte>(buffer, length));

    public static void GetCryptographicallySecureRandomBytes(byte* buffer, int length) => Entropy.Fill(new Span<byte>(buffer, length));
}

[Plug("System.Marvin")]
internal static class MarvinPlugs
{
    public static ulong GenerateSeed() => Entropy.NextWord();
}

/// <summary>Scopes of IPv6 addresses that are written as names: no interface has one.</summary>
[Plug("System.Net.NetworkInformation.InterfaceInfoPal", Assembly = "System.Net.Primitives")]
internal static class InterfaceInfoPlugs
{
    public static uint InterfaceNameToIndex<TChar>(ReadOnlySpan<TChar> interfaceName) => 0;
}

/// <summary>The system's words and places, for a program that has none under it.</summary>
[Plug("Interop/Sys", Assembly = "System.Private.CoreLib")]
internal static class SystemInteropPlugs
{
    public static string GetCwd() => "/";

    public static string StrError(int platformErrno) => "error " + platformErrno.ToString();
}

/// <summary>Errors of sockets that the parser of addresses names, without a system that numbers them otherwise.</summary>
[Plug("Interop/Sys", Assembly = "System.Net.Primitives")]
internal static class NetErrorPlugs
{
    [PlugMethod("ConvertErrorPalToPlatform", AnySignature = true)]
    public static int ConvertErrorPalToPlatform(int error) => error;
}

/// <summary>Documents come as text or streams: there is nothing to open by name.</summary>
[Plug("System.Xml.XmlTextReaderImpl", Assembly = "System.Private.Xml")]
internal static class XmlReaderPlugs
{
    [PlugMethod("OpenUrl", AnySignature = true)]
    public static void OpenUrl() => throw new NotSupportedException("XML is read from text and streams: a PD has no file system of the host");
}
