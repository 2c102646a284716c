// What the framework offers and a PD cannot have: refused where the program's own code calls it, with what to use instead.
//
// The framework's own calls of these are not refused: most are only reachable on paper (a virtual call that could reach
// them), and those that are really needed fail as missing methods.

using System;
using System.Linq;
using Mono.Cecil;
using Pride.Compiler.Import;
using Pride.Compiler.Metadata;
using Pride.Compiler.Reachability;

namespace Pride.Compiler.Profiles;

/// <summary>The table of refused types and methods.</summary>
internal static class Refusals
{
    private const string GeneratedCodeAttribute = "System.CodeDom.Compiler.GeneratedCodeAttribute";
    private const string JsonSerializerType = "System.Text.Json.JsonSerializer";
    private const string RequiresReflection = "System.Diagnostics.CodeAnalysis.RequiresUnreferencedCodeAttribute";
    private const string NoContract = "types of a compiled image have no members to look up: declare a JsonSerializerContext with [JsonSerializable], and give its JsonTypeInfo";
    private const string OneThread = "a PD has one thread: await what takes long, or give the work a PD of its own";
    private const string NoNewCode = "code cannot be made at run time: use a source generator, a delegate or an interface";
    private const string NoMembers = "types of a compiled image have names and kinds but no members to look up: use a source generator, an interface or a delegate";
    private const string NoTypeArgument = "what a Type stands for is not known when the program is compiled: use the generic method, or a delegate that makes it";
    private const string NoOpenSsl = "there is no OpenSSL under a PD: hashes, HMACs, HKDF and PBKDF2 are there, other algorithms have to be managed code";
    private const string NoTrace = "a trace is kept as addresses: print Exception.StackTrace or Environment.StackTrace, and `pride symbolize` names the methods and lines";
    private const string NoKernelEvents = "a PD has one thread, so no kernel object wakes it: use SemaphoreSlim, TaskCompletionSource or a channel";
    private const string NoMarshalling = "there is no native code to marshal to: use sizeof, Unsafe, MemoryMarshal and function pointers";
    private const string NoFiles = "there is no file system of the host: use Pride.Fs.FileSystemClient, or embed the data in the PD";
    private const string NoSockets = "there is no network stack of the host: use Pride.Net.NetworkStack";

    /// <summary>Type names (with a dot at the end: namespaces), the methods that are meant (none: all), and the advice.</summary>
    private static readonly (string Type, string[] Methods, string Advice)[] s_refused =
    [
        ("System.Threading.Thread", [".ctor", "Start", "Join", "Interrupt", "UnsafeStart"], OneThread),
        ("System.Threading.Tasks.Parallel", [], OneThread),
        ("System.Threading.Barrier", [], OneThread),
        ("System.Threading.ThreadPool", ["SetMinThreads", "SetMaxThreads", "RegisterWaitForSingleObject"], OneThread),
        ("System.Threading.Mutex", [], OneThread),
        ("System.Threading.EventWaitHandle", [], NoKernelEvents),
        ("System.Threading.AutoResetEvent", [], NoKernelEvents),
        ("System.Threading.ManualResetEvent", [], NoKernelEvents),
        ("System.Threading.Semaphore", [], NoKernelEvents),
        ("System.Threading.WaitHandle", ["WaitOne", "WaitAny", "WaitAll", "SignalAndWait"], NoKernelEvents),
        ("System.AppDomain", [], "a program is one PD: what nobody catches ends it, and its parent's Fault is told"),
        ("Microsoft.CSharp.RuntimeBinder.", [], "what `dynamic` means is found out at run time by looking at members: give the variable its type"),
        ("System.Reflection.Emit.", [], NoNewCode),
        ("System.Linq.Expressions.", [], NoNewCode),
        ("System.Reflection.Assembly", [], NoMembers),
        ("System.Type", ["GetMethod", "GetMethods", "GetProperty", "GetProperties", "GetField", "GetFields", "GetConstructor", "GetConstructors", "GetMembers", "GetMember", "GetType", "MakeGenericType", "InvokeMember",
            "GetGenericArguments", "get_GenericTypeArguments", "GetGenericTypeDefinition", "GetInterfaces", "GetInterface", "GetNestedTypes", "GetNestedType", "GetEvents", "GetEvent"], NoMembers),
        ("System.Reflection.CustomAttributeExtensions", [], NoMembers),
        ("System.Reflection.MemberInfo", ["GetCustomAttributes", "IsDefined", "get_CustomAttributes"], NoMembers),
        ("System.Reflection.MethodBase", [], NoMembers),
        ("System.Attribute", ["GetCustomAttribute", "GetCustomAttributes", "IsDefined"], NoMembers),
        ("System.Delegate", ["DynamicInvoke", "get_Method", "CreateDelegate"], NoMembers),
        ("System.ComponentModel.TypeDescriptor", [], NoMembers),
        ("System.Exception", ["get_TargetSite"], NoTrace),
        ("System.Diagnostics.StackTrace", [], NoTrace),
        ("System.Diagnostics.StackFrame", [], NoTrace),
        ("System.Activator", ["CreateInstance", "CreateInstanceFrom"], NoTypeArgument),
        ("System.Array", ["CreateInstance", "CreateInstanceFromArrayType"], NoTypeArgument),
        ("System.Enum", ["GetValues", "GetValuesAsUnderlyingType"], NoTypeArgument),
        ("System.Runtime.InteropServices.Marshal", ["SizeOf", "OffsetOf", "PtrToStructure", "StructureToPtr", "GetDelegateForFunctionPointer", "GetFunctionPointerForDelegate"], NoMarshalling),
        ("System.Runtime.InteropServices.NativeLibrary", [], NoMarshalling),
        ("System.Runtime.Loader.", [], NoNewCode),
        ("System.IO.File", [], NoFiles),
        ("System.IO.FileInfo", [], NoFiles),
        ("System.IO.FileStream", [], NoFiles),
        ("System.IO.Directory", [], NoFiles),
        ("System.IO.DirectoryInfo", [], NoFiles),
        ("System.IO.FileSystemWatcher", [], NoFiles),
        ("System.Xml.Linq.", [], "documents and elements open files by name: use XmlReader over text or a stream"),
        ("System.IO.Compression.", [], "there is no zlib under a PD: use managed code for it"),
        ("System.IO.Pipes.", [], "PDs talk through channels and queues: see docs/tutorial.md"),
        ("System.Net.Sockets.", [], NoSockets),
        ("System.Net.Http.", [], NoSockets),
        ("System.Net.Security.", [], NoSockets),
        ("System.Net.Dns", [], NoSockets),
        ("System.Security.Cryptography.Aes", [], NoOpenSsl),
        ("System.Security.Cryptography.AesGcm", [], NoOpenSsl),
        ("System.Security.Cryptography.ChaCha20Poly1305", [], NoOpenSsl),
        ("System.Security.Cryptography.RSA", [], NoOpenSsl),
        ("System.Security.Cryptography.ECDsa", [], NoOpenSsl),
        ("System.Security.Cryptography.ECDiffieHellman", [], NoOpenSsl),
        ("System.Security.Cryptography.X509Certificates.", [], NoOpenSsl),
        ("System.TimeZoneInfo", ["FindSystemTimeZoneById", "GetSystemTimeZones", "TryFindSystemTimeZoneById"], "there is no time zone database: local time is UTC, and TimeZoneInfo.CreateCustomTimeZone makes others"),
        ("System.Diagnostics.Process", [], "what runs is decided by the system description: add a PD to it"),
        ("System.Console", ["Read", "ReadLine", "ReadKey", "get_In", "OpenStandardInput", "get_KeyAvailable"], "a PD has no standard input: use Pride.Sddf.SerialClient"),
        ("System.Console", ["OpenStandardOutput", "OpenStandardError", "add_CancelKeyPress", "SetOut", "SetError"], "a PD has a console for text alone: use Console.Out"),
    ];

