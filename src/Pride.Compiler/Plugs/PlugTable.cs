// Plugs: C# methods that replace methods of CoreLib (and others) in guests.
//
// They bind to internal names of one pinned CoreLib, so everything is checked: the target type must exist, the method
// with its whole signature and return type too, and no two plugs may match one method. Plugs of a named assembly are checked when a program
// reaches that assembly.

using System.Collections.Generic;
using System.Linq;
using Mono.Cecil;
using Pride.Compiler.Metadata;
using Pride.Compiler.Reachability;

namespace Pride.Compiler.Plugs;

/// <summary>The plugs of all loaded assemblies.</summary>
internal sealed class PlugTable
{
    private const string PlugAttribute = "Pride.Machine.PlugAttribute";
    private const string PlugMethodAttribute = "Pride.Machine.PlugMethodAttribute";
    private const string NotAPlugAttribute = "Pride.Machine.NotAPlugAttribute";
    private const string MachineAssembly = "Pride.Machine";

    private readonly World _world;
    private readonly Dictionary<MethodDefinition, MethodDefinition> _plugs = [];

    // Plug classes whose target may stand in any assembly (SR), and the assemblies that were searched for it.
    private readonly List<(string TargetName, TypeDefinition PlugType)> _everywhere = [];
    private readonly HashSet<ModuleDefinition> _searched = [];

    // Plugs of one assembly, until a method of it is asked for: opening assemblies that a program does not use takes time.
    private readonly Dictionary<string, List<(CustomAttribute Attribute, TypeDefinition PlugType)>> _waiting = [];

    public PlugTable(World world)
    {
        _world = world;
        foreach (AssemblyDefinition assembly in PlugAssemblies())
        {
            foreach (TypeDefinition type in assembly.MainModule.GetTypes())
            {
                AddType(type);
            }
        }
    }

    /// <summary>Number of methods that are replaced.</summary>
    public int Count => _plugs.Count;

    /// <summary>The plug for a method, or the method itself.</summary>
    public MethodDesc Replace(MethodDesc method)
    {
        if (_searched.Add(method.Definition.Module))
        {
            AddModule(method.Definition.Module);
        }

        if (!_plugs.TryGetValue(method.Definition, out MethodDefinition? plug))
        {
            return method;
        }

        // Generic parameters of the target: those of its type, then its own; the plug's class or method may carry them.
        TypeDesc[] arguments = [.. method.Owner.Arguments, .. method.Arguments];
        int classParameters = plug.DeclaringType.GenericParameters.Count;
        TypeDesc owner = _world.Types.Instance(plug.DeclaringType, arguments[..classParameters]);
        return _world.Types.Method(owner, plug, arguments[classParameters..]);
    }

    public bool IsPlugged(MethodDesc method) => _plugs.ContainsKey(method.Definition);

    // An assembly that is reached only now may have a type of a name that some plug class replaces everywhere.
    private void AddModule(ModuleDefinition module)
    {
        if (_waiting.Remove(module.Assembly.Name.Name, out List<(CustomAttribute Attribute, TypeDefinition PlugType)>? waiting))
        {
            foreach ((CustomAttribute attribute, TypeDefinition plugType) in waiting)
            {
                AddPlugs(attribute, plugType);
            }
        }

        foreach ((string name, TypeDefinition plugType) in _everywhere)
        {
            if (module.GetType(name) is { } target)
            {
                foreach (MethodDefinition plug in PlugsOf(plugType))
                {
                    AddMethod(plug, [target], mustMatch: false);
                }
            }
        }
    }

    private static IEnumerable<MethodDefinition> PlugsOf(TypeDefinition type) =>
        type.Methods.Where(m => m.IsStatic && m.Name != ".cctor" && !Attributes.Has(m, NotAPlugAttribute) && !m.Name.Contains('<'));

    // Only assemblies that use Pride.Machine can have plugs.
    private IEnumerable<AssemblyDefinition> PlugAssemblies()
    {
        Queue<AssemblyDefinition> queue = new([_world.Types.Assemblies.Entry]);
        HashSet<string> seen = [_world.Types.Assemblies.Entry.Name.Name];

        // The C# compiler drops a reference that the program's own code never uses.
        if (_world.Profile != CompilationProfile.Kernel && _world.Types.Assemblies.Contains(World.RuntimeAssembly) && seen.Add(World.RuntimeAssembly))
        {
            queue.Enqueue(_world.Types.Assemblies.Load(World.RuntimeAssembly));
        }

        while (queue.TryDequeue(out AssemblyDefinition? assembly))
        {
            if (assembly.MainModule.AssemblyReferences.Any(r => r.Name == MachineAssembly) || assembly.Name.Name == MachineAssembly)
            {
                yield return assembly;
            }

            foreach (AssemblyNameReference reference in assembly.MainModule.AssemblyReferences)
            {
                bool isFramework = reference.Name.StartsWith("System", System.StringComparison.Ordinal) || reference.Name is "mscorlib" or "netstandard";
                if (!isFramework && seen.Add(reference.Name))
                {
                    queue.Enqueue(_world.Types.Assemblies.Load(reference.Name));
                }
            }
        }
    }

