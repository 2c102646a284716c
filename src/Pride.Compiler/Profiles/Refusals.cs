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
        ("System.Reflection.Emit.", [], NoNewCode),
        ("System.Linq.Expressions.", [], NoNewCode),
        ("System.Reflection.Assembly", [], NoMembers),
        ("System.Type", ["GetMethod", "GetMethods", "GetProperty", "GetProperties", "GetField", "GetFields", "GetConstructor", "GetConstructors", "GetMembers", "GetType", "MakeGenericType", "InvokeMember"], NoMembers),
        ("System.Reflection.CustomAttributeExtensions", [], NoMembers),
        ("System.Runtime.Loader.", [], NoNewCode),
        ("System.IO.File", [], NoFiles),
        ("System.IO.FileInfo", [], NoFiles),
        ("System.IO.FileStream", [], NoFiles),
        ("System.IO.Directory", [], NoFiles),
        ("System.IO.DirectoryInfo", [], NoFiles),
        ("System.IO.FileSystemWatcher", [], NoFiles),
        ("System.IO.Pipes.", [], "PDs talk through channels and queues: see docs/tutorial.md"),
        ("System.Net.Sockets.", [], NoSockets),
        ("System.Net.Http.", [], NoSockets),
        ("System.Net.Security.", [], NoSockets),
        ("System.Net.Dns", [], NoSockets),
        ("System.Diagnostics.Process", [], "what runs is decided by the system description: add a PD to it"),
        ("System.Console", ["Read", "ReadLine", "ReadKey", "get_In", "OpenStandardInput", "get_KeyAvailable"], "a PD has no standard input: use Pride.Sddf.SerialClient"),
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

            // Object.GetType has no parameters; Type.GetType(string) looks a name up.
            if (isMeant && (methods.Length == 0 || methods.Contains(callee.Name)) && !(callee.Name == "GetType" && callee.Parameters.Length == 0)
                && !IsGenerated(from.Definition.DeclaringType))
            {
                throw new CompilationException(CompilationError.Unsupported, $"{from.Display} calls {callee.Display}: {advice}\n{world.ChainTo(caller)}");
            }
        }
    }

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
