// Where the program starts: a PD class, the Main of a hosted program, or the exports of an assembly.

using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Mono.Cecil;
using Pride.Compiler.Emit;
using Pride.Compiler.Import;
using Pride.Compiler.Metadata;
using TypeSystem = Pride.Compiler.Metadata.TypeSystem;

namespace Pride.Compiler.Reachability;

/// <summary>A field of a PD class that the system description fills.</summary>
internal sealed record WiredField(FieldDesc Field, string Symbol, string? ConfigurationSymbol, TypeDesc? ConfigurationType, string? Section);

/// <summary>The roots of a world, and the profile they declare.</summary>
internal sealed class EntryPoint
{
    private const string ProfileAttribute = "Pride.Machine.ProfileAttribute";
    private const string WiredAttribute = "Pride.Machine.WiredAttribute";
    private const string SectionAttribute = "Pride.Machine.ConfigurationSectionAttribute";
    private const string ConfigType = "Pride.Machine.Config`1";
    private const string PdMainType = "Pride.Microkit.PdMain`1";
    private const string ForArchitectureAttribute = "Pride.Machine.ForArchitectureAttribute";
    private const string MainSymbol = "pride_main";

    private EntryPoint(TypeDesc? protectionDomain, MethodDesc? main, CompilationProfile profile, bool floats)
    {
        ProtectionDomain = protectionDomain;
        Main = main;
        Profile = profile;
        AllowsFloatingPoint = floats;
    }

    public TypeDesc? ProtectionDomain { get; }

    public MethodDesc? Main { get; }

    public CompilationProfile Profile { get; }

    public bool AllowsFloatingPoint { get; }

    /// <summary>The PD class asks for small code.</summary>
    public bool OptimizesForSize { get; private init; }

    /// <summary>The PD's fields for the description, valid after <see cref="AddRoots"/>.</summary>
    public List<WiredField> Wired { get; } = [];

    public static EntryPoint Find(CompilationRequest request, TypeSystem types)
    {
        ModuleDefinition module = types.Assemblies.Entry.MainModule;
        if (request.ProtectionDomain is { } name)
        {
            TypeDefinition definition = module.GetType(name) ?? FindElsewhere(types, name)
                ?? throw new CompilationException(CompilationError.BadRequest, $"there is no type {name} in {request.EntryAssembly} or what it references");
            TypeDesc type = types.Instance(definition, []);
            if (request.Hosted && definition.Methods.FirstOrDefault(m => m.IsStatic && m.Name == "Main") is { } program)
            {
                return new EntryPoint(null, types.Method(type, program), CompilationProfile.Managed, true);
            }

            CustomAttribute? attribute = Attributes.Find(definition, ProfileAttribute) ?? Attributes.Find(definition.Module.Assembly, ProfileAttribute);
            CompilationProfile declared = attribute != null ? (CompilationProfile)(int)attribute.ConstructorArguments[0].Value : CompilationProfile.Managed;
            CompilationProfile profile = request.Profile ?? declared;
            bool floats = profile == CompilationProfile.Managed || (attribute != null && Attributes.Property(attribute, "FloatingPoint") is true);
            return new EntryPoint(type, null, profile, floats && profile != CompilationProfile.Kernel)
            {
                OptimizesForSize = attribute != null && Attributes.Property(attribute, "OptimizeForSize") is true,
            };
        }

        if (request.Hosted && MainMethod(request, module) is { } entry)
        {
            return new EntryPoint(null, types.Resolve(entry, GenericContext.Empty), request.Profile ?? CompilationProfile.Managed, true);
        }

        CompilationProfile library = request.Profile ?? CompilationProfile.Kernel;
        return new EntryPoint(null, null, library, library == CompilationProfile.Managed);
    }

