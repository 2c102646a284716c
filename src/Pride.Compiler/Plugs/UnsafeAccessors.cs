// [UnsafeAccessor] externs on methods: the accessed method itself. (Field accessors are an intrinsic of the importer.)

using System.Linq;
using Mono.Cecil;
using Pride.Compiler.Metadata;

namespace Pride.Compiler.Plugs;

/// <summary>Resolution of UnsafeAccessor methods.</summary>
internal static class UnsafeAccessors
{
    private const string AttributeName = "System.Runtime.CompilerServices.UnsafeAccessorAttribute";

    /// <summary>UnsafeAccessorKind.</summary>
    private enum AccessorKind
    {
        Constructor,
        Method,
        StaticMethod,
        Field,
        StaticField,
    }

    /// <summary>The field that an accessor returns a reference to.</summary>
    public static FieldDesc? Field(MethodDesc accessor)
    {
        if (Attributes.Find(accessor.Definition, AttributeName) is not { } attribute
            || (AccessorKind)(int)attribute.ConstructorArguments[0].Value is not (AccessorKind.Field or AccessorKind.StaticField))
        {
            return null;
        }

        string name = Attributes.Property(attribute, "Name") as string ?? accessor.Name;
        TypeDesc owner = Owner(accessor);
        FieldDefinition? field = owner.Definition!.Fields.FirstOrDefault(f => f.Name == name);
        return field == null ? null : owner.Field(field);
    }

    /// <summary>The method that an accessor stands for.</summary>
    public static MethodDesc? Target(MethodDesc accessor)
    {
        if (Attributes.Find(accessor.Definition, AttributeName) is not { } attribute
            || (AccessorKind)(int)attribute.ConstructorArguments[0].Value is not (AccessorKind.Method or AccessorKind.StaticMethod))
        {
            return null;
        }

        string name = Attributes.Property(attribute, "Name") as string ?? accessor.Name;
        TypeDesc owner = Owner(accessor);
        foreach (MethodDefinition candidate in owner.Definition!.Methods.Where(m => m.Name == name && m.Parameters.Count == accessor.Parameters.Length - 1))
        {
            MethodDesc method = accessor.System.Method(owner, candidate);
            if (method.ReturnType == accessor.ReturnType && method.Parameters.SequenceEqual(accessor.Parameters.Skip(1)))
            {
                return method;
            }
        }

        return null;
    }

    private static TypeDesc Owner(MethodDesc accessor) =>
        accessor.Parameters[0].Kind == TypeKind.ByRef ? accessor.Parameters[0].Element! : accessor.Parameters[0];
}