    /// <summary>Refuses a call that <paramref name="caller"/> makes.</summary>
    /// <exception cref="CompilationException">The callee stands in the table, or is the JSON serializer without a context.</exception>
    public static void Check(World world, MethodDesc callee, StackValue[] arguments, Function caller)
    {
        if (!world.IsFramework(callee) || caller.Method is not { } from || world.IsFramework(from) || IsRuntime(from))
        {
            return;
        }

        string type = TypeNames.MetadataName(callee.Definition.DeclaringType);
        if (type == JsonSerializerType && callee.HasAttribute(RequiresReflection) && arguments.Length > 0 && arguments[^1].IsNull)
        {
            throw new CompilationException(CompilationError.Unsupported, $"{from.Display} calls {callee.Display} without options: {NoContract}\n{world.ChainTo(caller)}");
        }

        foreach ((string name, string[] methods, string advice) in s_refused)
        {
            bool isMeant = name.EndsWith('.') ? type.StartsWith(name, StringComparison.Ordinal) : type == name;

            if (isMeant && (methods.Length == 0 || (methods.Contains(callee.Name) && !IsHarmlessNamesake(callee))) && !IsGenerated(from.Definition.DeclaringType))
            {
                throw new CompilationException(CompilationError.Unsupported, $"{from.Display} calls {callee.Display}: {advice}\n{world.ChainTo(caller)}");
            }
        }
    }

    // Object.GetType() is not Type.GetType(string), and Activator.CreateInstance<T>() and Enum.GetValues<T>() know their type when they are compiled.
    private static bool IsHarmlessNamesake(MethodDesc callee) =>
        callee.Parameters.Length == 0 && (callee.Name is "GetType" or "CreateInstance" or "GetValues" or "GetValuesAsUnderlyingType");

    // Code of the framework's own generators counts as the framework's: the generator of JSON contexts hands out
    // functions that look up attribute providers, and its serializer never calls them.
    private static bool IsGenerated(TypeDefinition? type)
    {
        for (; type != null; type = type.DeclaringType)
        {
            if (Attributes.Find(type, GeneratedCodeAttribute) is { } attribute && attribute.ConstructorArguments[0].Value is string tool && tool.StartsWith("System.", StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsRuntime(MethodDesc method) =>
        method.Definition.Module.Assembly.Name.Name == World.RuntimeAssembly;
}
