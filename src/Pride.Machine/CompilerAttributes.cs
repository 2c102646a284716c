// What C# source tells Pride.Compiler, by attribute.
//
// The compiler matches these attributes by full name; it needs no other knowledge of this
// assembly. Every method that carries one of them also has a real C# body where that makes
// sense: the host's model, which xunit runs and which the compiler replaces.

using System;

namespace Pride.Machine;

/// <summary>The instruction sets that Pride compiles for.</summary>
public enum Architecture
{
    /// <summary>Armv8-A, 64-bit.</summary>
    AArch64,

    /// <summary>RV64GC (kernel: RV64IMAC).</summary>
    RiscV64,

    /// <summary>x86-64.</summary>
    X64,
}

/// <summary>
/// The method is one inline-assembly statement on <see cref="Architecture"/>. The template and the
/// constraints are LLVM's (LangRef, "Inline Assembler Expressions"). Arguments are the inputs in
/// order; the return value is the output, and a struct of n integer fields stands for n outputs.
/// A method that has the attribute for some architectures but not for the target's is an error.
/// </summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class InlineAssemblyAttribute(Architecture architecture, string template, string constraints) : Attribute
{
    public Architecture Architecture { get; } = architecture;

    public string Template { get; } = template;

    public string Constraints { get; } = constraints;

    /// <summary>True: architectures without such an attribute compile the C# body, and that is no error.</summary>
    public bool ElseBody { get; init; }

    /// <summary>True (the default): never removed, merged or reordered with other such statements.</summary>
    public bool HasSideEffects { get; init; } = true;
}

/// <summary>The exports of this class belong to programs for <see cref="Architecture"/> alone: an assembly may have a class for each, with the same exports.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ForArchitectureAttribute(Architecture architecture) : Attribute
{
    public Architecture Architecture { get; } = architecture;
}

/// <summary>
/// The getter's value is a constant of the build, which the compiler takes from its request: what the value rules out is not compiled. The C# body answers on
/// the host, and in builds that do not give the constant.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BuildConstantAttribute(string name) : Attribute
{
    public string Name { get; } = name;
}

/// <summary>Code that runs once, or when all is lost: it is compiled for size.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Method)]
public sealed class RunsOnceAttribute : Attribute;

/// <summary>The rules a PD class, or a whole assembly, is compiled under.</summary>
public enum Profile
{
    /// <summary>No heap, exceptions, floating-point or SIMD registers, nor lazy static constructors; null checks are explicit.</summary>
    Kernel,

    /// <summary>Heap only while Init runs; no floating point unless asked for; a bug is abandonment: the PD faults.</summary>
    Driver,

    /// <summary>Collected heap, exceptions, async/await.</summary>
    Managed,
}

/// <summary>Declares the <see cref="Profile"/> of a PD class or of every PD class in an assembly. The class wins.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Assembly)]
public sealed class ProfileAttribute(Profile profile) : Attribute
{
    public Profile Profile { get; } = profile;

    /// <summary>True to compile for size (clang's -Os) instead of speed (-O2).</summary>
    public bool OptimizeForSize { get; init; }

    /// <summary>True to let a driver use floating-point registers; the kernel then switches them for it.</summary>
    public bool FloatingPoint { get; init; }
}

/// <summary>Nothing reachable from this method may allocate on the heap; the compiler reports the call chain that does.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Constructor)]
public sealed class NoAllocAttribute : Attribute;

/// <summary>No exception may leave this method; the compiler reports the call chain that may throw.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Constructor)]
public sealed class NoThrowAttribute : Attribute;

/// <summary>
/// The static methods of this class replace methods of <see cref="TargetType"/> in guests. A plug is matched by name and
/// whole signature; a plug for an instance method takes the object (for a struct: a ref to it) first.
/// A plug that matches nothing is a compile error, since plugs bind to one pinned CoreLib.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct, AllowMultiple = true)]
public sealed class PlugAttribute(string targetType) : Attribute
{
    public PlugAttribute(Type targetType)
        : this(targetType.FullName!)
    {
    }

    /// <summary>Full metadata name, as in <c>System.Collections.Generic.List`1</c>; nested types after '/'.</summary>
    public string TargetType { get; } = targetType;

    /// <summary>Assembly simple name; null means any assembly that has the type.</summary>
    public string? Assembly { get; init; }
}

/// <summary>Names the replaced method where the plug's own name cannot (<c>.ctor</c>, <c>get_X</c>), or keeps a helper from being a plug.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PlugMethodAttribute(string name) : Attribute
{
    public string Name { get; } = name;

    /// <summary>True: any signature of that name is replaced (for roots that are cut off whole).</summary>
    public bool AnySignature { get; init; }
}

/// <summary>A private helper inside a plug class, not a plug itself.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NotAPlugAttribute : Attribute;

/// <summary>The compiler knows this method by name and emits it itself.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CompilerIntrinsicAttribute : Attribute;

/// <summary>
/// A field of a PD class that the system description fills: the image builder patches the value after the
/// PD is compiled. It is set before the PD's constructor runs and is the same after each restart.
/// Allowed: unmanaged structs and primitives, and <see cref="Config{T}"/>.
/// </summary>
[AttributeUsage(AttributeTargets.Field)]
public sealed class WiredAttribute : Attribute;

/// <summary>
/// A static field whose value is written into the ELF file after linking, under <see cref="Symbol"/>.
/// It lies in read-only memory, and neither compiler nor LLVM assumes a value for it.
/// </summary>
[AttributeUsage(AttributeTargets.Field)]
public sealed class PatchedAttribute(string symbol) : Attribute
{
    public string Symbol { get; } = symbol;
}

/// <summary>The ELF section that holds a <see cref="Config{T}"/> of this struct, as sDDF's tools name it (".net_client_config").</summary>
[AttributeUsage(AttributeTargets.Struct)]
public sealed class ConfigurationSectionAttribute(string section) : Attribute
{
    public string Section { get; } = section;
}