    /// <summary>Makes the entry functions reachable.</summary>
    public void AddRoots(World world)
    {
        AddMemoryFunctions(world);
        if (ProtectionDomain == null && Main == null)
        {
            AddExports(world, world.Types.Assemblies.Entry.MainModule);
            return;
        }

        Function main = world.Synthesise(FunctionKind.Main, MainSymbol, MainSymbol, new Signature(world.Llvm, world.Types.Void, []), null);
        FunctionBuilder builder = new();
        main.Body = builder;
        builder.Location = world.Debug?.Artificial(main) ?? "";
        builder.Begin(main.FirstLabel);
        Call(world, main, world.RequireRuntime("Startup", "Begin", 0, main), "");
        if (ProtectionDomain != null)
        {
            WriteProtectionDomain(world, main);
        }
        else
        {
            WriteProgram(world, main);
        }

        builder.Unreachable();
    }

    private static MethodDefinition? MainMethod(CompilationRequest request, ModuleDefinition module)
    {
        if (request.MainType is not { } name)
        {
            return module.EntryPoint;
        }

        return module.GetType(name)?.Methods.FirstOrDefault(m => m is { Name: "Main", IsStatic: true })
            ?? throw new CompilationException(CompilationError.BadRequest, $"there is no type {name} with a static Main in {request.EntryAssembly}");
    }

    private static TypeDefinition? FindElsewhere(TypeSystem types, string name)
    {
        foreach (AssemblyNameReference reference in types.Assemblies.Entry.MainModule.AssemblyReferences)
        {
            if (types.Assemblies.Contains(reference.Name) && types.Assemblies.Load(reference.Name).MainModule.GetType(name) is { } type)
            {
                return type;
            }
        }

        return null;
    }

    private static void AddExports(World world, ModuleDefinition module)
    {
        int count = 0;
        foreach (TypeDefinition type in module.GetTypes().Where(t => !t.HasGenericParameters && IsForTarget(world, t)))
        {
            TypeDesc owner = world.Types.Instance(type, []);
            foreach (MethodDefinition method in type.Methods)
            {
                MethodDesc desc = world.Types.Method(owner, method);
                if (World.ExportName(desc) != null)
                {
                    world.Require(desc, null);
                    count++;
                }
            }
        }

        if (count == 0)
        {
            throw new CompilationException(CompilationError.BadRequest, $"{module.Name} exports nothing: no method has [UnmanagedCallersOnly(EntryPoint = ...)]");
        }
    }

    private static bool IsForTarget(World world, TypeDefinition type) =>
        Attributes.Find(type, ForArchitectureAttribute) is not { } attribute
        || (int)attribute.ConstructorArguments[0].Value == (int)world.Target.Architecture;

    // LLVM calls memcpy and its kin by name, in any function.
    private static void AddMemoryFunctions(World world)
    {
        if (world.Types.Assemblies.Contains("Pride.Runtime"))
        {
            TypeDesc type = world.RuntimeType("MemoryOperations");
            foreach (MethodDefinition method in type.Definition!.Methods)
            {
                MethodDesc desc = world.Types.Method(type, method);
                if (World.ExportName(desc) != null)
                {
                    world.Require(desc, null);
                }
            }
        }
    }

    private static void Call(World world, Function main, Function callee, string arguments, string? result = null)
    {
        FunctionBuilder builder = main.Body!;
        main.AddCallee(callee);
        string call = $"call {callee.Signature.ReturnLlvm} {world.Symbol(callee)}({arguments})";
        builder.Do(result == null ? call : $"{result} = {call}");
        if (!world.UsesExceptions)
        {
            return;
        }

        // An exception that nobody caught ends the program.
        string caught = builder.NewName("u");
        string next = builder.NewName("u");
        string pending = builder.Let("load ptr, ptr @pride_pending");
        builder.Branch(builder.Let($"icmp eq ptr {pending}, null"), next, caught);
        builder.Begin(caught);
        builder.Do("store ptr null, ptr @pride_pending");
        Function unhandled = world.RequireRuntime("Startup", "Unhandled", 1, main);
        main.AddCallee(unhandled);
        builder.Do($"call void {world.Symbol(unhandled)}(ptr {pending})");
        builder.Unreachable();
        builder.Begin(next);
    }