    private void AddType(TypeDefinition type)
    {
        if (!type.HasCustomAttributes)
        {
            return;
        }

        foreach (CustomAttribute attribute in type.CustomAttributes.Where(a => a.AttributeType.FullName == PlugAttribute))
        {
            if (Attributes.Property(attribute, "Assembly") is string assembly)
            {
                if (!_waiting.TryGetValue(assembly, out List<(CustomAttribute Attribute, TypeDefinition PlugType)>? waiting))
                {
                    _waiting.Add(assembly, waiting = []);
                }

                waiting.Add((attribute, type));
                continue;
            }

            AddPlugs(attribute, type);
            if (attribute.ConstructorArguments[0].Value is string name)
            {
                _everywhere.Add((name, type));
            }
        }
    }

    private void AddPlugs(CustomAttribute attribute, TypeDefinition type)
    {
        List<TypeDefinition> targets = Targets(attribute, type);
        foreach (MethodDefinition plug in PlugsOf(type))
        {
            AddMethod(plug, targets, mustMatch: true);
        }
    }

    private List<TypeDefinition> Targets(CustomAttribute attribute, TypeDefinition plugType)
    {
        object argument = attribute.ConstructorArguments[0].Value;
        AssemblySet assemblies = _world.Types.Assemblies;
        if (argument is TypeReference reference)
        {
            return [_world.Types.Definition(reference)];
        }

        string name = (string)argument;
        string? assemblyName = Attributes.Property(attribute, "Assembly") as string;
        IEnumerable<AssemblyDefinition> candidates = assemblyName != null ? [assemblies.Load(assemblyName)] : [assemblies.CoreLib, .. assemblies.Loaded];
        List<TypeDefinition> found = [.. candidates.Distinct().Select(a => a.MainModule.GetType(name)).OfType<TypeDefinition>()];
        return found.Count > 0 ? found
            : throw new CompilationException(CompilationError.BadPlug, $"plug class {plugType.FullName}: there is no type {name}{(assemblyName == null ? "" : " in " + assemblyName)}");
    }

    private void AddMethod(MethodDefinition plug, List<TypeDefinition> targets, bool mustMatch)
    {
        CustomAttribute? named = Attributes.Find(plug, PlugMethodAttribute);
        string name = named != null ? (string)named.ConstructorArguments[0].Value : plug.Name;
        bool anySignature = named != null && Attributes.Property(named, "AnySignature") is true;
        int matches = 0;
        foreach (TypeDefinition target in targets)
        {
            foreach (MethodDefinition candidate in target.Methods.Where(m => m.Name == name && (anySignature || Matches(plug, m))))
            {
                matches++;
                if (_plugs.TryGetValue(candidate, out MethodDefinition? other) && other != plug)
                {
                    throw new CompilationException(CompilationError.BadPlug, $"{candidate.FullName} has two plugs: {other.FullName} and {plug.FullName}");
                }

                _plugs[candidate] = plug;
            }
        }

        if (matches == 0 && mustMatch)
        {
            string candidates = string.Join("", targets.SelectMany(t => t.Methods).Where(m => m.Name == name).Select(m => $"\n  there is {m.FullName}"));
            throw new CompilationException(CompilationError.BadPlug, $"plug {plug.FullName} matches no method {name} of {targets[0].FullName}{candidates}");
        }
    }

    // Compared by name: the plug's generic parameters are !0, !!0... as the target's are, wherever they stand.
    private static bool Matches(MethodDefinition plug, MethodDefinition target)
    {
        List<string> expected = [.. target.Parameters.Select(p => Normalise(p.ParameterType, target))];
        if (target.HasThis)
        {
            string self = target.DeclaringType.HasGenericParameters
                ? Normalise(SelfInstance(target.DeclaringType), target)
                : Normalise(target.DeclaringType, target);
            expected.Insert(0, target.DeclaringType.IsValueType ? self + "&" : self);
        }

        List<string> actual = [.. plug.Parameters.Select(p => Normalise(p.ParameterType, plug))];
        bool sameReturn = Normalise(plug.ReturnType, plug) == Normalise(target.ReturnType, target);
        bool sameRest = actual.Count == expected.Count && actual.Zip(expected).All(pair => pair.First == pair.Second || IsLooseThis(pair, actual, target));
        return sameReturn && sameRest;
    }

    // A private CoreLib type cannot be named by a plug; it says object for it.
    private static bool IsLooseThis((string First, string Second) pair, List<string> actual, MethodDefinition target) =>
        target.HasThis && ReferenceEquals(pair.First, actual[0]) && pair.First is "System.Object" or "System.Byte&" && !target.DeclaringType.IsPublic;

    private static GenericInstanceType SelfInstance(TypeDefinition type)
    {
        GenericInstanceType instance = new(type);
        foreach (GenericParameter parameter in type.GenericParameters)
        {
            instance.GenericArguments.Add(parameter);
        }

        return instance;
    }

    private static string Normalise(TypeReference type, MethodDefinition method) => type switch
    {
        GenericParameter p => "#" + (p.Type == GenericParameterType.Type ? p.Position : p.Position + method.DeclaringType.GenericParameters.Count),
        GenericInstanceType g => g.ElementType.FullName + "<" + string.Join(",", g.GenericArguments.Select(a => Normalise(a, method))) + ">",
        ByReferenceType r => Normalise(r.ElementType, method) + "&",
        PointerType p => Normalise(p.ElementType, method) + "*",
        ArrayType a => Normalise(a.ElementType, method) + (a.IsVector ? "[]" : $"[{a.Rank}]"),
        IModifierType m => Normalise(m.ElementType, method),
        _ => type.FullName,
    };
}
