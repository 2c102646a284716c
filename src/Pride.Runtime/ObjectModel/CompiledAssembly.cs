// What Type.Assembly returns: an object that is the same for all types of one assembly, and knows nothing else. Code that asks
// whether two types come from one assembly gets the right answer.

using System;
using System.Reflection;

namespace Pride.Runtime.ObjectModel;

/// <summary>An assembly of the image, by number.</summary>
internal sealed class CompiledAssembly : Assembly
{
    private static CompiledAssembly?[] s_assemblies = [];

    private CompiledAssembly()
    {
    }

    /// <inheritdoc/>
    public override string FullName => throw new NotSupportedException("assemblies of a compiled image have no names");

    /// <summary>The one object of an assembly.</summary>
    public static CompiledAssembly Of(int number)
    {
        if (number >= s_assemblies.Length)
        {
            Array.Resize(ref s_assemblies, number + 1);
        }

        return s_assemblies[number] ??= new CompiledAssembly();
    }

    /// <inheritdoc/>
    public override string ToString() => FullName;

    /// <inheritdoc/>
    public override bool Equals(object? o) => ReferenceEquals(this, o);

    /// <inheritdoc/>
    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
}