    private void WriteProgram(World world, Function main)
    {
        MethodDesc method = Main!;
        string arguments = "";
        if (method.Parameters.Length == 1)
        {
            Call(world, main, world.RequireRuntime("Startup", "Arguments", 0, main), "", "%arguments");
            arguments = "ptr %arguments";
        }

        bool hasCode = method.ReturnType.Kind == TypeKind.Int32;
        Call(world, main, world.Require(method, main), arguments, hasCode ? "%code" : null);
        Call(world, main, world.RequireRuntime("Startup", "Exit", 1, main), hasCode ? "i32 %code" : "i32 0");
    }

    private void WriteProtectionDomain(World world, Function main)
    {
        TypeDesc type = ProtectionDomain!;
        FunctionBuilder builder = main.Body!;
        world.Construct(type, main);
        Blob instance = new(type.Layout.Size, 16);
        instance.WritePointer(0, world.Data.MethodTable(type, main));
        string symbol = world.Data.Add(instance, "protection domain");
        world.ProtectionDomainObjects.Add(instance);
        for (TypeDesc? level = type; level != null; level = level.BaseType)
        {
            foreach (FieldDesc field in level.InstanceFields.Where(f => Attributes.Has(f.Definition, WiredAttribute)))
            {
                Wire(world, builder, symbol, field);
            }
        }

        MethodDesc constructor = world.Types.Find(type, ".ctor", 0)
            ?? throw new CompilationException(CompilationError.BadRequest, $"PD class {type.FullName} has no constructor without parameters");
        Call(world, main, world.Require(constructor, main), $"ptr {symbol}");
        TypeDesc pdMain = PdMain(world, type);
        MethodDesc run = world.Types.Find(pdMain, "Run", 1)
            ?? throw new CompilationException(CompilationError.BadRequest, $"{pdMain.FullName} has no method Run(pd)");
        Call(world, main, world.Require(run, main), $"ptr {symbol}");
    }

    private static TypeDesc PdMain(World world, TypeDesc type)
    {
        for (TypeDesc? level = type; level != null; level = level.BaseType)
        {
            TypeDefinition? definition = level.Definition!.Module.GetType(PdMainType);
            if (definition != null)
            {
                return world.Types.Instance(definition, [type]);
            }
        }

        throw new CompilationException(CompilationError.BadRequest, $"{type.FullName} does not derive from Pride.Microkit.ProtectionDomain");
    }

    // Each wired field is a patched global, copied into the PD object before the constructor runs.
    private void Wire(World world, FunctionBuilder builder, string instance, FieldDesc field)
    {
        string to = builder.Let(string.Create(CultureInfo.InvariantCulture, $"getelementptr i8, ptr {instance}, i64 {field.Offset}"));
        if (field.Type.Definition is { } definition && TypeNames.MetadataName(definition) == ConfigType)
        {
            TypeDesc content = field.Type.Arguments[0];
            string section = Attributes.Find(content.Definition!, SectionAttribute) is { } attribute
                ? (string)attribute.ConstructorArguments[0].Value
                : throw new CompilationException(CompilationError.BadRequest, $"{content.FullName} is used as a Config<T> but has no [ConfigurationSection]");
            string name = $"pride_config_{field.Name}";
            builder.Do($"store ptr {world.Data.PatchedField(name, content, section)}, ptr {to}");
            Wired.Add(new WiredField(field, name, name, content, section));
            return;
        }

        if (field.Type.ContainsReferences)
        {
            throw new CompilationException(CompilationError.BadRequest, $"wired field {field} has type {field.Type}, which holds references; allowed are unmanaged structs, primitives and Config<T>");
        }

        string symbol = $"pride_wired_{field.Name}";
        string from = world.Data.PatchedField(symbol, field.Type, ImageData.PatchedSection);
        builder.Do($"call void @llvm.memcpy.p0.p0.i64(ptr align {field.Type.VariableAlignment} {to}, ptr align {field.Type.VariableAlignment} {from}, i64 {field.Type.VariableSize}, i1 false)");
        Wired.Add(new WiredField(field, symbol, null, null, null));
    }
}
